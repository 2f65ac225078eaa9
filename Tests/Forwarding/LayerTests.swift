import Testing
import Wire

@testable import Forwarding

@Suite struct LayerTests {
  /// A room in which participant 0 sends three encodings to the others.
  private func room(of count: Int = 3) throws -> (RoomDriver, SimulcastSender) {
    let driver = RoomDriver(capacity: max(3, count))
    try driver.join(0, slots: count - 1, adjust: SimulcastSender.media)
    for number in 1..<count { try driver.join(number, slots: count - 1) }
    driver.settle()
    // What each receiver gets is said here, not by what its path carries.
    for receiver in 0..<count { driver.room.paths[receiver].dueAt = .zero + .seconds(1_000_000) }
    return (driver, SimulcastSender(number: 0, index: 0))
  }

  /// Sends pictures at 30 a second, answering requests for keyframes, and returns what went out.
  @discardableResult
  private func play(
    _ driver: RoomDriver, _ sender: inout SimulcastSender, pictures: Int
  ) -> [RoomDriver.Sent] {
    var out: [RoomDriver.Sent] = []
    for _ in 0..<pictures {
      var sent: [RoomDriver.Sent] = []
      for packet in sender.next() { sent += driver.rtp(packet.bytes, from: 0) }
      sent += driver.wait(33)
      sender.read(sent)
      out += sent
    }
    return out
  }

  private func check(_ sent: [RoomDriver.Sent], receiver: Int = 1) -> PictureCheck {
    var check = PictureCheck()
    check.read(sent.rtp(to: receiver), of: TestMedia.slotSSRC(receiver, 0, .video))
    return check
  }

  // MARK: Telling encodings apart

  @Test func encodingsAreToldByTheirNamesAndThenByTheirSSRCs() throws {
    let (driver, _) = try room()
    func packet(_ sequence: UInt16, _ ssrc: UInt32, rid: String?) -> [UInt8] {
      TestPacket.video(
        0, sequence: sequence, keyframe: sequence == 1, ssrc: SSRC(ssrc), mid: "v", rid: rid)
    }
    // Without a name nobody knows which one it is; with another's neither.
    #expect(driver.rtp(packet(1, 1, rid: nil), from: 0).rtp(to: 1).isEmpty)
    #expect(driver.rtp(packet(1, 1, rid: "x"), from: 0).rtp(to: 1).isEmpty)
    #expect(driver.rtp(packet(1, 1, rid: "h"), from: 0).rtp(to: 1).count == 1)
    #expect(driver.room.layer(inSlot: 0, of: 1) == 1)
    // Browsers stop naming them once the first report has come.
    #expect(driver.rtp(packet(2, 1, rid: nil), from: 0).rtp(to: 1).count == 1)
  }

  @Test func aRetransmissionIsToldByTheNameOfWhatItRepairs() throws {
    var (driver, sender) = try room()
    var dropped: [UInt8] = []
    play(driver, &sender, pictures: 8)
    for packet in sender.next() {
      if packet.layer == 2, dropped.isEmpty {
        dropped = packet.bytes
      } else {
        driver.rtp(packet.bytes, from: 0)
      }
    }
    let header = try RTPHeader(parsing: dropped.span.bytes)
    let number = header.sequenceNumber.rawValue
    let again = { (ssrc: UInt32, name: String?) in
      TestPacket.build(
        payloadType: 97, sequence: 9, timestamp: header.timestamp.rawValue, ssrc: SSRC(ssrc),
        marker: false, level: nil, transport: nil, mid: "v", repairedRid: name,
        payload: [UInt8(number >> 8), UInt8(number & 0xFF)] + dropped[header.payloadRange])
    }
    #expect(driver.rtp(again(70, nil), from: 0).rtp(to: 1).isEmpty)
    #expect(driver.rtp(again(71, "q"), from: 0).rtp(to: 1).isEmpty)
    #expect(driver.rtp(again(72, "f"), from: 0).rtp(to: 1).count == 1)
  }

  // MARK: Switching

