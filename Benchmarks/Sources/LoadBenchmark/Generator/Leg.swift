import CLoad
import Congestion
import Transport
import Wire

/// One client's path while it is in use. Belongs to the generator's thread.
final class Leg {
  let plan: LegPlan
  private var transport: SecureTransport?
  private var sealing = load_key()
  private var opening = load_key()
  var source: MediaSource
  var streams = ReceivedStreams()
  private(set) var arrivals: ArrivalRecorder
  /// When the next sender report is due.
  var nextReport = MonotonicTime.zero
  /// When the first media packet arrived that was meant for it.
  var heardAt: Int64?
  /// Whether a picture has come.
  private(set) var hasPicture = false
  /// Whether the first picture that came was not a keyframe.
  private(set) var isWithoutKeyframe = false

  init(_ plan: LegPlan, identity: DTLSIdentity, now: MonotonicTime) {
    self.plan = plan
    source = MediaSource(index: plan.index)
    arrivals = ArrivalRecorder(isUsed: plan.transportSequenceID != 0)
    switch plan.protection {
    case .negotiated(let local, let remote, let fingerprint):
      var timers = TransportTimers(role: .client)
      // What Chromium does with a path that is well.
      timers.selectedCheck = .milliseconds(2_500)
      var made = SecureTransport(
        configuration: TransportConfiguration(
          role: .client, local: local, remote: remote, remoteFingerprint: fingerprint,
          profiles: [.aeadAES128GCM, .aes128CMSHA1_80], timers: timers),
        identity: identity, seed: UInt64(plan.index) &* 0x9E37_79B9_7F4A_7C15 &+ 1, now: now)
      made.addRemoteCandidate(plan.remote, now: now)
      transport = consume made
    case .preset:
      load_key_make(&sealing, UInt32(plan.index), 1, 1)
      load_key_make(&opening, UInt32(plan.index), 0, 0)
    }
  }

  deinit {
    if sealing.context != nil { load_key_free(&sealing) }
    if opening.context != nil { load_key_free(&opening) }
  }

  /// Whether media can be sent.
  var isReady: Bool { transport == nil ? sealing.context != nil : profile != nil }

  /// The profile in use; nil before there is one, and at the floor.
  var profile: SRTPProfile? { transport?.profile }

  /// Seals an RTP packet in place.
  func seal(_ packet: UnsafeMutableRawPointer, length: Int) -> Int? {
    if transport != nil { return transport?.protectRTP(packet, length: length) }
    let sealed = load_seal(
      &sealing, packet.assumingMemoryBound(to: UInt8.self), Int32(length))
    return sealed > 0 ? Int(sealed) : nil
  }

  /// Seals a compound RTCP packet in place; the floor has none.
  func sealReports(_ packet: UnsafeMutableRawPointer, length: Int) -> Int? {
    transport?.protectRTCP(packet, length: length)
  }

  /// Takes a datagram; media is opened in place.
  func receive(_ datagram: UnsafeMutableRawBufferPointer, at now: MonotonicTime) -> Received {
    if transport != nil {
      return transport?.receive(datagram, from: plan.remote, at: now) ?? .none
    }
    guard let base = datagram.baseAddress else { return .none }
    let opened = load_open(
      &opening, base.assumingMemoryBound(to: UInt8.self), Int32(datagram.count))
    return opened > 0 ? .rtp(length: Int(opened)) : .none
  }

  /// Notes when a packet arrived, of sound or of a picture, for feedback to its sender.
  func noteArrival(_ sequence: SequenceNumber, isSound: Bool, at now: MonotonicTime) {
    arrivals.note(sequence.rawValue, isSound: isSound, now: now)
  }

  /// Writes feedback where it is due; its length.
  func writeFeedback(into slot: UnsafeMutableRawBufferPointer, at now: MonotonicTime) -> Int? {
    guard let due = arrivals.dueAt, due <= now else { return nil }
    var bytes = slot.mutableBytes
    return arrivals.writeFeedback(
      into: &bytes, at: 0, sender: source.audioSSRC, media: SSRC(rawValue: 2), now: now)
  }

  /// Looks at the first packet of a picture that has come, opened.
  func notePicture(_ payload: UnsafeRawPointer) {
    // The descriptor is six bytes as we write it; S is 0x10 (RFC 7741 §4.2), and the frame tag's
    // lowest bit is 0 in a keyframe (RFC 6386 §9.1).
    let isStart = payload.load(as: UInt8.self) & 0x10 != 0
    let isKeyframe = payload.load(fromByteOffset: 6, as: UInt8.self) & 1 == 0
    hasPicture = true
    isWithoutKeyframe = !isStart || !isKeyframe
  }

  /// Tells it the time.
  func advance(to now: MonotonicTime) {
    guard let wake = transport?.nextWake, wake <= now else { return }
    transport?.advance(to: now)
  }

  /// Its next STUN or DTLS datagram.
  func nextTransmit(into buffer: UnsafeMutableRawBufferPointer) -> Int? {
    transport?.nextTransmit(into: buffer)?.length
  }

  /// What changed on its path.
  func nextEvent() -> TransportEvent? { transport?.nextEvent() }

  /// Says goodbye.
  func close() { transport?.close() }
}
