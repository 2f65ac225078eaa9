/// A name for one encoding of a section's media: `a=rid` (RFC 8851 §10), `q send`, `1 recv pt=96`.
public struct RestrictionID: Hashable, Sendable {
  /// Which way the encoding goes, seen from who wrote the line.
  public enum Direction: String, Hashable, Sendable {
    /// The writer sends it.
    case send
    /// The writer receives it.
    case receive = "recv"
  }

  /// The most characters of a name: what an element of the one-byte form holds (RFC 8285 §4.2).
  public static let maximumLength = 16

  /// The name: letters, digits, hyphens and underscores.
  public var id: String
  /// Which way it goes.
  public var direction: Direction
  /// The restrictions as they stand, `pt=96;max-width=640`; nil where there are none.
  public var restrictions: String?

  /// A name without restrictions.
  public init(id: String, direction: Direction) {
    self.id = id
    self.direction = direction
  }

  /// Parses the value of an attribute; nil where it is ill-formed or the name too long.
  public init?(sdp value: String) {
    let fields = ASCII.fields(value[...])
    guard fields.count >= 2, Self.isName(fields[0]),
      let direction = Direction(rawValue: String(fields[1]))
    else { return nil }
    id = String(fields[0])
    self.direction = direction
    if fields.count > 2 { restrictions = fields[2...].joined(separator: " ") }
  }

  /// The value of the attribute.
  public var sdp: String {
    "\(id) \(direction.rawValue)" + (restrictions.map { " " + $0 } ?? "")
  }

  /// Whether the encoding may use a payload type: no `pt=` restricts it, or one that has the type.
  public func allows(_ payloadType: PayloadType) -> Bool {
    guard let restrictions else { return true }
    for part in restrictions.utf8.split(separator: UInt8(ascii: ";")) {
      let (name, value) = ASCII.cut(ASCII.trimmed(Substring(part)), at: UInt8(ascii: "="))
      guard name == "pt" else { continue }
      let types = (value ?? "").utf8.split(separator: UInt8(ascii: ","))
      return types.contains { Substring($0) == payloadType.description }
    }
    return true
  }

  /// Whether `text` can be a name.
  static func isName(_ text: Substring) -> Bool {
    (1...maximumLength).contains(text.utf8.count)
      && text.utf8.allSatisfy { byte in
        switch byte {
        case 0x2D, 0x30...0x39, 0x41...0x5A, 0x5F, 0x61...0x7A: true
        default: false
        }
      }
  }
}

/// Which encodings of one source are sent side by side: `a=simulcast` (RFC 8853 §5.1),
/// `send q;h;~f recv a,b`.
public struct Simulcast: Hashable, Sendable {
  /// One encoding of a stream.
  public struct Encoding: Hashable, Sendable {
    /// Its name; see `RestrictionID`.
    public var id: String
    /// Whether it is paused from the start (`~`).
    public var isPaused: Bool

    /// An encoding.
    public init(id: String, isPaused: Bool = false) {
      self.id = id
      self.isPaused = isPaused
    }
  }

  /// The streams sent; of each, the encodings that are alternatives for it, preferred first.
  public var send: [[Encoding]]
  /// The streams received.
  public var receive: [[Encoding]]

  /// Streams as given.
  public init(send: [[Encoding]] = [], receive: [[Encoding]] = []) {
    self.send = send
    self.receive = receive
  }

  /// Parses the value of an attribute; nil where it is ill-formed, which means no simulcast (RFC 8853
  /// §5.3.2), or names more streams than anybody sends.
  public init?(sdp value: String) {
    let fields = ASCII.fields(value[...])
    guard fields.count == 2 || fields.count == 4 else { return nil }
    self.init()
    for index in stride(from: 0, to: fields.count, by: 2) {
      guard let streams = Self.streams(fields[index + 1]) else { return nil }
      switch RestrictionID.Direction(rawValue: String(fields[index])) {
      case .send where send.isEmpty: send = streams
      case .receive where receive.isEmpty: receive = streams
      default: return nil
      }
    }
  }

  /// The value of the attribute.
  public var sdp: String {
    func text(_ name: RestrictionID.Direction, _ streams: [[Encoding]]) -> String? {
      guard !streams.isEmpty else { return nil }
      let list = streams.map { stream in
        stream.map { ($0.isPaused ? "~" : "") + $0.id }.joined(separator: ",")
      }
      return "\(name.rawValue) " + list.joined(separator: ";")
    }
    return [text(.send, send), text(.receive, receive)].compactMap { $0 }.joined(separator: " ")
  }

  /// The most streams read in one direction.
  static let maximumStreams = 16

  private static func streams(_ text: Substring) -> [[Encoding]]? {
    var streams: [[Encoding]] = []
    for part in text.utf8.split(separator: UInt8(ascii: ";"), omittingEmptySubsequences: false) {
      guard streams.count < maximumStreams else { return nil }
      var encodings: [Encoding] = []
      for name in part.split(separator: UInt8(ascii: ","), omittingEmptySubsequences: false) {
        let isPaused = name.first == UInt8(ascii: "~")
        let id = Substring(isPaused ? name.dropFirst() : name)
        guard RestrictionID.isName(id) else { return nil }
        encodings.append(Encoding(id: String(id), isPaused: isPaused))
      }
      streams.append(encodings)
    }
    return streams
  }
}

extension MediaSection {
  /// The well-formed restriction identifiers.
  public var restrictionIDs: [RestrictionID] { rids.compactMap { RestrictionID(sdp: $0) } }

  /// The names of the encodings that the writer sends side by side, in the order of `a=simulcast`,
  /// the preferred alternative of each that allows `payloadType`. Empty where it sends just one.
  public func simulcastNames(sendingIn payloadType: PayloadType) -> [String] {
    guard let simulcast, let streams = Simulcast(sdp: simulcast)?.send else { return [] }
    let known = restrictionIDs.filter { $0.direction == .send && $0.allows(payloadType) }
    var names: [String] = []
    for stream in streams {
      let name = stream.first { encoding in known.contains { $0.id == encoding.id } }?.id
      guard let name, !names.contains(name) else { continue }
      names.append(name)
    }
    return names
  }
}