  @Test func everybodyGetsTheLargestThereIs() throws {
    var (driver, sender) = try room()
    play(driver, &sender, pictures: 30)
    let seen = check(play(driver, &sender, pictures: 30))
    #expect(Set(seen.layers) == [2])
    #expect(seen.layers.count == 60)
    #expect(seen.isContinuous)
  }

  @Test func stepsDownAndUpAreContinuousAndBeginWithKeyframes() throws {
    var (driver, sender) = try room()
    var seen = PictureCheck()
    let slot = TestMedia.slotSSRC(1, 0, .video)
    seen.read(play(driver, &sender, pictures: 30).rtp(to: 1), of: slot)
    for spatial in [0, 2, 1, 0, 1, 2] {
      driver.room.setTarget(receiver: 1, slot: 0, spatial: spatial, temporal: 3, at: driver.now)
      seen.read(play(driver, &sender, pictures: 30).rtp(to: 1), of: slot)
      #expect(driver.room.layer(inSlot: 0, of: 1) == spatial)
    }
    #expect(seen.isContinuous)
    #expect(seen.switchesAtKeyframes)
    // The other receiver never noticed.
    let other = check(Array(driver.sent), receiver: 2)
    #expect(other.isContinuous && Set(other.layers.suffix(300)) == [2])
  }

  @Test func onlyTheEncodingThatIsNeededIsAskedForAKeyframe() throws {
    var (driver, sender) = try room()
    play(driver, &sender, pictures: 30)
    driver.wait(1000)
    driver.room.setTarget(receiver: 1, slot: 0, spatial: 1, temporal: 3, at: driver.now)
    let asked = try driver.wait(5).rtcp(.pictureLossIndication, to: 0).map {
      try PictureLossIndication(parsing: $0.span.bytes).mediaSSRC
    }
    #expect(asked == [SimulcastSender.ssrc(0, 1)])
    // The same again asks for nothing.
    driver.room.setTarget(receiver: 1, slot: 0, spatial: 1, temporal: 3, at: driver.now)
    #expect(driver.wait(400).rtcp(.pictureLossIndication, to: 0).isEmpty)
  }

  @Test func aStepDownThinsThePictureAtOnce() throws {
    var (driver, sender) = try room()
    play(driver, &sender, pictures: 32)
    driver.room.setTarget(receiver: 1, slot: 0, spatial: 0, temporal: 3, at: driver.now)
    // No keyframe comes: the large one goes on in its base layer alone.
    var out: [RoomDriver.Sent] = []
    for _ in 0..<20 {
      for packet in sender.next() { out += driver.rtp(packet.bytes, from: 0) }
      driver.wait(33)
    }
    let seen = check(out)
    #expect(Set(seen.layers) == [2] && Set(seen.temporal) == [0])
    #expect(seen.layers.count == 10)
    #expect(seen.isContinuous)
  }

  @Test func anEncodingThatStopsIsReplacedByTheNextBest() throws {
    var (driver, sender) = try room()
    play(driver, &sender, pictures: 30)
    sender.active[2] = false
    let out = play(driver, &sender, pictures: 45)
    let seen = check(out)
    #expect(seen.layers.last == 1)
    #expect(seen.isContinuous)
    #expect(driver.room.isFlowing(2, of: 0) == false && driver.room.isFlowing(1, of: 0))
    // Half a second without it, then a keyframe of the other.
    #expect(seen.layers.count > 2 * 20)
    sender.active[2] = true
    let back = check(play(driver, &sender, pictures: 30))
    #expect(back.layers.last == 2 && back.isContinuous)
  }

  @Test func aPictureThatIsNotWantedIsNotSentAndComesBackWithAKeyframe() throws {
    var (driver, sender) = try room()
    var seen = check(play(driver, &sender, pictures: 30))
    driver.room.setTarget(receiver: 1, slot: 0, spatial: -1, temporal: 3, at: driver.now)
    #expect(play(driver, &sender, pictures: 30).rtp(to: 1).isEmpty)
    #expect(driver.room.layer(inSlot: 0, of: 1) == nil)
    driver.room.setTarget(receiver: 1, slot: 0, spatial: 2, temporal: 3, at: driver.now)
    seen.read(
      play(driver, &sender, pictures: 30).rtp(to: 1), of: TestMedia.slotSSRC(1, 0, .video))
    #expect(driver.room.layer(inSlot: 0, of: 1) == 2)
    #expect(seen.isContinuous)
  }

