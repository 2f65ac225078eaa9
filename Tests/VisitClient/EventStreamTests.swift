import CLinux
import Foundation
import Glibc
import Synchronization
import Testing

@testable import VisitClient

/// A service on loopback that does nothing but serve event streams, one connection after another. It
/// tells each the visit `v<number of the connection>` has ended, and then keeps it open.
private final class FakeEventService: Sendable {
  let port: UInt16
  private let listener: Int32
  private let state = Mutex((requests: [String](), open: [Int32](), isStopped: false))

  init() throws {
    let listener = Glibc.socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    self.listener = listener
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    let length = socklen_t(MemoryLayout<sockaddr_in>.size)
    let isBound = withUnsafePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { bind(listener, $0, length) == 0 }
    }
    guard isBound, listen(listener, 16) == 0 else { throw POSIXError(.EADDRINUSE) }
    port = UInt16(clinux_local_port(listener))
    let thread = Thread { [self] in serve() }
    thread.start()
  }

  deinit { close(listener) }

  /// What each connection asked for, in order.
  var requests: [String] { state.withLock { $0.requests } }

  func stop() {
    let open = state.withLock { state in
      state.isStopped = true
      return state.open
    }
    for descriptor in open { close(descriptor) }
  }

  /// Breaks the connections there are.
  func breakAll() {
    let open = state.withLock { state in
      defer { state.open = [] }
      return state.open
    }
    for descriptor in open { close(descriptor) }
  }

  private func serve() {
    while !state.withLock({ $0.isStopped }) {
      var waiting = pollfd(fd: listener, events: Int16(POLLIN), revents: 0)
      guard poll(&waiting, 1, 50) == 1 else { continue }
      let accepted = accept(listener, nil, nil)
      guard accepted >= 0 else { continue }
      var request = [UInt8](repeating: 0, count: 4096)
      let count = max(0, recv(accepted, &request, request.count, 0))
      let number = state.withLock { state in
        state.requests.append(String(decoding: request[0..<count], as: UTF8.self).lowercased())
        state.open.append(accepted)
        return state.requests.count
      }
      let answer = """
        HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\nconnection: close\r\n\r\n\
        id: \(number)\nevent: ended\ndata: {"visit":"v\(number)"}\n\n
        """
      _ = send(accepted, answer, answer.utf8.count, Int32(MSG_NOSIGNAL))
    }
  }
}

@Suite(.timeLimit(.minutes(5))) struct EventStreamTests {
  /// The signals until the event of visit `last`.
  private func signals(
    _ stream: AsyncStream<StreamSignal>, until last: String,
    _ onEvent: (String) -> Void
  ) async -> [String] {
    var seen: [String] = []
    for await signal in stream {
      switch signal {
      case .online: seen.append("online")
      case .offline: seen.append("offline")
      case .refused: seen.append("refused")
      case .event(let event):
        seen.append(event.visitID)
        if event.visitID == last { return seen }
        onEvent(event.visitID)
      }
    }
    return seen
  }

  @Test func anotherNetworkGetsAnotherConnectionAndNobodyHearsOfIt() async throws {
    let service = try FakeEventService()
    defer { service.stop() }
    let api = try BesoegAPI(server: "http://127.0.0.1:\(service.port)", token: "t")
    let changes = NetworkChanges()
    let stream = EventStream(api, changes: changes).signals()
    let seen = await signals(stream, until: "v2") { _ in changes.announce() }
    #expect(seen == ["online", "v1", "v2"])
    #expect(!service.requests[0].contains("last-event-id"))
    #expect(service.requests[1].contains("last-event-id: 1"), "what was missed is asked for")
  }

  @Test func aBrokenStreamIsSaidAndResumed() async throws {
    let service = try FakeEventService()
    defer { service.stop() }
    let api = try BesoegAPI(server: "http://127.0.0.1:\(service.port)", token: "t")
    let stream = EventStream(api, changes: NetworkChanges()).signals()
    let seen = await signals(stream, until: "v2") { _ in service.breakAll() }
    #expect(seen == ["online", "v1", "offline", "online", "v2"])
    let again = try #require(service.requests.dropFirst().first)
    #expect(again.contains("last-event-id: 1"))
  }
}
