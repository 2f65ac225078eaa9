public import CoreMetrics
import Synchronization

/// Collects what swift-metrics records and writes it in the Prometheus text format 0.0.4.
///
/// Counters become counters, meters and unaggregated recorders gauges, timers and aggregated
/// recorders histograms. Series are kept for the life of the process, so labels must come from
/// small fixed sets: routes, statuses, causes; never ids.
public final class PrometheusRegistry: MetricsFactory {
  enum Kind: String { case counter, gauge, histogram }

  struct Family {
    var kind: Kind
    var series: [String: any PrometheusSeries] = [:]
  }

  /// More series than any honest use makes; further ones are counted in one nameless series.
  static let seriesLimit = 4096

  private struct State {
    var families: [String: Family] = [:]
    var count = 0
  }

  private let state = Mutex(State())

  /// An empty registry.
  public init() {}

  // MARK: swift-metrics

  /// A counter.
  public func makeCounter(label: String, dimensions: [(String, String)]) -> any CounterHandler {
    series(label, dimensions, .counter) { PrometheusValue() } ?? PrometheusValue()
  }

  /// A counter that takes fractions.
  public func makeFloatingPointCounter(
    label: String, dimensions: [(String, String)]
  ) -> any FloatingPointCounterHandler {
    series(label, dimensions, .counter) { PrometheusValue() } ?? PrometheusValue()
  }

  /// A gauge.
  public func makeMeter(label: String, dimensions: [(String, String)]) -> any MeterHandler {
    series(label, dimensions, .gauge) { PrometheusValue() } ?? PrometheusValue()
  }

  /// A gauge; a histogram where `aggregate`.
  public func makeRecorder(
    label: String, dimensions: [(String, String)], aggregate: Bool
  ) -> any RecorderHandler {
    guard aggregate else {
      return series(label, dimensions, .gauge) { PrometheusValue() } ?? PrometheusValue()
    }
    return series(label, dimensions, .histogram) { PrometheusHistogram() }
      ?? PrometheusHistogram()
  }

  /// A histogram in seconds.
  public func makeTimer(label: String, dimensions: [(String, String)]) -> any TimerHandler {
    series(label, dimensions, .histogram) { PrometheusHistogram() } ?? PrometheusHistogram()
  }

  // A series outlives the handle that recorded it: a total must not fall back to nothing.
  /// Keeps the counter's series.
  public func destroyCounter(_ handler: any CounterHandler) {}
  /// Keeps the gauge's series.
  public func destroyMeter(_ handler: any MeterHandler) {}
  /// Keeps the counter's series.
  public func destroyFloatingPointCounter(_ handler: any FloatingPointCounterHandler) {}
  /// Keeps the recorder's series.
  public func destroyRecorder(_ handler: any RecorderHandler) {}
  /// Keeps the timer's series.
  public func destroyTimer(_ handler: any TimerHandler) {}

  // MARK: Prometheus

  /// Takes over a total that something else counts.
  func setTotal(_ label: String, _ dimensions: [(String, String)], _ value: Int64) {
    series(label, dimensions, .counter) { PrometheusValue() }?.set(value)
  }

  /// Everything recorded so far.
  public func text() -> String {
    let families = state.withLock { $0.families }
    var text = ""
    for (name, family) in families.sorted(by: { $0.key < $1.key }) {
      text += "# TYPE \(name) \(family.kind.rawValue)\n"
      for (labels, series) in family.series.sorted(by: { $0.key < $1.key }) {
        series.write(name: name, labels: labels, into: &text)
      }
    }
    return text
  }

  private func series<Series: PrometheusSeries>(
    _ label: String, _ dimensions: [(String, String)], _ kind: Kind, make: () -> Series
  ) -> Series? {
    let name = PrometheusText.name(label)
    let labels = PrometheusText.labels(dimensions)
    return state.withLock { state in
      var family = state.families[name] ?? Family(kind: kind)
      // The first use decides what a name means; a clash records into a series nobody reads.
      guard family.kind == kind else { return nil }
      if let found = family.series[labels] { return found as? Series }
      guard state.count < Self.seriesLimit else { return nil }
      let made = make()
      family.series[labels] = made
      state.families[name] = family
      state.count += 1
      return made
    }
  }
}
