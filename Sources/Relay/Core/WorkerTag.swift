import Wire

/// Which worker of a machine a session lives on, readable from its ICE user fragment: two lowercase
/// hexadecimal digits at its beginning.
///
/// So whoever holds a client's first bytes (a STUN request names the fragment in USERNAME) finds the
/// worker without asking anybody. It is no secret and proves nothing: the worker's own check of the
/// password does.
public struct WorkerTag: Hashable, Sendable, BitwiseCopyable {
  /// The most workers that can be told apart.
  public static let limit = 256

  /// The worker's number.
  public let worker: Int

  /// The tag of worker `worker`, modulo `limit`: more workers than cores of any machine we know share.
  public init(worker: Int) { self.worker = worker & (Self.limit - 1) }

  /// The tag that `text` begins with; nil where it does not begin with one.
  public init?(_ text: some StringProtocol) {
    var digits = text.utf8.makeIterator()
    guard let high = digits.next(), let low = digits.next() else { return nil }
    self.init(high, low)
  }

  /// The tag at the beginning of the user name in a STUN request (`receiver:sender`, RFC 8445 §7.2.2).
  public init?(userName range: Range<Int>, in datagram: RawSpan) {
    guard range.count >= 2, range.lowerBound >= 0, range.upperBound <= datagram.byteCount else {
      return nil
    }
    self.init(
      datagram.loadUInt8(at: range.lowerBound), datagram.loadUInt8(at: range.lowerBound + 1))
  }

  private init?(_ high: UInt8, _ low: UInt8) {
    guard let high = Self.value(high), let low = Self.value(low) else { return nil }
    worker = high << 4 | low
  }

  /// The two digits.
  public var text: String {
    let digits = String(worker, radix: 16)
    return digits.utf8.count == 1 ? "0" + digits : digits
  }

  private static func value(_ digit: UInt8) -> Int? {
    switch digit {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): Int(digit - UInt8(ascii: "0"))
    case UInt8(ascii: "a")...UInt8(ascii: "f"): Int(digit - UInt8(ascii: "a")) + 10
    default: nil
    }
  }
}
