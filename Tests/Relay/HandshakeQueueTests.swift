import Testing
import Transport
import Wire

@testable import Relay

@Suite("Handshakes that wait for their turn")
struct HandshakeQueueTests {
  private let source = SocketAddress(ipv4: 0x0A00_0001, port: 4_000)
  private let now = MonotonicTime(nanoseconds: 5)

  private func put(
    _ queue: inout HandshakeQueue, _ bytes: [UInt8], session: Int, at now: MonotonicTime? = nil
  ) -> Bool {
    bytes.withUnsafeBytes {
      queue.append($0, from: source, on: .only, session: session, at: now ?? self.now)
    }
  }

  private func take(_ queue: inout HandshakeQueue) -> (session: Int32, bytes: [UInt8])? {
    queue.next().map { ($0.entry.session, Array($0.datagram)) }
  }

  @Test("datagrams come out as they went in, oldest first")
  func order() throws {
    var queue = HandshakeQueue()
    for number in 0..<600 {
      // A hundred in, then one in and one out, around its end more than once.
      let isTaken = put(&queue, [22, UInt8(number % 256)], session: number)
      #expect(isTaken)
      guard number >= 100 else { continue }
      let taken = take(&queue)
      let oldest = try #require(taken)
      #expect(oldest.session == Int32(number - 100))
      #expect(oldest.bytes == [22, UInt8((number - 100) % 256)])
    }
    let (count, since) = (queue.count, queue.since)
    #expect(count == 100)
    #expect(since == now)
  }

  @Test("it is bounded, and takes nothing that is too long for a handshake")
  func bounds() {
    var queue = HandshakeQueue()
    var isTaken = put(&queue, [UInt8](repeating: 22, count: 1_501), session: 0)
    #expect(!isTaken)
    for _ in 0..<HandshakeQueue.capacity {
      isTaken = put(&queue, [22], session: 0)
      #expect(isTaken)
    }
    isTaken = put(&queue, [22], session: 0)
    #expect(!isTaken)
  }

  @Test("what waits of a session that has ended is nobody's")
  func forgotten() throws {
    var queue = HandshakeQueue()
    for session in [1, 2, 1] { _ = put(&queue, [22], session: session) }
    queue.forget(1)
    let sessions = [take(&queue), take(&queue), take(&queue)].map { $0?.session }
    #expect(sessions == [-1, 2, -1])
    let none = take(&queue)
    #expect(none?.session == nil)
  }

  @Test("a flight that is sent again while it waits is not taken in twice")
  func repetition() throws {
    let identity = try #require(FuzzedClient.identity)
    var core = try RelayCoreTests.makeCore()
    let offer = OfferText.make(fingerprint: identity.fingerprint)
    guard
      case .joined(let answer) = core.handle(
        RelayCoreTests.join("a", offer: offer), at: RelayCoreTests.time(1))
    else {
      Issue.record("refused")
      return
    }
    var time = RelayCoreTests.time(1)
    let client = try FuzzedClient(
      answer, address: source, relay: RelayCoreTests.relay, now: time.now)
    // The client finds its path and sends its ClientHello over and over; only timers advance here.
    for millisecond in 0..<1_000 {
      time = RelayCoreTests.time(1 + Double(millisecond) / 1_000)
      client.transport.advance(to: time.now)
      for var datagram in client.drain() {
        datagram.withUnsafeMutableBytes {
          core.receive($0, from: source, on: .only, at: time)
        }
      }
      core.advanceTimers(to: time)
      for index in 0..<core.outgoingCount {
        let datagram = core.outgoing(at: index)
        let bytes = Array(UnsafeRawBufferPointer(start: datagram.bytes, count: datagram.length))
        client.receive(bytes, from: RelayCoreTests.relay, at: time.now)
      }
      core.removeAllOutgoing()
    }
    let waiting = core.handshakes.count
    let dropped = core.counters.droppedHandshakes
    #expect(waiting == 1)
    #expect(dropped >= 2)
    // And the one that waited is enough.
    core.shakeHands(at: time)
    let isAnswered = core.outgoingCount > 0
    #expect(isAnswered)
  }
}
