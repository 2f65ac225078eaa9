import CoreMetrics
import Synchronization

/// One labelled series that can write itself in the Prometheus text format.
protocol PrometheusSeries: AnyObject, Sendable {
  /// Appends the series' lines; `labels` is the inside of the braces.
  func write(name: String, labels: String, into text: inout String)
}

/// A number that is added to or set: a counter or a gauge.
final class PrometheusValue: PrometheusSeries, CounterHandler, FloatingPointCounterHandler,
  MeterHandler, RecorderHandler
{
  private let value = Mutex(0.0)

  func increment(by amount: Int64) { value.withLock { $0 += Double(amount) } }
  func increment(by amount: Double) { value.withLock { $0 += amount } }
  func decrement(by amount: Double) { value.withLock { $0 -= amount } }
  func set(_ new: Int64) { value.withLock { $0 = Double(new) } }
  func set(_ new: Double) { value.withLock { $0 = new } }
  func record(_ new: Int64) { set(new) }
  func record(_ new: Double) { set(new) }
  func reset() { value.withLock { $0 = 0 } }

  func write(name: String, labels: String, into text: inout String) {
    text += PrometheusText.line(name, labels, value.withLock { $0 })
  }
}

/// Counts of values by size. Timers record seconds.
final class PrometheusHistogram: PrometheusSeries, RecorderHandler, TimerHandler {
  /// Upper bounds, chosen for HTTP requests (ms) and for call set-up (s) alike.
  static let bounds = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2, 3, 5, 10, 20, 30, 60]

  private struct State {
    var counts = [Int](repeating: 0, count: PrometheusHistogram.bounds.count)
    var total = 0
    var sum = 0.0
  }

  private let state = Mutex(State())

  func record(_ value: Int64) { record(Double(value)) }

  func record(_ value: Double) {
    state.withLock { state in
      if let index = Self.bounds.firstIndex(where: { value <= $0 }) { state.counts[index] += 1 }
      state.total += 1
      state.sum += value
    }
  }

  func recordNanoseconds(_ duration: Int64) { record(Double(duration) / 1e9) }

  func write(name: String, labels: String, into text: inout String) {
    let state = state.withLock { $0 }
    let prefix = labels.isEmpty ? "" : "\(labels),"
    var below = 0
    for (bound, count) in zip(Self.bounds, state.counts) {
      below += count
      let limit = PrometheusText.number(bound)
      text += PrometheusText.line("\(name)_bucket", "\(prefix)le=\"\(limit)\"", Double(below))
    }
    text += PrometheusText.line("\(name)_bucket", "\(prefix)le=\"+Inf\"", Double(state.total))
    text += PrometheusText.line("\(name)_sum", labels, state.sum)
    text += PrometheusText.line("\(name)_count", labels, Double(state.total))
  }
}

/// The Prometheus text format's small grammar.
enum PrometheusText {
  /// A legal metric or label name: `[a-zA-Z_:][a-zA-Z0-9_:]*`.
  static func name(_ label: String) -> String {
    let mapped = label.unicodeScalars.map { scalar -> Character in
      let isLegal =
        ("a"..."z").contains(scalar) || ("A"..."Z").contains(scalar)
        || ("0"..."9").contains(scalar) || scalar == "_" || scalar == ":"
      return isLegal ? Character(scalar) : "_"
    }
    return mapped.first?.isNumber == true ? "_" + String(mapped) : String(mapped)
  }

  /// The inside of the braces, sorted by label name.
  static func labels(_ dimensions: [(String, String)]) -> String {
    dimensions.map { "\(name($0.0))=\"\(escaped($0.1))\"" }.sorted().joined(separator: ",")
  }

  /// One sample line.
  static func line(_ name: String, _ labels: String, _ value: Double) -> String {
    "\(name)\(labels.isEmpty ? "" : "{\(labels)}") \(number(value))\n"
  }

  /// A number without a needless fraction.
  static func number(_ value: Double) -> String {
    Int64(exactly: value).map(String.init) ?? String(value)
  }

  private static func escaped(_ value: String) -> String {
    value.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"").replacing("\n", with: "\\n")
  }
}
