/// Why a session description was refused, and where.
public struct SDPError: Error, Hashable, Sendable {
  /// The line at fault, counted from 1; 0 where no single line is.
  public var line: Int
  /// What is wrong with it.
  public var reason: Reason

  /// A fault at `line`.
  public init(line: Int, reason: Reason) {
    self.line = line
    self.reason = reason
  }

  /// What can be wrong. The raw value is for developers, in English.
  public enum Reason: String, Hashable, Sendable {
    /// More than `SessionDescription.maximumBytes`.
    case tooManyBytes = "too many bytes"
    /// More than `SessionDescription.maximumLines`.
    case tooManyLines = "too many lines"
    /// More than `SessionDescription.maximumSections`.
    case tooManySections = "too many media sections"
    /// More than `MediaSection.maximumCandidates`.
    case tooManyCandidates = "too many candidates in one media section"
    /// Not UTF-8, or with control characters.
    case notText = "not UTF-8 text"
    /// Not a lower-case letter, an equals sign and a value.
    case notALine = "not of the form <type>=<value>"
    /// The description does not begin with `v=0`.
    case badVersion = "must begin with v=0"
    /// A line of this type must not stand here, or is missing before this one.
    case outOfOrder = "line out of order"
    /// No such line type.
    case unknownType = "unknown line type"
    /// The origin line is ill-formed.
    case badOrigin = "ill-formed origin"
    /// The media line is ill-formed.
    case badMedia = "ill-formed media line"
    /// A payload type is no number or above 127.
    case badPayloadType = "payload type is not a number of 0 to 127"
    /// A payload type stands twice in a media line.
    case duplicatePayloadType = "payload type listed twice"
    /// An attribute's value is ill-formed.
    case badAttribute = "ill-formed attribute"
    /// An attribute that may stand only once stands twice with different values.
    case duplicateAttribute = "attribute given twice"
    /// Two media sections have the same name.
    case duplicateMid = "mid used twice"
    /// A certificate fingerprint is ill-formed or of the wrong length.
    case badFingerprint = "ill-formed fingerprint"
    /// An ICE user fragment or password is too short, too long, or has characters it must not have.
    case badCredential = "ill-formed ICE credential"
    /// A candidate is ill-formed.
    case badCandidate = "ill-formed candidate"
    /// A header extension is ill-formed or its identifier out of range.
    case badExtensionMap = "ill-formed extmap"
  }
}

extension SDPError: CustomStringConvertible {
  /// The fault with its line, in English.
  public var description: String {
    line > 0 ? "line \(line): \(reason.rawValue)" : reason.rawValue
  }
}
