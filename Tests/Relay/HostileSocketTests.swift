import Glibc
import Testing
import Transport
import Wire

@testable import Relay

/// A worker with its real sockets, and people in a call whose own machines turn against it.
@Suite("Datagrams from a participant's own address")
struct HostileSocketTests {
  /// The first bytes of every class of packet (RFC 7983 §7), RTP and RTCP of several kinds.
  private static let starts: [[UInt8]] = [
    [0, 1], [1, 1], [1, 17], [20, 254, 253], [21, 254, 253], [22, 254, 253], [23, 254, 253], [64],
    [0x80, 111], [0x80, 96], [0x90, 96], [0xBF, 0xFF], [0x80, 200], [0x81, 205], [0x8F, 206], [255],
  ]

  @Test(
    "every length of every class through the socket: the call goes on", .timeLimit(.minutes(2)))
  func everyLength() throws {
    var configurations: [TransportConfiguration] = []
    let worker = try RunningWorker {
      configurations.append(try NativePeer.join("a", to: &$0))
      configurations.append(try NativePeer.join("b", source: 112, to: &$0))
    }
    let address = SocketAddress(ipv4: 0x7F00_0001, port: worker.port)
    let one = try NativePeer(configurations[0], udp: address)
    let other = try NativePeer(configurations[1], udp: address)
    var isUp = one.run { one.isSecured } && other.run { other.isSecured }
    #expect(isUp)
    var sequence: UInt16 = 0
    for length in 0...2_000 {
      for start in Self.starts {
        let body = [UInt8](repeating: UInt8(truncatingIfNeeded: length), count: 2_000)
        one.send(raw: Array((start + body).prefix(length)))
      }
      guard length % 20 == 0 else { continue }
      // A moment in which the turncoat answers what it is asked. What a full socket drops shows
      // nothing, so sound is sent until some of it is heard.
      _ = one.run(within: .milliseconds(2)) { false }
      let before = other.received[111, default: 0]
      isUp = other.run(within: .seconds(5)) {
        one.send(payloadType: 111, sequence: sequence, payload: [UInt8](repeating: 1, count: 80))
        sequence &+= 1
        return other.received[111, default: 0] > before
      }
      #expect(isUp, "after datagrams of \(length) bytes")
    }
  }
}
