import CLinux
import Foundation
import Glibc
import Synchronization
import Wire

/// Looks a server's name up without keeping anyone waiting: the resolver blocks, so it has a thread
/// of its own for as long as it takes.
final class NameLookup: Sendable {
  private struct State {
    var isRunning = false
    var found: [SocketAddress] = []
    var isNew = false
  }

  private let host: String
  private let port: UInt16
  private let done: @Sendable () -> Void
  private let state = Mutex(State())

  /// Two of each IP family: a name with more is served as well by these.
  private static let mostOfAFamily = 2

  /// Looks up `host`; calls `done`, from another thread, when there is something to take.
  init(host: String, port: UInt16, done: @escaping @Sendable () -> Void) {
    self.host = host
    self.port = port
    self.done = done
  }

  /// Asks (again). One question at a time.
  func ask() {
    if let address = SocketAddress(ip: host, port: port) { return found([address]) }
    let isFree = state.withLock { state in
      defer { state.isRunning = true }
      return !state.isRunning
    }
    guard isFree else { return }
    let thread = Thread { [self] in
      let addresses = Self.resolve(host, port)
      state.withLock { $0.isRunning = false }
      // A name server that does not answer now changes nothing about what it said before.
      if !addresses.isEmpty { found(addresses) }
    }
    thread.name = "besoeg-lookup"
    thread.start()
  }

  /// What was found since the last time.
  func take() -> [SocketAddress] {
    state.withLock { state in
      defer { state.isNew = false }
      return state.isNew ? state.found : []
    }
  }

  private func found(_ addresses: [SocketAddress]) {
    state.withLock { state in
      state.found = addresses
      state.isNew = true
    }
    done()
  }

  private static func resolve(_ host: String, _ port: UInt16) -> [SocketAddress] {
    var hints = addrinfo()
    hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
    hints.ai_flags = AI_ADDRCONFIG | AI_NUMERICSERV
    var list: UnsafeMutablePointer<addrinfo>?
    guard getaddrinfo(host, String(port), &hints, &list) == 0 else { return [] }
    defer { freeaddrinfo(list) }
    var found: [SocketAddress] = []
    var next = list
    while let entry = next?.pointee {
      next = entry.ai_next
      guard let address = address(entry, port), !found.contains(address),
        found.count(where: { $0.isIPv4 == address.isIPv4 }) < mostOfAFamily
      else { continue }
      found.append(address)
    }
    return found
  }

  private static func address(_ entry: addrinfo, _ port: UInt16) -> SocketAddress? {
    guard let generic = entry.ai_addr else { return nil }
    switch entry.ai_family {
    case AF_INET:
      return generic.withMemoryRebound(to: sockaddr_in.self, capacity: 1) {
        SocketAddress(ipv4: UInt32(bigEndian: $0.pointee.sin_addr.s_addr), port: port)
      }
    case AF_INET6:
      return generic.withMemoryRebound(to: sockaddr_in6.self, capacity: 1) { v6 in
        withUnsafeBytes(of: v6.pointee.sin6_addr) { bytes in
          SocketAddress(
            high: UInt64(bigEndian: bytes.loadUnaligned(as: UInt64.self)),
            low: UInt64(bigEndian: bytes.loadUnaligned(fromByteOffset: 8, as: UInt64.self)),
            port: port)
        }
      }
    default:
      return nil
    }
  }
}
