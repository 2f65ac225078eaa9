import Congestion
public import Wire

// What the room does by the clock, and when it wants to be woken for it.
extension Room {
  /// Does what is due: reports, feedback, NACKs, keyframe requests, speaker detection.
  public mutating func advance(to now: MonotonicTime, into sink: inout ForwardSink) {
    if let nextWake, nextWake > now { return }
    if let due = speakersDueAt, due <= now {
      if speakerDetector.advance(to: now) { speakersChanged() }
      speakersDueAt = speakerDetector.speaking == 0 ? nil : speakersBeat(after: now)
    }
    sendKeyframeRequests(now: now, into: &sink)
    for index in 0..<capacity where participants[index].isPresent {
      noteSilence(of: index, now: now)
      guard participants[index].isConnected else { continue }
      sendNACKs(to: index, now: now, into: &sink)
      sendEchoes(to: index, now: now, into: &sink)
      sendFeedback(to: index, now: now, into: &sink)
      sendReports(to: index, now: now, into: &sink)
      advanceBandwidth(of: index, now: now, into: &sink)
    }
    plan(at: now)
  }

  /// When to look at the speakers again. In a visit of two nobody's place hangs on it, and it is looked at
  /// with all the rest.
  @inline(__always)
  func speakersBeat(after now: MonotonicTime) -> MonotonicTime {
    clock.beat(
      after: now, every: capacity == 2 ? DownstreamPath.interval : SpeakerDetector.interval)
  }

  /// Finds out anew when to be woken.
  mutating func plan(at now: MonotonicTime) {
    var next = speakersDueAt
    for index in 0..<capacity where participants[index].isPresent {
      if let due = dueAt(index, now: now), next.map({ due < $0 }) ?? true { next = due }
    }
    // Never at once again: what could not be done now cannot be done in the same instant.
    reschedule(at: next.map { max($0, now + .milliseconds(1)) })
  }

  /// Mutating, though it changes nothing, or the whole room would be copied for the call.
  private mutating func dueAt(_ index: Int, now: MonotonicTime) -> MonotonicTime? {
    var next: MonotonicTime?
    func consider(_ time: MonotonicTime?) {
      if let time, next.map({ time < $0 }) ?? true { next = time }
    }
    if let heard = participants[index].lastMediaAt, !participants[index].isInterrupted {
      consider(heard + Participant.silenceLimit)
    }
    guard participants[index].isConnected else { return next }
    consider(participants[index].reportsDueAt)
    consider(feedbackWake(of: index, now: now))
    consider(participants[index].echoes.dueAt)
    consider(paths[index].nextWake)
    for track in 0..<participants[index].tracks.count {
      // Asked only where something is missing: the table is large, and mostly empty.
      if participants[index].tracks[track].missing.count > 0 {
        consider(participants[index].tracks[track].missing.nextDue)
      }
      if participants[index].tracks[track].canRequestKeyframe {
        consider(participants[index].tracks[track].keyframes.dueAt)
      }
    }
    return next
  }

  private mutating func noteSilence(of index: Int, now: MonotonicTime) {
    guard let heard = participants[index].lastMediaAt, !participants[index].isInterrupted,
      now - heard > Participant.silenceLimit
    else { return }
    participants[index].isInterrupted = true
    events.append(.interrupted(participant: index))
  }

  /// Sends the keyframe requests that are due.
  mutating func sendKeyframeRequests(now: MonotonicTime, into sink: inout ForwardSink) {
    for index in 0..<capacity
    where participants[index].isPresent && participants[index].isConnected {
      for track in Participant.track(.video)..<participants[index].tracks.count
      where participants[index].tracks[track].canRequestKeyframe {
        guard let ssrc = participants[index].tracks[track].ssrc,
          participants[index].tracks[track].keyframes.shouldSend(now: now)
        else { continue }
        sendKeyframeRequest(for: ssrc, to: index, into: &sink)
        participants[index].tracks[track].noteKeyframeRequest()
      }
    }
  }
}
