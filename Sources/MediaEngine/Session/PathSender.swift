import Congestion
import Wire

/// Everything of a session leaves through here: packets are numbered for the other end's feedback,
/// pictures are spaced out, sound never waits, and now and then a probe asks whether there is more room.
struct PathSender: ~Copyable {
  /// What is assumed of a path before its first feedback, in bit/s: just enough for a whole picture and
  /// the sound. More would fill the queue of a narrow one before anything is known of it.
  private static let startBitrate = 320_000
  /// Without feedback, how much faster than the mean rate pictures leave: a key frame is out within a
  /// few frames' time and still does not fill a home router's queue at once.
  private static let blindPacing = 4
  /// Where `OutgoingPacket.writeHeader` puts the transport-wide number: after the fixed header (12), the
  /// block's head (4) and the element's head (1).
  private static let numberOffset = 17

  /// Where packets are made; what `send` gets.
  let buffer: UnsafeMutableRawBufferPointer
  /// Packets and bytes sent.
  private(set) var packets: Int64 = 0
  private(set) var bytes: Int64 = 0
  /// Bytes of padding sent, to probe.
  private(set) var probeBytes: Int64 = 0
  private var controller: CongestionController
  private var budget: PacingBudget
  private var probe: ProbeSchedule?
  private var lastProbe: MonotonicTime?
  private var standing = StandingQueue()
  /// Whether feedback has come: before, the estimate is a guess.
  private(set) var hasFeedback = false

  /// A path that makes its packets in `buffer`.
  init(buffer: UnsafeMutableRawBufferPointer, now: MonotonicTime) {
    self.buffer = buffer
    controller = CongestionController(
      configuration: CongestionConfiguration(startBitrate: Self.startBitrate), now: now)
    budget = PacingBudget(now: now)
  }

  /// What the path carries in all, in bit/s; nil where the other end gives no feedback.
  var estimate: Int? {
    guard hasFeedback else { return nil }
    return min(controller.estimate, standing.bound.map { Int($0) } ?? .max)
  }
  /// The share of packets that are lost, smoothed.
  var loss: Double { hasFeedback ? controller.lossFraction : 0 }
  /// Whether what is sent seems to arrive nowhere: an outage.
  var isSilent: Bool { hasFeedback && controller.isSilent }
  /// What arrived in the last half second, in bit/s.
  var acknowledged: Int { controller.acknowledged }
  /// Queueing on the path above its own floor.
  var queueingDelay: TimeSpan { controller.queueingDelay }

  /// When the controller, or a probe, has something to do next.
  var nextWake: MonotonicTime? {
    var wake = hasFeedback ? controller.nextWake : nil
    if let next = probe?.nextSend { wake = wake.map { min($0, next) } ?? next }
    return wake
  }

  /// When a picture packet may leave at the earliest.
  func nextRelease(after now: MonotonicTime) -> MonotonicTime {
    max(budget.nextRelease ?? now + .milliseconds(20), now + .milliseconds(1))
  }

  /// Lets time pass; `pictureBitrate` is what pictures take now, and the oldest waits for `wait`.
  mutating func advance(to now: MonotonicTime, pictureBitrate: Int, wait: TimeSpan) {
    controller.advance(to: now)
    // Where another flow fills the queue, there is nothing to be gained by making way.
    if controller.isCompeting {
      standing.removeAll()
    } else if hasFeedback, !controller.isSilent {
      let isVain = standing.update(
        estimate: controller.estimate, arrives: controller.acknowledged,
        delay: controller.queueingDelay, loss: controller.lossFraction, wait: wait,
        found: controller.found, at: now)
      if isVain { controller.noteCompetitor(at: now) }
    }
    let rate = hasFeedback ? controller.pacingRate : pictureBitrate * Self.blindPacing
    budget.setRate(bitsPerSecond: rate, at: now)
  }

