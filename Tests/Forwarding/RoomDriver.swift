import Wire

@testable import Forwarding

/// A room with its sink and clock, driven packet by packet.
final class RoomDriver {
  /// One packet that the room sent.
  struct Sent {
    var receiver: Int
    var kind: ForwardSink.PacketKind
    var bytes: [UInt8]

    var header: RTPHeader? { try? RTPHeader(parsing: bytes.span.bytes) }
    var payload: [UInt8] { header.map { Array(bytes[$0.payloadRange]) } ?? [] }
  }

  var room: Room
  var sink = ForwardSink(capacity: 4096)
  var now = MonotonicTime.zero + .seconds(100)
  /// How often the room was woken.
  private(set) var wakeups = 0
  /// What the sink held before it was emptied, RTP and RTCP.
  private(set) var sent: [Sent] = []

  init(capacity: Int = 4, seed: UInt64 = 1) {
    room = Room(
      capacity: capacity, seed: seed, now: now, wallMilliseconds: 1_700_000_000_000)
  }

  /// Lets a participant in whose media are `TestMedia.session(number)`.
  @discardableResult
  func join(
    _ number: Int, slots: Int = 3, audioSlots: Int? = nil, connected: Bool = true,
    adjust: (inout SessionMedia) -> Void = { _ in }
  ) throws -> Int {
    var media = TestMedia.session(number, slots: slots, audioSlots: audioSlots ?? slots)
    adjust(&media)
    let index = try room.join(media, at: now)
    if connected { room.setConnected(index, true, at: now) }
    return index
  }

  /// Gives the room an RTP packet and returns what that packet alone caused.
  @discardableResult
  func rtp(_ packet: [UInt8], from index: Int) -> [Sent] {
    packet.withUnsafeBytes { room.receiveRTP(from: index, packet: $0, at: now, into: &sink) }
    return drain()
  }

  /// Gives the room an RTCP packet and returns what that packet alone caused.
  @discardableResult
  func rtcp(_ packet: [UInt8], from index: Int) -> [Sent] {
    packet.withUnsafeBytes { room.receiveRTCP(from: index, packet: $0, at: now, into: &sink) }
    return drain()
  }

  /// Lets time pass in the room's own steps and returns what it sent meanwhile.
  @discardableResult
  func wait(_ milliseconds: Int64) -> [Sent] {
    var caused: [Sent] = []
    let end = now + .milliseconds(milliseconds)
    while let wake = room.nextWake, wake <= end {
      now = max(now, wake)
      room.advance(to: now, into: &sink)
      wakeups += 1
      caused += drain()
    }
    now = end
    return caused
  }

  /// All events not read yet.
  func events() -> [RoomEvent] {
    var events: [RoomEvent] = []
    while let event = room.nextEvent() { events.append(event) }
    return events
  }

  /// Forgets what was sent and what happened so far.
  func settle() {
    wait(2)
    _ = events()
    sent.removeAll()
  }

  /// What the sink holds, taken out.
  func take() -> [Sent] { drain() }

  /// Forgets what was sent so far.
  func forget() { sent.removeAll(keepingCapacity: true) }

  private func drain() -> [Sent] {
    let caused = (0..<sink.count).map { index in
      let entry = sink.entry(at: index)
      return Sent(
        receiver: Int(entry.participant), kind: entry.kind,
        bytes: Array(sink.slot(at: index)[..<Int(entry.length)]))
    }
    sink.removeAll()
    sent += caused
    return caused
  }
}

extension [RoomDriver.Sent] {
  /// The RTP packets to a participant.
  func rtp(to receiver: Int) -> [RoomDriver.Sent] {
    filter { $0.kind == .rtp && $0.receiver == receiver }
  }

  /// The parts of a kind in all RTCP packets to a participant, in order.
  func rtcp(_ kind: CompoundReader.Kind, to receiver: Int) -> [[UInt8]] {
    var parts: [[UInt8]] = []
    for packet in self where packet.kind == .rtcp && packet.receiver == receiver {
      guard var reader = try? CompoundReader(parsing: packet.bytes.span.bytes) else { continue }
      while let part = reader.next(in: packet.bytes.span.bytes) {
        if part.kind == kind { parts.append([UInt8](packet.bytes[part.range])) }
      }
    }
    return parts
  }
}

