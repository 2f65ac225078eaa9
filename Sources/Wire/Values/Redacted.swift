/// A value that is never printed: a key, a password, what leads to a person. Whatever way it gets into
/// a log, as itself, inside another value or by `dump`, only its type's name is seen.
public protocol Redacted: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
}

extension Redacted {
  /// The type's name.
  public var description: String { "\(Self.self)(redacted)" }
  /// The type's name.
  public var debugDescription: String { description }
  /// Nothing inside.
  public var customMirror: Mirror { Mirror(self, children: []) }
}
