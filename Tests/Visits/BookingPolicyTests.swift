import Testing
import Visits

@Suite struct BookingPolicyTests {
  static let now = Example.start

  static func refusal(_ change: (inout BookingProposal) -> Void) -> Refusal? {
    var proposal = Example.proposal(now: now)
    change(&proposal)
    do throws(Refusal) {
      _ = try VisitRules().book(proposal)
      return nil
    } catch {
      return error
    }
  }

  @Test func aVisitIsBookedWithOneLedgerEntry() throws {
    let change = try VisitRules().book(Example.proposal(now: Self.now))
    #expect(change.visit == Example.visit)
    let entry = try #require(change.entries.first)
    #expect(change.entries.count == 1 && entry.kind == .booked)
    #expect(entry.participant == Example.visit.workerID && entry.at == Self.now)
  }

  @Test func whatIsAskedForCannotSmuggleInAState() throws {
    var proposal = Example.proposal(now: Self.now)
    proposal.visit.state = .active
    proposal.visit.ringExpiresAt = Self.now
    proposal.visit.answeredDevice = Example.screen
    #expect(try VisitRules().book(proposal).visit == Example.visit)
  }

  @Test func theStartLiesWithinGraceAndHorizon() {
    #expect(Self.refusal { $0.visit.start = Self.now.adding(minutes: -5) } == nil)
    #expect(
      Self.refusal { $0.visit.start = Self.now.adding(minutes: -5).adding(milliseconds: -1) }
        == .startsInThePast)
    #expect(Self.refusal { $0.visit.start = Self.now.adding(minutes: 400 * 1440) } == nil)
    #expect(
      Self.refusal { $0.visit.start = Self.now.adding(minutes: 400 * 1440 + 1) }
        == .startsTooFarAhead(days: 400))
  }

  @Test(arguments: [Int64.min, .max])
  func absurdTimesAreRefusedNotFatal(_ time: Int64) {
    let start = UTCMilliseconds(rawValue: time)
    #expect(Self.refusal { $0.visit.start = start }?.category == .invalid)
    #expect(
      Self.refusal {
        $0.visit.start = start
        $0.visit.durationMinutes = .max
      } == .durationOutOfRange(5...480))
  }

  @Test(arguments: [(4, false), (5, true), (480, true), (481, false), (0, false), (-30, false)])
  func theLengthIsBounded(minutes: Int, allowed: Bool) {
    let refusal = Self.refusal { $0.visit.durationMinutes = minutes }
    #expect(refusal == (allowed ? nil : .durationOutOfRange(5...480)))
  }

  @Test func rolesMustFit() {
    let ole = Example.person("ole", .citizen, "Ole")
    let bo = Example.person("bo", .supportWorker, "Bo")
    #expect(Self.refusal { $0.worker = ole } == .notASupportWorker(name: "Ole"))
    #expect(Self.refusal { $0.citizen = bo } == .notACitizen(name: "Bo"))
    #expect(Self.refusal { $0.initiator = Example.citizen } == .onlyStaffBooks)
    #expect(Self.refusal { $0.initiator = Example.operations } == nil)
    #expect(Self.refusal { $0.initiator = Example.otherWorker } == nil)
  }

  @Test(arguments: VisitForm.allCases)
  func formsThatCannotBeHeldYetAreNotBooked(_ form: VisitForm) {
    let offered = form == .screen || form == .physical
    #expect(Self.refusal { $0.visit.form = form } == (offered ? nil : .formNotOffered))
  }

  @Test func furtherRulesHaveTheirSay() {
    struct NoKarens: BookingRule {
      func check(_ proposal: BookingProposal) throws(Refusal) {
        if proposal.citizen.displayName == "Karen" { throw .formNotOffered }
      }
    }
    var policy = BookingPolicy()
    policy.rules = [NoKarens()]
    #expect(throws: Refusal.formNotOffered) {
      try VisitRules(policy: policy).book(Example.proposal(now: Self.now))
    }
  }

  @Test func movingChangesTimeAndLengthAndNothingElse() throws {
    let change = try Example.apply(
      .move(start: Self.now.adding(minutes: 60), durationMinutes: 45), to: Example.visit,
      by: Example.worker, at: Self.now)
    var expected = Example.visit
    expected.start = Self.now.adding(minutes: 60)
    expected.durationMinutes = 45
    #expect(change.visit == expected)
    #expect(change.entries.map(\.kind) == [.moved])
  }

  @Test func movingToTheSameTimeChangesNothing() throws {
    let change = try Example.apply(
      .move(start: Example.visit.start, durationMinutes: nil), to: Example.visit,
      by: Example.worker, at: Self.now)
    #expect(change.visit == Example.visit && change.entries.isEmpty)
  }

  @Test func aVisitThatShouldHaveBegunCanBeMadeLongerButNotMovedBack() throws {
    let later = Self.now.adding(minutes: 20)
    let longer = try Example.apply(
      .move(start: nil, durationMinutes: 60), to: Example.visit, by: Example.worker, at: later)
    #expect(longer.visit.durationMinutes == 60)
    #expect(throws: Refusal.startsInThePast) {
      try Example.apply(
        .move(start: Self.now.adding(minutes: 10), durationMinutes: nil), to: Example.visit,
        by: Example.worker, at: later)
    }
  }

  @Test func aMoveIsHeldToTheSamePolicyAsABooking() {
    #expect(throws: Refusal.durationOutOfRange(5...480)) {
      try Example.apply(
        .move(start: nil, durationMinutes: 481), to: Example.visit, by: Example.worker,
        at: Self.now)
    }
  }

  @Test func onlyTheVisitsOwnStaffMoveIt() {
    let move = VisitCommand.move(start: nil, durationMinutes: 45)
    func refusal(_ initiator: Initiator) -> Refusal? {
      do throws(Refusal) {
        _ = try Example.apply(move, to: Example.visit, by: initiator, at: Self.now)
        return nil
      } catch {
        return error
      }
    }
    #expect(refusal(Example.otherWorker) == .notYourVisit)
    #expect(refusal(Example.citizen) == .onlyStaffBooks)
    #expect(refusal(Example.operations) == nil)
  }

  @Test func doubleBookingSaysWhoAndWhenInDanishTime() {
    // 2026-11-21 09:05 UTC is 10.05 in Denmark.
    let start = UTCMilliseconds(rawValue: 1_795_251_900_000)
    let refusal = Refusal.doubleBooked(name: "Anne", from: start, to: start.adding(minutes: 30))
    #expect(
      refusal.danish
        == "Anne har allerede et besøg den 21/11 kl. 10.05–10.35. Vælg et andet tidspunkt.")
    #expect(refusal.category == .conflict)
  }

  @Test(arguments: [
    ("Karen", "Karen"), ("  Karen Møller\n", "Karen Møller"), ("", nil), ("   ", nil),
    ("Ka\u{7}ren", nil), (String(repeating: "K", count: 101), nil),
  ])
  func namesAreTrimmedAndBounded(name: String, expected: String?) throws {
    if let expected {
      #expect(try Person.checkedName(name) == expected)
    } else {
      #expect(throws: Refusal.nameInvalid(longest: 100)) { try Person.checkedName(name) }
    }
  }
}
