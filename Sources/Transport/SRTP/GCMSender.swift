import Wire

/// Protects RTP and RTCP with AES-GCM (RFC 7714). Every nonce is used once, whatever it is asked.
struct GCMSender: ~Copyable {
  private let rtp: GCMKey
  private let rtcp: GCMKey
  private var streams = StreamTable(capacity: SRTPLimits.sentStreams, whenFull: .refuse)

  /// A sender under `master`; nil if OpenSSL fails.
  init?(_ master: SRTPMasterKey) {
    guard let rtp = GCMKey(master, direction: .seal, key: .rtpEncryption, salt: .rtpSalt),
      let rtcp = GCMKey(master, direction: .seal, key: .rtcpEncryption, salt: .rtcpSalt)
    else { return nil }
    self.rtp = rtp
    self.rtcp = rtcp
  }

  /// Notes where what sealing a packet of media needs lies.
  mutating func note(in places: inout MemoryPlaces) {
    rtp.note(in: &places)
    streams.note(in: &places)
  }

  /// Seals an RTP packet in place; the tag goes after it.
  mutating func sealRTP(_ packet: UnsafeMutableRawPointer, length: Int) -> SRTPResult {
    guard let header = SRTPPacket.headerLength(packet, length: length) else { return .malformed }
    let ssrc = SRTPPacket.ssrc(packet)
    let sequence = SRTPPacket.sequence(packet)
    let known = streams.find(ssrc)
    guard known != nil || streams.hasRoom else { return .tooManyStreams }
    let index: UInt64
    if let known {
      guard let estimate = streams.states[known].index(of: sequence),
        streams.states[known].rtp.allows(estimate)
      else { return .replayed }
      index = estimate
    } else {
      index = UInt64(sequence)
    }
    // Used from here on, even if OpenSSL fails: a nonce is not worth trying twice.
    streams.commitRTP(index, at: known ?? streams.insert(ssrc).place)
    let associated = GCMKey.Associated(header: packet, headerLength: header, trailer: nil)
    guard
      rtp.seal(
        packet + header, length: length - header, associated: associated, ssrc: ssrc, index: index)
    else { return .unauthenticated }
    return .done(length: length + GCMKey.tagLength)
  }

  /// Seals a compound RTCP packet in place.
  ///
  ///     | header (8) | encrypted … | tag (16) | E=1 | index (31 bits) |    RFC 7714 §9.2
  mutating func sealRTCP(_ packet: UnsafeMutableRawPointer, length: Int) -> SRTPResult {
    let header = SRTPPacket.rtcpHeader
    guard length >= header else { return .malformed }
    let ssrc = SRTPPacket.rtcpSSRC(packet)
    let known = streams.find(ssrc)
    guard known != nil || streams.hasRoom else { return .tooManyStreams }
    let place = known ?? streams.insert(ssrc).place
    let window = streams.states[place].rtcp
    let index = window.isStarted ? window.highest + 1 : 1
    // RFC 3711 §9.2: 2^31 SRTCP packets per key and no more.
    guard index < 0x8000_0000 else { return .replayed }
    streams.commitRTCP(UInt32(index), at: place)
    let word = 0x8000_0000 | UInt32(index)
    let associated = GCMKey.Associated(header: packet, headerLength: header, trailer: word)
    guard
      rtcp.seal(
        packet + header, length: length - header, associated: associated, ssrc: ssrc, index: index)
    else { return .unauthenticated }
    let end = length + GCMKey.tagLength
    packet.storeBytes(of: word.bigEndian, toByteOffset: end, as: UInt32.self)
    return .done(length: end + 4)
  }
}
