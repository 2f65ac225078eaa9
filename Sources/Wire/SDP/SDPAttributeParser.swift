/// Parses the attributes of one line into a section. Each method says whether the attribute was one it
/// knows.
struct SDPAttributeParser {
  /// The line being parsed, for errors.
  let line: Int

  private func error(_ reason: SDPError.Reason) -> SDPError { SDPError(line: line, reason: reason) }

  /// A payload type, 0 ... 127: above that a peer has crashed others.
  func payloadType(_ text: Substring) throws(SDPError) -> PayloadType {
    guard let number = ASCII.decimal(text, as: UInt8.self), number <= 127 else {
      throw error(.badPayloadType)
    }
    return PayloadType(rawValue: number)
  }

  /// Attributes that may also stand at session level.
  func parseShared(
    _ name: Substring, _ value: Substring, into section: inout MediaSection
  ) throws(SDPError) -> Bool {
    switch name {
    case "ice-ufrag":
      section.iceUfrag = try credential(value, 4...256, section.iceUfrag)
    case "ice-pwd":
      section.icePassword = try credential(value, 22...256, section.icePassword)
    case "ice-options":
      section.iceOptions = ASCII.fields(value).map(String.init)
    case "fingerprint":
      guard let fingerprint = CertificateFingerprint(sdp: value) else {
        throw error(.badFingerprint)
      }
      section.fingerprints.append(fingerprint)
    case "setup":
      guard let setup = DTLSSetup(rawValue: String(value)) else { throw error(.badAttribute) }
      guard section.setup == nil || section.setup == setup else { throw error(.duplicateAttribute) }
      section.setup = setup
    default: return false
    }
    return true
  }

  private func credential(
    _ value: Substring, _ length: ClosedRange<Int>, _ earlier: String?
  ) throws(SDPError) -> String {
    guard length.contains(value.utf8.count), ASCII.isICECharacters(value) else {
      throw error(.badCredential)
    }
    guard earlier == nil || earlier.map({ value == $0 }) == true else {
      throw error(.duplicateAttribute)
    }
    return String(value)
  }

  /// Attributes of a section only.
  func parse(
    _ name: Substring, _ value: Substring, into section: inout MediaSection
  ) throws(SDPError) -> Bool {
    switch name {
    case "mid":
      guard ASCII.isToken(value) else { throw error(.badAttribute) }
      guard section.mid == nil else { throw error(.duplicateAttribute) }
      section.mid = String(value)
    case "rtcp-mux": section.rtcpMux = true
    case "rtcp-mux-only": section.rtcpMuxOnly = true
    case "rtcp-rsize": section.rtcpReducedSize = true
    case "bundle-only": section.isBundleOnly = true
    case "end-of-candidates": section.hasEndOfCandidates = true
    case "rtpmap": section.rtpMaps.append(try rtpMap(value))
    case "fmtp":
      let (type, parameters) = ASCII.cut(value, at: UInt8(ascii: " "))
      section.formatParameters.append(
        FormatParameters(
          payloadType: try payloadType(type),
          parameters: String(ASCII.trimmed(parameters ?? ""))))
    case "rtcp-fb": section.rtcpFeedback.append(try feedback(value))
    case "extmap": return try parseExtensionMap(value, into: &section)
    case "ssrc": section.sources.append(try source(value))
    case "ssrc-group": section.sourceGroups.append(try sourceGroup(value))
    case "msid":
      let fields = ASCII.fields(value)
      guard (1...2).contains(fields.count) else { throw error(.badAttribute) }
      section.msids.append(
        MediaStreamID(
          stream: String(fields[0]), track: fields.count > 1 ? String(fields[1]) : nil))
    case "candidate":
      guard section.candidates.count < MediaSection.maximumCandidates else {
        throw error(.tooManyCandidates)
      }
      guard let candidate = ICECandidate(sdp: value) else { throw error(.badCandidate) }
      section.candidates.append(candidate)
    case "rid": section.rids.append(String(value))
    case "simulcast": section.simulcast = String(value)
    default: return false
    }
    return true
  }

