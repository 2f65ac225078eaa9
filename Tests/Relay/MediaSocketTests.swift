import CLinux
import Glibc
import Testing
import Wire

@testable import Relay

@Suite("Batches of datagrams through the kernel")
struct MediaSocketTests {
  private static let slot = 2_048

  /// Sends `lengths` from one socket to another and returns what arrived, in order.
  private func exchange(
    _ lengths: [Int], over address: SocketAddress
  ) throws -> [(bytes: [UInt8], source: SocketAddress)] {
    var sender = try MediaSocket(binding: address)
    var receiver = try MediaSocket(binding: address)
    var payloads = lengths.enumerated().map { index, length in
      [UInt8](repeating: UInt8(truncatingIfNeeded: index), count: length)
    }
    var arrived: [(bytes: [UInt8], source: SocketAddress)] = []
    let inbox = MediaInbox(longest: Self.slot)

    let all = payloads.flatMap { $0 }
    payloads = []
    all.withUnsafeBytes { bytes in
      var offset = 0
      var outgoing = lengths.map { length in
        defer { offset += length }
        return clinux_datagram(
          bytes: UnsafeMutableRawPointer(mutating: bytes.baseAddress! + offset), capacity: 0,
          length: UInt32(length), high: address.high, low: address.low, port: receiver.port)
      }
      outgoing.withUnsafeMutableBufferPointer { buffer in
        let refused = sender.send(buffer)
        #expect(refused == 0)
      }
    }

    while arrived.count < lengths.count {
      var ready = pollfd(fd: receiver.descriptor, events: Int16(POLLIN), revents: 0)
      guard poll(&ready, 1, 2_000) == 1 else { break }
      for index in 0..<receiver.receive(into: inbox) {
        var message = inbox.message(at: index)
        // As they were sent, although the kernel may have put runs of them together.
        while let datagram = inbox.next(of: &message) {
          arrived.append((Array(datagram), message.source))
        }
      }
    }
    #expect(arrived.allSatisfy { $0.source.port == sender.port })
    return arrived
  }

  @Test("runs of one length to one peer, and what breaks them, arrive whole and in order")
  func runs() throws {
    // More than one batch; a short end of a run, a longer one after it, single bytes.
    var lengths = [Int](repeating: 1_200, count: 70) + [300, 1_200, 1_200, 1_201, 1, 1, 2]
    lengths += [Int](repeating: 90, count: 80)
    let arrived = try exchange(lengths, over: SocketAddress(ipv4: 0x7F00_0001, port: 0))
    #expect(arrived.map(\.bytes.count) == lengths)
    #expect(
      arrived.enumerated().allSatisfy { index, datagram in
        datagram.bytes.allSatisfy { $0 == UInt8(truncatingIfNeeded: index) }
      })
    #expect(arrived.allSatisfy { $0.source.isIPv4 && $0.source.ipv4 == 0x7F00_0001 })
  }

  @Test("a dual-stack socket shows IPv4 peers in their mapped form, and answers them")
  func dualStack() throws {
    guard let receiver = try? MediaSocket(binding: SocketAddress(high: 0, low: 0, port: 0)) else {
      // The machine has no IPv6: then there is nothing to be dual about.
      return
    }
    #expect(receiver.port != 0)
    let arrived = try exchange([10, 20], over: SocketAddress(ipv4: 0x7F00_0001, port: 0))
    #expect(arrived.map(\.bytes.count) == [10, 20])
  }

  @Test("a datagram longer than its slot is passed on as nothing")
  func oversize() throws {
    let arrived = try exchange([3_000, 5], over: SocketAddress(ipv4: 0x7F00_0001, port: 0))
    #expect(arrived.map(\.bytes.count) == [0, 5])
  }

  @Test("a port that is taken is refused with the reason")
  func taken() throws {
    let first = try MediaSocket(binding: SocketAddress(ipv4: 0x7F00_0001, port: 0))
    #expect(throws: SystemError(number: EADDRINUSE)) {
      _ = try MediaSocket(binding: SocketAddress(ipv4: 0x7F00_0001, port: first.port))
    }
    #expect(first.descriptor >= 0)
  }
}
