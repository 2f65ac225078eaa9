import Foundation
import VisitClient

/// What the citizen sees and hears outside a call.
struct KioskScreen {
  let texts: Texts
  let terminal = Terminal.standard
  /// The citizen's newest request to be called.
  var callback: Callback?
  /// Times put to the citizen that are not answered.
  var proposals: [ProposalRecord] = []
  /// What is being asked with numbered answers; the rest waits behind it.
  var question: KioskQuestion?
  /// Whether anybody answers now; nil before it is known.
  var contact: ContactRecord?
  /// What the citizen is asked before it is passed on.
  var disclosures: [DisclosureRecord] = []
  /// What was last shown while idle, so that it is not shown again for nothing.
  private var lastIdle: [String] = []
  /// What the citizen was told of visits that begin later, by visit.
  private var delays: [String: (text: String, start: Date?)] = [:]

  init(texts: Texts) { self.texts = texts }

  /// Today's visits and what to do now: nothing.
  mutating func showIdle(_ visits: [Visit], now: Date) {
    guard question == nil else { return }
    let dates = DateText(texts)
    let open = Self.open(visits, now: now)
    var lines = ["", texts[.kioskTitle, ["day": dates.day(now, now: now)]]]
    if open.isEmpty {
      lines += wrapped(texts[.kioskIdleNone], width: terminal.width)
    } else {
      for visit in open {
        let values = ["time": dates.clock(visit.start), "name": visit.worker.displayName]
        lines += wrapped(texts[Self.words(for: visit), values], width: terminal.width)
        if let delay = delay(of: visit) { lines += wrapped(delay, width: terminal.width) }
      }
      lines.append(texts[.kioskIdleWait])
    }
    if let question = disclosures.first {
      lines += [""] + DisclosureQuestion.lines(question, texts, width: terminal.width) + [""]
    }
    if let notice = contact?.notice {
      lines += wrapped(notice.text(texts.language), width: terminal.width)
    }
    lines += callLines()
    if !open.isEmpty { lines += wrapped(texts[.kioskNotSuit], width: terminal.width) }
    if proposals.contains(where: { !$0.starts.isEmpty }) {
      lines += wrapped(texts[.kioskPickKey], width: terminal.width)
    }
    lines.append(texts[.kioskPrivacy])
    guard lines != lastIdle else { return }
    lastIdle = lines
    terminal.print(lines: lines)
  }

  /// Visits of the day that are still to be held, soonest first.
  static func open(_ visits: [Visit], now: Date) -> [Visit] {
    visits.filter { ($0.state == .booked || $0.state == .missed) && $0.end > now }
      .sorted { $0.start < $1.start }
  }

  /// Asks with numbered answers.
  mutating func ask(_ new: KioskQuestion) {
    question = new
    lastIdle = []
    terminal.clearStatus()
    terminal.print(lines: new.lines(width: terminal.width, texts: texts))
  }

  /// Who does what: rings here, rings the telephone, comes, or opens the meeting.
  private static func words(for visit: Visit) -> TextKey {
    if visit.form == "physical" { return .kioskIdleHome }
    if visit.mediaMode == "phone" { return .kioskIdlePhone }
    return visit.form == "group" ? .kioskIdleGroup : .kioskIdleVisit
  }

  /// Keeps what the citizen was told of a delay, to be shown with the visit.
  mutating func take(delay said: VisitEvent.Said) {
    delays[said.visit] = (said.notice.text(texts.language), said.start)
  }

  /// What was said of a visit's delay; it is no longer so once the visit has another time.
  private func delay(of visit: Visit) -> String? {
    delays[visit.id].flatMap { $0.start == visit.start ? $0.text : nil }
  }

  /// What has become of the citizen's wish to be called, and which keys there are.
  private func callLines() -> [String] {
    var said: [String] = []
    var keys: TextKey = .kioskCallMe
    if let callback {
      if !callback.isOver || callback.state == "withdrawn" {
        said.append(callback.status.text(texts.language))
      }
      if !callback.isOver { keys = callback.isUrgent ? .kioskCallNot : .kioskCallUrgent }
    }
    return (said + [texts[keys]]).flatMap { wrapped($0, width: terminal.width) }
  }

  /// What came of the citizen's yes or no.
  mutating func showAnswer(to question: DisclosureRecord) {
    disclosures.removeAll { $0.id == question.id }
    say(
      question.state == "declined" ? .kioskDisclosureNo : .kioskDisclosureYes,
      name: question.recipient)
  }

  /// It rings: who, and which keys.
  mutating func showRing(from name: String, answersByItself: Bool) {
    lastIdle = []
    question = nil
    terminal.print(lines: ["", texts[.kioskRings, ["name": name]]])
    terminal.line(texts[answersByItself ? .kioskAutoAnswers : .kioskKeys])
    terminal.bell()
  }

  /// One sentence.
  mutating func say(_ key: TextKey, name: String = "") {
    lastIdle = []
    terminal.clearStatus()
    terminal.line(texts[key, ["name": name]])
  }

  /// What the service says.
  mutating func say(_ text: String) {
    lastIdle = []
    terminal.clearStatus()
    terminal.line(text)
  }

  /// Says that the kiosk answers by itself, and how long there is to say no.
  func showCountdown(to time: Date?) {
    guard let time else { return }
    let seconds = max(0, Int(time.timeIntervalSinceNow.rounded(.up)))
    terminal.line(texts[.kioskCountdown, ["n": String(seconds)]])
  }

  /// How a call went, in the citizen's words.
  mutating func showEnd(_ result: VisitResult, name: String) {
    switch result.outcome {
    case .held: say(.kioskThanks)
    case .answeredElsewhere: say(.kioskElsewhere)
    case .noConnection, .refused: say(.kioskNoConnection, name: name)
    case .calledOff, .declined, .missed: say(.kioskMissed, name: name)
    }
  }
}
