/// One `m=` section of a session description (RFC 8866 §5.14, RFC 8829 §5.2).
public struct MediaSection: Hashable, Sendable {
  /// The most candidates in one section.
  public static let maximumCandidates = 100

  /// What kind of media it describes.
  public enum Kind: Hashable, Sendable {
    /// Sound.
    case audio
    /// Picture.
    case video
    /// Data channels and the like.
    case application
    /// Anything else, by its name.
    case other(String)

    /// The kind called `name`.
    public init(name: String) {
      switch name {
      case "audio": self = .audio
      case "video": self = .video
      case "application": self = .application
      default: self = .other(name)
      }
    }

    /// The name that travels.
    public var name: String {
      switch self {
      case .audio: "audio"
      case .video: "video"
      case .application: "application"
      case .other(let name): name
      }
    }
  }

  /// The profile of DTLS-SRTP over ICE (RFC 8829 §5.1.2).
  public static let securedProfile = "UDP/TLS/RTP/SAVPF"

  /// The line of its `m=` in the text it was parsed from, from 1; 0 where it was not. For errors.
  public var line: Int
  /// Sound, picture or other.
  public var kind: Kind
  /// The port; 0 refuses the section (or, with `isBundleOnly`, leaves it to the bundle).
  public var port: UInt16
  /// The protocol; see `securedProfile`.
  public var transportProtocol: String
  /// The payload types, preferred first; empty where the protocol is not RTP.
  public var payloadTypes: [PayloadType]
  /// The formats of a protocol that is not RTP, as they stand.
  public var otherFormats: [String]
  /// The connection line's value, where there is one.
  public var connection: String?
  /// The bandwidth lines' values.
  public var bandwidths: [String]

  /// The section's name in the session (RFC 5888).
  public var mid: String?
  /// Which way media flow.
  public var direction: MediaDirection
  /// Streams and tracks of the sending application.
  public var msids: [MediaStreamID]
  /// `a=bundle-only` (RFC 9143 §6).
  public var isBundleOnly: Bool

  /// The ICE user fragment, 4 ... 256 characters (RFC 8839 §5.4).
  public var iceUfrag: String?
  /// The ICE password, 22 ... 256 characters.
  public var icePassword: String?
  /// The ICE options (RFC 8839 §5.6).
  public var iceOptions: [String]
  /// The candidates.
  public var candidates: [ICECandidate]
  /// Whether no more candidates will come (RFC 8838 §8.2).
  public var hasEndOfCandidates: Bool
  /// The certificate's fingerprints.
  public var fingerprints: [CertificateFingerprint]
  /// Who opens the DTLS connection.
  public var setup: DTLSSetup?

  /// `a=rtcp-mux` (RFC 5761).
  public var rtcpMux: Bool
  /// `a=rtcp-mux-only` (RFC 8858).
  public var rtcpMuxOnly: Bool
  /// `a=rtcp-rsize`, reduced-size RTCP (RFC 5506).
  public var rtcpReducedSize: Bool
  /// The codecs.
  public var rtpMaps: [RTPMap]
  /// The codecs' parameters.
  public var formatParameters: [FormatParameters]
  /// The feedback taken.
  public var rtcpFeedback: [RTCPFeedback]
  /// The header extensions.
  public var extensionMaps: [ExtensionMap]
  /// The streams' properties.
  public var sources: [SourceAttribute]
  /// The streams' groups.
  public var sourceGroups: [SourceGroup]
  /// The restriction identifiers' values as they stand (RFC 8851).
  public var rids: [String]
  /// The value of `a=simulcast` as it stands (RFC 8853).
  public var simulcast: String?
  /// Everything else.
  public var attributes: [SDPAttribute]

  /// An empty section, ready to be filled in.
  public init(
    kind: Kind, mid: String?, direction: MediaDirection = .sendReceive, port: UInt16 = 9,
    transportProtocol: String = MediaSection.securedProfile
  ) {
    line = 0
    self.kind = kind
    self.port = port
    self.transportProtocol = transportProtocol
    payloadTypes = []
    otherFormats = []
    bandwidths = []
    self.mid = mid
    self.direction = direction
    msids = []
    isBundleOnly = false
    iceOptions = []
    candidates = []
    hasEndOfCandidates = false
    fingerprints = []
    rtcpMux = false
    rtcpMuxOnly = false
    rtcpReducedSize = false
    rtpMaps = []
    formatParameters = []
    rtcpFeedback = []
    extensionMaps = []
    sources = []
    sourceGroups = []
    rids = []
    attributes = []
  }
}

extension MediaSection {
  /// Whether the section is refused: port 0 and not left to the bundle.
  public var isRejected: Bool { port == 0 && !isBundleOnly }

  /// The SHA-256 fingerprint's bytes, if one is given.
  public var sha256Fingerprint: [UInt8]? {
    fingerprints.first { $0.algorithm == "sha-256" }?.bytes
  }

  /// The codec of a payload type.
  public func rtpMap(_ payloadType: PayloadType) -> RTPMap? {
    rtpMaps.first { $0.payloadType == payloadType }
  }

  /// The first payload type, in the section's order, of the codec `encoding`.
  public func payloadType(encoding: String, clockRate: UInt32) -> PayloadType? {
    payloadTypes.first { type in
      rtpMaps.contains {
        $0.payloadType == type && $0.clockRate == clockRate && $0.isEncoding(encoding)
      }
    }
  }

  /// The payload type of the retransmissions of `payloadType`: `rtx` with `apt` (RFC 4588 §8.6).
  public func retransmissionType(of payloadType: PayloadType) -> PayloadType? {
    payloadTypes.first { type in
      rtpMap(type)?.isEncoding("rtx") == true
        && parameters(type)?.value("apt") == payloadType.description
    }
  }

  /// The parameters of a payload type.
  public func parameters(_ payloadType: PayloadType) -> FormatParameters? {
    formatParameters.first { $0.payloadType == payloadType }
  }

  /// Whether a payload type takes the feedback `value`, such as `nack pli`.
  public func accepts(feedback value: String, _ payloadType: PayloadType) -> Bool {
    rtcpFeedback.contains {
      ($0.payloadType == nil || $0.payloadType == payloadType) && $0.value == value
    }
  }

  /// The identifier of the header extension `uri`; 0 where it is not there.
  public func extensionID(_ uri: String) -> UInt8 {
    extensionMaps.first { $0.uri == uri }?.id ?? 0
  }

  /// The streams described, each once, in the order they stand.
  public var ssrcs: [SSRC] {
    var seen: Set<SSRC> = []
    return sources.map(\.ssrc).filter { seen.insert($0).inserted }
  }

  /// The stream of the retransmissions of `ssrc` by the section's `FID` groups.
  public func retransmissionSSRC(of ssrc: SSRC) -> SSRC? {
    let group = sourceGroups.first {
      $0.semantics == "FID" && $0.ssrcs.count == 2 && $0.ssrcs[0] == ssrc
    }
    return group?.ssrcs[1]
  }

  /// The value of the property `name` of `ssrc`.
  public func sourceValue(_ name: String, of ssrc: SSRC) -> String? {
    sources.first { $0.ssrc == ssrc && $0.name == name }?.value
  }
}
