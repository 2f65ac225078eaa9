import Logging
import Store
import Visits

/// What time alone does to the day's work: requests that nobody takes are carried further, locks
/// that have lapsed open, queues close, soft timers are told.
struct DailyTimer: Sendable {
  /// How often it looks, in milliseconds. The shortest time anybody counts on is minutes.
  static let intervalMilliseconds: Int64 = 10_000

  let store: any BesoegStore
  let presence: PresenceBoard
  let clock: any ServiceClock
  let logger: Logger

  /// Looks until cancelled.
  func run() async {
    repeat {
      await tick()
      await writePresence()
    } while await sleep()
  }

  /// Does what is due now.
  func tick() async {
    let now = clock.now()
    do {
      for (tenant, id) in try await store.dueCallbacks(at: now) {
        _ = try await store.apply(
          CallbackCommand.advance, to: id, tenant: tenant, by: .system, at: now,
          events: CallbackEvents.drafts)
      }
      while try await store.advanceQueues(at: now, events: QueueEvents.drafts) {}
    } catch {
      // What was due stays due: the next look finds it again.
      logger.warning("What was due could not be written", metadata: ["error": "\(error)"])
    }
  }

  /// Writes down what devices have told of themselves.
  func writePresence() async {
    let news = presence.takeUnwritten()
    do {
      try await store.saveDevices(news)
    } catch {
      // A device that was deleted meanwhile takes the others with it once; the rest is tried again, and
      // so is what stopping the service cut short.
      if error.isTemporary || Task.isCancelled { presence.putBack(news) }
      logger.warning("Presence could not be written", metadata: ["error": "\(error)"])
    }
  }

  private func sleep() async -> Bool {
    let next = clock.now().adding(milliseconds: Self.intervalMilliseconds)
    return (try? await clock.sleep(until: next)) != nil
  }
}
