import Testing
import Wire

@testable import MediaEngine

/// Copies and retransmissions of sound, packet by packet.
@Suite struct RedundantSoundTests {
  private let opus = PayloadType(rawValue: 111)
  private let red = PayloadType(rawValue: 63)

  private func receiver() throws -> AudioReceiver {
    try AudioReceiver(
      track: .init(
        ssrc: SSRC(rawValue: 9), payloadType: opus, retransmissionSSRC: SSRC(rawValue: 10),
        retransmissionPayloadType: PayloadType(rawValue: 112), redundantPayloadType: red),
      configuration: MediaConfiguration(audio: .silence, video: .none))
  }

  /// Twenty milliseconds of tones, encoded.
  private func packets(_ count: Int) throws -> [[UInt8]] {
    let encoder = try OpusEncoder(bitrate: 32_000)
    encoder.expectLoss(0.2)
    let tones = ToneSequence()
    var samples = [Int16](repeating: 0, count: 960)
    var bytes = [UInt8](repeating: 0, count: 1275)
    return try (0..<count).map { frame in
      samples.withUnsafeMutableBufferPointer { buffer in
        tones.write(buffer.baseAddress!, count: 960, from: Int64(frame % 9 * 960))
      }
      return Array(bytes[..<(try encoder.encode(samples, into: &bytes, capacity: bytes.count))])
    }
  }

  private func packet(_ number: Int, type: PayloadType, payload: [UInt8]) -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: 12)
    bytes.withUnsafeMutableBytes { buffer in
      var span = buffer.mutableBytes
      _ = RTPHeaderWriter(
        payloadType: type, sequenceNumber: SequenceNumber(rawValue: UInt16(number)),
        timestamp: RTPTimestamp(rawValue: UInt32(number * 960)), ssrc: SSRC(rawValue: 9),
        into: &span)
    }
    return bytes + payload
  }

  private func feed(_ receiver: inout AudioReceiver, _ bytes: [UInt8], atMs ms: Int) throws {
    let header = try RTPHeader(parsing: bytes.span.bytes)
    bytes.withUnsafeBytes {
      receiver.receive(header, packet: $0, at: .zero + .milliseconds(Int64(ms)))
    }
  }

  private func play(_ receiver: inout AudioReceiver, atMs ms: Int) {
    receiver.play(
      at: .zero + .milliseconds(Int64(ms)), wallClock: VirtualCall.wallClock
    ) { _, _ in }
  }

  /// RFC 2198: the packet with copies of the `depth` before it.
  private func redundant(_ packets: [[UInt8]], _ number: Int, depth: Int) -> [UInt8] {
    var headers: [UInt8] = []
    var data: [UInt8] = []
    for distance in stride(from: min(depth, number), to: 0, by: -1) {
      let copy = packets[number - distance]
      let word =
        UInt32(0x8000_0000) | 111 << 24 | UInt32(distance * 960) << 10 | UInt32(copy.count)
      headers += (0..<4).map { UInt8(truncatingIfNeeded: word >> (24 - 8 * UInt32($0))) }
      data += copy
    }
    return headers + [111] + data + packets[number]
  }

  @Test func copiesFillABurstOfLoss() throws {
    let packets = try packets(120)
    var receiver = try receiver()
    for number in 0..<120 {
      // Every twenty packets, four in a row are lost; each of the others repeats four.
      if !(10..<14).contains(number % 20) {
        let payload = redundant(packets, number, depth: 4)
        try feed(&receiver, packet(number, type: red, payload: payload), atMs: number * 20)
      }
      play(&receiver, atMs: number * 20)
    }
    #expect(receiver.copied == 24)
    // The first burst came before the delay had grown.
    #expect(receiver.playout.counters.concealed < 48 * 90)
    #expect(receiver.playout.counters.decodedPackets >= 110)
  }

  @Test func aRetransmissionIsAskedForWhereItCanComeInTime() throws {
    let packets = try packets(200)
    var receiver = try receiver()
    var asked: [UInt16] = []
    for number in 0..<200 {
      let ms = number * 20
      // Two of ten are lost, so that the first of them cannot be corrected from the next packet.
      if number % 10 > 1 || number < 10 {
        try feed(&receiver, packet(number, type: opus, payload: packets[number]), atMs: ms)
      }
      for late in receiver.takeMissing(
        at: .zero + .milliseconds(Int64(ms)), roundTrip: .milliseconds(60))
      {
        asked.append(late.rawValue)
        // It comes a round trip later, in front of whatever comes then.
        let bytes = packet(Int(late.rawValue), type: opus, payload: packets[Int(late.rawValue)])
        let header = try RTPHeader(parsing: bytes.span.bytes)
        bytes[12...].withUnsafeBytes {
          receiver.receiveRetransmission(
            header, sequence: late, payload: $0, at: .zero + .milliseconds(Int64(ms + 1)))
        }
      }
      play(&receiver, atMs: ms + 1)
    }
    #expect(asked.count > 10)
    // What the next packet corrects is not asked for.
    let corrected = (0..<199).filter { number in
      packets[number + 1].withUnsafeBufferPointer {
        OpusPacket.hasCorrection($0.baseAddress!, length: $0.count)
      }
    }
    #expect(corrected.count > 20)
    #expect(asked.filter { $0 % 10 == 1 }.allSatisfy { !corrected.contains(Int($0)) })
    #expect(receiver.retransmitted == Int64(asked.count))
  }

  @Test func whatCannotComeInTimeIsNotAskedFor() throws {
    let packets = try packets(60)
    var receiver = try receiver()
    for number in 0..<60 {
      if !(30..<32).contains(number) {
        try feed(&receiver, packet(number, type: opus, payload: packets[number]), atMs: number * 20)
      }
      let now = MonotonicTime.zero + .milliseconds(Int64(number * 20))
      #expect(receiver.takeMissing(at: now, roundTrip: .milliseconds(400)).isEmpty)
      play(&receiver, atMs: number * 20)
    }
  }

  @Test func brokenCopiesAreIgnored() throws {
    let packets = try packets(30)
    var receiver = try receiver()
    for number in 0..<30 {
      var payload = redundant(packets, number, depth: 2)
      if number % 5 == 4 { payload = Array(payload.prefix(7)) }
      if number % 7 == 6 { payload[3] = 0xFF }
      try feed(&receiver, packet(number, type: red, payload: payload), atMs: number * 20)
      play(&receiver, atMs: number * 20)
    }
    #expect(receiver.playout.counters.decodedPackets > 10)
  }
}
