import Wire

/// How the selected path is chosen. Pure.
enum PathChoice {
  /// A challenger must have this many answers before its round trip is believed.
  static let samplesNeeded = 3
  /// … and be better by this much and by a fifth, or two like paths would take turns.
  static let leastGain = TimeSpan.milliseconds(10)
  /// A stream has to be better by so much, and half as long: its frames take more of the line, and the queue
  /// that makes datagrams slow is most likely its own, seen a moment later.
  static let leastGainOfStream = TimeSpan.milliseconds(200)
  /// A path that was moved to is kept this long unless it fails: two bottlenecks that are each slow
  /// only while they carry the call would take turns, too.
  static let leastStay = TimeSpan.seconds(5)

  /// The client's choice among paths that answer in `generation`: the first that answers, then whichever
  /// is clearly better. nil: stay.
  static func better(
    than selected: CandidatePath?, among paths: [CandidatePath], generation: UInt32
  ) -> Int? {
    var best: Int?
    for index in paths.indices {
      guard paths[index].validatedGeneration == generation, let score = paths[index].score else {
        continue
      }
      if let best, let bestScore = paths[best].score, bestScore <= score { continue }
      best = index
    }
    guard let best, let score = paths[best].score else { return nil }
    guard let selected, selected.validatedGeneration == generation, let current = selected.score
    else { return best }
    guard paths[best].key != selected.key, paths[best].roundTrip.samples >= samplesNeeded,
      paths[best].unanswered <= 1, score + leastGain < current
    else { return nil }
    // A stream's cost already says how much better datagrams are; on a long way it is no fifth.
    let leavesStream = selected.isStream && !paths[best].isStream
    if leavesStream { return best }
    let latest = min(current, selected.roundTrip.latest + .milliseconds(Int64(selected.cost)))
    if paths[best].isStream, !selected.isStream {
      return score * 2 + leastGainOfStream < latest ? best : nil
    }
    return score.nanoseconds * 5 < latest.nanoseconds * 4 ? best : nil
  }

  /// Where to go from a selected path that has fallen silent: the path that answered last, if it did
  /// so after the selected one was last heard. nil: there is none.
  static func refuge(
    from selected: CandidatePath, among paths: [CandidatePath]
  ) -> Int? {
    var best: Int?
    for index in paths.indices {
      let path = paths[index]
      guard path.key != selected.key, path.validatedGeneration != nil,
        let answered = path.lastAnswered, answered > selected.lastHeard
      else { continue }
      if let best, let other = paths[best].lastAnswered, other >= answered { continue }
      best = index
    }
    return best
  }
}
