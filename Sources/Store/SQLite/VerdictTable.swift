import CallQuality
import Foundation
import GRDB
import Visits

/// Rows of `verdict`: judgements kept with how far they had read.
enum VerdictTable {
  /// A judgement just made.
  struct Judgement: Sendable {
    var visit: Visit
    var verdict: Verdict
    var ledger: Int64
    var sample: Int64
  }

  /// The verdict as things stand; `fresh` when it was not kept and is worth keeping.
  static func judge(
    _ visit: Visit, in db: Database
  ) throws -> (verdict: Verdict, fresh: Judgement?) {
    let ledger = try LedgerTable.last(of: visit.id, tenant: visit.tenant, in: db)
    let sample = try SampleTable.last(of: visit.id, tenant: visit.tenant, in: db)
    let kept = try String.fetchOne(
      db,
      sql: """
        SELECT body FROM verdict
        WHERE tenant = ? AND visit = ? AND rules = ? AND ledger = ? AND sample = ?
        """,
      arguments: [
        visit.tenant.rawValue, visit.id.rawValue, Verdict.rulesVersion, ledger, sample,
      ])
    if let kept, let verdict = try? JSONDecoder().decode(Verdict.self, from: Data(kept.utf8)) {
      return (verdict, nil)
    }
    let input = VerdictInput(
      visit: visit,
      entries: try LedgerTable.entries(of: visit.id, tenant: visit.tenant, in: db),
      samples: try SampleTable.samples(of: visit.id, tenant: visit.tenant, in: db))
    let verdict = Verdict(judging: input)
    let fresh = Judgement(visit: visit, verdict: verdict, ledger: ledger, sample: sample)
    return (verdict, visit.state.isFinal ? fresh : nil)
  }

  /// Keeps a judgement unless one that has read further is there.
  static func keep(_ judgement: Judgement, in db: Database) throws {
    let body = String(decoding: try JSONEncoder().encode(judgement.verdict), as: UTF8.self)
    try db.execute(
      sql: """
        INSERT INTO verdict (tenant, visit, rules, ledger, sample, body)
        VALUES (?, ?, ?, ?, ?, ?)
        ON CONFLICT (tenant, visit) DO UPDATE SET rules = excluded.rules,
          ledger = excluded.ledger, sample = excluded.sample, body = excluded.body
        WHERE excluded.ledger >= verdict.ledger AND excluded.sample >= verdict.sample
        """,
      arguments: [
        judgement.visit.tenant.rawValue, judgement.visit.id.rawValue, Verdict.rulesVersion,
        judgement.ledger, judgement.sample, body,
      ])
  }
}

extension VerdictInput {
  /// A stored visit as the judge sees it.
  init(visit: Visit, entries: [LedgerEntry], samples: [QualitySample]) {
    self.init(
      isRelayed: visit.isRelayed,
      parties: Self.parties(of: visit, entries: entries),
      events: entries.filter { visit.isAbout($0) }.compactMap { entry in
        Event.Kind(rawValue: entry.kind.rawValue).map { kind in
          Event(
            at: entry.at.rawValue, kind: kind, participant: entry.participant?.rawValue,
            cause: entry.cause.rawValue, device: entry.device?.rawValue, session: entry.session,
            attempt: entry.attempt)
        }
      },
      samples: samples)
  }
  /// Both parties of a visit of two. Of a group those who came: a member who stays away has had no
  /// technical trouble.
  private static func parties(of visit: Visit, entries: [LedgerEntry]) -> [Party] {
    let came = Set(entries.filter { $0.kind == .mediaConnected }.compactMap(\.participant))
    let citizens = [visit.citizenID] + visit.others
    return citizens.filter { visit.isTwoParty || came.contains($0) }
      .map { Party(participant: $0.rawValue, role: Role.citizen.rawValue) }
      + [Party(participant: visit.workerID.rawValue, role: Role.supportWorker.rawValue)]
  }
}

extension Visit {
  /// Whether an entry is about the visit's own people: how it went for somebody who looked on says
  /// nothing about how it went for the group.
  fileprivate func isAbout(_ entry: LedgerEntry) -> Bool {
    guard form == .group, let person = entry.participant else { return true }
    switch entry.kind {
    case .mediaConnected, .interrupted, .resumed, .left, .picture:
      return participants.contains(person)
    case .booked, .moved, .rung, .answered, .declined, .missed, .ended, .cancelled: return true
    }
  }
}
