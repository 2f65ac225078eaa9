import Congestion
import Wire

/// One participant of a room: the streams it sends, the slots it receives in, and what is owed to it
/// in RTCP.
struct Participant: ~Copyable {
  /// Nothing heard for this long is an interruption; Opus in DTX still sends every 400 ms.
  static let silenceLimit = TimeSpan.milliseconds(2000)

  /// Whether anybody is in this place of the room.
  let isPresent: Bool
  /// Whether packets can be sent to it now.
  var isConnected = false
  /// The streams it sends: sound, then its picture or each encoding of it.
  let tracks: FixedTable<IncomingTrack>
  /// The streams we send it: sound and picture of slot 0, of slot 1, …
  let streams: FixedTable<SlotStream>
  /// Which SSRC is which of its streams.
  var sources = StreamTable()
  /// Who is in which slot.
  var seats: PlacePool
  /// Whose sound is in which slot: who is in it, unless there are fewer audio slots than voices.
  var voices: PlacePool
  /// Arrivals to report for its sender's congestion control.
  var arrivals: ArrivalRecorder
  /// How its clock relates to ours.
  var clock = SenderClock()
  /// The round trip of its path.
  var roundTrip = TimeSpan.milliseconds(100)
  /// The SSRC of our reports to it.
  var reportSSRC: SSRC
  /// The canonical name of our streams.
  var cname: String
  /// Whether it takes RTCP that is not a full compound (RFC 5506).
  var allowsReducedSize = false
  /// Its latest receiver reference time (RFC 3611 §4.4), and when that came; nil before the first.
  var reference: (ssrc: SSRC, time: UInt32, arrivedAt: MonotonicTime)?
  /// When the next reports are due.
  var reportsDueAt: MonotonicTime
  /// Counts full intra requests (RFC 5104 §4.3.1.2).
  var intraRequests: UInt8 = 0
  /// Which encodings of its picture flow, where there is more than one.
  var flow = LayerFlow()
  /// How much earlier sound its packets carry.
  var redundancy = RedundancyPolicy()
  /// What it is sent again more than once.
  var echoes = ResendEchoes()
  /// When sound or picture last came; nil before the first.
  var lastMediaAt: MonotonicTime?
  /// Which kinds have come, one bit each.
  var kindsHeard: UInt8 = 0
  /// Whether it has been silent past the limit.
  var isInterrupted = false
  /// Packets that belonged to no agreed stream or could not be read.
  var discarded: UInt64 = 0

  /// An empty place.
  init() {
    isPresent = false
    tracks = FixedTable()
    streams = FixedTable()
    seats = PlacePool(places: 0)
    voices = PlacePool(places: 0)
    arrivals = ArrivalRecorder(isUsed: false)
    reportSSRC = SSRC(0)
    cname = ""
    reportsDueAt = .zero
  }

  /// A participant who just joined.
  init(_ media: SessionMedia, now: MonotonicTime, using generator: inout SeededGenerator) {
    isPresent = true
    let layers = min(max(1, media.video?.layers.count ?? 1), Room.maximumLayers)
    tracks = FixedTable(count: 1 + layers) {
      $0 == 0
        ? IncomingTrack(kind: .audio, media: media.audio)
        : IncomingTrack(kind: .video, media: media.video, layer: $0 - 1)
    }
    var random = generator
    let slots = Array(media.slots.prefix(Room.maximumCapacity))
    streams = FixedTable(count: slots.count * 2) {
      let slot = slots[$0 / 2]
      return $0 % 2 == 0
        ? SlotStream(kind: .audio, media: slot.audio, using: &random)
        : SlotStream(kind: .video, media: slot.video, using: &random)
    }
    generator = random
    var all: UInt32 = 0
    var audible: UInt32 = 0
    for (index, slot) in slots.enumerated() {
      all |= 1 << UInt32(index)
      if slot.audio != nil { audible |= 1 << UInt32(index) }
    }
    seats = PlacePool(places: all)
    voices = PlacePool(places: audible)
    arrivals = ArrivalRecorder(
      isUsed: (media.audio?.extensions.transportSequence ?? 0) != 0
        || (media.video?.extensions.transportSequence ?? 0) != 0)
    reportSSRC = media.reportSSRC
    cname = media.cname
    allowsReducedSize = media.allowsReducedSize
    reportsDueAt = now
    declare(media, now: now)
  }

  /// Notes where what a packet from it needs lies.
  mutating func note(in places: inout MemoryPlaces) {
    places.add(&isConnected)
    places.add(&sources)
    places.add(&arrivals)
    places.add(&lastMediaAt)
    places.add(&kindsHeard)
    places.add(&isInterrupted)
  }

  /// How many slots it has.
  var slotCount: Int { streams.count / 2 }

  /// Whether it sends anything that the others could have in a slot.
  var sendsMedia: Bool {
    isPresent && (tracks[0].agreement != nil || tracks[1].agreement != nil)
  }