/// Media of participants numbered from 0, all different from each other.
enum TestMedia {
  static let levelID: UInt8 = 1
  static let transportID: UInt8 = 3
  static let midID: UInt8 = 4
  static let ridID: UInt8 = 10
  static let repairedRidID: UInt8 = 11

  static func audioSSRC(_ number: Int) -> SSRC { SSRC(UInt32(1000 + number * 10)) }
  static func videoSSRC(_ number: Int) -> SSRC { SSRC(UInt32(1001 + number * 10)) }
  static func rtxSSRC(_ number: Int) -> SSRC { SSRC(UInt32(1002 + number * 10)) }
  static func slotSSRC(_ number: Int, _ slot: Int, _ kind: TrackKind) -> SSRC {
    SSRC(UInt32(0x10_0000 * (number + 1) + slot * 4 + Int(kind.rawValue)))
  }
  static func slotRTXSSRC(_ number: Int, _ slot: Int) -> SSRC {
    SSRC(UInt32(0x10_0000 * (number + 1) + slot * 4 + 2))
  }

  static func session(_ number: Int, slots: Int, audioSlots: Int) -> SessionMedia {
    var extensions = HeaderExtensionIDs()
    extensions.audioLevel = levelID
    extensions.transportSequence = transportID
    extensions.mid = midID
    var media = SessionMedia(
      audio: IncomingMedia(
        mid: "a", payloadType: PayloadType(111), ssrc: audioSSRC(number), extensions: extensions,
        allowsNACK: false, keyframeRequest: .none),
      video: IncomingMedia(
        mid: "v", payloadType: PayloadType(96), retransmissionPayloadType: PayloadType(97),
        ssrc: videoSSRC(number), retransmissionSSRC: rtxSSRC(number), extensions: extensions,
        allowsNACK: true, keyframeRequest: .pictureLoss),
      slots: [], reportSSRC: SSRC(UInt32(7000 + number)), cname: "relay-\(number)",
      allowsReducedSize: true)
    for slot in 0..<slots {
      // Payload types differ between participants, so that forwarding has to change them.
      var audio: SlotStreamMedia?
      if slot < audioSlots {
        audio = SlotStreamMedia(
          mid: "a\(slot)", payloadType: PayloadType(UInt8(109 + number % 3)),
          ssrc: slotSSRC(number, slot, .audio), extensions: extensions)
      }
      media.slots.append(
        SlotMedia(
          audio: audio,
          video: SlotStreamMedia(
            mid: "v\(slot)", payloadType: PayloadType(UInt8(100 + number % 3)),
            retransmissionPayloadType: PayloadType(UInt8(120 + number % 3)),
            ssrc: slotSSRC(number, slot, .video), retransmissionSSRC: slotRTXSSRC(number, slot),
            extensions: HeaderExtensionIDs())))
    }
    return media
  }
}

/// Packets as a client sends them.
enum TestPacket {
  static func audio(
    _ number: Int, sequence: UInt16, timestamp: UInt32? = nil, level: UInt8? = 60,
    transport: UInt16? = nil, ssrc: SSRC? = nil, mid: String? = nil, payload: [UInt8] = []
  ) -> [UInt8] {
    build(
      payloadType: 111, sequence: sequence, timestamp: timestamp ?? UInt32(sequence) * 960,
      ssrc: ssrc ?? TestMedia.audioSSRC(number), marker: false, level: level,
      transport: transport, mid: mid,
      payload: payload.isEmpty ? [UInt8](repeating: 0x7A, count: 80) : payload)
  }

