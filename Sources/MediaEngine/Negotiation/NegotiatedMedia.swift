public import Wire

/// What the relay's answer allows a client to send and where it will receive.
public struct NegotiatedMedia: Sendable, Equatable {
  /// The sound that may be sent; nil where the relay refused it.
  public var audio: SendTrack?
  /// The picture that may be sent; nil where the relay refused it.
  public var video: SendTrack?
  /// The receive-only slots, in offer order.
  public var slots: [ReceiveSlot]
  /// The canonical name of everything sent (RFC 3550 §6.5.1).
  public var cname: String

  /// Negotiated media, as `ClientAnswer` reads them from SDP.
  public init(audio: SendTrack?, video: SendTrack?, slots: [ReceiveSlot], cname: String) {
    self.audio = audio
    self.video = video
    self.slots = slots
    self.cname = cname
  }

  /// One stream that may be sent.
  public struct SendTrack: Sendable, Equatable {
    /// The stream's source.
    public var ssrc: SSRC
    /// The codec's payload type: Opus or VP8.
    public var payloadType: PayloadType
    /// The retransmission stream's source (RFC 4588); nil where it was not negotiated.
    public var retransmissionSSRC: SSRC?
    /// The retransmission's payload type.
    public var retransmissionPayloadType: PayloadType?
    /// The header extension id of the audio level (RFC 6464); nil where it was not negotiated.
    public var audioLevelExtension: UInt8?
    /// The header extension id of the transport-wide sequence number.
    public var transportSequenceExtension: UInt8?
    /// The header extension id of the media section's name (RFC 9143 §15).
    public var midExtension: UInt8?
    /// The media section's name.
    public var mid: String
    /// The payload type of sound with copies of earlier packets (RED, RFC 2198); nil where it was not
    /// negotiated.
    public var redundantPayloadType: PayloadType?
    /// The picture in two sizes, smallest first (RFC 8853); empty where one is sent.
    public var layers: [SimulcastLayer] = []
    /// The header extension id of a layer's name (RFC 8852).
    public var layerExtension: UInt8?
    /// The header extension id of the name of the layer that a retransmission repairs.
    public var repairedLayerExtension: UInt8?

    /// A stream to send.
    public init(
      ssrc: SSRC, payloadType: PayloadType, retransmissionSSRC: SSRC? = nil,
      retransmissionPayloadType: PayloadType? = nil, audioLevelExtension: UInt8? = nil,
      transportSequenceExtension: UInt8? = nil, midExtension: UInt8? = nil, mid: String = "",
      redundantPayloadType: PayloadType? = nil
    ) {
      self.redundantPayloadType = redundantPayloadType
      self.ssrc = ssrc
      self.payloadType = payloadType
      self.retransmissionSSRC = retransmissionSSRC
      self.retransmissionPayloadType = retransmissionPayloadType
      self.audioLevelExtension = audioLevelExtension
      self.transportSequenceExtension = transportSequenceExtension
      self.midExtension = midExtension
      self.mid = mid
    }
  }

  /// One size of a picture that is sent in several.
  public struct SimulcastLayer: Sendable, Equatable {
    /// The layer's name, `h` or `f`.
    public var name: String
    /// What the picture's width and height are divided by.
    public var divisor: Int
    /// The layer's source.
    public var ssrc: SSRC
    /// The source of its retransmissions.
    public var retransmissionSSRC: SSRC

    /// A layer.
    public init(name: String, divisor: Int, ssrc: SSRC, retransmissionSSRC: SSRC) {
      self.name = name
      self.divisor = divisor
      self.ssrc = ssrc
      self.retransmissionSSRC = retransmissionSSRC
    }
  }

  /// One stream that will be received.
  public struct ReceiveTrack: Sendable, Equatable {
    /// The stream's source.
    public var ssrc: SSRC
    /// The codec's payload type: Opus or VP8.
    public var payloadType: PayloadType
    /// The retransmission stream's source (RFC 4588); nil where it was not negotiated.
    public var retransmissionSSRC: SSRC?
    /// The retransmission's payload type.
    public var retransmissionPayloadType: PayloadType?
    /// The media section's name.
    public var mid: String
    /// The payload type of sound with copies of earlier packets (RED, RFC 2198); nil where it was not
    /// negotiated.
    public var redundantPayloadType: PayloadType?
    /// The header extension id of the transport-wide sequence number; nil where the relay does not
    /// want to be told what arrives.
    public var transportSequenceExtension: UInt8?
    /// Whether lost packets may be asked for.
    public var takesRequests: Bool

    /// A stream to receive.
    public init(
      ssrc: SSRC, payloadType: PayloadType, retransmissionSSRC: SSRC? = nil,
      retransmissionPayloadType: PayloadType? = nil, mid: String = "",
      redundantPayloadType: PayloadType? = nil, transportSequenceExtension: UInt8? = nil,
      takesRequests: Bool = true
    ) {
      self.redundantPayloadType = redundantPayloadType
      self.transportSequenceExtension = transportSequenceExtension
      self.takesRequests = takesRequests
      self.ssrc = ssrc
      self.payloadType = payloadType
      self.retransmissionSSRC = retransmissionSSRC
      self.retransmissionPayloadType = retransmissionPayloadType
      self.mid = mid
    }
  }

  /// A place for one remote participant's sound and picture.
  public struct ReceiveSlot: Sendable, Equatable {
    /// The slot's sound; nil where the relay refused it.
    public var audio: ReceiveTrack?
    /// The slot's picture; nil where the relay refused it.
    public var video: ReceiveTrack?

    /// A slot of these streams.
    public init(audio: ReceiveTrack?, video: ReceiveTrack?) {
      self.audio = audio
      self.video = video
    }
  }
}