  /// Whether it sends sound.
  var sendsSound: Bool { isPresent && tracks[0].agreement != nil }

  /// Where its stream of a kind in a slot is in `streams`.
  static func stream(_ kind: TrackKind, ofSlot slot: Int) -> Int { slot * 2 + Int(kind.rawValue) }

  /// Its track of a kind in `tracks`, of a picture that of an encoding.
  static func track(_ kind: TrackKind, layer: Int = 0) -> Int { Int(kind.rawValue) + layer }

  /// How many encodings of its picture are told apart.
  var layerCount: Int { tracks.count - 1 }

  /// The encodings of its picture that flow, one bit each.
  var flowing: UInt8 { layerCount > 1 ? flow.flowing : 1 }

  /// Enters the SSRCs that the offer declares.
  mutating func declare(_ media: SessionMedia, now: MonotonicTime) {
    for (kind, incoming) in [(TrackKind.audio, media.audio), (.video, media.video)] {
      guard let incoming else { continue }
      if let ssrc = incoming.ssrc {
        sources.bind(
          ssrc, to: .init(kind: kind, isRetransmission: false), isDeclared: true, now: now)
      }
      if let ssrc = incoming.retransmissionSSRC {
        sources.bind(
          ssrc, to: .init(kind: kind, isRetransmission: true), isDeclared: true, now: now)
      }
    }
  }

  /// Applies a later offer of the same session.
  mutating func update(_ media: SessionMedia, now: MonotonicTime) {
    tracks[0].agree(media.audio, layer: 0)
    for layer in 0..<layerCount {
      tracks[Self.track(.video, layer: layer)].agree(media.video, layer: layer)
    }
    for index in 0..<slotCount {
      let slot = index < media.slots.count ? media.slots[index] : nil
      streams[index * 2].agreement = slot?.audio.map { .init($0) }
      streams[index * 2 + 1].agreement = slot?.video.map { .init($0) }
    }
    allowsReducedSize = media.allowsReducedSize
    declare(media, now: now)
  }

  /// Which of its streams a packet belongs to: by SSRC where that is known, else by its media
  /// section's name, its encoding's (RFC 8852) and its payload type. What is learned is kept: the
  /// packet is authenticated.
  mutating func identify(
    _ header: RTPHeader, in packet: UnsafeRawBufferPointer, now: MonotonicTime
  ) -> StreamTable.Role? {
    if let role = sources.role(of: header.ssrc, now: now) {
      return Self.matches(role, header.payloadType, of: tracks) ? role : nil
    }
    let named = kindByName(header, in: packet)
    for index in 0..<tracks.count {
      let kind = tracks[index].kind
      if let named, named != kind { continue }
      guard let agreement = tracks[index].agreement else { continue }
      let layer = kind == .audio ? 0 : index - 1
      let isRetransmission =
        agreement.payloadType != header.payloadType
        && agreement.redundantPayloadType != header.payloadType
      let role = StreamTable.Role(
        kind: kind, isRetransmission: isRetransmission, layer: Int8(layer))
      guard Self.matches(role, header.payloadType, of: tracks),
        kind == .audio || layerCount == 1 || isNamed(role, header, in: packet)
      else { continue }
      sources.bind(header.ssrc, to: role, isDeclared: false, now: now)
      return role
    }
    return nil
  }

  /// Static, as a method would be called with a copy of the whole participant.
  private static func matches(
    _ role: StreamTable.Role, _ payloadType: PayloadType,
    of tracks: borrowing FixedTable<IncomingTrack>
  ) -> Bool {
    guard let agreement = tracks[Self.track(role.kind, layer: Int(role.layer))].agreement else {
      return false
    }
    return role.isRetransmission
      ? agreement.retransmissionPayloadType == payloadType
      : agreement.payloadType == payloadType || agreement.redundantPayloadType == payloadType
  }

  /// Whether a packet carries the name of an encoding: its own, or that of what it repairs.
  private func isNamed(
    _ role: StreamTable.Role, _ header: RTPHeader, in packet: UnsafeRawBufferPointer
  ) -> Bool {
    let track = Self.track(role.kind, layer: Int(role.layer))
    guard let extensions = tracks[track].agreement?.extensions else { return false }
    let id = role.isRetransmission ? extensions.repairedStreamID : extensions.streamID
    return header.isNamed(tracks[track].layerName, id: id, in: packet.bytes)
  }

  private func kindByName(_ header: RTPHeader, in packet: UnsafeRawBufferPointer) -> TrackKind? {
    let bytes = packet.bytes
    for index in 0..<min(tracks.count, 2) {
      guard let agreement = tracks[index].agreement,
        let element = header.extensions.find(id: agreement.extensions.mid, in: bytes)
      else { continue }
      if bytes.isEqual(element.range, to: tracks[index].mid) { return tracks[index].kind }
    }
    return nil
  }
}
