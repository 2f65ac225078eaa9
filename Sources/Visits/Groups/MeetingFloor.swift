/// How a meeting's time to speak is shared: who has spoken how much, who would like to, and a round
/// in which everybody has a turn (D2, D9).
///
/// It helps whoever leads the meeting, there and then, and is nobody's record: it is kept while the
/// meeting lasts, so that a restart takes the word from nobody, and forgotten with its end. Shares are
/// shown to the facilitator alone.
public struct MeetingFloor: Hashable, Sendable, Codable {
  /// A round: each in turn may speak, pass, and be heard out ("retten til at tale skiftevis").
  public struct Round: Hashable, Sendable, Codable {
    /// What it is about; nil where nothing is said.
    public var question: String?
    /// Those who have not had their turn, the first of them has it now.
    public var left: [PersonID]
    /// Those who have had it.
    public var done: [PersonID]

    /// Whose turn it is; nil when everybody has had one.
    public var current: PersonID? { left.first }
  }

  /// Milliseconds each has spoken.
  public private(set) var spoken: [PersonID: Int64] = [:]
  /// Who would like to speak, in the order they said so.
  public private(set) var hands: [PersonID] = []
  /// The round that goes on; nil when none does.
  public private(set) var round: Round?

  private var speaking: Set<PersonID> = []
  private var since: UTCMilliseconds?

  // Who speaks just now is heard again in a moment, and need not be kept.
  private enum CodingKeys: String, CodingKey { case spoken, hands, round }

  /// The longest question of a round, in characters.
  public static let longestQuestion = 200
  /// A speaker about whom nothing new is heard for so long has gone, in milliseconds. A relay that
  /// stops reporting must not let somebody speak all night.
  static let longestTurn: Int64 = 600_000
  /// Before so much has been said, shares say nothing, in seconds.
  static let leastSaid = 300

  /// A floor nobody has spoken on.
  public init() {}

  /// Takes note of who speaks from `now` on, as the relay heard it (RFC 6464 levels).
  public mutating func speaking(_ people: [PersonID], at now: UTCMilliseconds) {
    settle(at: now)
    speaking = Set(people)
    since = now
  }

  /// Everybody's share of what was said, in per cent of it, those who have spoken least first; those
  /// of `present` who have said nothing among them.
  public func shares(of present: [PersonID], at now: UTCMilliseconds) -> [TalkShare] {
    var floor = self
    floor.settle(at: now)
    let total = floor.spoken.values.reduce(0, &+)
    return Set(present).union(floor.spoken.keys).map { person in
      let milliseconds = floor.spoken[person] ?? 0
      return TalkShare(
        person: person, seconds: Int(milliseconds / 1000),
        percent: total > 0 ? Int((milliseconds * 100 + total / 2) / total) : 0)
    }.sorted { ($0.seconds, $0.person.rawValue) < ($1.seconds, $1.person.rawValue) }
  }

  /// Whom to ask gently for a word: who has said least, where somebody else has had more than twice
  /// an even share of what has gone on for some minutes (D2). For whoever leads the meeting to say or
  /// to leave; nil while it is shared well enough, and in a round, where everybody has a turn.
  public func quiet(among present: [PersonID], at now: UTCMilliseconds) -> PersonID? {
    let shares = shares(of: present, at: now).filter { present.contains($0.person) }
    let total = shares.reduce(0) { $0 + $1.seconds }
    guard round == nil, shares.count > 2, total >= Self.leastSaid,
      let least = shares.first, let most = shares.last,
      most.seconds * shares.count > 2 * total
    else { return nil }
    return least.person
  }

  /// The floor as it is kept: with all that was said until `now`.
  public func settled(at now: UTCMilliseconds) -> MeetingFloor {
    var floor = self
    floor.settle(at: now)
    return floor
  }

  /// Raises or takes down a hand. A repeat changes nothing.
  public mutating func raise(_ isUp: Bool, by person: PersonID) {
    if isUp {
      if !hands.contains(person) { hands.append(person) }
    } else {
      hands.removeAll { $0 == person }
    }
  }

  /// Raised hands in the order they should be called: who has spoken least first, and of equals who
  /// raised theirs first. A minute more or less is no difference.
  public func handsInOrder(at now: UTCMilliseconds) -> [PersonID] {
    var floor = self
    floor.settle(at: now)
    return hands.enumerated().sorted { a, b in
      let (x, y) = (
        (floor.spoken[a.element] ?? 0) / 60_000, (floor.spoken[b.element] ?? 0) / 60_000
      )
      return (x, a.offset) < (y, b.offset)
    }.map(\.element)
  }

  /// Begins a round among `members`, those who have spoken least first.
  public mutating func beginRound(
    _ question: String?, among members: [PersonID], at now: UTCMilliseconds
  ) throws(Refusal) {
    let question = try PersonalNumber.checked(question, longest: Self.longestQuestion)
    guard !members.isEmpty else { throw .nobodyForARound }
    let order = shares(of: members, at: now).map(\.person).filter(members.contains)
    round = Round(question: question, left: order, done: [])
  }

  /// The next one's turn; `last` has them come once more at the end, as when somebody would rather
  /// wait. A round that is through ends.
  public mutating func nextTurn(asksAgain last: Bool = false) throws(Refusal) {
    guard var going = round, let current = going.current else { throw .noRound }
    going.left.removeFirst()
    if last, !going.left.isEmpty {
      going.left.append(current)
    } else {
      going.done.append(current)
    }
    hands.removeAll { $0 == current }
    round = going.left.isEmpty ? nil : going
  }

  /// Ends the round. Where there is none, nothing changes.
  public mutating func endRound() { round = nil }

  /// Somebody left: they keep what they said, their hand goes down and their turn to the next.
  public mutating func left(_ person: PersonID) {
    hands.removeAll { $0 == person }
    guard var going = round else { return }
    going.left.removeAll { $0 == person }
    round = going.left.isEmpty ? nil : going
  }

  private mutating func settle(at now: UTCMilliseconds) {
    guard let began = since else { return }
    let passed = min(max(0, now.milliseconds(since: began)), Self.longestTurn)
    for person in speaking { spoken[person, default: 0] &+= passed }
    since = now
  }
}

/// How much somebody has spoken.
public struct TalkShare: Hashable, Sendable {
  /// Who.
  public var person: PersonID
  /// Seconds.
  public var seconds: Int
  /// Per cent of all that was said.
  public var percent: Int
}

extension Refusal {
  /// Nobody to have a turn.
  public static let nobodyForARound = Refusal(
    "nobody-for-a-round", .conflict,
    da: "Der er ingen i rummet endnu. Vent, til nogen er kommet.",
    en: "There is nobody in the room yet. Wait until somebody has come.")

  /// No round goes on.
  public static let noRound = Refusal(
    "no-round", .conflict,
    da: "Der er ingen runde i gang. Begynd en først.",
    en: "No round is going on. Begin one first.")

  /// Only who leads the meeting sees and does it.
  public static let facilitatorLeads = Refusal(
    "facilitator-leads", .forbidden,
    da: "Det er den, der leder mødet, der styrer runden.",
    en: "Whoever leads the meeting runs the round.")
}
