import Visits

/// The store and bare SQLite asked in turn.
struct Comparison {
  struct Median {
    /// In milliseconds.
    var store: Double
    /// In milliseconds.
    var bare: Double
    /// How many statements it takes.
    var statements: Int
  }

  private let questions: Questions
  private let bare: BareSQLite

  init(_ questions: Questions, bare: BareSQLite) {
    self.questions = questions
    self.bare = bare
  }

  /// Each question's medians. A question is asked once before it is timed, while its statements are
  /// written down, so that both find the same pages in memory; who is timed first alternates.
  func medians(rounds: Int) async throws -> [(Questions.Kind, Median)] {
    var found: [(Questions.Kind, Median)] = []
    for kind in Questions.Kind.allCases {
      // A series takes three places: recorded, replayed, asked for. Half the room is left for others.
      let rounds = kind == .series ? min(rounds / 2, questions.room / 6) : rounds
      var (store, plain): ([Double], [Double]) = ([], [])
      var statements = 0
      for round in 0..<rounds {
        let index = kind == .series ? 3 * round : round * 7919
        let recorded = try await questions.statements(kind, index, replayedAs: index + 1)
        statements = recorded.count
        if round % 2 == 0 { plain.append(timed { bare.replay(recorded) }) }
        let asked = kind == .series ? index + 2 : index
        store.append(try await timed { try await questions.ask(kind, asked) })
        if round % 2 == 1 { plain.append(timed { bare.replay(recorded) }) }
      }
      found.append(
        (
          kind,
          Median(
            store: percentile(store, 0.5), bare: percentile(plain, 0.5), statements: statements)
        ))
    }
    return found
  }
}

/// How long `body` takes, in milliseconds.
func timed(_ body: () async throws -> Void) async rethrows -> Double {
  let begun = ContinuousClock.now
  try await body()
  return (ContinuousClock.now - begun) / .milliseconds(1)
}

/// How long `body` takes, in milliseconds.
func timed(_ body: () -> Void) -> Double {
  let begun = ContinuousClock.now
  body()
  return (ContinuousClock.now - begun) / .milliseconds(1)
}

/// The value below which a share of all lies.
func percentile(_ values: [Double], _ share: Double) -> Double {
  let sorted = values.sorted()
  return sorted[min(sorted.count - 1, Int(Double(sorted.count) * share))]
}
