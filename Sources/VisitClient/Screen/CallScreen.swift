import Foundation
import MediaEngine
import Synchronization

/// A visit in plain words on a terminal: a line for whatever happens, and one live line below.
public final class CallScreen: Sendable {
  private let texts: Texts
  private let dates: DateText
  private let terminal: Terminal
  private let other: PersonReference
  private let me: String
  private let state = Mutex(State())

  private struct State {
    var hasSound = false
    var hasPicture = false
    var isInterrupted = false
    var present: Set<String> = []
    var quality = ConnectionQuality.unknown
    var lastLineAt = 0
  }

  /// Where nobody looks at a live line, a plain one is written this often, in seconds.
  private static let plainInterval = 10

  /// The screen of a visit with `other`.
  public init(texts: Texts, terminal: Terminal, other: PersonReference, me: String) {
    self.texts = texts
    self.dates = DateText(texts)
    self.terminal = terminal
    self.other = other
    self.me = me
  }

  /// Shows what happened.
  public func show(_ progress: VisitProgress) {
    for line in lines(for: progress) { terminal.line(line) }
    if case .ringing = progress { terminal.show(status: texts[.statusRinging]) }
    if case .answered = progress { terminal.show(status: texts[.statusConnecting]) }
  }

  /// Shows where the call stands; called once a second.
  public func show(_ status: CallStatus) {
    guard let seconds = status.seconds else { return }
    let text = line(for: status, seconds: seconds)
    terminal.show(status: text)
    guard !terminal.isInteractive else { return }
    let isDue = state.withLock { state in
      let changed = state.quality != status.quality && state.quality != .unknown
      state.quality = status.quality
      guard changed || seconds >= state.lastLineAt + Self.plainInterval else { return false }
      state.lastLineAt = seconds
      return true
    }
    if isDue { terminal.line(text) }
  }

  private func line(for status: CallStatus, seconds: Int) -> String {
    let clock = dates.stopwatch(seconds)
    let (hasSound, hasPicture) = state.withLock { ($0.hasSound, $0.hasPicture) }
    guard status.isConnected else { return texts[.statusInterrupted, ["time": clock]] }
    if status.quality == .silent {
      return texts[.statusOtherSilent, ["time": clock, "name": other.displayName]]
    }
    let what: TextKey =
      hasSound && hasPicture ? .statusBoth : hasSound ? .statusSound : .statusWaiting
    let values = ["time": clock, "quality": texts[Self.words[status.quality] ?? .qualityUnknown]]
    return texts[what, values]
  }

  private static let words: [ConnectionQuality: TextKey] = [
    .good: .qualityGood, .fair: .qualityFair, .poor: .qualityPoor, .unknown: .qualityUnknown,
  ]

  private func lines(for progress: VisitProgress) -> [String] {
    let name = ["name": other.displayName]
    switch progress {
    case .ringing: return [texts[.progressRinging, name]]
    case .answered: return [texts[.progressAnswered, name]]
    case .service(let isOnline):
      return [texts[isOnline ? .progressServiceBack : .progressServiceAway]]
    case .room(let people): return room(people)
    case .call(let call): return lines(for: call)
    }
  }

  private func lines(for call: CallProgress) -> [String] {
    switch call {
    case .firstSound:
      state.withLock { $0.hasSound = true }
      return [texts[.progressSound]]
    case .firstPicture:
      state.withLock { $0.hasPicture = true }
      return [texts[.progressPicture]]
    case .interrupted:
      return [texts[.progressInterrupted]]
    case .resumed(let milliseconds):
      return [texts[.progressResumed, ["seconds": dates.seconds(milliseconds)]]]
    case .joining, .connected, .refused, .stopped:
      return []
    }
  }

  /// Who came and who left: nobody listens unseen.
  private func room(_ people: [PersonReference]) -> [String] {
    let now = people.filter { $0.id != me }
    let before = state.withLock { state in
      defer { state.present = Set(now.map(\.id)) }
      return state.present
    }
    let came = now.filter { !before.contains($0.id) && $0.id != other.id }
    var lines = came.map { texts[.progressCame, ["name": $0.displayName]] }
    if before.contains(other.id) && !now.contains(where: { $0.id == other.id }) {
      lines.append(texts[.progressLeft, ["name": other.displayName]])
    }
    return lines
  }
}
