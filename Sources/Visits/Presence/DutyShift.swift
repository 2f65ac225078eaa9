/// A support worker's time on the rota: working hours, or having the duty ("den, der er på vagt",
/// B13).
public struct DutyShift: Hashable, Sendable, Codable {
  /// What the time is for.
  public enum Kind: String, Codable, Sendable, Hashable, CaseIterable {
    /// At work.
    case work
    /// At work, and the first to take call-backs and the drop-in queue.
    case duty
  }

  /// Who.
  public var worker: PersonID
  /// For which team.
  public var team: TeamID
  /// What for.
  public var kind: Kind
  /// From when until when.
  public var window: TimeWindow

  /// A shift.
  public init(worker: PersonID, team: TeamID, kind: Kind = .duty, window: TimeWindow) {
    self.worker = worker
    self.team = team
    self.kind = kind
    self.window = window
  }

  /// Those who have the duty for `team` at `now`, by id.
  public static func onDuty(
    _ shifts: [DutyShift], team: TeamID, at now: UTCMilliseconds
  ) -> [PersonID] {
    let workers = shifts.filter {
      $0.kind == .duty && $0.team == team && $0.window.contains(now)
    }.map(\.worker)
    return Set(workers).sorted { $0.rawValue < $1.rawValue }
  }
}
