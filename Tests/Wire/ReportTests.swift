import Testing
import Wire

@Suite("RTCP reports")
struct ReportTests {
  @Test("a sender report with one block")
  func senderReport() throws {
    let packet = hex(
      """
      81c8000c 11223344 e1e2e3e4b7108000 00015f90 00000064 00004e20
      0000000b 40fffffe 00010002 00000010 b7052000 00054000
      """)
    let report = try SenderReport(parsing: packet.span.bytes)
    #expect(report.ssrc == SSRC(0x1122_3344))
    #expect(report.ntpTime.rawValue == 0xE1E2_E3E4_B710_8000)
    #expect(report.ntpTime.middle32 == 0xE3E4_B710)
    #expect(report.rtpTimestamp == RTPTimestamp(90_000))
    #expect(report.packetCount == 100)
    #expect(report.octetCount == 20_000)
    #expect(report.blocks.count == 1)
    let block = try #require(report.blocks.block(on: SSRC(11)))
    #expect(block.fractionLost == 64)
    #expect(block.cumulativeLost == -2)
    #expect(block.highestSequence == 65_538)
    #expect(block.jitter == 16)
    #expect(block.lastSenderReport == 0xB705_2000)
    #expect(block.delaySinceLastSenderReport == 0x0005_4000)
    #expect(written { report.write(into: &$0) } == packet)
  }

  @Test("a receiver report keeps its blocks' order, up to 31")
  func receiverReport() throws {
    var blocks = ReportBlocks()
    for number in 1...31 {
      let added = blocks.append(ReportBlock(ssrc: SSRC(UInt32(number)), jitter: UInt32(number)))
      #expect(added)
    }
    let isAdded = blocks.append(ReportBlock(ssrc: SSRC(99)))
    #expect(!isAdded)
    let report = ReceiverReport(ssrc: SSRC(7), blocks: blocks)
    let bytes = written { report.write(into: &$0) }
    let packet = try #require(bytes)
    #expect(packet.count == 8 + 31 * 24)
    #expect(packet[..<4] == [0x9F, 201, 0, 187])
    #expect(try ReceiverReport(parsing: packet.span.bytes) == report)
    #expect(written(capacity: packet.count - 1) { report.write(into: &$0) } == nil)
  }

  @Test("losses beyond 24 bits are clamped, not cut off")
  func clampsLoss() throws {
    for (lost, expected) in [(Int32.max, Int32(0x7F_FFFF)), (.min, -0x80_0000), (-1, -1)] {
      var blocks = ReportBlocks()
      blocks.append(ReportBlock(ssrc: SSRC(1), cumulativeLost: lost))
      let packet = try #require(
        written { ReceiverReport(ssrc: SSRC(2), blocks: blocks).write(into: &$0) })
      let again = try ReceiverReport(parsing: packet.span.bytes)
      #expect(again.blocks[0].cumulativeLost == expected)
    }
  }

  @Test("a count of blocks that are not there is refused")
  func missingBlocks() {
    let receiver = hex("82c90007 00000001") + [UInt8](repeating: 0, count: 24)
    #expect(throws: ParseError.inconsistentLength) {
      try ReceiverReport(parsing: receiver.span.bytes)
    }
    let sender = hex("81c80006") + [UInt8](repeating: 0, count: 24)
    #expect(throws: ParseError.inconsistentLength) { try SenderReport(parsing: sender.span.bytes) }
  }

  @Test("extensions after the blocks are skipped")
  func profileExtensions() throws {
    let packet = hex("80c90002 00000001 aabbccdd")
    #expect(try ReceiverReport(parsing: packet.span.bytes).blocks.isEmpty)
  }

  @Test("an extended report carries reference time and answers")
  func extendedReport() throws {
    let packet = hex(
      """
      80cf000a 0000000a
      04000002 e1e2e3e4b7108000
      05000003 0000000b b7052000 00054000
      63000001 ffffffff
      """)
    let report = try ExtendedReport(parsing: packet.span.bytes)
    #expect(report.ssrc == SSRC(10))
    #expect(report.referenceTime?.middle32 == 0xE3E4_B710)
    #expect(report.answerCount == 1)
    let answer = report.answer(0, in: packet.span.bytes)
    #expect(answer.ssrc == SSRC(11))
    #expect(answer.lastReference == 0xB705_2000)
    #expect(answer.delaySinceLastReference == 0x0005_4000)
    let answers = [answer]
    let copy = written { bytes in
      ExtendedReport.write(
        ssrc: SSRC(10), referenceTime: report.referenceTime, answers: answers.span, into: &bytes)
    }
    #expect(copy == hex("80cf0008") + packet[4..<36])
  }

  @Test(
    "extended report blocks of wrong lengths are refused",
    arguments: [
      "80cf0003 0000000a 04000002 00000000",
      "80cf0003 0000000a 04000001 00000000",
      "80cf0003 0000000a 05000001 00000000",
      "80cf0002 0000000a 6300ffff",
    ])
  func extendedReportRefused(packet: String) {
    let bytes = hex(packet)
    #expect(throws: ParseError.inconsistentLength) {
      try ExtendedReport(parsing: bytes.span.bytes)
    }
  }
}
