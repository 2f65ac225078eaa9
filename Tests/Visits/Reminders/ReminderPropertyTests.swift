import Testing
import Visits

/// Random lives of visits and their reminders: moved, called off, plans changed, senders killed
/// between any two steps, and several senders at once. No message arrives twice, none arrives that
/// was untrue when it left, and none that was due is missing.
@Suite struct ReminderPropertyTests {
  /// A mail server and a gateway, which count what arrives.
  struct Outside {
    var arrived: [ReminderKey: Int] = [:]
    /// Takes a message; a gateway knows a repeat by its key, a mail server does not.
    mutating func take(_ reminder: Reminder) {
      if reminder.channel != .email, arrived[reminder.key] != nil { return }
      arrived[reminder.key, default: 0] += 1
    }
  }

  /// A sender, who remembers only what a process remembers.
  struct Sender {
    var reminder: Reminder
    /// Whether the message has left, of which the store has not been told.
    var hasLeft = false
  }

  /// The store and everything around it.
  struct World {
    var random: QueuePropertyTests.Seeded
    var now = Example.start
    var visit = Example.visit
    var plans: [ReminderPlan]
    var stored: [ReminderKey: Reminder] = [:]
    var sequence: Int64 = 0
    var senders: [Sender] = []
    var outside = Outside()
    var flaws: [String] = []

    mutating func store(_ changed: [Reminder]) {
      for reminder in changed {
        let old = stored[reminder.key]
        if old?.state == .delivered || old?.state == .sent, reminder.state.isOpen {
          flaws.append("\(reminder.key) was sent and is to be sent again")
        }
        stored[reminder.key] = reminder
      }
    }

    /// One transaction: the visit and its messages, together.
    mutating func change(_ body: (inout Visit) -> Void) {
      let before = visit
      // A visit that is called off is not changed again.
      if visit.state != .cancelled { body(&visit) }
      sequence += 1
      let existing = Array(stored.values)
      store(ReminderRules.reconcile(visit, plans: plans, existing: existing, at: now))
      store(
        ReminderRules.notices(
          from: before, to: visit, sequence: sequence, plans: plans, existing: existing,
          by: Example.worker, at: now))
      // Asked again, as after a restart, nothing changes.
      let again = ReminderRules.reconcile(
        visit, plans: plans, existing: Array(stored.values), at: now)
      if !again.isEmpty { flaws.append("reconciling twice changed \(again.map(\.key))") }
      for plan in plans where plan.quiet == nil && visit.state == .booked {
        for rule in plan.rules where visit.start.adding(minutes: -rule.minutesBefore) >= now {
          let isThere = stored.values.contains {
            $0.kind == .upcoming && $0.person == plan.person && $0.channel == rule.channel
              && $0.minutes == rule.minutesBefore && $0.visitStart == visit.start
              && $0.state != .cancelled
          }
          if !isThere { flaws.append("no reminder \(rule) for \(plan.person)") }
        }
      }
    }

    /// One step of some sender, or the death of one.
    mutating func send(mayDie: Bool, mayFail: Bool) {
      if senders.isEmpty || Bool.random(using: &random) {
        for reminder in stored.values.sorted(by: { $0.key.rawValue < $1.key.rawValue }) {
          let recovered = reminder.recovered(at: now)
          if let recovered { store([recovered]) }
          guard let begun = (recovered ?? reminder).begun(visit: visit, at: now) else { continue }
          store([begun])
          if begun.state == .sending { senders.append(Sender(reminder: begun)) }
        }
      }
      guard !senders.isEmpty else { return }
      let index = Int.random(in: 0..<senders.count, using: &random)
      var sender = senders.remove(at: index)
      if mayDie, Int.random(in: 0..<4, using: &random) == 0 { return }
      let key = sender.reminder.key
      guard let current = stored[key] else { return flaws.append("\(key) is gone") }
      let attempt = sender.reminder.attempts
      if sender.hasLeft {
        if let sent = current.accepted(attempt: attempt, at: now) { store([sent]) }
      } else if sender.reminder.state == .sending {
        if mayFail, Int.random(in: 0..<5, using: &random) == 0 {
          if let refused = current.refused(
            attempt: attempt, failure: "451", isFinal: false, at: now)
          {
            store([refused])
          }
          return
        }
        guard let over = current.handedOver(attempt: attempt, visit: visit, at: now) else { return }
        store([over])
        sender.reminder = over
        guard over.state == .handedOver else { return }
        if over.visitStart != visit.start { flaws.append("\(key) told another time") }
        if (visit.state == .cancelled) != (over.kind == .cancelled) {
          flaws.append("\(key) told of another state")
        }
        senders.append(sender)
      } else {
        // The step that cannot be taken back. What leaves was true when it was let go of.
        outside.take(sender.reminder)
        sender.hasLeft = true
        senders.append(sender)
      }
    }
  }

