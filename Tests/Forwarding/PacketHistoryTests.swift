import Testing
import Wire

@testable import Forwarding

@Suite struct PacketHistoryTests {
  private func store(
    _ history: inout PacketHistory, _ sequence: UInt64, length: Int = 1000,
    at milliseconds: Int64 = 0
  ) {
    let payload = [UInt8](repeating: UInt8(truncatingIfNeeded: sequence), count: length)
    payload.withUnsafeBytes {
      history.store(
        sequence: sequence, timestamp: UInt32(sequence) * 10, marker: sequence % 2 == 0,
        payload: $0, now: .zero + .milliseconds(milliseconds))
    }
  }

  private func holds(_ history: borrowing PacketHistory, _ sequence: UInt64) -> Bool {
    history.find(sequence) != nil
  }

  @Test func whatIsStoredIsFoundWhole() {
    var history = PacketHistory()
    for sequence: UInt64 in 100..<110 { store(&history, sequence, length: Int(sequence)) }
    guard let entry = history.find(105) else {
      Issue.record("lost")
      return
    }
    #expect(entry.timestamp == 1050)
    #expect(!entry.marker)
    #expect([UInt8](history.payload(of: entry)) == [UInt8](repeating: 105, count: 105))
  }

  @Test func anEmptyHistoryFindsNothing() {
    let history = PacketHistory()
    #expect(holds(history, 0) == false)
    #expect(holds(history, 1) == false)
  }

  @Test func itIsBoundedInBytesAndNeverReturnsOverwrittenOnes() {
    var history = PacketHistory()
    for sequence: UInt64 in 1...2000 {
      store(&history, sequence, length: 1200)
      for earlier in stride(from: sequence, to: sequence > 300 ? sequence - 300 : 0, by: -29) {
        guard let entry = history.find(earlier) else { continue }
        let payload = history.payload(of: entry)
        #expect(payload.allSatisfy { $0 == UInt8(truncatingIfNeeded: earlier) })
      }
    }
    #expect(holds(history, 2000) == true)
    #expect(holds(history, 2000 - 200) == true)
    #expect(holds(history, 2000 - 225) == false)
  }

  @Test func itIsBoundedInPackets() {
    var history = PacketHistory()
    for sequence: UInt64 in 1...600 { store(&history, sequence, length: 50) }
    #expect(holds(history, 600 - 511) == true)
    #expect(holds(history, 600 - 512) == false)
  }

  @Test func itStaysSmallWhileItReachesFarEnoughBack() {
    var history = PacketHistory()
    let bytes = history.byteCapacity
    let packets = history.entryCapacity
    // 150 packets of 1000 bytes a second.
    for sequence: UInt64 in 1...1000 {
      store(&history, sequence, at: Int64(sequence) * 20 / 3)
      let reached = sequence > 27 ? sequence - 27 : 1
      #expect(holds(history, reached) == true)
    }
    #expect(history.byteCapacity == bytes)
    #expect(history.entryCapacity == packets)
  }

  @Test func itGrowsForWhoAsksLaterAndForgetsNothingInGrowing() {
    var history = PacketHistory()
    for sequence: UInt64 in 1...1000 {
      if sequence == 500 { history.extend(to: .seconds(5), at: .zero + .milliseconds(3_333)) }
      store(&history, sequence, at: Int64(sequence) * 20 / 3)
      // What was in reach when it was told stays in reach while it grows.
      for back: UInt64 in [1, 20, 27] where sequence > 27 {
        guard let entry = history.find(sequence - back) else {
          Issue.record("\(sequence - back) is lost at \(sequence)")
          continue
        }
        let value = UInt8(truncatingIfNeeded: sequence - back)
        #expect(history.payload(of: entry).allSatisfy { $0 == value })
      }
    }
    // A second of packets, and not much more.
    #expect(holds(history, 1000 - 149) == true)
    #expect(history.byteCapacity < 200 * 1024)
  }

  @Test func itIsSmallAgainWhenNobodyHasAskedForAWhile() {
    var history = PacketHistory()
    let bytes = history.byteCapacity
    let packets = history.entryCapacity
    var largest = 0
    for sequence: UInt64 in 1...6000 {
      let now = Int64(sequence) * 20 / 3
      if sequence == 100 { history.extend(to: .seconds(1), at: .zero + .milliseconds(now)) }
      store(&history, sequence, at: now)
      largest = max(largest, history.byteCapacity)
      for back: UInt64 in [1, 20, 27] where sequence > 27 {
        guard let entry = history.find(sequence - back) else {
          Issue.record("\(sequence - back) is lost at \(sequence)")
          continue
        }
        let value = UInt8(truncatingIfNeeded: sequence - back)
        #expect(history.payload(of: entry).allSatisfy { $0 == value })
      }
    }
    #expect(largest >= 150 * 1000)
    #expect(largest < 200 * 1024)
    #expect(history.byteCapacity < bytes * 3 / 2)
    #expect(history.entryCapacity == packets)
  }

  @Test func nothingIsFoundAfterTheSourceStartedOver() {
    var history = PacketHistory()
    store(&history, 5)
    history.removeAll()
    #expect(holds(history, 5) == false)
  }
}
