import Wire

/// A network in virtual time: what is sent comes out later, altered only in when, whether, how often
/// and in what order. Everything follows from the seed, so a failing run repeats exactly.
struct NetworkEmulator {
  /// What one direction between two places does to datagrams.
  struct Link: Sendable {
    /// The least time from one end to the other.
    var delay: TimeSpan = .milliseconds(20)
    /// The most that is added to it, evenly distributed. Order is kept, as it is in a queue.
    var jitter: TimeSpan = .zero
    /// The share of datagrams that vanish, 0 ... 1.
    var loss: Double = 0
    /// The mean length of a run of losses; 1 is independent loss. Longer runs come less often, so
    /// that `loss` stays the share lost in all (Gilbert's model).
    var meanBurst: Double = 1
    /// The share of datagrams held back by `reorderDelay`, past those behind them, 0 ... 1.
    var reorder: Double = 0
    /// How long those are held back.
    var reorderDelay: TimeSpan = .milliseconds(15)
    /// The share of datagrams that arrive twice, 0 ... 1.
    var duplicate: Double = 0
    /// What the narrowest line carries, in bits a second; nil for no limit.
    var bitsPerSecond: Int64?
    /// The most that waits before the narrowest line, in bytes; the rest is dropped at its tail.
    var queueBytes = 64_000
    /// Whether nothing at all gets through.
    var isCut = false

    /// A perfect link of 20 ms.
    init() {}

    /// A link of this delay and loss.
    init(delay: TimeSpan, jitter: TimeSpan = .zero, loss: Double = 0) {
      self.delay = delay
      self.jitter = jitter
      self.loss = loss
    }
  }

  /// A datagram on its way, or arrived.
  struct Datagram {
    /// Who sent it, as the receiver sees it.
    var source: SocketAddress
    /// Whom it is for.
    var destination: SocketAddress
    /// Its bytes.
    var bytes: [UInt8]
  }

  /// What became of the datagrams of one direction.
  struct Tally: Equatable {
    var sent = 0
    var lost = 0
    var overflowed = 0
    var delivered = 0
  }

  private struct Flow: Hashable {
    var source: SocketAddress
    var destination: SocketAddress
  }

  private struct FlowState {
    var lastArrival = MonotonicTime.zero
    var lineFreeAt = MonotonicTime.zero
    var isInBurst = false
    var tally = Tally()
  }

  private struct Pending {
    var arrival: MonotonicTime
    var order: UInt64
    var datagram: Datagram
  }

  /// The link of directions that have none of their own.
  var defaultLink: Link
  private var links: [Flow: Link] = [:]
  private var states: [Flow: FlowState] = [:]
  /// A binary heap, the earliest arrival first; equal ones in the order they were sent.
  private var heap: [Pending] = []
  private var order: UInt64 = 0
  private var random: UInt64

  /// A network that follows from `seed`.
  init(seed: UInt64, link: Link = Link()) {
    random = seed
    defaultLink = link
  }

  /// Sets what the direction from `source` to `destination` does from now on.
  mutating func set(_ link: Link, from source: SocketAddress, to destination: SocketAddress) {
    links[Flow(source: source, destination: destination)] = link
  }

  /// What became of the datagrams from `source` to `destination`.
  func tally(from source: SocketAddress, to destination: SocketAddress) -> Tally {
    states[Flow(source: source, destination: destination)]?.tally ?? Tally()
  }

  /// When the next datagram arrives.
  var nextArrival: MonotonicTime? { heap.first?.arrival }

  /// Sends a datagram.
  mutating func send(_ datagram: Datagram, at now: MonotonicTime) {
    let flow = Flow(source: datagram.source, destination: datagram.destination)
    let link = links[flow] ?? defaultLink
    var state = states[flow] ?? FlowState()
    defer { states[flow] = state }
    state.tally.sent += 1
    if link.isCut || isLost(on: link, burst: &state.isInBurst) {
      state.tally.lost += 1
      return
    }
    var departure = now
    if let rate = link.bitsPerSecond {
      let waiting = max(TimeSpan.zero, state.lineFreeAt - now)
      let bytesWaiting = Int(waiting.seconds * Double(rate) / 8)
      guard bytesWaiting + datagram.bytes.count <= link.queueBytes else {
        state.tally.overflowed += 1
        return
      }
      // 28 bytes of IPv4 and UDP headers are on the line as well.
      let bits = Int64(datagram.bytes.count + 28) * 8
      let onLine = TimeSpan(nanoseconds: bits * 1_000_000_000 / rate)
      departure = max(now, state.lineFreeAt) + onLine
      state.lineFreeAt = departure
    }
    var arrival = departure + link.delay
    if link.jitter > .zero {
      arrival = arrival + TimeSpan(nanoseconds: Int64(unit() * Double(link.jitter.nanoseconds)))
    }
    if link.reorder > 0, unit() < link.reorder {
      arrival = arrival + link.reorderDelay
    } else {
      arrival = max(arrival, state.lastArrival)
      state.lastArrival = arrival
    }
    state.tally.delivered += 1
    push(datagram, arrival: arrival)
    if link.duplicate > 0, unit() < link.duplicate { push(datagram, arrival: arrival) }
  }

  /// The next datagram that has arrived by `now`.
  mutating func receive(at now: MonotonicTime) -> Datagram? {
    guard let first = heap.first, first.arrival <= now else { return nil }
    let last = heap.removeLast()
    if !heap.isEmpty {
      heap[0] = last
      siftDown()
    }
    return first.datagram
  }

  private mutating func isLost(on link: Link, burst: inout Bool) -> Bool {
    guard link.loss > 0 else { return false }
    guard link.meanBurst > 1 else { return unit() < link.loss }
    let leave = 1 / link.meanBurst
    let enter = min(1, leave * link.loss / max(1 - link.loss, 1e-9))
    burst = burst ? unit() >= leave : unit() < enter
    return burst
  }

  // MARK: Heap

  private static func precedes(_ a: Pending, _ b: Pending) -> Bool {
    a.arrival == b.arrival ? a.order < b.order : a.arrival < b.arrival
  }

  private mutating func push(_ datagram: Datagram, arrival: MonotonicTime) {
    order += 1
    heap.append(Pending(arrival: arrival, order: order, datagram: datagram))
    var child = heap.count - 1
    while child > 0 {
      let parent = (child - 1) / 2
      guard Self.precedes(heap[child], heap[parent]) else { break }
      heap.swapAt(child, parent)
      child = parent
    }
  }

  private mutating func siftDown() {
    var parent = 0
    while true {
      var least = parent
      for child in [2 * parent + 1, 2 * parent + 2]
      where child < heap.count && Self.precedes(heap[child], heap[least]) {
        least = child
      }
      guard least != parent else { return }
      heap.swapAt(least, parent)
      parent = least
    }
  }

  // MARK: Chance

  /// The next number of SplitMix64, 0 ..< 1.
  private mutating func unit() -> Double {
    random &+= 0x9E37_79B9_7F4A_7C15
    var mixed = random
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    mixed ^= mixed >> 31
    return Double(mixed >> 11) / Double(1 << 53)
  }
}
