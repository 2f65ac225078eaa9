import CLoad
import Transport
import Wire

/// What comes back, and what it shows.
extension GeneratorLoop {
  /// Of how many picture packets one is opened: the others are counted by their headers.
  private static let openedShare: UInt16 = 4

  /// A DTLS datagram that waits for its turn.
  struct Handshake {
    var leg: Leg
    var bytes: [UInt8]
  }

  /// Goes on with one handshake. They take a millisecond each: all at once they would hold up the media,
  /// which would then come in bursts that nobody's clients send.
  func shakeHands() {
    guard !handshakes.isEmpty else { return }
    var waiting = handshakes.removeFirst()
    let now = MonotonicTime(nanoseconds: load_monotonic())
    waiting.bytes.withUnsafeMutableBytes { _ = waiting.leg.receive($0, at: now) }
    drain(waiting.leg, at: now)
    flush()
  }

  func receive() {
    // Bounded, so that what is due to be sent is sent however much comes.
    for _ in 0..<16 {
      let count = Int(load_receive(socket, incoming.baseAddress, Int32(incoming.count)))
      for index in 0..<count { take(incoming[index]) }
      if count < incoming.count { return }
    }
  }

  private func take(_ datagram: load_datagram) {
    var index = Int(datagram.local &- LegPlan.firstAddress)
    if index >= legs.count { index = Int(legOfPort[Int(datagram.remote_port)]) }
    guard index < legs.count, let leg = legs[index], datagram.length >= 2 else { return }
    let bytes = UnsafeMutableRawBufferPointer(
      start: datagram.bytes, count: Int(datagram.length))
    let now = MonotonicTime(nanoseconds: datagram.nanoseconds - clockOffset)
    // RFC 7983 §7, RFC 5761 §4.
    let isMedia = bytes[0] & 0xC0 == 0x80
    if isMedia, bytes[1] & 0xE0 != 0xC0 {
      takeMedia(bytes, at: datagram.nanoseconds, now: now, by: leg)
      return
    }
    // RFC 7983 §7.
    if case 20...63 = bytes[0] {
      handshakes.append(Handshake(leg: leg, bytes: Array(bytes)))
      return
    }
    if case .rtcp(let length) = leg.receive(bytes, at: now) {
      if RTCPRequests.wantsKeyframe(UnsafeRawBufferPointer(rebasing: bytes[..<length])) {
        leg.source.wantsKeyframe = true
      }
    }
    if !isMedia { drain(leg, at: now) }
  }

  private func takeMedia(
    _ bytes: UnsafeMutableRawBufferPointer, at arrival: Int64, now: MonotonicTime, by leg: Leg
  ) {
    // Sealed, the last byte does not say how much padding there is: the bit is put aside meanwhile.
    let first = bytes[0]
    bytes[0] = first & ~0x20
    let parsed = try? RTPHeader(parsing: UnsafeRawBufferPointer(bytes).bytes)
    bytes[0] = first
    guard let header = parsed else { return }
    if leg.plan.transportSequenceID != 0,
      let number = header.transportSequence(
        id: leg.plan.transportSequenceID, in: UnsafeRawBufferPointer(bytes).bytes)
    {
      leg.noteArrival(number, isSound: header.payloadType == SessionText.opus, at: now)
    }
    let isPicture = header.payloadType == SessionText.vp8
    guard isPicture || header.payloadType == SessionText.opus else { return }
    let sequence = header.sequenceNumber.rawValue
    leg.streams.note(sequence, of: header.ssrc.rawValue)
    // Padding alone is the relay's own.
    guard first & 0x20 == 0 else { return }
    if isMeasuring { measured.received += 1 }
    let opens =
      !isPicture || sequence % Self.openedShare == 0 || leg.heardAt == nil || !leg.hasPicture
    guard opens else { return }
    guard case .rtp(let length) = leg.receive(bytes, at: now), let base = bytes.baseAddress,
      let stamp = MediaStamp(in: base, endingAt: length)
    else {
      if isMeasuring { measured.damaged += 1 }
      return
    }
    if isMeasuring, leg.plan.index < timedLegs {
      measured.delays.add(arrival - stamp.nanoseconds)
    }
    if leg.heardAt == nil {
      leg.heardAt = arrival - clockOffset
      owner.noteHeard(
        leg.plan.index, after: Double(arrival - clockOffset - leg.plan.requestedAt) / 1e9)
    }
    if isPicture, !leg.hasPicture { leg.notePicture(base + header.headerLength) }
  }
}
