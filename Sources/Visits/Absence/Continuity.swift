/// How far a citizen met people they know: "kendte og faste medarbejdere" (B10).
public struct Continuity: Hashable, Sendable, Codable {
  /// Visits held in the period.
  public var held = 0
  /// Of these, with the citizen's own support worker.
  public var withPrimary = 0
  /// Of these, with the own worker or one the citizen had met at least `knownAfter` times before.
  public var withKnown = 0
  /// How many different people held them.
  public var differentWorkers = 0

  /// After how many visits somebody counts as known.
  public static let knownAfter = 3

  /// Nothing held.
  public init() {}

  /// The figure for one citizen, over those of the citizen's visits that were held and began in
  /// `period`. `visits` may come in any order and should reach back before the period: that is
  /// where people became known.
  public init(visits: [Visit], primary: PersonID?, period: TimeWindow) {
    var met: [PersonID: Int] = [:]
    var workers: Set<PersonID> = []
    let ended = visits.filter { $0.state == .ended }
    for visit in ended.sorted(by: { ($0.start, $0.id.rawValue) < ($1.start, $1.id.rawValue) }) {
      let worker = visit.workerID
      if period.contains(visit.start) {
        held += 1
        workers.insert(worker)
        if worker == primary { withPrimary += 1 }
        if worker == primary || met[worker, default: 0] >= Self.knownAfter { withKnown += 1 }
      }
      met[worker, default: 0] += 1
    }
    differentWorkers = workers.count
  }

  /// The share with the own worker, 0 ... 1; nil when nothing was held.
  public var primaryShare: Double? { held == 0 ? nil : Double(withPrimary) / Double(held) }

  /// The share with somebody known, 0 ... 1; nil when nothing was held.
  public var knownShare: Double? { held == 0 ? nil : Double(withKnown) / Double(held) }
}
