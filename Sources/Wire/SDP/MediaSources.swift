/// One property of an RTP stream: `a=ssrc` (RFC 5576 §4.1).
public struct SourceAttribute: Hashable, Sendable {
  /// The stream.
  public var ssrc: SSRC
  /// The property's name: `cname`, `msid`.
  public var name: String
  /// Its value, where it has one.
  public var value: String?

  /// A property of `ssrc`.
  public init(ssrc: SSRC, name: String, value: String? = nil) {
    self.ssrc = ssrc
    self.name = name
    self.value = value
  }
}

/// Streams that belong together: `a=ssrc-group` (RFC 5576 §4.2).
public struct SourceGroup: Hashable, Sendable {
  /// In what way: `FID` names a stream and its retransmissions.
  public var semantics: String
  /// The streams.
  public var ssrcs: [SSRC]

  /// A group.
  public init(semantics: String, ssrcs: [SSRC]) {
    self.semantics = semantics
    self.ssrcs = ssrcs
  }
}

/// Which MediaStream and track of the sending application a section carries: `a=msid` (RFC 8830).
public struct MediaStreamID: Hashable, Sendable {
  /// The stream; `-` for none.
  public var stream: String
  /// The track, where given.
  public var track: String?

  /// A stream and track.
  public init(stream: String, track: String? = nil) {
    self.stream = stream
    self.track = track
  }
}

/// An attribute this project has no use for, kept as it stands.
public struct SDPAttribute: Hashable, Sendable {
  /// The name.
  public var name: String
  /// The value, where there is one.
  public var value: String?

  /// An attribute.
  public init(name: String, value: String? = nil) {
    self.name = name
    self.value = value
  }
}
