import Wire

/// A master key and salt for one direction (RFC 3711 §3.2.1).
struct SRTPMasterKey: Sendable, Hashable {
  /// The master key.
  var key: [UInt8]
  /// The master salt.
  var salt: [UInt8]
}

/// Both directions' master keys, as DTLS exports them.
struct SRTPKeys: Sendable, Hashable {
  /// What the DTLS client sends under.
  var client: SRTPMasterKey
  /// What the DTLS server sends under.
  var server: SRTPMasterKey
  /// The profile the keys are for.
  var profile: SRTPProfile

  /// How many bytes `init(exported:profile:)` takes.
  static func exportedLength(_ profile: SRTPProfile) -> Int {
    2 * (profile.keyLength + profile.saltLength)
  }

  /// Splits the exporter's output (RFC 5764 §4.2): client key, server key, client salt, server salt.
  init?(exported: [UInt8], profile: SRTPProfile) {
    guard exported.count == Self.exportedLength(profile) else { return nil }
    let (key, salt) = (profile.keyLength, profile.saltLength)
    client = SRTPMasterKey(
      key: Array(exported[0..<key]), salt: Array(exported[2 * key..<2 * key + salt]))
    server = SRTPMasterKey(
      key: Array(exported[key..<2 * key]), salt: Array(exported[(2 * key + salt)...]))
    self.profile = profile
  }
}

extension SRTPMasterKey: Redacted {}
