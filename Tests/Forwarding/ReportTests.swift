import Testing
import Wire

@testable import Forwarding

@Suite struct ReportTests {
  /// A sender report from a client whose clock is years off ours.
  private func senderReport(
    _ ssrc: SSRC, at milliseconds: Int64, timestamp: UInt32
  ) -> [UInt8] {
    TestPacket.write {
      SenderReport(
        ssrc: ssrc, ntpTime: NTPTime(millisecondsSince1970: 500_000_000_000 + milliseconds),
        rtpTimestamp: RTPTimestamp(rawValue: timestamp), packetCount: 0, octetCount: 0
      ).write(into: &$0)
    }
  }

  @Test func soundAndPictureOfASlotStayInStep() throws {
    let driver = RoomDriver()
    try driver.join(0)
    try driver.join(1)
    driver.settle()
    // Sound and picture are captured together; picture travels in a stream with its own clock.
    let capturedAt = driver.now
    let audio = driver.rtp(
      TestPacket.audio(0, sequence: 1, timestamp: 10_000), from: 0
    ).rtp(to: 1)
    driver.now = driver.now + .milliseconds(70)
    let video = driver.rtp(
      TestPacket.video(0, sequence: 1, timestamp: 4_000_000_000, keyframe: true), from: 0
    ).rtp(to: 1)
    // Its reports are made half a second later, and arrive 30 ms after that.
    driver.wait(460)
    driver.rtcp(
      senderReport(TestMedia.audioSSRC(0), at: 500, timestamp: 10_000 + 24_000), from: 0)
    driver.rtcp(
      senderReport(TestMedia.videoSSRC(0), at: 500, timestamp: 4_000_000_000 + 45_000), from: 0)
    let parts = driver.wait(1500).rtcp(.senderReport, to: 1)
    let reports = try parts.map { try SenderReport(parsing: $0.span.bytes) }
    let sound = try #require(reports.first { $0.ssrc == TestMedia.slotSSRC(1, 0, .audio) })
    let picture = try #require(reports.first { $0.ssrc == TestMedia.slotSSRC(1, 0, .video) })
    let soundAt = try #require(audio.first?.header?.timestamp.rawValue)
    let pictureAt = try #require(video.first?.header?.timestamp.rawValue)
    // By the reports, when were these two captured?
    func captured(_ report: SenderReport, _ timestamp: UInt32, rate: Int64) -> TimeSpan {
      let ticks = Int64(Int32(bitPattern: timestamp &- report.rtpTimestamp.rawValue))
      let reported = NTPTime(millisecondsSince1970: 1_700_000_000_000).distance(to: report.ntpTime)
      return reported + TimeSpan(nanoseconds: ticks * 1_000_000_000 / rate)
    }
    let heard = captured(sound, soundAt, rate: 48_000)
    let seen = captured(picture, pictureAt, rate: 90_000)
    #expect(abs((heard - seen).milliseconds) < 0.1)
    // And in our own time: captured at the start, known with the 30 ms its reports travelled.
    let start = (capturedAt - (.zero + .seconds(100))).milliseconds
    #expect(abs(heard.milliseconds - start - 30) < 1)
    #expect(sound.packetCount == 1 && sound.octetCount == 80)
  }

  @Test func aSwitchOfSourceGetsItsSenderReportAtOnce() throws {
    let driver = RoomDriver()
    for number in 0..<3 { try driver.join(number, slots: 1) }
    for number in 0..<2 {
      driver.rtp(TestPacket.audio(number, sequence: 1), from: number)
      driver.rtcp(
        senderReport(TestMedia.audioSSRC(number), at: 0, timestamp: 960), from: number)
    }
    driver.wait(2000)
    driver.room.leave(0, at: driver.now)
    let before = driver.rtp(TestPacket.audio(1, sequence: 101), from: 1).rtp(to: 2)
    let parts = driver.wait(60).rtcp(.senderReport, to: 2)
    let part = try #require(parts.first)
    let report = try SenderReport(parsing: part.span.bytes)
    let timestamp = try #require(before.first?.header?.timestamp.rawValue)
    // Packet 101 is 100 × 20 ms after packet 1, and was sent at 2000 ms as well.
    let ticks = Int32(bitPattern: report.rtpTimestamp.rawValue &- timestamp)
    #expect((0...4800).contains(ticks))
  }

