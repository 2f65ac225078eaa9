import Wire

/// How late a stream's packets come, as weights in bins of 5 ms that fade with every new one.
struct LatenessHistogram {
  /// Up to half a second; what is later counts as that.
  private static let binMs: Int64 = 5
  private static let bins = 100
  /// The first packets count equally, so that a quantile settles within seconds.
  private static let unfaded = 500

  private var weights = [Double](repeating: 0, count: bins)
  private var total = 0.0
  /// How much of its weight a packet keeps with each that follows.
  private let memory: Double
  /// Instead of all old weights getting smaller, each new one gets larger.
  private var weight = 1.0
  /// Packets noted.
  private(set) var packets = 0

  init(memory: Double) { self.memory = memory }

  /// Notes a packet that came `lateness` after the fastest trip.
  mutating func note(_ lateness: TimeSpan) {
    packets += 1
    if packets > Self.unfaded { weight /= memory }
    if weight > 1e12 { rescale() }
    let late = max(lateness.nanoseconds / 1_000_000, 0)
    weights[Int(min(late / Self.binMs, Int64(Self.bins - 1)))] += weight
    total += weight
  }

  /// The lateness that a share of the packets stays under: the upper edge of its bin, or the lower one.
  func quantile(_ share: Double, lowerEdge: Bool = false) -> TimeSpan {
    // From the late end, where the wanted share lies.
    let beyond = (1 - share) * total
    var sum = 0.0
    var bin = Self.bins - 1
    while bin > 0 {
      sum += weights[bin]
      if sum > beyond { break }
      bin -= 1
    }
    return .milliseconds(Int64(lowerEdge ? bin : bin + 1) * Self.binMs)
  }

  private mutating func rescale() {
    for bin in weights.indices { weights[bin] /= weight }
    total /= weight
    weight = 1
  }
}

/// The fastest trip of the last seconds: the least of arrival minus media time. Clocks drift and routes
/// change, so it is the least of this and the last period.
struct FastestTrip {
  private static let period = TimeSpan.milliseconds(2_500)

  private var currentLeast: TimeSpan?
  private var previousLeast: TimeSpan?
  private var periodStart = MonotonicTime.zero

  /// When media time zero would have arrived on it; nil before the first packet.
  var offset: TimeSpan? {
    guard let currentLeast else { return previousLeast }
    guard let previousLeast else { return currentLeast }
    return min(currentLeast, previousLeast)
  }

  /// Notes a packet of media time `mediaTime` (since the stream's zero) arriving at `now`; returns how
  /// late it is.
  mutating func note(mediaTime: TimeSpan, at now: MonotonicTime) -> TimeSpan {
    let trip = TimeSpan(nanoseconds: now.nanoseconds &- mediaTime.nanoseconds)
    if currentLeast == nil && previousLeast == nil { periodStart = now }
    if now - periodStart >= Self.period {
      previousLeast = currentLeast
      currentLeast = nil
      periodStart = now
    }
    currentLeast = currentLeast.map { min($0, trip) } ?? trip
    return trip - (offset ?? trip)
  }

  /// Forgets it: after a break in the stream.
  mutating func restart() {
    currentLeast = nil
    previousLeast = nil
  }
}