  static func plans(_ random: inout QueuePropertyTests.Seeded) -> [ReminderPlan] {
    let quiet = QuietHours(from: LocalTime(wrapping: 22 * 60), until: LocalTime(wrapping: 7 * 60))
    let channels = ReminderChannel.allCases
    return [Example.visit.citizenID, Example.visit.workerID].map { person in
      ReminderPlan(
        person: person,
        rules: [15, 60, 1440].compactMap { minutes in
          guard Bool.random(using: &random), let channel = channels.randomElement(using: &random)
          else { return nil }
          return ReminderRule(channel: channel, minutesBefore: minutes)
        },
        notices: channels.filter { _ in Bool.random(using: &random) },
        quiet: Bool.random(using: &random) ? quiet : nil)
    }
  }

  static func world(seed: UInt64) -> World {
    var random = QueuePropertyTests.Seeded(state: seed)
    let plans = Self.plans(&random)
    var world = World(random: random, plans: plans)
    world.change { $0.start = Example.start.adding(minutes: 3000) }
    return world
  }

  @Test(arguments: 0..<200 as Range<UInt64>)
  func nothingArrivesTwiceAndNothingIsLost(seed: UInt64) {
    var world = Self.world(seed: seed)
    for _ in 0..<120 {
      world.now = world.now.adding(milliseconds: .random(in: 0...2_400_000, using: &world.random))
      switch Int.random(in: 0..<30, using: &world.random) {
      case 0:
        let start = world.now.adding(minutes: 1 + 2000 * Int(seed % 3))
        world.change { $0.start = start }
      case 1:
        let other = [1, 2].randomElement(using: &world.random) ?? 1
        world.change { $0.start = Example.start.adding(minutes: 1500 * other) }
      case 2:
        let state: VisitState = world.visit.state == .missed ? .booked : .missed
        world.change { $0.state = state }
      case 3:
        if Int.random(in: 0..<4, using: &world.random) == 0 {
          world.change { $0.state = .cancelled }
        }
      case 4:
        world.plans = Self.plans(&world.random)
        world.change { _ in }
      case 5: world.senders = []  // All senders are killed.
      default: world.send(mayDie: true, mayFail: true)
      }
    }
    finish(&world)
    #expect(world.flaws.isEmpty)
    for (key, count) in world.outside.arrived { #expect(count == 1, "\(key) came \(count) times") }
    for reminder in world.stored.values {
      let arrived = world.outside.arrived[reminder.key] != nil
      switch reminder.state {
      case .sent, .delivered: #expect(arrived, "\(reminder.key) counts as sent")
      case .cancelled, .failed: #expect(!arrived, "\(reminder.key) arrived all the same")
      case .uncertain: break
      case .pending, .sending, .handedOver: Issue.record("\(reminder.key) is \(reminder.state)")
      }
    }
  }

  @Test(arguments: 0..<40 as Range<UInt64>)
  func withoutFaultsEveryReminderArrivesOnceThoughSendersDieBeforeLettingGo(seed: UInt64) {
    var world = Self.world(seed: seed)
    let visit = world.visit
    // Up to the moment of letting go, dying is harmless over every channel.
    while world.now < visit.start {
      world.now = world.now.adding(milliseconds: 300_000)
      if Bool.random(using: &world.random) {
        world.senders.removeAll {
          $0.reminder.state == .sending && !$0.hasLeft && $0.reminder.attempts < 3
        }
      }
      for _ in 0..<12 { world.send(mayDie: false, mayFail: false) }
    }
    #expect(world.flaws.isEmpty)
    for plan in world.plans {
      for rule in plan.rules {
        let slot = world.stored.values.filter {
          $0.kind == .upcoming && $0.person == plan.person && $0.channel == rule.channel
            && $0.minutes == rule.minutesBefore
        }
        #expect(slot.map(\.state) == [.sent])
        #expect(slot.allSatisfy { world.outside.arrived[$0.key] == 1 })
        for reminder in slot where plan.quiet?.contains(reminder.dueAt) == true {
          Issue.record("\(reminder.key) disturbs at \(reminder.dueAt.rfc3339)")
        }
      }
    }
  }

  /// Lets everything come to rest, with senders that live.
  func finish(_ world: inout World) {
    for _ in 0..<4000 {
      guard let wake = world.stored.values.compactMap(\.nextWake).min() else { break }
      world.now = max(world.now, wake)
      for _ in 0..<4 { world.send(mayDie: false, mayFail: false) }
      world.now = world.now.adding(milliseconds: 1000)
    }
    while !world.senders.isEmpty { world.send(mayDie: false, mayFail: false) }
    for _ in 0..<8 { world.send(mayDie: false, mayFail: false) }
  }
}
