import Testing
import Wire

@testable import Forwarding

@Suite struct FeedbackTests {
  /// Everything told about arrivals, by transport-wide sequence number.
  private func told(_ parts: [[UInt8]]) throws -> [UInt16: TimeSpan?] {
    var times: [UInt16: TimeSpan?] = [:]
    for part in parts {
      let feedback = try TransportWideFeedback(parsing: part.span.bytes)
      feedback.forEach(in: part.span.bytes) { arrival in
        // What is told later stands, unless it is less.
        if arrival.time != nil || times[arrival.sequenceNumber.rawValue] == nil {
          times[arrival.sequenceNumber.rawValue] = .some(arrival.time)
        }
      }
    }
    return times
  }

  /// A room of two, and what participant 0 is told after sending at the given times in µs.
  private func run(
    _ packets: [(sequence: UInt16, microseconds: Int64)]
  ) throws -> [UInt16: TimeSpan?] {
    let driver = RoomDriver()
    try driver.join(0)
    try driver.join(1)
    driver.settle()
    let start = driver.now
    var parts: [[UInt8]] = []
    for (index, packet) in packets.enumerated() {
      let at = start + .microseconds(packet.microseconds)
      while let wake = driver.room.nextWake, wake <= at {
        parts += driver.wait((wake - driver.now).nanoseconds / 1_000_000 + 1)
          .rtcp(.transportWideFeedback, to: 0)
        if driver.now > at { break }
      }
      driver.now = at
      parts += driver.rtp(
        TestPacket.audio(0, sequence: UInt16(index), transport: packet.sequence), from: 0
      ).rtcp(.transportWideFeedback, to: 0)
    }
    parts += driver.wait(500).rtcp(.transportWideFeedback, to: 0)
    return try told(parts)
  }

  private func expectEqual(
    _ told: [UInt16: TimeSpan?], _ packets: [(sequence: UInt16, microseconds: Int64)]
  ) throws {
    let first = try #require(packets.first)
    let base = try #require(told[first.sequence] ?? nil)
    for packet in packets {
      let time = try #require(told[packet.sequence] ?? nil, "\(packet.sequence) was told as lost")
      let difference =
        (time - base).nanoseconds - (packet.microseconds - first.microseconds) * 1000
      #expect(abs(difference) <= 500_000, "\(packet.sequence) is off by \(difference) ns")
    }
  }

  @Test func arrivalsAreToldToAQuarterOfAMillisecond() throws {
    var generator = SeededGenerator(seed: 3)
    var time: Int64 = 0
    let packets = (0..<400).map { index in
      time += Int64.random(in: 0...20_000, using: &generator)
      return (sequence: UInt16(index), microseconds: time)
    }
    try expectEqual(run(packets), packets)
  }

  @Test func aGapAndTheWrapAreTold() throws {
    let packets: [(sequence: UInt16, microseconds: Int64)] = [
      (65_533, 0), (65_534, 300), (1, 5_000), (2, 5_250), (30, 120_000), (31, 130_000),
    ]
    let told = try run(packets)
    try expectEqual(told, packets)
    for lost: UInt16 in [65_535, 0, 3, 15, 29] {
      #expect(told[lost] == .some(.none), "\(lost) was not told as lost")
    }
  }

  @Test func aLatePacketToldAsLostIsToldAgain() throws {
    let packets: [(sequence: UInt16, microseconds: Int64)] = [
      (10, 0), (12, 1_000), (13, 60_000), (11, 150_000), (14, 200_000),
    ]
    try expectEqual(run(packets), packets)
  }

  @Test func aPauseLongerThanADeltaStartsAnotherPacket() throws {
    let packets: [(sequence: UInt16, microseconds: Int64)] = [
      (1, 0), (2, 10_000), (3, 20_000_000), (4, 20_010_000),
    ]
    try expectEqual(run(packets), packets)
  }

  @Test func feedbackComesEveryFiftyMillisecondsAndNotWithoutPackets() throws {
    let driver = RoomDriver()
    try driver.join(0)
    try driver.join(1)
    driver.settle()
    var packets: [[UInt8]] = []
    for index: UInt16 in 0..<100 {
      packets += driver.rtp(TestPacket.audio(0, sequence: index, transport: index), from: 0)
        .rtcp(.transportWideFeedback, to: 0)
      packets += driver.wait(10).rtcp(.transportWideFeedback, to: 0)
    }
    #expect((18...21).contains(packets.count))
    let counts = try packets.map {
      try TransportWideFeedback(parsing: $0.span.bytes).feedbackCount
    }
    #expect(counts == counts.indices.map { UInt8($0) })
    driver.wait(100)
    #expect(driver.wait(1000).rtcp(.transportWideFeedback, to: 0).isEmpty)
  }

  @Test func aRelayThatIsBehindReportsFiveTimesASecond() throws {
    let driver = RoomDriver()
    try driver.join(0)
    try driver.join(1)
    driver.settle()
    driver.sink.isBehind = true
    func reports(in second: Range<UInt16>) -> Int {
      second.reduce(0) { count, index in
        let caused = driver.rtp(TestPacket.video(0, sequence: index, transport: index), from: 0)
        return count + (caused + driver.wait(10)).rtcp(.transportWideFeedback, to: 0).count
      }
    }
    _ = reports(in: 0..<30)
    #expect((4...6).contains(reports(in: 30..<130)))
    driver.sink.isBehind = false
    _ = reports(in: 130..<160)
    #expect((18...21).contains(reports(in: 160..<260)))
  }

  @Test func aVisitOfTwoIsWokenOnceForBoth() throws {
    let driver = RoomDriver(capacity: 2)
    try driver.join(0)
    driver.wait(70)
    try driver.join(1)
    driver.wait(1_000)
    var before = 0
    for index: UInt16 in 0..<300 {
      // In the first second it is not known yet that nothing but sound will come.
      if index == 50 { before = driver.wakeups }
      driver.rtp(TestPacket.audio(0, sequence: index, level: 30, transport: index), from: 0)
      driver.rtp(TestPacket.audio(1, sequence: index, level: 30, transport: index), from: 1)
      driver.wait(20)
    }
    // The common beat five times, and reports to either of them once a second.
    #expect(driver.wakeups - before <= 9 * 5, "\(driver.wakeups - before) in 5 s")
  }

  @Test func aJumpOfHalfTheNumberSpaceIsSurvived() throws {
    let driver = RoomDriver()
    try driver.join(0)
    try driver.join(1)
    var generator = SeededGenerator(seed: 9)
    for index: UInt16 in 0..<500 {
      let transport = UInt16.random(in: 0...UInt16.max, using: &generator)
      driver.rtp(TestPacket.audio(0, sequence: index, transport: transport), from: 0)
      for packet in driver.wait(7) { #expect(packet.bytes.count <= 1448) }
    }
  }
}
