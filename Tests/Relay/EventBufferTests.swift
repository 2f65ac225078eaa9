import Testing

@testable import Relay

@Suite("Events while no control process listens")
struct EventBufferTests {
  private func closed(_ session: Int) -> RelayEvent {
    .closed(
      SessionReference(session: "\(session)", room: "r", participant: "p"), cause: "left",
      milliseconds: Int64(session))
  }

  private let speaking = RelayEvent.speaking(room: "r", participants: [])

  @Test("events are kept in order until they are acknowledged")
  func acknowledged() {
    var buffer = EventBuffer(capacity: 10)
    for session in 1...5 { _ = buffer.append(closed(session)) }
    buffer.acknowledge(through: 3)
    #expect(buffer.entries.map(\.sequence) == [4, 5])
    #expect(buffer.entries.map(\.event) == [closed(4), closed(5)])
    buffer.acknowledge(through: 99)
    #expect(buffer.entries.isEmpty)
    #expect(buffer.append(closed(6)).sequence == 6)
  }

  @Test("a full buffer gives up figures before ledger entries")
  func figuresFirst() {
    var buffer = EventBuffer(capacity: 8)
    for session in 1...4 {
      _ = buffer.append(speaking)
      _ = buffer.append(closed(session))
    }
    for session in 5...8 { _ = buffer.append(closed(session)) }
    #expect(buffer.entries.count <= 8)
    let kept = buffer.entries.map(\.event).filter { $0 != speaking }
    #expect(kept == (1...8).map { closed($0) })
    #expect(buffer.dropped == 4)
  }

  @Test("however many events come, the buffer never exceeds its capacity")
  func bounded() {
    var buffer = EventBuffer(capacity: 16)
    for session in 0..<10_000 {
      _ = buffer.append(closed(session))
      #expect(buffer.entries.count <= 16)
    }
    #expect(buffer.entries.last?.event == closed(9_999))
    #expect(buffer.dropped + Int64(buffer.entries.count) == 10_000)
  }
}