  @Test func aSlotWithoutASourceClockHasNoSenderReport() throws {
    let driver = RoomDriver()
    try driver.join(0)
    try driver.join(1)
    driver.rtp(TestPacket.audio(0, sequence: 1), from: 0)
    #expect(driver.wait(3000).rtcp(.senderReport, to: 1).isEmpty)
  }

  @Test func receiverReportsTellOfLossJitterAndTheLastSenderReport() throws {
    let driver = RoomDriver()
    try driver.join(0)
    try driver.join(1)
    driver.wait(10)
    for sequence: UInt16 in 0..<100 where sequence % 4 != 1 {
      driver.rtp(TestPacket.audio(0, sequence: sequence), from: 0)
      driver.now = driver.now + .milliseconds(1)
    }
    driver.rtcp(senderReport(TestMedia.audioSSRC(0), at: 0, timestamp: 0), from: 0)
    let parts = driver.wait(1500).rtcp(.receiverReport, to: 0)
    let part = try #require(parts.first)
    let report = try ReceiverReport(parsing: part.span.bytes)
    #expect(report.ssrc == SSRC(7000))
    let block = try #require(report.blocks.block(on: TestMedia.audioSSRC(0)))
    #expect(block.fractionLost == 64)
    #expect(block.cumulativeLost == 25)
    #expect(block.highestSequence == 99)
    #expect(block.jitter > 0)
    #expect(
      block.lastSenderReport == NTPTime(millisecondsSince1970: 500_000_000_000).middle32)
    #expect((1...0x2_0000).contains(block.delaySinceLastSenderReport))
  }

  @Test func aReceiversReferenceTimeIsAnswered() throws {
    let driver = RoomDriver()
    try driver.join(0)
    try driver.join(1)
    driver.settle()
    let reference = NTPTime(millisecondsSince1970: 1_234_567_890_123)
    driver.rtcp(
      TestPacket.write {
        ExtendedReport.write(
          ssrc: SSRC(77), referenceTime: reference,
          answers: [ExtendedReport.ReferenceAnswer]().span,
          into: &$0)
      }, from: 0)
    let part = try #require(driver.wait(1500).rtcp(.extendedReport, to: 0).first)
    let report = try ExtendedReport(parsing: part.span.bytes)
    try #require(report.answerCount == 1)
    let answer = report.answer(0, in: part.span.bytes)
    #expect(answer.ssrc == SSRC(77) && answer.lastReference == reference.middle32)
  }

  @Test func whatTheReceiverReportsBecomesFigures() throws {
    let driver = RoomDriver()
    try driver.join(0)
    try driver.join(1)
    let block = ReportBlock(
      ssrc: TestMedia.slotSSRC(1, 0, .video), fractionLost: 10, cumulativeLost: 12,
      highestSequence: 100, jitter: 900)
    var blocks = ReportBlocks()
    blocks.append(block)
    driver.rtcp(
      TestPacket.write { ReceiverReport(ssrc: SSRC(1), blocks: blocks).write(into: &$0) }, from: 1)
    let figures = driver.room.statistics(of: 1).outboundVideo
    #expect(figures.lost == 12)
    #expect(figures.jitterMilliseconds == 10)
  }

  @Test func everyReportNamesItsSource() throws {
    let driver = RoomDriver(capacity: 20)
    for number in 0..<20 {
      try driver.join(number, slots: 19)
      driver.rtcp(senderReport(TestMedia.audioSSRC(number), at: 0, timestamp: 0), from: number)
    }
    for number in 0..<20 {
      driver.rtp(TestPacket.audio(number, sequence: 1), from: number)
      driver.rtcp(senderReport(TestMedia.audioSSRC(number), at: 0, timestamp: 0), from: number)
    }
    let sent = driver.wait(1300).filter { $0.receiver == 3 && $0.kind == .rtcp }
    let reports = try sent.rtcp(.senderReport, to: 3).map {
      try SenderReport(parsing: $0.span.bytes).ssrc
    }
    #expect(Set(reports).count == 19)
    for packet in sent {
      // Each is a compound that starts with a report and fits a slot.
      #expect(packet.bytes[1] == 200 || packet.bytes[1] == 201)
      #expect(packet.bytes.count <= ForwardSink.maximumPacketLength)
    }
    let names = try sent.rtcp(.sourceDescription, to: 3).map { part in
      let ssrc = SSRC(part.span.bytes.loadUInt32(at: 4))
      return try SourceDescription(parsing: part.span.bytes).canonicalName(
        of: ssrc, in: part.span.bytes)
    }
    #expect(names.count > 19 && names.allSatisfy { $0 == "relay-3" })
  }
}
