/// What forwarding a packet costs in processor time, beside the floor: the same packets in the same
/// run, only opened, copied and sealed. There is no threshold: microseconds belong to a machine, and
/// the ratio to the floor is what our own logic adds.
enum ForwardingCost {
  private static let rounds = 5
  /// A whole sample interval, so that every round holds the same timers.
  private static let tenthsPerRound = 50

  /// One round's figures, in microseconds per packet.
  private struct Round {
    var floor: Double
    var media: Double
    /// Pacing counts among the timers.
    var timers: Double
    var relay: Double { media + timers }
    var ratio: Double { relay / floor }
  }

  /// Measures at each number of visits and prints; whether every packet was forwarded.
  static func run(visits counts: [Int]) throws -> Bool {
    print("Processor time per forwarded packet in µs: open, forward, seal; no sockets.")
    print("Median of \(rounds) rounds, each \(tenthsPerRound / 10) s of virtual time, (range);")
    print("per participant 50 sound packets of 100 B and 150 video of 1100 B a second.")
    print(Text.row(["visits", "floor", "media", "timers", "relay", "relay/floor"]))
    var isComplete = true
    for visits in counts where try !measure(visits: visits) { isComplete = false }
    print("floor: the same packets opened, copied once and sealed, and nothing else")
    print("relay: media + timers (RTCP, feedback, samples, STUN), all of the relay's work")
    return isComplete
  }

  private static func measure(visits: Int) throws -> Bool {
    let trace = MediaTrace(participants: visits * 2)
    var relay = try RelayRig.connected(visits: visits, trace: trace)
    var floor = try FloorRig.connected(visits: visits)
    var measured: [Round] = []
    var isComplete = true
    // The first round is the warm-up.
    for round in 0...rounds {
      relay.resetMeters()
      floor.resetMeters()
      for tenth in 0..<tenthsPerRound {
        try trace.makeNext()
        // By turns first: neither has always the caches that the other left.
        for isFloor in tenth % 2 == 0 ? [true, false] : [false, true] {
          if isFloor {
            try trace.seal(by: floor.clients)
            try floor.forward(trace)
          } else {
            try trace.seal(by: relay.clients)
            relay.forward(trace)
          }
        }
      }
      guard round > 0 else { continue }
      let waiting = visits * 2 * MediaSource.packetsPerPicture
      if abs(relay.packetsIn - relay.packetsOut) > waiting || floor.packets != relay.packetsIn {
        print("FAIL: \(relay.packetsOut) of \(relay.packetsIn) packets were forwarded")
        isComplete = false
      }
      let packets = Double(relay.packetsIn) * 1_000
      measured.append(
        Round(
          floor: Double(floor.work.nanoseconds) / packets,
          media: Double(relay.media.nanoseconds) / packets,
          timers: Double(relay.timers.nanoseconds + relay.paced.nanoseconds) / packets))
    }
    let columns = [\Round.floor, \.media, \.timers, \.relay, \.ratio]
    print(
      Text.row(
        ["\(visits)"]
          + columns.map { path in
            Text.decimal(measured.map { $0[keyPath: path] }.sorted()[rounds / 2])
          }))
    print(
      Text.row(
        [""]
          + columns.map { path in
            let values = measured.map { $0[keyPath: path] }.sorted()
            return "(\(Text.decimal(values[0]))–\(Text.decimal(values[rounds - 1])))"
          }))
    return isComplete
  }
}
