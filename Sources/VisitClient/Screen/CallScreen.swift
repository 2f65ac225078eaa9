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
  private let part: VisitPart
  private let state: Mutex<State>

  private struct State {
    var hasSound = false
    var hasPicture = false
    var caption: PictureCaption
    var isInterrupted = false
    /// Whether it has been said that the service is away.
    var saidAway = false
    var present: Set<String> = []
    var quality = ConnectionQuality.unknown
    var lastLineAt = 0
  }

  /// Where nobody looks at a live line, a plain one is written this often, in seconds.
  private static let plainInterval = 10

  /// The screen of `me`, who has `part` in a visit with `other`.
  public init(
    texts: Texts, terminal: Terminal, other: PersonReference, me: String, part: VisitPart
  ) {
    state = Mutex(State(caption: PictureCaption(me: me)))
    self.part = part
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
    guard status.isConnected else { return texts[.statusInterrupted] }
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
    case .service(let isOnline): return service(isOnline)
    case .room(let people): return room(people)
    case .picture(let picture):
      return captions { $0.take(picture) }
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
      state.withLock { $0.isInterrupted = true }
      // Whoever is rung has nothing to do, and is told so.
      return [texts[part == .caller ? .progressInterrupted : .kioskInterrupted]]
    case .resumed:
      state.withLock { $0.isInterrupted = false }
      return [texts[part == .caller ? .progressResumed : .kioskResumed]]
    case .ownPicture(let step):
      return captions { $0.take(own: step) }
    case .joining, .connected, .refused, .stopped:
      return []
    }
  }

  /// While the network is gone, that the service is gone too is no news, and that the conversation goes
  /// on would be untrue.
  private func service(_ isOnline: Bool) -> [String] {
    let isNews = state.withLock { state in
      guard state.saidAway == isOnline else { return false }
      if isOnline || !state.isInterrupted { state.saidAway = !isOnline }
      return !state.isInterrupted
    }
    return isNews ? [texts[isOnline ? .progressServiceBack : .progressServiceAway]] : []
  }

  /// The lines of what changed about the pictures, in words.
  private func captions(_ change: (inout PictureCaption) -> [PictureCaption.Line]) -> [String] {
    state.withLock { change(&$0.caption) }.map { line in
      switch line {
      case .held: texts[.pictureHeld]
      case .back: texts[.pictureBack]
      case .ownHeld: texts[.pictureOwnHeld, ["name": other.displayName]]
      case .ownBack: texts[.pictureOwnBack, ["name": other.displayName]]
      }
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
