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
  private let isGroup: Bool
  private let softMinutes: Int?
  private let state: Mutex<State>

  private struct State {
    var hasSound = false
    var hasPicture = false
    var caption: PictureCaption
    var isInterrupted = false
    /// Whether it has been said that the service is away.
    var saidAway = false
    var present: [PersonReference] = []
    var hands: [PersonReference] = []
    var round: FloorRecord.Round?
    var quality = ConnectionQuality.unknown
    var lastLineAt = 0
  }

  /// Where nobody looks at a live line, a plain one is written this often, in seconds.
  private static let plainInterval = 10

  /// The screen of `me`, who has `part` in a visit with `other`: a person, or by name a group.
  /// `softMinutes`: what the talk is meant to take, where that is shown.
  public init(
    texts: Texts, terminal: Terminal, other: PersonReference, me: String, part: VisitPart,
    isGroup: Bool = false, softMinutes: Int? = nil
  ) {
    self.isGroup = isGroup
    self.softMinutes = softMinutes
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
    let clock =
      dates.stopwatch(seconds)
      + (softMinutes.map { texts[.softOf, ["n": String($0)]] } ?? "")
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
    case .ringing: return isGroup ? [] : [texts[.progressRinging, name]]
    case .answered: return [texts[isGroup ? .progressRoomOpen : .progressAnswered, name]]
    case .service(let isOnline): return service(isOnline)
    case .room(let people): return room(people)
    case .picture(let picture):
      return captions { $0.take(picture) }
    case .softTimer(let timer): return softTimer(timer)
    case .floor(let floor): return lines(for: floor)
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

  /// A gentle word when the time meant for a talk is nearly over, and one when it is (C2).
  private func softTimer(_ timer: VisitEvent.SoftTimer) -> [String] {
    let values = [
      "minutes": String(timer.minutes), "soft": String(timer.softMinutes),
      "left": String(max(0, timer.softMinutes - timer.minutes)),
    ]
    switch timer.phase {
    case "nearing": return [texts[.softNearing, values]]
    case "over": return [texts[.softOver, values]]
    default: return []
    }
  }

  /// Hands that were raised, for whoever leads the meeting, and whose turn it is in a round.
  func lines(for floor: FloorRecord) -> [String] {
    let (hands, round) = state.withLock { state in
      defer { (state.hands, state.round) = (floor.hands ?? [], floor.round) }
      return (state.hands, state.round)
    }
    let raised = (floor.hands ?? []).filter { one in !hands.contains { $0.id == one.id } }
    var lines = raised.map { texts[.progressHand, ["name": $0.displayName]] }
    if let current = floor.round?.current, current.id != round?.current?.id {
      lines.append(texts[.progressTurn, ["name": current.displayName]])
    }
    if round != nil, floor.round == nil { lines.append(texts[.progressRoundOver]) }
    return lines
  }

  /// Who came and who left: nobody listens unseen.
  private func room(_ people: [PersonReference]) -> [String] {
    let now = people.filter { $0.id != me }
    let before = state.withLock { state in
      defer { state.present = now }
      return state.present
    }
    // The one who is talked with is announced by the call itself; a group's members are not.
    let came = now.filter { one in
      !before.contains { $0.id == one.id } && (isGroup || one.id != other.id)
    }
    let left = before.filter { one in
      !now.contains { $0.id == one.id } && (isGroup || one.id == other.id)
    }
    return came.map { texts[.progressCame, ["name": $0.displayName]] }
      + left.map {
        texts[isGroup ? .progressLeftGroup : .progressLeft, ["name": $0.displayName]]
      }
  }
}
