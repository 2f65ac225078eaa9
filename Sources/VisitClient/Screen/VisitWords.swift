public import Foundation

/// Visits, outcomes and verdicts in plain words.
public struct VisitWords: Sendable {
  private let texts: Texts
  private let dates: DateText

  /// Words in the language of `texts`.
  public init(_ texts: Texts) {
    self.texts = texts
    self.dates = DateText(texts)
  }

  /// How a visit's state is said.
  public func state(_ visit: Visit, now: Date) -> String {
    switch visit.state {
    case .booked:
      let minutes = Int((visit.start.timeIntervalSince(now) / 60).rounded(.up))
      if visit.end < now { return texts[.stateNotHeld] }
      if minutes <= 0 { return texts[.stateDue] }
      if minutes < 60 {
        return texts[minutes == 1 ? .stateInOneMinute : .stateInMinutes, ["n": String(minutes)]]
      }
      return texts[.stateBooked]
    case .ringing: return texts[.stateRinging]
    case .active: return texts[.stateActive]
    case .ended: return texts[.stateEnded]
    case .cancelled: return texts[.stateCancelled]
    case .missed: return texts[.stateMissed]
    case .unknown: return ""
    }
  }

  /// A day's visits as a table. `me` decides whose name is shown: the other party's.
  public func table(_ visits: [Visit], me: String?, now: Date) -> TextTable {
    var table = TextTable([
      .init(texts[.columnTime]), .init(texts[.columnWho]), .init(texts[.columnState]),
      .init(texts[.columnID]),
    ])
    for visit in visits.sorted(by: { $0.start < $1.start }) {
      let isWorker = visit.worker.id == me
      let isCitizen = visit.citizen.id == me
      let who =
        isWorker
        ? Self.who(visit)
        : isCitizen
          ? visit.worker.displayName
          : texts[
            .whoWithWhom,
            ["citizen": Self.who(visit), "worker": visit.worker.displayName]]
      table.append([
        dates.span(from: visit.start, to: visit.end), who, state(visit, now: now),
        Self.short(visit.id),
      ])
    }
    return table
  }

  /// Who is visited: the citizen, or in a group one of them and how many there are besides.
  public static func who(_ visit: Visit) -> String {
    let others = (visit.participants ?? [])
      .filter { $0.id != visit.citizen.id && $0.id != visit.worker.id }
    return visit.citizen.displayName + (others.isEmpty ? "" : " + \(others.count)")
  }

  /// The beginning of an id: enough to tell a day's visits apart.
  public static func short(_ id: String) -> String { String(id.prefix(8)) }

  /// One sentence about how a visit went, before its verdict is known.
  public func outcome(_ outcome: VisitOutcome, other: PersonReference, server: String) -> String {
    let name = ["name": other.displayName]
    return switch outcome {
    case .held(let endedByOther):
      texts[endedByOther ? .outcomeHeldByOther : .outcomeHeld, name]
    case .declined: texts[.outcomeDeclined, name]
    case .missed: texts[.outcomeMissed, name]
    case .calledOff: texts[.outcomeCalledOff]
    case .answeredElsewhere: texts[.outcomeElsewhere]
    case .refused(let error): error.text(in: texts, server: server)
    case .noConnection: texts[.outcomeNoConnection, name]
    }
  }

  /// The verdict in one line: whether it worked at the first try and, if not, why.
  public func verdict(_ verdict: Verdict) -> String {
    guard let firstTry = verdict.firstTry else { return texts[.verdictUnknown] }
    guard !firstTry else { return texts[.verdictYes] }
    let causes = verdict.causes.map { texts.language == .danish ? $0.da : $0.en }
    return causes.isEmpty
      ? texts[.verdictNo] : texts[.verdictNoBecause, ["causes": causes.joined(separator: " ")]]
  }

  /// A verdict's figures as a table, a row per participant; `names` by person id.
  public func figures(_ verdict: Verdict, names: [String: String]) -> TextTable {
    var table = TextTable([
      .init(texts[.columnWho]), .init(texts[.columnSound], .right),
      .init(texts[.columnPicture], .right), .init(texts[.columnFrames], .right),
      .init(texts[.columnLoss], .right), .init(texts[.columnFreezes], .right),
      .init(texts[.columnMOS], .right),
    ])
    for one in verdict.participants {
      table.append([
        names[one.participant] ?? Self.short(one.participant), seconds(one.firstSoundMs),
        seconds(one.firstPictureMs), one.framesDecoded.map(String.init) ?? "–",
        one.lossPercent.map { texts[.percent, ["n": dates.decimal($0)]] } ?? "–",
        one.freezeCount.map(String.init) ?? "–", one.mos.map(dates.decimal) ?? "–",
      ])
    }
    return table
  }

  private func seconds(_ milliseconds: Int64?) -> String {
    milliseconds.map { texts[.secondsShort, ["n": dates.seconds($0)]] } ?? "–"
  }
}
