import Visits

extension PurgeTable {
  /// What of consents, cards, scores and messages to others goes with a kind of data.
  static func careParts(of kind: DataKind) -> [Part] {
    switch kind {
    case .consents:
      [
        Part(
          table: "consent",
          at: "MAX(t.givenAt, COALESCE(t.withdrawnAt, t.givenAt))", citizen: "t.citizen"),
        // A no is kept as long as a yes, so that nobody asks again.
        Part(table: "disclosure", at: "t.changedAt", citizen: "t.citizen"),
      ]
    case .notes:
      [
        Part(table: "copingCard", at: "t.at", citizen: "t.citizen"),
        Part(table: "scoreAnswer", at: "t.at", citizen: "t.citizen"),
      ]
    // Like reminders: what has left, or never will, is of no use after a while. What the journal
    // refused stays until somebody has seen to it.
    case .reminders:
      [
        Part(
          table: "post", at: "t.at",
          condition: "t.wake IS NULL AND (t.destination <> 'journal' OR t.state <> 'failed')",
          citizen: "t.citizen")
      ]
    case .visits, .ledger, .callQuality, .grants, .followUps, .queue, .callbacks, .start, .pairing,
      .people, .accessLog, .audit, .events:
      []
    }
  }
}
