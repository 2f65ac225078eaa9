import MediaEngine
import Synchronization
import VisitClient

/// Follows both ends of the demo's call and tells the screen.
final class MediaWatch: Sendable {
  private struct State {
    var isAnswered = false
    var firstSounds: [String: Int64] = [:]
    var firstPictures: [String: Int64] = [:]
    var isThrough = false
  }

  private let screen: DemoScreen
  private let seconds: Int
  private let names: [String: String]
  private let state = Mutex(State())

  init(screen: DemoScreen, seconds: Int, names: [String: String]) {
    self.screen = screen
    self.seconds = seconds
    self.names = names
  }

  /// Something happened at one end.
  func take(_ progress: VisitProgress, from party: PersonReference) {
    switch progress {
    case .answered:
      screen.done(.demoStepAnswer, names, .demoStepAnswerDone)
      screen.begin(.demoStepMedia)
    case .call(.firstSound(let milliseconds)):
      state.withLock { $0.firstSounds[party.id] = $0.firstSounds[party.id] ?? milliseconds }
      lookThrough()
    case .call(.firstPicture(let milliseconds)):
      state.withLock { $0.firstPictures[party.id] = $0.firstPictures[party.id] ?? milliseconds }
      lookThrough()
    case .call(.interrupted):
      screen.note(.demoNoteInterrupted, ["name": party.displayName])
    case .call(.resumed(let milliseconds)):
      screen.note(
        .demoNoteResumed,
        ["name": party.displayName, "seconds": screen.dates.seconds(milliseconds)])
    case .service(let isOnline) where party.displayName == names["worker"]:
      screen.note(isOnline ? .demoNoteServiceBack : .demoNoteServiceAway)
    case .ringing, .room, .picture, .softTimer, .floor, .service, .call:
      break
    }
  }

  /// Draws the bar, once media flows both ways.
  func tick(_ statuses: [CallStatus]) {
    guard state.withLock({ $0.isThrough }), let elapsed = statuses[0].seconds else { return }
    let frames = statuses.map { $0.statistics.received.framesDecoded }
    screen.bar(seconds: elapsed, of: seconds, frames: frames)
  }

  /// Says once that sound and picture arrive at both ends, with the later of each.
  private func lookThrough() {
    let later = state.withLock { state -> (Int64, Int64)? in
      guard !state.isThrough, state.firstSounds.count == 2, state.firstPictures.count == 2,
        let sound = state.firstSounds.values.max(), let picture = state.firstPictures.values.max()
      else { return nil }
      state.isThrough = true
      return (sound, picture)
    }
    guard let (sound, picture) = later else { return }
    screen.done(
      .demoStepMedia, [:], .demoStepMediaDone,
      ["sound": screen.dates.seconds(sound), "picture": screen.dates.seconds(picture)])
  }
}
