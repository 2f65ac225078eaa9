import Glibc
import Wire

/// Log lines on standard error, few and without addresses, keys or names.
///
/// What peers can cause is counted, never logged per datagram; where a line can be caused by others
/// at all, it costs a token of a small bucket, so that nobody can fill a disk.
struct WorkerLog {
  private static let burst = 20
  private static let refill = TimeSpan.seconds(1)

  private let prefix: String
  private var tokens = Self.burst
  private var lastRefill = MonotonicTime.zero
  private var suppressed = 0

  /// A log of worker `number`.
  init(worker number: Int) {
    prefix = "relay worker \(number): "
  }

  /// A log of another process of the relay's.
  init(of name: String) {
    prefix = "relay \(name): "
  }

  /// Writes one line, unless there have been too many.
  mutating func write(_ line: @autoclosure () -> String, at now: MonotonicTime) {
    let earned = (now - lastRefill).nanoseconds / Self.refill.nanoseconds
    if earned > 0 {
      tokens = min(Self.burst, tokens + Int(clamping: earned))
      lastRefill = now
    }
    guard tokens > 0 else {
      suppressed += 1
      return
    }
    tokens -= 1
    var text = prefix + line()
    if suppressed > 0 {
      text += " (\(suppressed) lines left out before this one)"
      suppressed = 0
    }
    text += "\n"
    // One write per line keeps lines of several workers whole on a shared standard error.
    text.withUTF8 { bytes in _ = Glibc.write(2, bytes.baseAddress, bytes.count) }
  }
}
