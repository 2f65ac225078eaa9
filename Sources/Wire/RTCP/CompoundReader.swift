/// Walks the packets of a compound RTCP datagram without allocating (RFC 3550 §6.1).
///
///     var reader = try CompoundReader(parsing: datagram)
///     while let packet = reader.next(in: datagram) {
///       let bytes = datagram.extracting(packet.range)
///       switch packet.kind {
///       case .senderReport: let report = try SenderReport(parsing: bytes)
///       …
///
/// The whole datagram is validated before the first packet is handed out (RFC 3550 §A.2), so a
/// half-good datagram has no effect at all. Reduced-size RTCP (RFC 5506) is allowed: any packet may
/// be first.
public struct CompoundReader: Sendable, BitwiseCopyable {
  /// What one packet is, told by its type and, for feedback, by its format and identifier.
  public enum Kind: Sendable, BitwiseCopyable {
    /// `SenderReport`.
    case senderReport
    /// `ReceiverReport`.
    case receiverReport
    /// `SourceDescription`.
    case sourceDescription
    /// `Goodbye`.
    case goodbye
    /// `GenericNACK`.
    case genericNACK
    /// `TransportWideFeedback`.
    case transportWideFeedback
    /// `PictureLossIndication`.
    case pictureLossIndication
    /// `FullIntraRequest`.
    case fullIntraRequest
    /// `ReceiverEstimatedMaximumBitrate`.
    case receiverEstimatedMaximumBitrate
    /// `ExtendedReport`.
    case extendedReport
    /// Something else, to be ignored.
    case other
  }

  /// One packet of the datagram.
  public struct Packet: Hashable, Sendable, BitwiseCopyable {
    /// What it is.
    public var kind: Kind
    /// Its header.
    public var header: RTCPHeader
    /// Where it begins in the datagram.
    public var offset: Int

    /// Where it lies in the datagram, padding included.
    public var range: Range<Int> { offset..<(offset &+ header.packetLength) }
  }

  private var offset = 0

  /// A reading of `datagram` from its first packet on.
  public init(parsing datagram: RawSpan) throws(ParseError) {
    guard datagram.byteCount >= RTCPHeader.length else { throw .truncated }
    var next = 0
    while next < datagram.byteCount {
      let header = try RTCPHeader(parsing: datagram.extracting(next..<datagram.byteCount))
      // RFC 3550 §6.4.1 pads the last packet only; browsers pad feedback wherever it stands.
      next &+= header.packetLength
    }
  }

  /// The next packet of `datagram`, the one given to `init(parsing:)`; nil after the last.
  public mutating func next(in datagram: RawSpan) -> Packet? {
    guard offset < datagram.byteCount,
      let header = try? RTCPHeader(parsing: datagram.extracting(offset..<datagram.byteCount))
    else { return nil }
    let packet = Packet(
      kind: Self.kind(header, datagram.extracting(offset..<(offset &+ header.packetLength))),
      header: header, offset: offset)
    offset &+= header.packetLength
    return packet
  }

  private static func kind(_ header: RTCPHeader, _ packet: RawSpan) -> Kind {
    switch header.packetType {
    case .senderReport: .senderReport
    case .receiverReport: .receiverReport
    case .sourceDescription: .sourceDescription
    case .goodbye: .goodbye
    case .extendedReport: .extendedReport
    case .transportFeedback:
      switch header.count {
      case GenericNACK.format: .genericNACK
      case TransportWideFeedback.format: .transportWideFeedback
      default: .other
      }
    case .payloadFeedback:
      switch header.count {
      case PictureLossIndication.format: .pictureLossIndication
      case FullIntraRequest.format: .fullIntraRequest
      case ReceiverEstimatedMaximumBitrate.format
      where ReceiverEstimatedMaximumBitrate.isOne(packet):
        .receiverEstimatedMaximumBitrate
      default: .other
      }
    default: .other
    }
  }
}
