import Wire

/// Opens RTP and RTCP protected with AES-GCM (RFC 7714), once each.
struct GCMReceiver: ~Copyable {
  private let rtp: GCMKey
  private let rtcp: GCMKey
  private var streams = StreamTable(capacity: SRTPLimits.receivedStreams, whenFull: .evictOldest)

  /// A receiver under `master`; nil if OpenSSL fails.
  init?(_ master: SRTPMasterKey) {
    guard let rtp = GCMKey(master, direction: .open, key: .rtpEncryption, salt: .rtpSalt),
      let rtcp = GCMKey(master, direction: .open, key: .rtcpEncryption, salt: .rtcpSalt)
    else { return nil }
    self.rtp = rtp
    self.rtcp = rtcp
  }

  /// Notes where what opening a packet of media needs lies.
  mutating func note(in places: inout MemoryPlaces) {
    rtp.note(in: &places)
    streams.note(in: &places)
  }

  /// Opens an SRTP packet in place.
  mutating func openRTP(_ packet: UnsafeMutableRawPointer, length: Int) -> SRTPResult {
    guard let header = SRTPPacket.headerLength(packet, length: length),
      length - header >= GCMKey.tagLength
    else { return .malformed }
    let ssrc = SRTPPacket.ssrc(packet)
    let sequence = SRTPPacket.sequence(packet)
    let known = streams.find(ssrc)
    let index: UInt64
    if let known {
      guard let estimate = streams.states[known].index(of: sequence),
        streams.states[known].rtp.allows(estimate)
      else { return .replayed }
      index = estimate
    } else {
      index = UInt64(sequence)
    }
    let text = length - header - GCMKey.tagLength
    let associated = GCMKey.Associated(header: packet, headerLength: header, trailer: nil)
    guard
      rtp.open(
        packet + header, length: text, tag: packet + header + text, associated: associated,
        ssrc: ssrc, index: index)
    else { return .unauthenticated }
    streams.commitRTP(index, at: known ?? streams.insert(ssrc).place)
    return .done(length: header + text)
  }

  /// Opens an SRTCP packet in place. One that was only authenticated (E=0) is refused: neither we nor
  /// any WebRTC peer sends it.
  mutating func openRTCP(_ packet: UnsafeMutableRawPointer, length: Int) -> SRTPResult {
    let header = SRTPPacket.rtcpHeader
    let text = length - header - GCMKey.tagLength - 4
    guard text >= 0 else { return .malformed }
    let word = SRTPPacket.uint32(packet, at: length - 4)
    guard word & 0x8000_0000 != 0 else { return .malformed }
    let index = word & 0x7FFF_FFFF
    let ssrc = SRTPPacket.rtcpSSRC(packet)
    let known = streams.find(ssrc)
    if let known {
      guard streams.states[known].rtcp.allows(UInt64(index)) else { return .replayed }
    }
    let associated = GCMKey.Associated(header: packet, headerLength: header, trailer: word)
    guard
      rtcp.open(
        packet + header, length: text, tag: packet + header + text, associated: associated,
        ssrc: ssrc, index: UInt64(index))
    else { return .unauthenticated }
    streams.commitRTCP(index, at: known ?? streams.insert(ssrc).place)
    return .done(length: header + text)
  }
}
