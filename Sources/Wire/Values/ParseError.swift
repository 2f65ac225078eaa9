/// Why bytes from the wire were refused. Trivial, so that refusing costs nothing.
public enum ParseError: Error, Sendable, BitwiseCopyable {
  /// Fewer bytes than the format needs.
  case truncated
  /// A version, magic number or fixed bit has the wrong value.
  case notThisFormat
  /// A length or count field contradicts the bytes that follow it.
  case inconsistentLength
  /// A field has a value that its specification forbids.
  case invalidField
  /// More elements than this implementation is willing to hold.
  case tooMany
}
