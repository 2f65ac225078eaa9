import Wire

/// What one receiver is sent once more, a moment after it was sent again.
///
/// What answers a NACK is lost as easily as the packet was. Waiting for the next NACK costs a round trip, in
/// which the picture stands still, and every picture is held back for what some have to wait for; a second
/// answer costs a packet. Where packets are lost before a full queue, it would make more of that.
struct ResendEchoes: BitwiseCopyable {
  /// From these shares of lost packets on, an answer is given twice, and three times.
  static let lossy = 0.03
  static let veryLossy = 0.12
  /// Behind a longer queue than this, an answer is given once.
  static let longQueue = TimeSpan.milliseconds(80)
  /// How long after the answer before: longer than most runs of loss.
  static let pause = TimeSpan.milliseconds(40)

  /// How many echoes an answer gets where a share `loss` of the packets is lost behind a queue.
  static func count(for loss: Double, behind queue: TimeSpan?) -> UInt8 {
    guard queue ?? .zero < longQueue else { return 0 }
    return loss >= veryLossy ? 2 : loss >= lossy ? 1 : 0
  }

  /// A packet to send again.
  struct Echo: BitwiseCopyable {
    /// The receiver's stream.
    var stream: UInt8 = 0
    /// The packet's number on that stream.
    var sequence: UInt16 = 0
    /// How often, this time among them.
    var left: UInt8 = 0
    /// When it is sent.
    var dueAt = MonotonicTime.zero
  }

  private static let capacity = 32
  private var waiting = InlineArray<32, Echo>(repeating: Echo())
  private var first = 0
  private var count = 0

  /// When the next one is due; nil while none waits.
  var dueAt: MonotonicTime? { count > 0 ? waiting[first].dueAt : nil }

  /// Notes that a packet was just sent again and is to be so `times` more. With too many waiting it is
  /// left at that.
  mutating func note(_ sequence: UInt16, of stream: UInt8, times: UInt8, now: MonotonicTime) {
    guard times > 0, count < Self.capacity else { return }
    waiting[(first + count) % Self.capacity] = Echo(
      stream: stream, sequence: sequence, left: times, dueAt: now + Self.pause)
    count += 1
  }

  /// Takes the next one that is due.
  mutating func take(at now: MonotonicTime) -> Echo? {
    guard count > 0, waiting[first].dueAt <= now else { return nil }
    let echo = waiting[first]
    first = (first + 1) % Self.capacity
    count -= 1
    note(echo.sequence, of: echo.stream, times: echo.left - 1, now: now)
    return echo
  }
}
