/// Who registers people and gives them access.
///
/// Operations run the system and let people in, but cannot make themselves its master: whoever can
/// take everything out about a citizen is let in by one who can already.
public struct RoleRules: Sendable {
  /// Rules.
  public init() {}

  /// Whether somebody of a role registers people at all.
  public func registersPeople(_ role: Role) -> Bool {
    role == .operations || role == .administrator
  }

  /// Throws unless `initiator` may create a person of a role, or give or take one's access.
  public func checkLetsIn(_ role: Role, by initiator: Role) throws(Refusal) {
    if role == .administrator, initiator != .administrator {
      throw .administratorsMakeAdministrators
    }
  }
}
