/// Parses session descriptions line by line (RFC 8866 §5, RFC 8829 §5.8).
///
/// Strict where a mistake would surface later and elsewhere (numbers, credentials, fingerprints),
/// lenient where others add things: unknown attributes are kept.
struct SDPParser {
  private var session = SessionDescription(
    origin: SessionDescription.Origin(sessionID: "0", version: 0))
  /// What session-level attributes give the sections that have none of their own.
  private var defaults = MediaSection(kind: .other(""), mid: nil)
  private var defaultDirection: MediaDirection?
  private var sectionDirection: MediaDirection?
  private var line = 0

  /// Parses a whole description.
  mutating func parse(_ bytes: [UInt8]) throws(SDPError) -> SessionDescription {
    guard bytes.count <= SessionDescription.maximumBytes else {
      throw SDPError(line: 0, reason: .tooManyBytes)
    }
    var rest = bytes[...]
    while !rest.isEmpty {
      line += 1
      guard line <= SessionDescription.maximumLines else { throw error(.tooManyLines) }
      let end = rest.firstIndex(of: 0x0A) ?? rest.endIndex
      var text = rest[rest.startIndex..<end]
      rest = end < rest.endIndex ? rest[(end + 1)...] : []
      if text.last == 0x0D { text.removeLast() }
      // An empty line may only end the text.
      guard !text.isEmpty else {
        guard rest.allSatisfy({ $0 == 0x0D || $0 == 0x0A }) else { throw error(.notALine) }
        break
      }
      guard text.allSatisfy({ $0 >= 0x20 || $0 == 0x09 }),
        let decoded = String(validating: text, as: UTF8.self)
      else { throw error(.notText) }
      try parseLine(decoded)
    }
    guard line >= 3 else { throw error(line == 0 ? .badVersion : .outOfOrder) }
    finishSection()
    try checkNames()
    return session
  }

  private func error(_ reason: SDPError.Reason) -> SDPError { SDPError(line: line, reason: reason) }

  private mutating func parseLine(_ text: String) throws(SDPError) {
    let (type, value) = ASCII.cut(text[...], at: UInt8(ascii: "="))
    guard let value, type.utf8.count == 1, let letter = type.utf8.first,
      (0x61...0x7A).contains(letter)
    else { throw error(line == 1 ? .badVersion : .notALine) }
    switch (line, type) {
    case (1, _):
      guard type == "v", value == "0" else { throw error(.badVersion) }
    case (2, _):
      guard type == "o" else { throw error(.outOfOrder) }
      try parseOrigin(value)
    case (3, _):
      guard type == "s" else { throw error(.outOfOrder) }
      session.name = value.isEmpty ? "-" : String(value)
    case (_, "m"): try beginSection(value)
    case (_, "a"): try parseAttribute(value)
    case (_, "c"):
      if session.media.isEmpty {
        session.connection = String(value)
      } else {
        section.connection = String(value)
      }
    case (_, "b"):
      if !session.media.isEmpty { section.bandwidths.append(String(value)) }
    case (_, "i"), (_, "k"): break
    case (_, "t"), (_, "r"), (_, "z"), (_, "u"), (_, "e"), (_, "p"):
      guard session.media.isEmpty else { throw error(.outOfOrder) }
    case (_, "v"), (_, "o"), (_, "s"): throw error(.outOfOrder)
    default: throw error(.unknownType)
    }
  }

  private mutating func parseOrigin(_ value: Substring) throws(SDPError) {
    let fields = ASCII.fields(value)
    guard fields.count == 6, ASCII.decimal(fields[1], as: UInt64.self) != nil,
      let version = ASCII.decimal(fields[2], as: UInt64.self)
    else { throw error(.badOrigin) }
    session.origin = SessionDescription.Origin(
      username: String(fields[0]), sessionID: String(fields[1]), version: version,
      address: fields[3...].joined(separator: " "))
  }

  // MARK: Sections

