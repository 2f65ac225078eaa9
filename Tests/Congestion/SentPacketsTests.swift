import Testing
import Wire

@testable import Congestion

@Suite struct SentPacketsTests {
  private func time(_ milliseconds: Int) -> MonotonicTime {
    .zero + .milliseconds(Int64(milliseconds))
  }

  @Test func numbersAreFoundAcrossTheirWrap() throws {
    var packets = SentPackets()
    var last = SequenceNumber(0)
    for index in 0..<70_000 {
      last = packets.append(bytes: index % 1000, probe: 0, at: time(index))
      #expect(last.rawValue == UInt16(truncatingIfNeeded: index + 1))
    }
    for back in 0..<2048 {
      let packet = packets.find(last.advanced(by: -back))
      #expect(try #require(packet).sentAt == time(69_999 - back))
    }
    let tooOld = packets.find(last.advanced(by: -2048))
    #expect(tooOld == nil)
    let notSent = packets.find(last.next)
    #expect(notSent == nil)
  }

  @Test func nothingIsFoundBeforeAnythingWasSent() {
    let packets = SentPackets()
    for number in [0, 1, 2, 0xFFFF] as [UInt16] {
      let packet = packets.find(SequenceNumber(number))
      #expect(packet == nil)
    }
  }

  @Test func whatIsOnItsWayIsCountedOnce() throws {
    var packets = SentPackets()
    var numbers: [SequenceNumber] = []
    for index in 0..<5000 { numbers.append(packets.append(bytes: 10, probe: 0, at: time(index))) }
    var inFlight = packets.bytesInFlight
    #expect(inFlight == 2048 * 10, "what left the ring is not on its way any more")
    let found = packets.find(numbers[4000])
    let packet = try #require(found)
    packets.settle(packet, as: .lost)
    packets.settle(packet, as: .received)
    inFlight = packets.bytesInFlight
    #expect(inFlight == 2047 * 10)
    let forgotten = packets.forget(before: numbers[4500])
    inFlight = packets.bytesInFlight
    #expect(inFlight == 500 * 10)
    #expect(forgotten == 2047 * 10 - 500 * 10)
    packets.forgetAll()
    inFlight = packets.bytesInFlight
    #expect(inFlight == 0)
  }
}
