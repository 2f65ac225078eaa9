import Logging
import Store
import Visits

/// Sends messages to partners, to workers and to the journal, for as long as the service runs.
///
/// As with reminders every step is in the store before the next is taken.
struct PostDispatcher: Sendable {
  let store: any BesoegStore
  let clock: any ServiceClock
  let channels: [ReminderChannel: any MessageChannel]
  /// What reaches the journal; nil where nothing is set up, and its messages wait.
  let journal: SignedWebhook?
  let logger: Logger

  /// Sends until the task is cancelled; at once done where nothing is set up to carry anything.
  func run() async {
    guard !channels.isEmpty || journal != nil else { return }
    repeat {
      while await sendDue() {}
    } while await pause()
  }

  private func pause() async -> Bool {
    let next = clock.now().adding(milliseconds: ReminderDispatcher.lookMilliseconds)
    return (try? await clock.sleep(until: next)) != nil
  }

  /// Sends what is due now; whether there may be more.
  func sendDue() async -> Bool {
    let due: [Post]
    do {
      due = try await store.takeDuePosts(
        at: clock.now(), limit: ReminderDispatcher.mostAtOnce, withJournal: journal != nil)
    } catch {
      logger.error("Messages wait for the store", metadata: ["error": "\(error)"])
      return false
    }
    await withTaskGroup { group in
      for post in due { group.addTask { await send(post) } }
    }
    return !due.isEmpty && !Task.isCancelled
  }

  private func send(_ post: Post) async {
    let attempt = post.delivery.attempts
    let news: MessageNews
    switch await deliver(post) {
    case .accepted(let reference): news = .accepted(attempt: attempt, reference: reference)
    case .refused(let failure, let isFinal):
      news = .refused(attempt: attempt, failure: failure, isFinal: isFinal)
      logger.warning(
        "A message was refused", metadata: ["key": "\(post.key)", "failure": "\(failure)"])
    case .withdrawn, .unknown: return
    }
    do {
      try await store.tell(news, ofPost: post.key, tenant: post.tenant, at: clock.now())
    } catch {
      // The lease runs out and it is decided then, as with reminders.
      logger.error(
        "What became of a message was not written",
        metadata: ["key": "\(post.key)", "error": "\(error)"])
    }
  }

  private func deliver(_ post: Post) async -> DeliveryResult {
    let now = clock.now()
    let handOver: @Sendable () async -> Bool = {
      do {
        let handed = try await store.tell(
          .handOver(attempt: post.delivery.attempts), ofPost: post.key, tenant: post.tenant,
          at: clock.now())
        return handed?.delivery.state == .handedOver
      } catch {
        logger.error("A message was not handed over", metadata: ["error": "\(error)"])
        return false
      }
    }
    switch post.destination {
    case .journal:
      guard let journal else { return .refused(failure: "journal-not-set-up", isFinal: false) }
      return await journal.post(
        post.content, key: post.key.rawValue, at: now, handOver: handOver)
    case .partner(let contact):
      return await deliver(post, to: contact.address, by: contact.channel, at: now, handOver)
    case .staff(let worker, let kind):
      let address: String?
      do {
        address = try await store.reminders(of: worker, tenant: post.tenant)?.addresses[kind]
      } catch {
        return .refused(failure: "address-not-read", isFinal: false)
      }
      guard let address else { return .refused(failure: "no-address", isFinal: true) }
      return await deliver(post, to: address, by: kind, at: now, handOver)
    }
  }

  private func deliver(
    _ post: Post, to address: String, by kind: ReminderChannel, at now: UTCMilliseconds,
    _ handOver: @escaping @Sendable () async -> Bool
  ) async -> DeliveryResult {
    guard let channel = channels[kind] else {
      return .refused(failure: "channel-not-set-up", isFinal: true)
    }
    let message = OutgoingMessage(
      key: ReminderKey(rawValue: post.key.rawValue), address: address, subject: "Besked",
      text: post.content, at: now)
    return await channel.deliver(message, handOver: handOver)
  }
}
