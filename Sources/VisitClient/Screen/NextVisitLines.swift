import Foundation
import Synchronization

/// Tells a worker in a visit of the next citizen who waits, and tells that citizen of a delay at the
/// press of a key.
final class NextVisitLines: Sendable {
  private let api: BesoegAPI
  private let texts: Texts
  private let terminal: Terminal
  private let watch: Mutex<OverrunWatch>

  /// How often the day is read again: visits are moved and called off meanwhile.
  private static let readEvery = 60
  /// The key, in Danish and English: forsinket, delayed.
  private static let keys: Set<Character> = ["f", "F", "d", "D"]

  init(during visit: Visit, me: String, api: BesoegAPI, texts: Texts, terminal: Terminal) {
    self.api = api
    self.texts = texts
    self.terminal = terminal
    watch = Mutex(OverrunWatch(during: visit, me: me))
  }

  /// Watches until cancelled; says nothing before `isInCall`.
  func run(_ isInCall: @Sendable () -> Bool) async {
    var second = 0
    while !Task.isCancelled {
      if second % Self.readEvery == 0 { await read() }
      if isInCall(), let warning = watch.withLock({ $0.warning(at: Date()) }) {
        terminal.line(line(warning))
      }
      second += 1
      try? await Task.sleep(for: .seconds(1))
    }
  }

  /// Takes the keys that are pressed, until cancelled.
  func takeKeys() async {
    for await key in KeyLines.presses() where Self.keys.contains(key) { await announce() }
  }

  private func read() async {
    let day = Copenhagen().workday(at: Date())
    // What cannot be read now is read again in a minute; the call goes on.
    guard let visits = try? await api.visits(from: day.lowerBound, to: day.upperBound) else {
      return
    }
    watch.withLock { $0.take(visits) }
  }

  private func announce() async {
    await read()
    let (wanted, hasNext) = watch.withLock { ($0.nextAnnouncement, $0.next != nil) }
    guard let wanted else {
      return terminal.line(texts[hasNext ? .delayTooLong : .delayNobodyNext])
    }
    do {
      let delay = try await api.delay(wanted.visit.id, minutes: wanted.minutes)
      watch.withLock { $0.told(delay.minutes) }
      for line in delay.lines(in: texts) { terminal.line(line) }
    } catch {
      terminal.line(error.text(in: texts, server: api.server))
    }
  }

  private func line(_ warning: OverrunWatch.Warning) -> String {
    let dates = DateText(texts)
    switch warning {
    case .soon(let visit, let minutes):
      return texts[
        .overrunSoon,
        [
          "n": String(minutes), "name": VisitWords.who(visit),
          "time": dates.clock(visit.start),
        ]]
    case .late(let visit):
      return texts[
        .overrunLate, ["name": VisitWords.who(visit), "time": dates.clock(visit.start)]]
    }
  }
}
