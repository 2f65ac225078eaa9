import CSRTP

/// SRTP by libsrtp2: the fallback for profiles that are not GCM, and the reference GCM is tested with.
///
/// It allocates per packet inside NSS; no peer that can do GCM gets here, since we are the one to pick.
struct LibrarySRTP: ~Copyable {
  private let sending: srtp_t
  private let receiving: srtp_t
  private let tagLength: Int
  private var sent = StreamTable(capacity: SRTPLimits.sentStreams, whenFull: .refuse)
  private var received = StreamTable(capacity: SRTPLimits.receivedStreams, whenFull: .evictOldest)

  /// libsrtp's process-wide start.
  private static let isStarted = srtp_init() == srtp_err_status_ok

  /// A context for both directions; nil if libsrtp refuses.
  init?(profile: SRTPProfile, sending: SRTPMasterKey, receiving: SRTPMasterKey) {
    guard Self.isStarted,
      let output = Self.create(profile, sending, ssrc_any_outbound)
    else { return nil }
    guard let input = Self.create(profile, receiving, ssrc_any_inbound) else {
      srtp_dealloc(output)
      return nil
    }
    self.sending = output
    self.receiving = input
    tagLength = profile.tagLength
  }

  deinit {
    srtp_dealloc(sending)
    srtp_dealloc(receiving)
  }

  /// Protects an RTP packet in place.
  mutating func sealRTP(_ packet: UnsafeMutableRawPointer, length: Int) -> SRTPResult {
    guard SRTPPacket.headerLength(packet, length: length) != nil else { return .malformed }
    let ssrc = SRTPPacket.ssrc(packet)
    guard makeRoomToSend(ssrc) else { return .tooManyStreams }
    var newLength = Int32(length)
    let status = besoeg_srtp_protect(sending, packet, &newLength)
    return Self.result(status, newLength)
  }

  /// Protects a compound RTCP packet in place.
  mutating func sealRTCP(_ packet: UnsafeMutableRawPointer, length: Int) -> SRTPResult {
    guard length >= SRTPPacket.rtcpHeader else { return .malformed }
    guard makeRoomToSend(SRTPPacket.rtcpSSRC(packet)) else { return .tooManyStreams }
    var newLength = Int32(length)
    let status = besoeg_srtcp_protect(sending, packet, &newLength)
    return Self.result(status, newLength)
  }

  /// Opens an SRTP packet in place. The length is checked here, before libsrtp sees a byte.
  mutating func openRTP(_ packet: UnsafeMutableRawPointer, length: Int) -> SRTPResult {
    guard let header = SRTPPacket.headerLength(packet, length: length),
      length - header >= tagLength
    else { return .malformed }
    let ssrc = SRTPPacket.ssrc(packet)
    var newLength = Int32(length)
    let status = besoeg_srtp_unprotect(receiving, packet, &newLength)
    if status == srtp_err_status_ok { noteReceived(ssrc) }
    return Self.result(status, newLength)
  }

  /// Opens an SRTCP packet in place.
  mutating func openRTCP(_ packet: UnsafeMutableRawPointer, length: Int) -> SRTPResult {
    guard length >= SRTPPacket.rtcpHeader + tagLength + 4 else { return .malformed }
    let ssrc = SRTPPacket.rtcpSSRC(packet)
    var newLength = Int32(length)
    let status = besoeg_srtcp_unprotect(receiving, packet, &newLength)
    if status == srtp_err_status_ok { noteReceived(ssrc) }
    return Self.result(status, newLength)
  }

  /// libsrtp keeps a stream per SSRC for ever; the table bounds them.
  private mutating func makeRoomToSend(_ ssrc: UInt32) -> Bool {
    if sent.find(ssrc) != nil { return true }
    guard sent.hasRoom else { return false }
    _ = sent.insert(ssrc)
    return true
  }

  private mutating func noteReceived(_ ssrc: UInt32) {
    if let place = received.find(ssrc) {
      received.touch(place)
      return
    }
    let insertion = received.insert(ssrc)
    received.touch(insertion.place)
    // libsrtp 2.x looks for the SSRC as it lies in the packet, in network order.
    if let evicted = insertion.evicted { srtp_remove_stream(receiving, evicted.bigEndian) }
  }

  private static func create(
    _ profile: SRTPProfile, _ master: SRTPMasterKey, _ direction: srtp_ssrc_type_t
  ) -> srtp_t? {
    let libraryProfile: srtp_profile_t
    switch profile {
    case .aes128CMSHA1_80: libraryProfile = srtp_profile_aes128_cm_sha1_80
    case .aeadAES128GCM: libraryProfile = srtp_profile_aead_aes_128_gcm
    case .aeadAES256GCM: libraryProfile = srtp_profile_aead_aes_256_gcm
    }
    var policy = srtp_policy_t()
    guard
      srtp_crypto_policy_set_from_profile_for_rtp(&policy.rtp, libraryProfile)
        == srtp_err_status_ok,
      srtp_crypto_policy_set_from_profile_for_rtcp(&policy.rtcp, libraryProfile)
        == srtp_err_status_ok
    else { return nil }
    policy.ssrc.type = direction
    policy.window_size = UInt(ReplayWindow.size)
    policy.allow_repeat_tx = 0
    var key = master.key + master.salt
    return key.withUnsafeMutableBufferPointer { bytes -> srtp_t? in
      // libsrtp copies the key; the pointer need only live through the call.
      policy.key = bytes.baseAddress
      var context: srtp_t?
      return srtp_create(&context, &policy) == srtp_err_status_ok ? context : nil
    }
  }

  private static func result(_ status: srtp_err_status_t, _ length: Int32) -> SRTPResult {
    switch status {
    case srtp_err_status_ok: .done(length: Int(length))
    case srtp_err_status_replay_fail, srtp_err_status_replay_old: .replayed
    case srtp_err_status_auth_fail, srtp_err_status_cipher_fail: .unauthenticated
    default: .malformed
    }
  }
}
