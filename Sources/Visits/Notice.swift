/// Something told to a person that is no refusal, in plain Danish and in English.
///
/// The texts come from the `Notices+…` catalogues, where every notice is made.
public struct Notice: Hashable, Sendable {
  /// The stable code.
  public var code: String
  /// What is told, in plain Danish.
  public var danish: String
  /// The same in English.
  public var english: String

  init(_ code: String, da danish: String, en english: String) {
    self.code = code
    self.danish = danish
    self.english = english
  }
}