  static func video(
    _ number: Int, sequence: UInt16, timestamp: UInt32? = nil, picture: UInt16 = 1,
    temporal: UInt8? = nil, tid: UInt8 = 0, sync: Bool = false, keyframe: Bool = false,
    start: Bool = true, marker: Bool = true, transport: UInt16? = nil, ssrc: SSRC? = nil,
    mid: String? = nil, rid: String? = nil, length: Int = 200
  ) -> [UInt8] {
    build(
      payloadType: 96, sequence: sequence, timestamp: timestamp ?? UInt32(sequence) * 3000,
      ssrc: ssrc ?? TestMedia.videoSSRC(number), marker: marker, level: nil, transport: transport,
      mid: mid, rid: rid,
      payload: vp8(
        picture: picture, temporal: temporal, tid: tid, sync: sync, keyframe: keyframe,
        start: start, fill: UInt8(truncatingIfNeeded: sequence), length: length))
  }

  static func vp8(
    picture: UInt16, temporal: UInt8?, tid: UInt8 = 0, sync: Bool = false, keyframe: Bool,
    start: Bool, fill: UInt8, length: Int
  ) -> [UInt8] {
    let descriptor = VP8PayloadDescriptor(
      startsPartition: start, pictureID: picture, temporalBaseIndex: temporal,
      temporalLayer: temporal == nil ? nil : tid, isLayerSync: sync)
    let head = write { descriptor.write(into: &$0) }
    var payload = head + [UInt8](repeating: fill, count: length - head.count)
    payload[head.count] = keyframe ? 0x10 : 0x11
    return payload
  }

  /// Wraps a packet as RFC 4588 does.
  static func rtx(_ number: Int, sequence: UInt16, of packet: [UInt8]) -> [UInt8] {
    guard let header = try? RTPHeader(parsing: packet.span.bytes) else { return [] }
    let original = header.sequenceNumber.rawValue
    return build(
      payloadType: 97, sequence: sequence, timestamp: header.timestamp.rawValue,
      ssrc: TestMedia.rtxSSRC(number), marker: header.marker, level: nil, transport: nil, mid: nil,
      payload: [UInt8(original >> 8), UInt8(original & 0xFF)] + packet[header.payloadRange])
  }

  static func build(
    payloadType: UInt8, sequence: UInt16, timestamp: UInt32, ssrc: SSRC, marker: Bool,
    level: UInt8?, transport: UInt16?, mid: String?, rid: String? = nil,
    repairedRid: String? = nil, payload: [UInt8]
  ) -> [UInt8] {
    let header = write { bytes in
      var writer = RTPHeaderWriter(
        payloadType: PayloadType(payloadType), sequenceNumber: SequenceNumber(sequence),
        timestamp: RTPTimestamp(rawValue: timestamp), ssrc: ssrc, marker: marker, into: &bytes)
      if let level {
        writer.add(
          audioLevel: AudioLevel(isVoice: level < 60, negativeDecibels: level),
          id: TestMedia.levelID, to: &bytes)
      }
      if let transport {
        writer.add(
          transportSequence: SequenceNumber(transport), id: TestMedia.transportID, to: &bytes)
      }
      if let mid { writer.add(text: mid, id: TestMedia.midID, to: &bytes) }
      if let rid { writer.add(text: rid, id: TestMedia.ridID, to: &bytes) }
      if let repairedRid { writer.add(text: repairedRid, id: TestMedia.repairedRidID, to: &bytes) }
      return writer.finish(in: &bytes)
    }
    return header + payload
  }

  /// The bytes that `body` writes into a buffer; it returns their length.
  static func write(_ body: (inout MutableRawSpan) -> Int?) -> [UInt8] {
    var packet = [UInt8](repeating: 0, count: 1500)
    let length = packet.withUnsafeMutableBytes { buffer in
      var bytes = buffer.mutableBytes
      return body(&bytes) ?? 0
    }
    return [UInt8](packet[..<length])
  }

  static func nack(_ lost: [UInt16], of ssrc: SSRC) -> [UInt8] {
    let numbers = lost.map { SequenceNumber($0) }
    return write {
      GenericNACK.write(senderSSRC: SSRC(1), mediaSSRC: ssrc, lost: numbers.span, into: &$0)
    }
  }

  static func pli(_ ssrc: SSRC) -> [UInt8] {
    write { PictureLossIndication(senderSSRC: SSRC(1), mediaSSRC: ssrc).write(into: &$0) }
  }
}
