import Synchronization
import Wire

/// The time that a model codec is told: when the sound it encodes was spoken.
///
/// Codecs are made by `Sendable` closures, hence the atomic; a simulation has one thread.
final class SimulatedClock: Sendable {
  private let nanoseconds = Atomic<Int64>(0)

  var now: MonotonicTime {
    get { MonotonicTime(nanoseconds: nanoseconds.load(ordering: .relaxed)) }
    set { nanoseconds.store(newValue.nanoseconds, ordering: .relaxed) }
  }
}
