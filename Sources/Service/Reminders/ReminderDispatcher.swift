import Logging
import Store
import Visits

/// Sends what is due, for as long as the service runs.
///
/// Every step is in the store before the next is taken, so that a process that is killed anywhere
/// loses no message, and sends none twice: see `Reminder`.
struct ReminderDispatcher: Sendable {
  /// How often to look when nothing is known to be due, in milliseconds: a message that a change of
  /// a visit has just made is on its way this much later.
  static let lookMilliseconds: Int64 = 2000
  /// Messages on their way at a time. More would be a flood to a municipality's mail server.
  static let mostAtOnce = 8

  let store: any BesoegStore
  let clock: any ServiceClock
  let channels: [ReminderChannel: any MessageChannel]
  let logger: Logger

  /// Sends until the task is cancelled; at once done where nothing is set up to carry anything.
  func run() async {
    guard !channels.isEmpty else { return }
    repeat {
      while await sendDue() {}
    } while await pause()
  }

  private func pause() async -> Bool {
    let next = clock.now().adding(milliseconds: Self.lookMilliseconds)
    return (try? await clock.sleep(until: next)) != nil
  }

  /// Sends what is due now; whether there may be more.
  func sendDue() async -> Bool {
    let due: [DueMessage]
    do {
      due = try await store.takeDueMessages(at: clock.now(), limit: Self.mostAtOnce)
    } catch {
      logger.error("Reminders wait for the store", metadata: ["error": "\(error)"])
      return false
    }
    await withTaskGroup { group in
      for message in due { group.addTask { await send(message) } }
    }
    return !due.isEmpty && !Task.isCancelled
  }

  private func send(_ due: DueMessage) async {
    let reminder = due.reminder
    let result = await deliver(due)
    let news: MessageNews
    switch result {
    case .accepted(let reference):
      news = .accepted(attempt: reminder.attempts, reference: reference)
    case .refused(let failure, let isFinal):
      news = .refused(attempt: reminder.attempts, failure: failure, isFinal: isFinal)
      logger.warning(
        "A reminder was refused", metadata: ["key": "\(reminder.key)", "failure": "\(failure)"])
    case .withdrawn, .unknown: return
    }
    do {
      try await store.tell(news, of: reminder.key, tenant: reminder.tenant, at: clock.now())
    } catch {
      // The lease runs out and it is decided then: sent again where repeats are recognised, shown
      // to a person where not.
      logger.error(
        "What became of a reminder was not written",
        metadata: ["key": "\(reminder.key)", "error": "\(error)"])
    }
  }

  private func deliver(_ due: DueMessage) async -> DeliveryResult {
    let reminder = due.reminder
    guard let channel = channels[reminder.channel] else {
      return .refused(failure: "channel-not-set-up", isFinal: true)
    }
    guard !due.address.isEmpty else { return .refused(failure: "no-address", isFinal: true) }
    let now = clock.now()
    let message = OutgoingMessage(
      key: reminder.key, address: due.address, subject: reminder.subject.danish,
      text: reminder.text(at: now).danish, at: now)
    return await channel.deliver(message) {
      do {
        let handed = try await store.tell(
          .handOver(attempt: reminder.attempts), of: reminder.key, tenant: reminder.tenant,
          at: clock.now())
        return handed?.state == .handedOver
      } catch {
        logger.error("A reminder was not handed over", metadata: ["error": "\(error)"])
        return false
      }
    }
  }
}
