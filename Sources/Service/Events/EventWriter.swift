import FoundationEssentials
import Hummingbird
import Logging
import NIOCore
import Store
import Visits

/// Writes one event stream: stored events after a cursor, passing events, heartbeats.
struct EventWriter: Sendable {
  /// Stored events read at once.
  private static let batch = 100
  /// How long to wait before asking a store again that could not answer, in milliseconds.
  private static let retryMilliseconds: Int64 = 1_000
  /// How soon a reader that was cut off comes back, in milliseconds.
  private static let reconnectMilliseconds = 1_000

  let subscription: EventSubscription
  let store: any BesoegStore
  let clock: any ServiceClock
  let logger: Logger
  /// The last stored event that the reader has when it comes.
  let cursor: Int64

  /// Writes until the stream is closed or the connection fails. `opening` is the state that a
  /// reader who has just come needs.
  func write(
    opening: [ServerSentEvent], to writer: inout any ResponseBodyWriter
  ) async throws {
    var cursor = cursor
    // Something must be written at once, or the response's head stays in a proxy's buffer.
    var buffer = ByteBuffer(string: "retry: \(Self.reconnectMilliseconds)\n\n")
    for event in opening { event.write(into: &buffer) }
    try await writer.write(buffer)
    try await writeStored(after: &cursor, to: &writer)
    while true {
      let work = await subscription.next()
      if work.hasStored { try await writeStored(after: &cursor, to: &writer) }
      var buffer = ByteBuffer()
      for event in work.passing { event.write(into: &buffer) }
      if work.isHeartbeatDue, buffer.readableBytes == 0 { buffer = ServerSentEvent.heartbeat }
      if buffer.readableBytes > 0 { try await writer.write(buffer) }
      if work.isClosed { return }
    }
  }

  private func writeStored(
    after cursor: inout Int64, to writer: inout any ResponseBodyWriter
  ) async throws {
    let caller = subscription.caller
    while true {
      let events: [StoredEvent]
      do {
        events = try await store.events(
          after: cursor, tenant: caller.tenant, person: caller.id, role: caller.role,
          limit: Self.batch)
      } catch {
        logger.warning("A stream's events could not be read", metadata: ["error": "\(error)"])
        let (subscription, clock) = (subscription, clock)
        let again = clock.now().adding(milliseconds: Self.retryMilliseconds)
        Task {
          try? await clock.sleep(until: again)
          subscription.wake()
        }
        return
      }
      guard let last = events.last else { return }
      var buffer = ByteBuffer()
      for event in events {
        ServerSentEvent(id: event.id, name: event.name, data: event.payload).write(into: &buffer)
      }
      try await writer.write(buffer)
      cursor = last.id
      if events.count < Self.batch { return }
    }
  }
}
