/// Why an offer cannot be answered.
public struct NegotiationError: Error, Hashable, Sendable {
  /// The line of the offer at fault, from 1; 0 where the fault is in no single line.
  public var line: Int
  /// The fault in English, for the caller's developer.
  public var reason: String

  /// A fault at `line`.
  public init(line: Int, reason: String) {
    self.line = line
    self.reason = reason
  }
}
