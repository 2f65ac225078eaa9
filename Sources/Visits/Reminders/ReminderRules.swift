/// Which messages there must be about a visit.
///
/// Made in the transaction that changes the visit, so that a message exists exactly when the change
/// does, whatever is killed in between. Asking again changes nothing.
public enum ReminderRules {
  /// The reminders of `visit` that become different: new ones, and ones that are not needed any
  /// longer. `existing` are all messages about the visit.
  public static func reconcile(
    _ visit: Visit, plans: [ReminderPlan], existing: [Reminder], at now: UTCMilliseconds
  ) -> [Reminder] {
    var rounds: [Slot: [Reminder]] = [:]
    for reminder in existing where reminder.kind == .upcoming && reminder.visit == visit.id {
      rounds[Slot(reminder), default: []].append(reminder)
    }
    var changed: [Reminder] = []
    for plan in plans {
      for rule in plan.rules {
        let slot = Slot(
          person: plan.person, channel: rule.channel, minutes: rule.minutesBefore)
        let earlier = rounds.removeValue(forKey: slot) ?? []
        changed += reconcile(slot, of: visit, earlier, due: plan.due(rule, start: visit.start), now)
      }
    }
    // No longer asked for.
    let rest = rounds.values.flatMap { $0 }.filter(\.state.isOpen)
    changed += rest.sorted { $0.key.rawValue < $1.key.rawValue }.map(\.calledOff)
    return changed
  }

  private static func reconcile(
    _ slot: Slot, of visit: Visit, _ earlier: [Reminder], due: UTCMilliseconds,
    _ now: UTCMilliseconds
  ) -> [Reminder] {
    let wanted = visit.state == .booked && now < visit.start
    var changed: [Reminder] = []
    var isComing = false
    for reminder in earlier where reminder.state.isOpen {
      if wanted, reminder.visitStart == visit.start {
        isComing = true
      } else {
        changed.append(reminder.calledOff)
      }
    }
    // What the person believes is what they were told last.
    let told = earlier.filter { $0.state.isTold || $0.mayHaveArrived }
      .max { $0.round < $1.round }
    let last = earlier.max { $0.round < $1.round }
    let hasFailed = last?.state == .failed && last?.visitStart == visit.start
    guard wanted, !isComing, !hasFailed, told?.visitStart != visit.start else { return changed }
    // A visit agreed on later than its reminder would have come needs none: it was just agreed.
    guard due >= now else { return changed }
    changed.append(
      Reminder(
        tenant: visit.tenant, visit: visit.id, person: slot.person, kind: .upcoming,
        channel: slot.channel, minutes: slot.minutes, visitStart: visit.start,
        round: (last?.round ?? 0) + 1, dueAt: due))
    return changed
  }

  /// The messages that a change of a visit makes necessary, and the earlier ones that it makes
  /// untrue.
  ///
  /// - Parameters:
  ///   - sequence: The change's number in the visit's ledger: the same change gives the same keys.
  ///   - initiator: Who made it; they know.
  public static func notices(
    from before: Visit, to after: Visit, sequence: Int64, plans: [ReminderPlan],
    existing: [Reminder], by initiator: Initiator, at now: UTCMilliseconds
  ) -> [Reminder] {
    let kind: ReminderKind
    if after.state == .cancelled, before.state != .cancelled {
      kind = .cancelled
    } else if after.state == .booked, after.start != before.start {
      kind = .moved
    } else {
      return []
    }
    var changed = existing.filter {
      $0.visit == after.id && $0.kind != .upcoming && $0.state.isOpen
        && !$0.isTrue(of: after, at: now)
    }.map(\.calledOff)
    guard now < after.start else { return changed }
    for plan in plans where plan.person != initiator.person {
      changed += messages(
        kind, of: after, minutes: 0, sequence: sequence, plan: plan, existing: existing, at: now)
    }
    return changed
  }

  /// The messages that tell a citizen of the next visit of a delay (B17), at once, whatever the
  /// hour: the citizen is waiting. A group's members are each told over their own channels.
  public static func delay(
    _ notice: DelayNotice, of visit: Visit, sequence: Int64, plan: ReminderPlan,
    existing: [Reminder], at now: UTCMilliseconds
  ) -> [Reminder] {
    guard plan.person != notice.by, visit.participants.contains(plan.person) else { return [] }
    // A shorter delay that has not left yet is no longer so.
    let untrue = existing.filter {
      $0.kind == .delayed && $0.person == plan.person && $0.state.isOpen
        && $0.minutes < notice.minutes
    }.map(\.calledOff)
    return untrue
      + messages(
        .delayed, of: visit, minutes: notice.minutes, sequence: sequence, plan: plan,
        existing: existing, at: now)
  }

  private static func messages(
    _ kind: ReminderKind, of visit: Visit, minutes: Int, sequence: Int64, plan: ReminderPlan,
    existing: [Reminder], at now: UTCMilliseconds
  ) -> [Reminder] {
    var due = now
    if kind != .delayed, let morning = plan.quiet?.notEarlier(than: now), morning < visit.start {
      due = morning
    }
    return plan.notices.map { channel in
      Reminder(
        tenant: visit.tenant, visit: visit.id, person: plan.person, kind: kind, channel: channel,
        minutes: minutes, visitStart: visit.start, round: sequence, dueAt: due)
    }.filter { message in !existing.contains { $0.key == message.key } }
  }
}

/// One reminder a person wants of a visit, however often it has to be made anew.
private struct Slot: Hashable {
  var person: PersonID
  var channel: ReminderChannel
  var minutes: Int

  init(person: PersonID, channel: ReminderChannel, minutes: Int) {
    self.person = person
    self.channel = channel
    self.minutes = minutes
  }

  init(_ reminder: Reminder) {
    self.init(person: reminder.person, channel: reminder.channel, minutes: reminder.minutes)
  }
}
