/// Why something asked for is not done, in words for the person who asked.
///
/// The texts come from the catalogue in `Refusals.swift`, where every refusal is made.
public struct Refusal: Error, Hashable, Sendable {
  /// The sort of refusal, which decides the HTTP status.
  public enum Category: Sendable, Hashable {
    /// What was asked for is wrong in itself (400, 422).
    case invalid
    /// It is somebody else's to do (403).
    case forbidden
    /// It does not fit the state things are in (409).
    case conflict
  }

  /// The stable code, also the last part of the problem document's `type`.
  public var code: String
  /// The sort of refusal.
  public var category: Category
  /// What is wrong and what to do, in plain Danish.
  public var danish: String
  /// The same in English.
  public var english: String

  init(_ code: String, _ category: Category, da danish: String, en english: String) {
    self.code = code
    self.category = category
    self.danish = danish
    self.english = english
  }
}