  /// The section being read. Only used where there is one.
  private var section: MediaSection {
    get { session.media[session.media.count - 1] }
    _modify { yield &session.media[session.media.count - 1] }
  }

  private mutating func beginSection(_ value: Substring) throws(SDPError) {
    finishSection()
    guard session.media.count < SessionDescription.maximumSections else {
      throw error(.tooManySections)
    }
    let fields = ASCII.fields(value)
    guard fields.count >= 4, ASCII.isToken(fields[0]),
      let port = ASCII.decimal(fields[1], as: UInt16.self)
    else { throw error(.badMedia) }
    var section = MediaSection(
      kind: MediaSection.Kind(name: String(fields[0])), mid: nil, port: port,
      transportProtocol: String(fields[2]))
    section.line = line
    let isRTP = fields[2].utf8.split(separator: UInt8(ascii: "/")).contains {
      Substring($0) == "RTP"
    }
    if isRTP {
      var seen: Set<PayloadType> = []
      for field in fields[3...] {
        let type = try payloadType(field)
        guard seen.insert(type).inserted else { throw error(.duplicatePayloadType) }
        section.payloadTypes.append(type)
      }
    } else {
      section.otherFormats = fields[3...].map(String.init)
    }
    session.media.append(section)
  }

  /// Hands the session's values down to the section just read.
  private mutating func finishSection() {
    guard !session.media.isEmpty else { return }
    let defaults = defaults
    section.direction = sectionDirection ?? defaultDirection ?? .sendReceive
    sectionDirection = nil
    // Credentials come in pairs: half a pair of its own is not completed by the session's.
    if section.iceUfrag == nil && section.icePassword == nil {
      section.iceUfrag = defaults.iceUfrag
      section.icePassword = defaults.icePassword
    }
    if section.iceOptions.isEmpty { section.iceOptions = defaults.iceOptions }
    if section.fingerprints.isEmpty { section.fingerprints = defaults.fingerprints }
    section.setup = section.setup ?? defaults.setup
  }

  private func checkNames() throws(SDPError) {
    var seen: Set<String> = []
    for section in session.media {
      guard let mid = section.mid else { continue }
      guard seen.insert(mid).inserted else {
        throw SDPError(line: section.line, reason: .duplicateMid)
      }
    }
  }

  // MARK: Attributes

  private mutating func parseAttribute(_ text: Substring) throws(SDPError) {
    let (name, value) = ASCII.cut(text, at: UInt8(ascii: ":"))
    guard ASCII.isToken(name) else { throw error(.badAttribute) }
    let inSession = session.media.isEmpty
    if let direction = MediaDirection(rawValue: String(name)), value == nil {
      if inSession { defaultDirection = direction } else { sectionDirection = direction }
      return
    }
    if inSession {
      if try parseSessionAttribute(name, value ?? "") { return }
      let parser = SDPAttributeParser(line: line)
      if try parser.parseShared(name, value ?? "", into: &defaults) { return }
    } else {
      let parser = SDPAttributeParser(line: line)
      if try parser.parseShared(name, value ?? "", into: &section) { return }
      if try parser.parse(name, value ?? "", into: &section) { return }
    }
    let attribute = SDPAttribute(name: String(name), value: value.map(String.init))
    if inSession {
      session.attributes.append(attribute)
    } else {
      section.attributes.append(attribute)
    }
  }

  private mutating func parseSessionAttribute(
    _ name: Substring, _ value: Substring
  ) throws(SDPError) -> Bool {
    switch name {
    case "group":
      let fields = ASCII.fields(value)
      guard fields.first == "BUNDLE" else { return false }
      guard fields.allSatisfy(ASCII.isToken) else { throw error(.badAttribute) }
      session.bundleGroups.append(fields.dropFirst().map(String.init))
    case "ice-lite": session.iceLite = true
    case "extmap-allow-mixed": session.allowsMixedExtensions = true
    default: return false
    }
    return true
  }

  private func payloadType(_ text: Substring) throws(SDPError) -> PayloadType {
    try SDPAttributeParser(line: line).payloadType(text)
  }
}
