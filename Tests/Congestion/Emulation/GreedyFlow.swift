import Wire

/// A transfer that takes what it can get, as TCP Reno does: one segment more per round trip until
/// something is lost, then half (RFC 5681; losses of one round trip count once).
final class GreedyFlow {
  private static let segment = 1500
  let flow: Int
  private var window = 10.0
  private var threshold = 1e9
  private var next: UInt64 = 0
  private var acknowledged: UInt64 = 0
  private var recoverUntil: UInt64 = 0
  private var inFlight = 0
  private var lastProgress = MonotonicTime.zero
  private var acks: [(at: MonotonicTime, number: UInt64)] = []
  private(set) var bytesArrived = 0

  init(flow: Int) { self.flow = flow }

  func step(_ now: MonotonicTime, into link: Bottleneck) {
    while let ack = acks.first, ack.at <= now {
      acks.removeFirst()
      take(ack.number, now)
    }
    if inFlight > 0, now - lastProgress > .seconds(1) {
      threshold = max(2, window / 2)
      window = 1
      inFlight = 0
      lastProgress = now
    }
    while Double(inFlight) < window {
      if inFlight == 0 { lastProgress = now }
      link.offer(Parcel(flow: flow, number: next, bytes: Self.segment, sentAt: now))
      next += 1
      inFlight += 1
    }
  }

  func arrive(_ parcel: Parcel, _ now: MonotonicTime, back: TimeSpan) {
    bytesArrived += parcel.bytes
    acks.append((now + back, parcel.number))
  }

  private func take(_ number: UInt64, _ now: MonotonicTime) {
    lastProgress = now
    if number > acknowledged {
      // Segments skipped were lost.
      let lost = Int(number - acknowledged)
      inFlight = max(0, inFlight - lost - 1)
      if lost > 0, number >= recoverUntil {
        threshold = max(2, window / 2)
        window = threshold
        recoverUntil = next
      }
    } else {
      inFlight = max(0, inFlight - 1)
    }
    acknowledged = number + 1
    window += window < threshold ? 1 : 1 / window
  }
}
