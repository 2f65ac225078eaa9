/// Why a colleague is suggested.
public enum SubstituteReason: String, Codable, Sendable, Hashable, CaseIterable {
  /// The citizen's or the service's named backup (B12).
  case backup
  /// The citizen knows them from earlier visits (B10).
  case known
  /// One of the team's pool (B13).
  case team
}

/// A colleague who could hold a visit.
public struct SubstituteCandidate: Hashable, Sendable, Codable {
  /// The colleague.
  public var worker: PersonID
  /// Why they are suggested.
  public var reason: SubstituteReason
  /// Visits they have held with the citizen before.
  public var heldBefore: Int

  /// A candidate.
  public init(worker: PersonID, reason: SubstituteReason, heldBefore: Int) {
    self.worker = worker
    self.reason = reason
    self.heldBefore = heldBefore
  }
}

/// What is known of the colleagues when a substitute is looked for.
public struct SubstitutePool: Sendable {
  /// Named backups, first choice first.
  public var backups: [PersonID] = []
  /// The team, in any order.
  public var team: [PersonID] = []
  /// When each is busy, travel and all. A colleague without an entry is free.
  public var busy: [PersonID: TimeWindows] = [:]
  /// When each is on duty, where a rota is kept; a colleague without an entry plans their own week
  /// (B8) and is asked.
  public var duty: [PersonID: TimeWindows] = [:]
  /// Who is away.
  public var absences: [Absence] = []
  /// Visits each has held with the citizen.
  public var heldBefore: [PersonID: Int] = [:]
  /// Minutes of visits each has in the week, so that the burden is shared.
  public var weekMinutes: [PersonID: Int] = [:]

  /// An empty pool.
  public init() {}

  /// Those who could hold `visit`, best first: named backups in their order, then those the citizen
  /// knows best, then whoever has the emptiest week. Ties go by id, so that the list does not
  /// shuffle while somebody reads it.
  public func candidates(for visit: Visit) -> [SubstituteCandidate] {
    var seen: Set<PersonID> = [visit.workerID]
    var result: [SubstituteCandidate] = []
    for worker in backups where isFree(worker, for: visit) && seen.insert(worker).inserted {
      result.append(
        SubstituteCandidate(
          worker: worker, reason: .backup, heldBefore: heldBefore[worker, default: 0]))
    }
    let pool = team.filter { isFree($0, for: visit) && seen.insert($0).inserted }
    let sorted = pool.sorted { a, b in
      let known = (heldBefore[a, default: 0], heldBefore[b, default: 0])
      if known.0 != known.1 { return known.0 > known.1 }
      let minutes = (weekMinutes[a, default: 0], weekMinutes[b, default: 0])
      return minutes.0 != minutes.1 ? minutes.0 < minutes.1 : a.rawValue < b.rawValue
    }
    for worker in sorted {
      let held = heldBefore[worker, default: 0]
      result.append(
        SubstituteCandidate(
          worker: worker, reason: held > 0 ? .known : .team, heldBefore: held))
    }
    return result
  }

  private func isFree(_ worker: PersonID, for visit: Visit) -> Bool {
    let window = visit.window
    if absences.contains(where: { $0.covers(worker, in: window) }) { return false }
    if let duty = duty[worker], !duty.contains(window) { return false }
    guard let busy = busy[worker] else { return true }
    return busy.intersection(TimeWindows([window])).isEmpty
  }
}