  /// `96 VP8/90000`, `111 opus/48000/2`.
  private func rtpMap(_ value: Substring) throws(SDPError) -> RTPMap {
    let fields = ASCII.fields(value)
    guard fields.count == 2 else { throw error(.badAttribute) }
    let type = try payloadType(fields[0])
    let parts = fields[1].utf8.split(
      separator: UInt8(ascii: "/"), omittingEmptySubsequences: false
    ).map { Substring($0) }
    guard (2...3).contains(parts.count), ASCII.isToken(parts[0]),
      let clockRate = ASCII.decimal(parts[1], as: UInt32.self), clockRate > 0
    else { throw error(.badAttribute) }
    var map = RTPMap(payloadType: type, encoding: String(parts[0]), clockRate: clockRate)
    if parts.count == 3 {
      guard let channels = ASCII.decimal(parts[2], as: UInt8.self), channels > 0 else {
        throw error(.badAttribute)
      }
      map.channels = channels
    }
    return map
  }

  /// `96 nack pli`, `* transport-cc`.
  private func feedback(_ value: Substring) throws(SDPError) -> RTCPFeedback {
    let fields = ASCII.fields(value)
    guard fields.count >= 2 else { throw error(.badAttribute) }
    return RTCPFeedback(
      payloadType: fields[0] == "*" ? nil : try payloadType(fields[0]),
      value: fields[1...].joined(separator: " "))
  }

  /// `3/sendonly urn:… attributes`. Identifiers 4096 ... 4351 stand for "to be assigned" in an offer
  /// (RFC 8285 §7): kept as they are, never used.
  private func parseExtensionMap(
    _ value: Substring, into section: inout MediaSection
  ) throws(SDPError) -> Bool {
    let fields = ASCII.fields(value)
    guard fields.count >= 2 else { throw error(.badExtensionMap) }
    let (number, direction) = ASCII.cut(fields[0], at: UInt8(ascii: "/"))
    guard let id = ASCII.decimal(number, as: UInt16.self), id != 0, id <= 255 || id >= 4096,
      id <= 4351
    else { throw error(.badExtensionMap) }
    guard let id = UInt8(exactly: id) else { return false }
    var map = ExtensionMap(id: id, uri: String(fields[1]))
    if let direction {
      guard let direction = MediaDirection(rawValue: String(direction)) else {
        throw error(.badExtensionMap)
      }
      map.direction = direction
    }
    if fields.count > 2 { map.attributes = fields[2...].joined(separator: " ") }
    section.extensionMaps.append(map)
    return true
  }

  /// `314159 cname:abc`.
  private func source(_ value: Substring) throws(SDPError) -> SourceAttribute {
    let (number, rest) = ASCII.cut(value, at: UInt8(ascii: " "))
    guard let ssrc = ASCII.decimal(number, as: UInt32.self), let rest else {
      throw error(.badAttribute)
    }
    let (name, text) = ASCII.cut(rest, at: UInt8(ascii: ":"))
    guard ASCII.isToken(name) else { throw error(.badAttribute) }
    return SourceAttribute(
      ssrc: SSRC(rawValue: ssrc), name: String(name), value: text.map(String.init))
  }

  /// `FID 314159 265358`.
  private func sourceGroup(_ value: Substring) throws(SDPError) -> SourceGroup {
    let fields = ASCII.fields(value)
    guard let semantics = fields.first, ASCII.isToken(semantics) else { throw error(.badAttribute) }
    var group = SourceGroup(semantics: String(semantics), ssrcs: [])
    for field in fields.dropFirst() {
      guard let ssrc = ASCII.decimal(field, as: UInt32.self) else { throw error(.badAttribute) }
      group.ssrcs.append(SSRC(rawValue: ssrc))
    }
    return group
  }
}
