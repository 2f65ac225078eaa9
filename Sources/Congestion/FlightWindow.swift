import Wire

/// How much may be on its way. What arrives is known a round trip late: when a path becomes narrow,
/// this stops us before that.
struct FlightWindow: BitwiseCopyable {
  /// More may be on its way than is carried in the shortest time to feedback and the wait for the
  /// next, by this time's worth: a queue that is short …
  private static let slack = TimeSpan.milliseconds(40)
  /// … but always this much, in bytes: to begin with, and after a pause.
  private static let least = 4_000.0

  /// The estimate, what we sent lately and what came out of it, in bit/s.
  var bitrate: Double
  var sent: Double
  var carried: Double
  /// How long a packet may be on its way until feedback about it comes, apart from the slack.
  var span: TimeSpan

  /// The same in seconds, for rates in bit/s and amounts in bytes.
  private var time: Double { (span + Self.slack).seconds / 8 }

  /// Whether so much is more than fits. How much does follows from what goes in and what comes out,
  /// not from hopes.
  func isFull(_ bytesInFlight: Int) -> Bool {
    let usual = min(bitrate, 1.25 * sent, 2 * carried)
    return Double(bytesInFlight) > max(usual * time, min(bitrate * time, Self.least))
  }

  /// Whether so much would take long to come out, at the rate at which it does.
  func isBacklogged(_ bytesInFlight: Int) -> Bool { Double(bytesInFlight) > 1.5 * carried * time }
}
