/// An ICE candidate: the value of `a=candidate` (RFC 8839 §5.1, RFC 6544 §4.5).
///
///     842163049 1 udp 1677729535 198.51.100.7 46154 typ srflx raddr 10.0.0.3 rport 46154 …
public struct ICECandidate: Hashable, Sendable {
  /// What the candidate's address names.
  public enum Host: Hashable, Sendable {
    /// An address; its port is 0, the candidate's own is `port`.
    case address(SocketAddress)
    /// A name, such as the `.local` ones browsers hide host addresses behind
    /// (draft-ietf-mmusic-mdns-ice-candidates). This project resolves none: such a candidate is
    /// accepted and never used.
    case name(String)
  }

  /// How the candidate was found (RFC 8445 §5.1.1).
  public enum Kind: Hashable, Sendable {
    /// An interface of the host itself.
    case host
    /// The address a STUN server saw.
    case serverReflexive
    /// The address the peer saw.
    case peerReflexive
    /// An address at a TURN server.
    case relayed
    /// Something else, by its name.
    case other(String)

    /// The name that travels.
    public var name: String {
      switch self {
      case .host: "host"
      case .serverReflexive: "srflx"
      case .peerReflexive: "prflx"
      case .relayed: "relay"
      case .other(let name): name
      }
    }

    init(name: String) {
      switch name {
      case "host": self = .host
      case "srflx": self = .serverReflexive
      case "prflx": self = .peerReflexive
      case "relay": self = .relayed
      default: self = .other(name)
      }
    }
  }

  /// Names candidates of one kind, base and server, 1 ... 32 characters.
  public var foundation: String
  /// 1 for RTP, and for everything where RTCP is multiplexed.
  public var component: UInt16
  /// The transport in lower case: `udp` or `tcp`; others are to be ignored.
  public var transport: String
  /// The priority (RFC 8445 §5.1.2).
  public var priority: UInt32
  /// Where it is.
  public var host: Host
  /// The port.
  public var port: UInt16
  /// How it was found.
  public var kind: Kind
  /// The related address, as it stands.
  public var relatedAddress: String?
  /// The related port.
  public var relatedPort: UInt16?
  /// Name and value of what follows, in order: `tcptype`, `generation`, `ufrag`, ….
  public var extensions: [SDPAttribute]

  /// A candidate at `address`.
  public init(
    foundation: String, component: UInt16 = 1, transport: String = "udp", priority: UInt32,
    address: SocketAddress, kind: Kind = .host
  ) {
    self.foundation = foundation
    self.component = component
    self.transport = transport
    self.priority = priority
    host = .address(SocketAddress(high: address.high, low: address.low, port: 0))
    port = address.port
    self.kind = kind
    extensions = []
  }

  /// Parses the attribute's value, with or without `candidate:` before it; nil where it is ill-formed.
  public init?(parsing text: String) {
    self.init(sdp: Substring(text))
  }

  init?(sdp text: Substring) {
    let prefix = "candidate:"
    let value = text.utf8.starts(with: prefix.utf8) ? text.dropFirst(prefix.utf8.count) : text
    let fields = ASCII.fields(value)
    guard fields.count >= 8, fields[6] == "typ",
      (1...32).contains(fields[0].utf8.count), ASCII.isICECharacters(fields[0]),
      let component = ASCII.decimal(fields[1], as: UInt16.self), (1...256).contains(component),
      let priority = ASCII.decimal(fields[3], as: UInt32.self),
      let port = ASCII.decimal(fields[5], as: UInt16.self),
      ASCII.isToken(fields[2]), ASCII.isToken(fields[7]), fields[4].utf8.count <= 253,
      fields.count.isMultiple(of: 2)
    else { return nil }
    foundation = String(fields[0])
    self.component = component
    transport = ASCII.lowercased(fields[2])
    self.priority = priority
    host =
      SocketAddress(ip: fields[4], port: 0).map(Host.address) ?? .name(String(fields[4]))
    self.port = port
    kind = Kind(name: String(fields[7]))
    extensions = []
    var index = 8
    while index < fields.count {
      let (name, value) = (fields[index], fields[index + 1])
      switch name {
      case "raddr": relatedAddress = String(value)
      case "rport":
        guard let port = ASCII.decimal(value, as: UInt16.self) else { return nil }
        relatedPort = port
      default: extensions.append(SDPAttribute(name: String(name), value: String(value)))
      }
      index += 2
    }
  }

  /// The transport address; nil where the candidate is given by name.
  public var address: SocketAddress? {
    guard case .address(let address) = host else { return nil }
    return SocketAddress(high: address.high, low: address.low, port: port)
  }

  /// Whether this is a candidate this project can send checks to: UDP, by address, with a port.
  public var isUsableUDP: Bool { transport == "udp" && address != nil && port != 0 }

  /// The value of the extension `name`, such as `ufrag` or `tcptype`.
  public func value(_ name: String) -> String? {
    extensions.first { $0.name == name }?.value
  }

  /// The attribute's value as SDP writes it, without `candidate:`.
  public var sdp: String {
    let place =
      switch host {
      case .address(let address): address.addressText
      case .name(let name): name
      }
    var text =
      "\(foundation) \(component) \(transport) \(priority) \(place) \(port) typ \(kind.name)"
    if let relatedAddress { text += " raddr \(relatedAddress)" }
    if let relatedPort { text += " rport \(relatedPort)" }
    for pair in extensions { text += " \(pair.name) \(pair.value ?? "0")" }
    return text
  }
}
