/// How long a request is tried again while the service is away.
public struct RetryPolicy: Sendable, Equatable {
  /// Pauses between tries in milliseconds; one try more than there are pauses.
  public var pauses: [Int]
  /// Whether the request may be sent again when it is unknown whether it took effect.
  public var isRepeatable: Bool

  /// Tries with these pauses in between.
  public init(pauses: [Int], isRepeatable: Bool) {
    self.pauses = pauses
    self.isRepeatable = isRepeatable
  }

  /// Once.
  public static let once = RetryPolicy(pauses: [], isRepeatable: false)
  /// A few times within three seconds: a person is waiting at the prompt.
  public static let brief = RetryPolicy(pauses: [200, 800, 2000], isRepeatable: false)
  /// A few times within three seconds, for requests that change nothing when sent twice.
  public static let briefRepeatable = RetryPolicy(pauses: [200, 800, 2000], isRepeatable: true)
  /// For half a minute, for what must get through: the service restarts within seconds.
  public static let patient = RetryPolicy(
    pauses: [200, 500, 1000, 2000, 3000, 4000, 5000, 5000, 5000, 5000], isRepeatable: true)

  /// The pause before the try after `failures` failures, or nil to give up. `jitter`, 0 ... 1, takes
  /// up to a quarter of it away, so that a municipality's devices do not come back as one.
  public func pause(after failures: Int, error: ServiceError, jitter: Double = 0) -> Int? {
    guard failures >= 1, failures <= pauses.count, error.isPassing else { return nil }
    if error == .uncertain && !isRepeatable { return nil }
    let pause = pauses[failures - 1]
    return pause - Int(Double(pause) / 4 * min(max(jitter, 0), 1))
  }
}
