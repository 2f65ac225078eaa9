/// What the generator saw between `begin` and `end`.
struct Measurement: Sendable {
  /// The window's length in seconds.
  var seconds = 0.0
  /// Media packets sent.
  var sent = 0
  /// Media packets that came back.
  var received = 0
  /// Packets missing between others.
  var lost = 0
  /// Packets that were opened and not authentic, or not stamped.
  var damaged = 0
  /// From a packet's making to its arrival in the receiver's socket.
  var delays = LatencyHistogram()
  /// Processor time of the generator's thread, as a share of one core.
  var generatorShare = 0.0
  /// How late its latest tick was, in milliseconds.
  var latestTick = 0.0
  /// Ticks it left out because it could not keep up.
  var skippedTicks = 0
  /// Legs whose picture did not begin with a keyframe.
  var withoutKeyframe = 0

  /// The share of packets that should have come and did not. `fanOut`: receivers of each packet.
  func loss(fanOut: Int) -> Double {
    guard sent > 0 else { return 1 }
    let missing = 1 - Double(received) / Double(sent * fanOut)
    // What is on its way at the window's ends is less than a hundredth of it; a relay that drops and
    // leaves no gaps drops more.
    let gaps = Double(lost) / Double(max(1, received + lost))
    return missing > 0.01 ? missing : gaps
  }

  /// Whether the generator kept up, so that the figures are the system's own.
  var isValid: Bool { skippedTicks == 0 && generatorShare < 0.95 }
}
