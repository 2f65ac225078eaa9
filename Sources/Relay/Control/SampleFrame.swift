/// A sample's frame, written by hand as `JSONEncoder` would write it.
///
/// Every participant's figures go to the control process every few seconds: with a hundred visits on a
/// core the general encoder, which makes a tree of objects first, took a twentieth of the worker's whole
/// time. Everything else a worker says is seldom, and stays with it.
struct SampleFrame {
  private var bytes: [UInt8] = []

  /// The frame's body; nil where a figure is no number, which JSON cannot say.
  static func body(
    sequence: UInt64, _ reference: SessionReference, _ sample: TransportSample
  ) -> [UInt8]? {
    let streams = Array(sample.inbound.values) + Array(sample.outbound.values)
    let figures =
      streams.map(\.jitterMilliseconds)
      + [sample.roundTripMilliseconds ?? 0, sample.queueingMilliseconds ?? 0]
    guard figures.allSatisfy(\.isFinite) else { return nil }
    var frame = SampleFrame()
    frame.bytes.reserveCapacity(1_024)
    frame.write(sequence, reference, sample)
    return frame.bytes
  }

  private mutating func write(
    _ sequence: UInt64, _ reference: SessionReference, _ sample: TransportSample
  ) {
    write(#"{"event":{"sequence":"#)
    write("\(sequence)")
    write(#","_1":{"sample":{"_0":{"session":"#)
    writeText(reference.session)
    write(#","room":"#)
    writeText(reference.room)
    write(#","participant":"#)
    writeText(reference.participant)
    write(#"},"_1":{"milliseconds":"#)
    write("\(sample.milliseconds)")
    write(",\"intervalMilliseconds\":", Int64(sample.intervalMilliseconds))
    write(",\"inbound\":", sample.inbound)
    write(",\"outbound\":", sample.outbound)
    if let span = sample.roundTripMilliseconds { write(",\"roundTripMilliseconds\":\(span)") }
    if let rate = sample.estimatedBitrate { write(",\"estimatedBitrate\":", Int64(rate)) }
    if let span = sample.queueingMilliseconds { write(",\"queueingMilliseconds\":\(span)") }
    if let level = sample.pictureLevel { write(",\"pictureLevel\":\"\(level.rawValue)\"") }
    write("}}}}}")
  }

  /// A dictionary whose keys are no strings is a list of keys and values by turns.
  private mutating func write(_ name: StaticString, _ streams: [MediaKind: StreamSample]) {
    write(name)
    write("[")
    var isFirst = true
    for (kind, stream) in streams {
      write(isFirst ? "\"" : ",\"")
      write(kind == .audio ? "audio" : "video")
      write("\",{\"packets\":", Int64(stream.packets))
      write(",\"bytes\":", Int64(stream.bytes))
      write(",\"lost\":", Int64(stream.lost))
      write(",\"jitterMilliseconds\":\(stream.jitterMilliseconds)")
      write(",\"nacked\":", Int64(stream.nacked))
      write(",\"retransmitted\":", Int64(stream.retransmitted))
      write(",\"keyframeRequests\":", Int64(stream.keyframeRequests))
      write("}")
      isFirst = false
    }
    write("]")
  }

  private mutating func write(_ text: String) { bytes.append(contentsOf: text.utf8) }

  private mutating func write(_ text: StaticString) {
    text.withUTF8Buffer { bytes.append(contentsOf: $0) }
  }

  private mutating func write(_ name: StaticString, _ number: Int64) {
    write(name)
    if number < 0 { bytes.append(UInt8(ascii: "-")) }
    let end = bytes.count
    var rest = number.magnitude
    repeat {
      bytes.append(UInt8(ascii: "0") + UInt8(truncatingIfNeeded: rest % 10))
      rest /= 10
    } while rest > 0
    bytes[end...].reverse()
  }

  /// A string with what JSON wants escaped (RFC 8259 §7).
  private mutating func writeText(_ text: String) {
    bytes.append(UInt8(ascii: "\""))
    for byte in text.utf8 {
      switch byte {
      case UInt8(ascii: "\""), UInt8(ascii: "\\"):
        bytes.append(UInt8(ascii: "\\"))
        bytes.append(byte)
      case ..<0x20:
        let digits = Array("0123456789abcdef".utf8)
        write("\\u00")
        bytes.append(digits[Int(byte >> 4)])
        bytes.append(digits[Int(byte & 15)])
      default:
        bytes.append(byte)
      }
    }
    bytes.append(UInt8(ascii: "\""))
  }
}
