import Foundation
import VisitClient

/// What the citizen sees and hears outside a call.
struct KioskScreen {
  let texts: Texts
  let terminal = Terminal.standard
  /// What was last shown while idle, so that it is not shown again for nothing.
  private var lastIdle: [String] = []

  init(texts: Texts) { self.texts = texts }

  /// Today's visits and what to do now: nothing.
  mutating func showIdle(_ visits: [Visit], now: Date) {
    let dates = DateText(texts)
    let open = visits.filter {
      ($0.state == .booked || $0.state == .missed) && $0.end > now
    }.sorted { $0.start < $1.start }
    var lines = ["", texts[.kioskTitle, ["day": dates.day(now, now: now)]]]
    if open.isEmpty {
      lines += wrapped(texts[.kioskIdleNone], width: terminal.width)
    } else {
      for visit in open {
        let values = ["time": dates.clock(visit.start), "name": visit.worker.displayName]
        lines += wrapped(texts[.kioskIdleVisit, values], width: terminal.width)
      }
      lines.append(texts[.kioskIdleWait])
    }
    lines.append(texts[.kioskPrivacy])
    guard lines != lastIdle else { return }
    lastIdle = lines
    terminal.print(lines: lines)
  }

  /// It rings: who, and which keys.
  mutating func showRing(from name: String, answersByItself: Bool) {
    lastIdle = []
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
