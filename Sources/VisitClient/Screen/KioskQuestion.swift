public import Foundation

/// A question on the citizen's screen with numbered answers: what else there is to do about a visit, or
/// which time suits. Nothing about a visit is done before a second yes (E3, B19).
public struct KioskQuestion: Sendable, Hashable {
  /// What an answer does.
  public enum Action: Sendable, Hashable {
    /// Asks once more.
    case consider(Way)
    /// Does it.
    case carryOut(Way)
    /// Chooses a time of a proposal.
    case choose(proposal: String, start: Date)
    /// Says that none of a proposal's times suits.
    case declineTimes(proposal: String)
    /// Leaves everything as it is.
    case leave
  }

  /// What can be done about a visit, by the service's word where it has one.
  public enum Way: String, Sendable, Hashable {
    /// A telephone call instead.
    case phone
    /// On screen with sound alone.
    case audio
    /// On screen with a picture.
    case video
    /// Somebody rings and another time is found.
    case talk
    /// It is called off.
    case cancel
  }

  /// An answer by its number.
  public struct Answer: Sendable, Hashable {
    /// What it says.
    public var text: String
    /// What it does.
    public var action: Action
  }

  /// The visit it is about; nil where it is about times for one.
  public var visit: Visit?
  /// What is asked.
  public var title: String
  /// The answers, the first by number 1. The last leaves things as they are.
  public var answers: [Answer]

  /// What else there is to do about a visit.
  public init(about visit: Visit, _ ways: VisitWaysRecord, texts: Texts, now: Date) {
    self.visit = visit
    let words = Self.words(visit, texts, now)
    title = texts[.kioskWaysTitle, words]
    let known = ways.conversions.compactMap(Way.init(rawValue:)) + [.talk]
    answers = (known + (ways.canCancel ? [.cancel] : [])).map {
      Answer(text: texts[$0.offer], action: .consider($0))
    }
    answers.append(Answer(text: texts[.kioskLeave], action: .leave))
  }

  /// Whether that is what is wanted.
  public init(sure way: Way, about visit: Visit, texts: Texts, now: Date) {
    self.visit = visit
    title = texts[way.question, Self.words(visit, texts, now)]
    answers = [
      Answer(text: texts[.kioskYes], action: .carryOut(way)),
      Answer(text: texts[.kioskLeave], action: .leave),
    ]
  }

  /// Which of a proposal's times suits.
  public init(times proposal: ProposalRecord, texts: Texts, now: Date) {
    let dates = DateText(texts)
    title =
      texts[
        .kioskTimesTitle,
        ["name": proposal.workerName ?? "", "minutes": String(proposal.durationMinutes)]]
    answers = proposal.starts.filter { $0 > now }.map { start in
      let day = dates.spokenDay(start, now: now)
      return Answer(
        text: texts[.dayAtClock, ["day": day, "time": dates.clock(start)]],
        action: .choose(proposal: proposal.id, start: start))
    }
    answers += [
      Answer(text: texts[.kioskTimesNone], action: .declineTimes(proposal: proposal.id)),
      Answer(text: texts[.kioskTimesLater], action: .leave),
    ]
  }

  /// The answer that a typed number means.
  public func answer(_ key: String) -> Answer? {
    guard let number = Int(key), answers.indices.contains(number - 1) else { return nil }
    return answers[number - 1]
  }

  /// The question as lines of the screen.
  public func lines(width: Int, texts: Texts) -> [String] {
    [""] + wrapped(title, width: width)
      + zip(1..., answers).map { "  \($0)  \($1.text)" } + [texts[.kioskAnswerHint]]
  }

  /// What is said when it is done.
  public static func done(_ way: Way, _ visit: Visit, texts: Texts, now: Date) -> String {
    texts[way.done, words(visit, texts, now)]
  }

  private static func words(_ visit: Visit, _ texts: Texts, _ now: Date) -> [String: String] {
    let dates = DateText(texts)
    return [
      "name": visit.worker.displayName, "day": dates.spokenDay(visit.start, now: now),
      "time": dates.clock(visit.start),
    ]
  }
}

extension KioskQuestion.Way {
  fileprivate var offer: TextKey {
    switch self {
    case .phone: .kioskWayPhone
    case .audio: .kioskWayAudio
    case .video: .kioskWayVideo
    case .talk: .kioskWayTalk
    case .cancel: .kioskWayCancel
    }
  }

  fileprivate var question: TextKey {
    switch self {
    case .phone: .kioskSurePhone
    case .audio: .kioskSureAudio
    case .video: .kioskSureVideo
    case .talk: .kioskSureTalk
    case .cancel: .kioskSureCancel
    }
  }

  fileprivate var done: TextKey {
    switch self {
    case .phone: .kioskDonePhone
    case .audio: .kioskDoneAudio
    case .video: .kioskDoneVideo
    case .talk: .kioskDoneTalk
    case .cancel: .kioskDoneCancel
    }
  }
}
