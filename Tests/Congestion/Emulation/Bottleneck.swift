import Wire

/// A packet on its way; `flow` says whose it is.
struct Parcel {
  var flow: Int
  var number: UInt64
  var bytes: Int
  var sentAt: MonotonicTime
  var arrivesAt = MonotonicTime.zero
}

/// One direction of a path in virtual time: a queue of limited length that is served at a rate, then a
/// delay with jitter, then loss. Flows that share it share the queue.
final class Bottleneck {
  /// Loss that comes by itself.
  enum Loss {
    case none
    case random(Double)
    /// Gilbert–Elliott: everything is lost in the bad state.
    case bursts(Double, meanLength: Double)
  }

  /// In bit/s.
  var rate: Double
  var delay: TimeSpan
  /// Added to the delay, evenly between plus and minus this.
  var jitter = TimeSpan.zero
  var loss = Loss.none
  /// What the queue holds, in bytes.
  var queueBytes: Int
  /// Whether nothing comes through.
  var isDown = false
  /// Bits that may pass at once after a pause: a token bucket's depth.
  var burstBits = 0.0
  private(set) var queued = 0

  private var queue: [Parcel] = []
  private var head = 0
  private var credit = 0.0
  private var flying: [Parcel] = []
  private var nextArrival = MonotonicTime(nanoseconds: .max)
  private var isBad = false
  private var random: Seeded

  init(rate: Double, delay: TimeSpan, queue: Int = 125_000, seed: UInt64 = 1) {
    self.rate = rate
    self.delay = delay
    queueBytes = queue
    random = Seeded(seed: seed)
  }

  /// How long a packet that comes now has to wait, in ms.
  var wait: Double { Double(queued) * 8 / rate * 1000 }

  /// Takes a packet; false where the queue is full.
  @discardableResult
  func offer(_ parcel: Parcel) -> Bool {
    guard queued + parcel.bytes <= queueBytes else { return false }
    queue.append(parcel)
    queued += parcel.bytes
    return true
  }

  /// Lets a millisecond pass and gives what has arrived at its end.
  func step(to now: MonotonicTime) -> [Parcel] {
    credit += rate / 1000
    while head < queue.count, credit >= Double(queue[head].bytes) * 8 {
      var parcel = queue[head]
      head += 1
      queued -= parcel.bytes
      credit -= Double(parcel.bytes) * 8
      guard !isDown, !isLost() else { continue }
      let sway = Double(jitter.nanoseconds) * (random.share() * 2 - 1)
      parcel.arrivesAt = now + delay + TimeSpan(nanoseconds: Int64(sway))
      flying.append(parcel)
      nextArrival = min(nextArrival, parcel.arrivesAt)
    }
    if head == queue.count {
      credit = min(credit, burstBits)
      queue.removeAll(keepingCapacity: true)
      head = 0
    }
    guard nextArrival <= now else { return [] }
    var arrived: [Parcel] = []
    nextArrival = MonotonicTime(nanoseconds: .max)
    var kept = 0
    for index in flying.indices {
      let parcel = flying[index]
      if parcel.arrivesAt <= now {
        arrived.append(parcel)
      } else {
        nextArrival = min(nextArrival, parcel.arrivesAt)
        flying[kept] = parcel
        kept += 1
      }
    }
    flying.removeLast(flying.count - kept)
    if arrived.count > 1 {
      arrived.sort { ($0.arrivesAt, $0.number) < ($1.arrivesAt, $1.number) }
    }
    return arrived
  }

  private func isLost() -> Bool {
    switch loss {
    case .none: return false
    case .random(let share): return random.share() < share
    case .bursts(let share, let length):
      let leaveBad = 1 / length
      let enterBad = leaveBad * share / (1 - share)
      isBad = isBad ? random.share() >= leaveBad : random.share() < enterBad
      return isBad
    }
  }
}