  @Test func aPlainPictureCanBeTurnedOffToo() throws {
    let driver = RoomDriver()
    try driver.join(0)
    try driver.join(1)
    driver.rtp(TestPacket.video(0, sequence: 1, keyframe: true), from: 0)
    driver.room.setTarget(receiver: 1, slot: 0, spatial: -1, temporal: 0, at: driver.now)
    #expect(driver.rtp(TestPacket.video(0, sequence: 2, keyframe: true), from: 0).isEmpty)
    driver.room.setTarget(receiver: 1, slot: 0, spatial: 0, temporal: 3, at: driver.now)
    #expect(driver.rtp(TestPacket.video(0, sequence: 3), from: 0).rtp(to: 1).isEmpty)
    #expect(
      driver.rtp(TestPacket.video(0, sequence: 4, keyframe: true), from: 0).rtp(to: 1).count == 1)
  }

  // MARK: Clocks

  @Test func aSwitchKeepsTimeByTheSendersReportsNotByTheTimeOfArrival() throws {
    var (driver, sender) = try room()
    // Each encoding's report says which of its timestamps belongs to one moment of the sender's.
    for layer in 0..<3 {
      _ = sender.next().map { driver.rtp($0.bytes, from: 0) }
      let report = SenderReport(
        ssrc: SimulcastSender.ssrc(0, layer), ntpTime: NTPTime(millisecondsSince1970: 1_000_000),
        rtpTimestamp: RTPTimestamp(rawValue: sender.timestamp(layer, picture: 0)), packetCount: 1,
        octetCount: 1)
      driver.rtcp(TestPacket.write { report.write(into: &$0) }, from: 0)
    }
    var seen = check(play(driver, &sender, pictures: 29))
    driver.room.setTarget(receiver: 1, slot: 0, spatial: 0, temporal: 3, at: driver.now)
    // The path grows slower by 200 ms just before the switch.
    driver.wait(200)
    seen.read(
      play(driver, &sender, pictures: 30).rtp(to: 1), of: TestMedia.slotSSRC(1, 0, .video))
    #expect(Set(seen.layers.suffix(4)) == [0])
    for (earlier, later) in zip(seen.timestamps, seen.timestamps.dropFirst())
    where later != earlier {
      // Pictures left out meanwhile make for whole pictures of 3000 ticks, but for one of rounding.
      #expect((later &- earlier &+ 1) % 3000 <= 2)
    }
  }

  @Test func reportsFollowTheEncodingThatIsForwarded() throws {
    var (driver, sender) = try room()
    play(driver, &sender, pictures: 4)
    for layer in 0..<3 {
      let report = SenderReport(
        ssrc: SimulcastSender.ssrc(0, layer), ntpTime: NTPTime(millisecondsSince1970: 1_000_000),
        rtpTimestamp: RTPTimestamp(rawValue: sender.timestamp(layer, picture: 0)), packetCount: 1,
        octetCount: 1)
      driver.rtcp(TestPacket.write { report.write(into: &$0) }, from: 0)
    }
    let out = play(driver, &sender, pictures: 60)
    let slot = TestMedia.slotSSRC(1, 0, .video)
    let reports = try out.rtcp(.senderReport, to: 1).map {
      try SenderReport(parsing: $0.span.bytes)
    }.filter { $0.ssrc == slot }
    #expect(!reports.isEmpty)
    let newest = try #require(check(out).timestamps.last)
    for report in reports {
      #expect(Int32(bitPattern: newest &- report.rtpTimestamp.rawValue).magnitude < 200_000)
    }
  }

  // MARK: Loss

  @Test(arguments: [3, 10, 30])
  func switchingUnderLossNeverGivesANumberTwiceAndEndsWhereItShould(percent: Int) throws {
    var (driver, sender) = try room()
    sender.isLost = { layer, sequence in
      (Int(sequence) &* 7919 &+ layer &* 31) % 100 < percent
    }
    var seen = PictureCheck()
    var generator = SeededGenerator(seed: UInt64(percent))
    let slot = TestMedia.slotSSRC(1, 0, .video)
    for _ in 0..<40 {
      let spatial = Int(generator.next(upperBound: UInt32(3)))
      let temporal = Int(generator.next(upperBound: UInt32(4)))
      driver.room.setTarget(
        receiver: 1, slot: 0, spatial: spatial, temporal: temporal, at: driver.now)
      seen.read(play(driver, &sender, pictures: 60).rtp(to: 1), of: slot)
      #expect(driver.room.layer(inSlot: 0, of: 1) == spatial)
    }
    #expect(Set(seen.sequences).count == seen.sequences.count)
    #expect(seen.switchesAtKeyframes)
    // Order is kept: nothing sent here was late.
    for (earlier, later) in zip(seen.sequences, seen.sequences.dropFirst()) {
      #expect((later &- earlier) < 200)
    }
    for (earlier, later) in zip(seen.timestamps, seen.timestamps.dropFirst()) {
      #expect(Int32(bitPattern: later &- earlier) >= 0)
    }
  }

  @Test func whatIsMissingOfAnEncodingNobodyGetsIsNotAskedFor() throws {
    var (driver, sender) = try room()
    play(driver, &sender, pictures: 30)
    sender.isLost = { layer, sequence in layer != 2 && sequence % 5 == 0 }
    #expect(play(driver, &sender, pictures: 30).rtcp(.genericNACK, to: 0).isEmpty)
    sender.isLost = { layer, sequence in layer == 2 && sequence % 5 == 0 }
    #expect(!play(driver, &sender, pictures: 30).rtcp(.genericNACK, to: 0).isEmpty)
  }

  @Test func aRequestIsAnsweredFromTheEncodingThatWasSent() throws {
    var (driver, sender) = try room()
    play(driver, &sender, pictures: 30)
    driver.room.setTarget(receiver: 1, slot: 0, spatial: 1, temporal: 1, at: driver.now)
    let out = play(driver, &sender, pictures: 60).rtp(to: 1)
    let slot = TestMedia.slotSSRC(1, 0, .video)
    for packet in out.suffix(20) {
      let number = try #require(packet.header?.sequenceNumber.rawValue)
      let answer = driver.rtcp(TestPacket.nack([number], of: slot), from: 1).rtp(to: 1)
      #expect(
        answer.first?.payload
          == [UInt8(number >> 8), UInt8(number & 0xFF)] + packet.payload)
    }
  }

  // MARK: Rates and a full room

  @Test func whatEachLayerTakesIsMeasured() throws {
    var (driver, sender) = try room()
    play(driver, &sender, pictures: 90)
    func rate(_ spatial: Int, _ temporal: Int) -> Int {
      driver.room.rate(of: 0, spatial: spatial, temporal: temporal, at: driver.now)
    }
    // 60 packets a second of 800 bytes and a header of 20 or so.
    #expect((380_000...410_000).contains(rate(2, 3)))
    #expect((95_000...125_000).contains(rate(0, 3)))
    #expect(rate(2, 0) > rate(2, 3) / 5 && rate(2, 0) < rate(2, 3) / 3)
    #expect(rate(2, 1) > rate(2, 0) && rate(2, 2) == rate(2, 3))
    #expect(driver.room.layerCount(of: 0) == 3 && driver.room.layerCount(of: 1) == 1)
    driver.wait(3000)
    #expect(rate(2, 3) == 0)
  }

  @Test func twentyReceiversEachGetTheirOwnLayers() throws {
    var (driver, sender) = try room(of: 20)
    play(driver, &sender, pictures: 10)
    for receiver in 1..<20 {
      driver.room.setTarget(
        receiver: receiver, slot: 0, spatial: receiver % 3, temporal: receiver % 4, at: driver.now)
    }
    let settling = play(driver, &sender, pictures: 30)
    #expect(settling.rtcp(.pictureLossIndication, to: 0).count <= 3)
    let out = play(driver, &sender, pictures: 80)
    for receiver in 1..<20 {
      let seen = check(out, receiver: receiver)
      #expect(Set(seen.layers) == [receiver % 3])
      #expect(seen.temporal.max() == UInt8(min(2, receiver % 4)))
      #expect(seen.isContinuous)
    }
  }
}
