import Visits

/// A message as it leaves the house.
struct OutgoingMessage: Sendable, Equatable {
  /// Its name: a receiver that has seen it knows a repeat by it.
  var key: ReminderKey
  /// Where to.
  var address: String
  /// The subject, where the channel has one.
  var subject: String
  /// The text. It names no service, no person and no reason (E11).
  var text: String
  /// When it was written.
  var at: UTCMilliseconds
}

/// What became of one try.
enum DeliveryResult: Sendable, Equatable {
  /// It was taken.
  case accepted(reference: String?)
  /// It was not, for certain.
  case refused(failure: String, isFinal: Bool)
  /// It was called back before it left.
  case withdrawn
  /// Nobody knows. The store's lease decides.
  case unknown
}

/// What carries messages of one sort.
protocol MessageChannel: Sendable {
  /// Sends a message. `handOver` is asked just before the step that cannot be taken back, and where
  /// it says no that step is not taken.
  func deliver(
    _ message: OutgoingMessage, handOver: @Sendable () async -> Bool
  ) async -> DeliveryResult
}
