import CoreMetrics
import Relay

/// The service's own figures, by name. Every label's values come from a small fixed set.
struct ServiceMetrics: Sendable {
  let registry: PrometheusRegistry

  /// One HTTP request answered. `route` is the pattern, never the path.
  func request(method: String, route: String, status: Int, nanoseconds: Int64) {
    let labels = [("method", method), ("route", route)]
    count("besoeg_http_requests_total", labels + [("status", String(status))])
    CoreMetrics.Timer(
      label: "besoeg_http_request_seconds", dimensions: labels, factory: registry
    ).recordNanoseconds(nanoseconds)
  }

  /// One ring came to its end: `answered`, `declined`, `missed`, `cancelled`.
  func ringEnded(_ result: String) { count("besoeg_rings_total", [("result", result)]) }

  /// One visit ended with this verdict.
  /// `firstTry` is `yes`, `no`, or `none` where the question does not arise.
  func visitEnded(firstTry: String, cause: String) {
    count("besoeg_visits_ended_total", [("first_try", firstTry), ("cause", cause)])
  }

  /// One participant got sound this long after the answer.
  func firstSound(milliseconds: Int64) {
    CoreMetrics.Timer(
      label: "besoeg_answer_to_first_sound_seconds", dimensions: [], factory: registry
    ).recordNanoseconds(milliseconds * 1_000_000)
  }

  /// One break in a participant's media, by cause.
  func interrupted(cause: String) {
    count("besoeg_interruptions_total", [("cause", cause)])
  }

  /// One event stream was cut off because its reader fell behind.
  func streamOverflowed() { count("besoeg_event_stream_overflows_total", []) }

  /// Open event streams now.
  func streams(_ count: Int) { gauge("besoeg_event_streams", [], Double(count)) }

  /// Visits with somebody in their room now.
  func rooms(_ count: Int) { gauge("besoeg_rooms", [], Double(count)) }

  /// Ledger writes that wait for the store to come back.
  func queuedWrites(_ count: Int) { gauge("besoeg_store_queued_writes", [], Double(count)) }

  /// Whether the service is ready for new calls.
  func ready(_ isReady: Bool) { gauge("besoeg_ready", [], isReady ? 1 : 0) }

  /// The relay workers as last seen.
  func workers(_ workers: [WorkerStatus]) {
    for worker in workers {
      let labels = [("worker", String(worker.worker))]
      gauge("besoeg_relay_worker_healthy", labels, worker.isHealthy ? 1 : 0)
      gauge("besoeg_relay_worker_sessions", labels, Double(worker.sessions))
      gauge("besoeg_relay_worker_rooms", labels, Double(worker.rooms))
      registry.setTotal("besoeg_relay_worker_restarts_total", labels, Int64(worker.restarts))
      for (name, value) in worker.counters { registry.setTotal(name, labels, value) }
    }
  }

  private func count(_ label: String, _ dimensions: [(String, String)]) {
    Counter(label: label, dimensions: dimensions, factory: registry).increment()
  }

  private func gauge(_ label: String, _ dimensions: [(String, String)], _ value: Double) {
    Meter(label: label, dimensions: dimensions, factory: registry).set(value)
  }
}
