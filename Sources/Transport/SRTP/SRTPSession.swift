import Wire

/// Both directions of one participant's SRTP, by whichever implementation the profile calls for.
struct SRTPSession: ~Copyable {
  private var gcmSender: GCMSender?
  private var gcmReceiver: GCMReceiver?
  private var library: LibrarySRTP?

  /// Bytes that protecting may add: a 16-byte tag and SRTCP's index word (RFC 7714 §9.2).
  static let trailerLength = GCMKey.tagLength + 4

  /// A session for `role`: the client is the DTLS client (RFC 5764 §4.2); nil if a library fails.
  init?(_ keys: SRTPKeys, role: TransportRole) {
    let sending = role == .client ? keys.client : keys.server
    let receiving = role == .client ? keys.server : keys.client
    if keys.profile.isGCM {
      guard let sender = GCMSender(sending), let receiver = GCMReceiver(receiving) else {
        return nil
      }
      gcmSender = consume sender
      gcmReceiver = consume receiver
      library = nil
    } else {
      guard
        let context = LibrarySRTP(profile: keys.profile, sending: sending, receiving: receiving)
      else { return nil }
      gcmSender = nil
      gcmReceiver = nil
      library = consume context
    }
  }

  /// Notes where what a packet from the peer needs lies, or one to it.
  mutating func note(in places: inout MemoryPlaces, isSending: Bool) {
    if isSending { gcmSender?.note(in: &places) } else { gcmReceiver?.note(in: &places) }
  }

  /// Protects an RTP packet in place.
  mutating func sealRTP(_ packet: UnsafeMutableRawPointer, length: Int) -> SRTPResult {
    if let result = gcmSender?.sealRTP(packet, length: length) { return result }
    return library?.sealRTP(packet, length: length) ?? .malformed
  }

  /// Protects a compound RTCP packet in place.
  mutating func sealRTCP(_ packet: UnsafeMutableRawPointer, length: Int) -> SRTPResult {
    if let result = gcmSender?.sealRTCP(packet, length: length) { return result }
    return library?.sealRTCP(packet, length: length) ?? .malformed
  }

  /// Opens an SRTP packet in place.
  mutating func openRTP(_ packet: UnsafeMutableRawPointer, length: Int) -> SRTPResult {
    if let result = gcmReceiver?.openRTP(packet, length: length) { return result }
    return library?.openRTP(packet, length: length) ?? .malformed
  }

  /// Opens an SRTCP packet in place.
  mutating func openRTCP(_ packet: UnsafeMutableRawPointer, length: Int) -> SRTPResult {
    if let result = gcmReceiver?.openRTCP(packet, length: length) { return result }
    return library?.openRTCP(packet, length: length) ?? .malformed
  }
}