  /// Takes the other end's report on what arrived.
  mutating func receive(
    _ feedback: TransportWideFeedback, in content: RawSpan, at now: MonotonicTime
  ) {
    hasFeedback = true
    controller.receive(feedback, in: content, at: now)
  }

  /// Takes a measured round trip.
  mutating func note(roundTrip: TimeSpan) { controller.note(roundTrip: roundTrip) }

  /// Goes on over another path.
  mutating func pathChanged(at now: MonotonicTime) {
    controller.pathChanged(at: now)
    standing.removeAll()
    probe = nil
  }

  /// Sends the sound packet that stands in the buffer, now. It is part of a probe under way: on top of it, it
  /// would make the queue longer than a probe may.
  mutating func sendSound(
    _ length: Int, track: NegotiatedMedia.SendTrack, at now: MonotonicTime,
    send: (MediaPacketKind, UnsafeMutableRawBufferPointer, Int) -> Void
  ) {
    stamp(length, track: track, probe: probe?.cluster.id, at: now)
    probe?.didSend(bytes: length + OutgoingPacket.tagLength)
    budget.force(bytes: length + OutgoingPacket.tagLength, at: now)
    send(.rtp, buffer, length)
  }

  /// Whether a picture packet of `length` bytes may leave now; it is then counted.
  mutating func mayLeave(_ length: Int, at now: MonotonicTime) -> Bool {
    budget.take(bytes: length + OutgoingPacket.tagLength, at: now)
  }

  /// Sends the picture packet that stands in the buffer and may leave.
  mutating func sendPicture(
    _ length: Int, track: NegotiatedMedia.SendTrack, at now: MonotonicTime,
    send: (MediaPacketKind, UnsafeMutableRawBufferPointer, Int) -> Void
  ) {
    stamp(length, track: track, probe: probe?.cluster.id, at: now)
    probe?.didSend(bytes: length + OutgoingPacket.tagLength)
    send(.rtp, buffer, length)
  }

  /// Sends what a probe still lacks. `wanted` is what would be sent if the path were endless, in bit/s;
  /// `pad` writes a packet of about so many bytes of padding into the buffer.
  mutating func sendProbe(
    wanted: Int, track: NegotiatedMedia.SendTrack, at now: MonotonicTime,
    pad: (Int, UnsafeMutableRawBufferPointer) -> Int?,
    send: (MediaPacketKind, UnsafeMutableRawBufferPointer, Int) -> Void
  ) {
    guard hasFeedback else { return }
    let mayProbe =
      !standing.isNarrow(at: now)
      || lastProbe.map { now - $0 >= StandingQueue.probePause } ?? true
    if probe == nil, mayProbe, let cluster = controller.takeProbe(wanted: wanted, at: now) {
      probe = ProbeSchedule(cluster, now: now)
      lastProbe = now
    }
    while let current = probe {
      if current.isComplete || current.isStale(at: now) { return probe = nil }
      guard current.nextSend <= now else { return }
      guard let length = pad(current.paddingBytes, buffer) else { return probe = nil }
      stamp(length, track: track, probe: current.cluster.id, at: now)
      budget.force(bytes: length + OutgoingPacket.tagLength, at: now)
      probe?.didSend(bytes: length + OutgoingPacket.tagLength)
      probeBytes += Int64(length)
      send(.rtp, buffer, length)
    }
  }

  /// Numbers the packet in the buffer at the moment it is sent.
  private mutating func stamp(
    _ length: Int, track: NegotiatedMedia.SendTrack, probe: ProbeCluster.ID?,
    at now: MonotonicTime
  ) {
    packets += 1
    bytes += Int64(length)
    guard track.transportSequenceExtension != nil, buffer.count > Self.numberOffset + 1 else {
      return
    }
    let number = controller.willSend(
      bytes: length + OutgoingPacket.tagLength, probe: probe, at: now)
    buffer[Self.numberOffset] = UInt8(number.rawValue >> 8)
    buffer[Self.numberOffset + 1] = UInt8(number.rawValue & 0xFF)
  }
}
