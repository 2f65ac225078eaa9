import Testing
import Visits

/// Random days at the drop-in: whatever happens, the queue is first come, first served, nobody is
/// lost and nobody is taken by two.
@Suite struct QueuePropertyTests {
  /// SplitMix64: small, and the same on every machine.
  struct Seeded: RandomNumberGenerator {
    var state: UInt64
    mutating func next() -> UInt64 {
      state &+= 0x9e37_79b9_7f4a_7c15
      var z = state
      z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
      z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
      return z ^ (z >> 31)
    }
  }

  static let workers = ["anne", "bo", "eva"].map(PersonID.init(rawValue:))

  @Test(arguments: 0..<300 as Range<UInt64>)
  func nobodyIsLostOvertakenOrTakenTwice(seed: UInt64) throws {
    var random = Seeded(state: seed)
    let opens = DropInQueueTests.opens
    let team = DropInQueueTests.team
    let duty = [
      DutyShift(worker: Self.workers[2], team: team, window: TimeWindow(start: opens, minutes: 90))
    ]
    var queue = DropInQueue(session: DropInQueueTests.session)
    var now = opens
    var joined = 0
    for _ in 0..<200 {
      now = now.adding(milliseconds: Int64.random(in: 0...120_000, using: &random))
      let before = queue
      let worker = Self.workers.randomElement(using: &random) ?? Self.workers[0]
      let ticket = queue.tickets.randomElement(using: &random)?.id ?? TicketID(rawValue: "none")
      switch Int.random(in: 0..<9, using: &random) {
      case 0, 1, 2:
        joined += 1
        let citizen = DropInQueueTests.citizen(joined)
        do throws(Refusal) {
          _ = try queue.join(
            id: TicketID(rawValue: "t\(joined)"), citizen: citizen,
            by: .person(citizen, role: .citizen, device: nil), at: now)
        } catch {
          #expect(now >= queue.session.window.end)
        }
      case 3, 4:
        guard let taken = try? queue.claim(by: worker, duty: duty, at: now) else { break }
        let had = before.tickets.first { $0.id == taken.id }
        if had?.state == .waiting {
          let overtaken = before.tickets.contains {
            $0.state == .waiting && $0.number < taken.number && ($0.retryAt ?? now) <= now
          }
          #expect(!overtaken, "\(taken.number) came too early")
        } else {
          #expect(had?.claimedBy == worker, "taken from a colleague")
        }
      case 5: _ = try? queue.begin(ticket, by: worker, at: now)
      case 6: _ = try? queue.finish(ticket, by: worker, at: now)
      case 7:
        if Bool.random(using: &random) {
          _ = try? queue.release(ticket, by: worker)
        } else {
          _ = try? queue.noAnswer(ticket, by: worker, at: now)
        }
      default: _ = queue.advance(to: now)
      }
      if Int.random(in: 0..<10, using: &random) == 0 {
        // A restart: the queue as it is read back, in whatever order.
        queue = DropInQueue(session: queue.session, tickets: queue.tickets.shuffled(using: &random))
      }
      #expect(Self.flaw(queue, after: before) == nil)
    }
    // The day ends: whoever was never helped has been handed on, and no state is left behind.
    for _ in 0..<3 { _ = queue.advance(to: queue.nextWake ?? now) }
    _ = queue.advance(to: now.adding(minutes: 600))
    for ticket in queue.tickets {
      #expect([.talking, .done, .left, .handedOn].contains(ticket.state))
      if ticket.state == .talking {
        let worker = try #require(ticket.claimedBy)
        #expect(try queue.finish(ticket.id, by: worker, at: now).state == .done)
      }
    }
    #expect(queue.nextWake == nil)
  }

  /// What is wrong with a queue that has become of another; nil when nothing is.
  static func flaw(_ queue: DropInQueue, after before: DropInQueue) -> String? {
    guard queue.tickets.map(\.number) == Array(1..<(queue.tickets.count + 1)) else {
      return "numbers"
    }
    guard queue.tickets.count >= before.tickets.count else { return "somebody is gone" }
    var busy: Set<PersonID> = []
    for (index, ticket) in queue.tickets.enumerated() {
      switch ticket.state {
      case .claimed, .talking:
        guard let worker = ticket.claimedBy else { return "taken by nobody" }
        guard busy.insert(worker).inserted else { return "\(worker) has two citizens at once" }
      case .waiting:
        if ticket.claimedBy != nil { return "waits and is taken" }
      case .done, .left, .handedOn:
        if ticket.endedAt == nil { return "over, nobody knows when" }
      }
      guard index < before.tickets.count else { continue }
      let old = before.tickets[index]
      if old.id != ticket.id { return "another person's place" }
      if !old.state.isOpen, ticket != old { return "changed when over" }
      if old.state == .talking, ticket.claimedBy != old.claimedBy { return "talk taken away" }
    }
    return nil
  }
}
