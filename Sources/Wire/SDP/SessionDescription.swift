/// A session description: an SDP offer or answer (RFC 8866, as RFC 8829 uses it).
///
/// What may stand for the whole session or in each section (ICE credentials and options, fingerprint,
/// setup, direction) is held in the sections only: parsing hands session-level values down to the
/// sections that have none of their own.
public struct SessionDescription: Hashable, Sendable {
  /// The most bytes that are parsed: twice what Chromium 156 offers for a room of 20 participants with
  /// all of its codecs, 125 557 bytes.
  public static let maximumBytes = 256 * 1024
  /// The most lines that are parsed; the same offer has 4 009.
  public static let maximumLines = 8000
  /// The most media sections that are parsed.
  public static let maximumSections = 64

  /// The origin (RFC 8866 §5.2).
  public struct Origin: Hashable, Sendable {
    /// The user's name; `-` for none.
    public var username: String
    /// The session's identifier, decimal digits.
    public var sessionID: String
    /// Counts the session's descriptions.
    public var version: UInt64
    /// Network type, address type and address.
    public var address: String

    /// An origin that tells no address.
    public init(
      username: String = "-", sessionID: String, version: UInt64,
      address: String = "IN IP4 127.0.0.1"
    ) {
      self.username = username
      self.sessionID = sessionID
      self.version = version
      self.address = address
    }
  }

  /// Who made the description.
  public var origin: Origin
  /// The session's name; `-` for none.
  public var name: String
  /// The connection line's value, where there is one.
  public var connection: String?
  /// The sections that share one transport, by their names (RFC 9143).
  public var bundleGroups: [[String]]
  /// Whether the describing side is ICE-lite (RFC 8839 §5.3).
  public var iceLite: Bool
  /// `a=extmap-allow-mixed` (RFC 8285 §6).
  public var allowsMixedExtensions: Bool
  /// Everything else at session level.
  public var attributes: [SDPAttribute]
  /// The media sections, in order.
  public var media: [MediaSection]

  /// A description without sections.
  public init(origin: Origin, name: String = "-") {
    self.origin = origin
    self.name = name
    bundleGroups = []
    iceLite = false
    allowsMixedExtensions = false
    attributes = []
    media = []
  }

  /// Parses `text`; lines end with CRLF or LF.
  public init(parsing text: String) throws(SDPError) {
    try self.init(parsing: [UInt8](text.utf8))
  }

  /// Parses UTF-8 bytes; lines end with CRLF or LF.
  public init(parsing bytes: [UInt8]) throws(SDPError) {
    var parser = SDPParser()
    self = try parser.parse(bytes)
  }

  /// The section called `mid`.
  public func section(mid: String) -> MediaSection? {
    media.first { $0.mid == mid }
  }
}
