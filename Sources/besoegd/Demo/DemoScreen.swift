import Foundation
import MediaEngine
import Synchronization
import VisitClient

/// What the demo shows: a line per step, a bar while media flows, and what it came to.
final class DemoScreen: Sendable {
  let texts: Texts
  let dates: DateText
  private let terminal = Terminal.standard
  private let lastBar = Mutex(-1)
  private let isInterrupted = Mutex(false)

  /// Where nobody looks at a live bar, a plain line is written this often, in seconds.
  private static let plainInterval = 5
  private static let barWidth = 30

  init(texts: Texts) {
    self.texts = texts
    self.dates = DateText(texts)
  }

  /// Whether somebody pressed Ctrl-C.
  var wasInterrupted: Bool { isInterrupted.withLock { $0 } }

  func title() {
    terminal.print(lines: ["", texts[.demoTitle], ""])
  }

  /// A step begins.
  func begin(_ key: TextKey, _ values: [String: String] = [:]) {
    if wasInterrupted { return }
    terminal.show(status: "  … \(texts[key, values])")
  }

  /// A step is done: what it was, and what came of it.
  func done(
    _ key: TextKey, _ values: [String: String] = [:], _ result: TextKey,
    _ results: [String: String] = [:]
  ) {
    if wasInterrupted { return }
    terminal.clearStatus()
    terminal.line("  ✓ \(texts[key, values]): \(texts[result, results])")
  }

  /// Lines as they are.
  func lines(_ lines: [String]) {
    if wasInterrupted { return }
    terminal.clearStatus()
    terminal.print(lines: lines)
  }

  /// Something happened that is no step.
  func note(_ key: TextKey, _ values: [String: String] = [:]) {
    if wasInterrupted { return }
    terminal.line("  ! \(texts[key, values])")
  }

  /// How far the call has got, and how many pictures each has seen.
  func bar(seconds: Int, of total: Int, frames: [Int64]) {
    if wasInterrupted { return }
    let filled = min(seconds, total) * Self.barWidth / max(total, 1)
    let bar =
      String(repeating: "█", count: filled)
      + String(repeating: "░", count: Self.barWidth - filled)
    let text = texts[
      .demoBar,
      [
        "time": dates.stopwatch(min(seconds, total)), "total": dates.stopwatch(total),
        "frames": frames.map(String.init).joined(separator: " / "),
      ]]
    terminal.show(status: "  \(bar)  \(text)")
    guard !terminal.isInteractive else { return }
    let isDue = lastBar.withLock { last in
      let step = seconds / Self.plainInterval
      defer { last = max(last, step) }
      return step > last && seconds > 0
    }
    if isDue { terminal.line("  \(bar)  \(text)") }
  }

  /// The table, the proof and the verdict.
  func show(_ result: DemoResult) {
    if wasInterrupted { return }
    terminal.print(lines: ["", texts[.demoTableHeading], ""])
    var table = TextTable([
      .init(texts[.demoColumnWho]), .init(texts[.demoColumnSound], .right),
      .init(texts[.demoColumnPicture], .right), .init(texts[.demoColumnFrames], .right),
      .init(texts[.demoColumnLoss], .right), .init(texts[.demoColumnFreezes], .right),
      .init(texts[.demoColumnConcealed], .right), .init(texts[.demoColumnMOS], .right),
    ])
    for side in result.sides {
      table.append([
        side.name, seconds(side.firstSoundMs), seconds(side.firstPictureMs),
        String(side.framesDecoded), percent(side.lossPercent),
        side.freezeCount.map(String.init) ?? "–", percent(side.concealedPercent),
        side.mos.map(dates.decimal) ?? "–",
      ])
    }
    terminal.print(lines: table.lines(width: terminal.width).map { "  \($0)" })
    terminal.print(lines: ["", texts[.demoProofHeading], ""])
    for side in result.sides { terminal.line("  \(proof(side))") }
    if let profile = result.sides.compactMap(\.srtpProfile).first {
      terminal.line("  \(texts[.demoEncryption, ["profile": profile]])")
    }
    terminal.line()
    terminal.line(texts[.demoFirstTry, ["verdict": verdict(result.verdict)]])
    terminal.line()
  }

  func failed(_ reason: String) {
    if wasInterrupted { return }
    terminal.clearStatus()
    terminal.line(texts[.demoFailed, ["reason": reason]])
  }

  /// Somebody pressed Ctrl-C: what happens from here on is of no interest.
  func interrupted() {
    isInterrupted.withLock { $0 = true }
    terminal.clearStatus()
    terminal.line(texts[.demoInterrupted])
  }

  func stopped(_ folder: DemoFolder) {
    if folder.stays { terminal.line(texts[.demoStoppedKept, ["folder": folder.data]]) }
  }

  /// The page to open, and with `keeps` how to ring it.
  func byHand(page: String, worker: String, ring: [String], keeps: Bool) {
    if wasInterrupted { return }
    guard keeps else {
      terminal.line(texts[.demoByHandPage, ["page": page]])
      terminal.line(texts[.demoByHandKeep])
      return
    }
    terminal.print(lines: [texts[.demoByHandHeading], "", texts[.demoByHandOpen]])
    // Unbroken, so that it can be copied.
    terminal.print(lines: ["   \(page)", "", texts[.demoByHandRing, ["worker": worker]]])
    terminal.print(lines: ring.map { "   \($0)" } + ["", texts[.demoByHandStop]])
  }

  private func proof(_ side: DemoResult.Side) -> String {
    let faults = side.faults(texts: texts, dates: dates)
    guard faults.isEmpty else {
      return texts[
        .demoProofNo, ["name": side.name, "what": faults.joined(separator: ", ")]]
    }
    return texts[
      .demoProofYes,
      [
        "name": side.name, "frames": String(side.proof.framesSeen),
        "missing": String(side.proof.framesMissing),
        "seconds": dates.seconds(Int64(side.proof.audibleMs)),
      ]]
  }

  private func verdict(_ verdict: Verdict) -> String {
    switch verdict.firstTry {
    case true: return texts[.demoYes]
    case nil: return texts[.demoUnknown]
    default:
      let causes = verdict.causes.map { texts.language == .danish ? $0.da : $0.en }
      return causes.isEmpty
        ? texts[.demoNo] : texts[.demoNoBecause, ["causes": causes.joined(separator: " ")]]
    }
  }

  private func seconds(_ milliseconds: Int64?) -> String {
    milliseconds.map { texts[.secondsShort, ["n": dates.seconds($0)]] } ?? "–"
  }

  private func percent(_ value: Double?) -> String {
    value.map { texts[.percent, ["n": dates.decimal($0)]] } ?? "–"
  }
}
