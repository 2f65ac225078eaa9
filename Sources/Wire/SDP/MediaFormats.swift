/// A codec bound to a payload type: `a=rtpmap` (RFC 8866 §6.6).
public struct RTPMap: Hashable, Sendable {
  /// The payload type.
  public var payloadType: PayloadType
  /// The codec's name; compare without regard to case.
  public var encoding: String
  /// The RTP clock rate in Hz.
  public var clockRate: UInt32
  /// Audio channels; nil where not given, which means one.
  public var channels: UInt8?

  /// A binding.
  public init(
    payloadType: PayloadType, encoding: String, clockRate: UInt32, channels: UInt8? = nil
  ) {
    self.payloadType = payloadType
    self.encoding = encoding
    self.clockRate = clockRate
    self.channels = channels
  }

  /// Whether this is the codec called `name`, without regard to case.
  public func isEncoding(_ name: String) -> Bool {
    encoding.utf8.elementsEqual(name.utf8) { ASCII.lowercased($0) == ASCII.lowercased($1) }
  }
}

/// Parameters of a payload type: `a=fmtp` (RFC 8866 §6.15).
public struct FormatParameters: Hashable, Sendable {
  /// The payload type.
  public var payloadType: PayloadType
  /// The parameters as they stand: `minptime=10;useinbandfec=1`.
  public var parameters: String

  /// Parameters of `payloadType`.
  public init(payloadType: PayloadType, parameters: String) {
    self.payloadType = payloadType
    self.parameters = parameters
  }

  /// The value of the parameter `name`, nil where it is not there.
  public func value(_ name: String) -> String? {
    for part in parameters.utf8.split(separator: UInt8(ascii: ";")) {
      let pair = part.split(separator: UInt8(ascii: "="), maxSplits: 1)
      guard pair.count == 2, ASCII.trimmed(Substring(pair[0])) == name else { continue }
      return String(ASCII.trimmed(Substring(pair[1])))
    }
    return nil
  }
}

/// A kind of feedback a payload type takes: `a=rtcp-fb` (RFC 4585 §4.2).
public struct RTCPFeedback: Hashable, Sendable {
  /// The payload type; nil for `*`, all of the section's.
  public var payloadType: PayloadType?
  /// The kind with its parameter: `nack pli`.
  public var value: String

  /// Feedback `value` for `payloadType`.
  public init(payloadType: PayloadType?, value: String) {
    self.payloadType = payloadType
    self.value = value
  }
}

/// A header extension bound to an identifier: `a=extmap` (RFC 8285 §8).
public struct ExtensionMap: Hashable, Sendable {
  /// The identifier, 1 ... 255; 1 ... 14 in the one-byte form.
  public var id: UInt8
  /// The extension's name; see `HeaderExtensionURI`.
  public var uri: String
  /// The direction it is used in; nil means the section's.
  public var direction: MediaDirection?
  /// Whatever follows the name.
  public var attributes: String?

  /// A binding.
  public init(id: UInt8, uri: String, direction: MediaDirection? = nil, attributes: String? = nil) {
    self.id = id
    self.uri = uri
    self.direction = direction
    self.attributes = attributes
  }
}
