import Foundation
import Testing
import Visits

@Suite struct GrantBookingTests {
  typealias E = GrantExample

  static func refusal(
    _ visit: CountedVisit, grants: [Grant], booked: [CountedVisit] = [],
    policy: GrantPolicy = GrantPolicy(), replacing previous: CountedVisit? = nil
  ) -> Refusal? {
    E.refusal {
      try GrantBookingRule(policy: policy, grants: grants, visits: booked)
        .check(visit, replacing: previous, name: "Karen")
    }
  }

  @Test func aGroupIsRefusedUnder82bWithItsParagraph() throws {
    let refusal = Self.refusal(
      E.visit("2026-02-03", form: .group), grants: [try E.grant()])
    #expect(refusal == .noGroupsUnder82b)
    #expect(refusal?.danish.contains("§ 82 b") == true)
  }

  /// A4: no bookings past the end.
  @Test func visitsLieWithinTheGrant() throws {
    let grant = try E.grant()
    #expect(Self.refusal(E.visit("2026-07-04"), grants: [grant]) == nil)
    #expect(
      Self.refusal(E.visit("2026-07-05"), grants: [grant])
        == .grantEnded(.section82b, on: E.day("2026-07-04")))
    #expect(
      Self.refusal(E.visit("2026-01-04"), grants: [grant])
        == .grantNotBegun(.section82b, on: E.day("2026-01-05")))
    #expect(Self.refusal(E.visit("2026-01-04"), grants: []) == .noGrant(name: "Karen"))
    var policy = GrantPolicy()
    policy.visitsNeedGrant = false
    #expect(Self.refusal(E.visit("2026-01-04"), grants: [], policy: policy) == nil)
  }

  @Test func theDayIsTheDanishOne() throws {
    let grant = try E.grant()
    // 22:30 UTC on 4 July is half past midnight on the 5th in Denmark.
    var visit = E.visit("2026-07-04", hour: 22)
    visit.start = visit.start.adding(minutes: 30)
    #expect(
      Self.refusal(visit, grants: [grant]) == .grantEnded(.section82b, on: E.day("2026-07-04")))
  }

  @Test func dropInIsOpenToAll() throws {
    #expect(Self.refusal(E.visit("2026-01-04", form: .dropIn), grants: []) == nil)
  }

  /// A10.
  @Test func aFormThatAwaitsDecisionIsNotBookedYet() throws {
    let grant = try E.grant(.section85, terms: GrantTerms(forms: [.screen]))
    let group = E.visit("2026-03-03", form: .group)
    #expect(Self.refusal(group, grants: [grant]) == .formNotGranted(.group, basis: .section85))
    let proposed = try E.apply(
      .propose(
        GrantTerms(forms: [.screen, .group]), from: E.day("2026-02-01"), reason: "Klar"), to: grant)
    #expect(Self.refusal(group, grants: [proposed]) == .changeAwaitsDecision(.group))
    let decided = try E.apply(.decide(approved: true, from: nil, reference: nil), to: proposed)
    #expect(Self.refusal(group, grants: [decided]) == nil)
    #expect(
      Self.refusal(E.visit("2026-01-20", form: .group), grants: [decided])
        == .formNotGranted(.group, basis: .section85))
  }

  /// A5; and H2: a visit that was not answered costs the citizen nothing.
  @Test func theCapCountsWhatIsBookedAndHeld() throws {
    let grant = try E.grant(cap: 3)
    let next = E.visit("2026-03-03", id: "next")
    let held = E.visit("2026-01-06", id: "a", state: .ended, delivered: 30)
    let booked = E.visit("2026-01-13", id: "b")
    let missed = E.visit("2026-01-20", id: "c", state: .missed)
    let cancelled = E.visit("2026-01-27", id: "d", state: .cancelled)
    let failed = E.visit("2026-01-28", id: "e", state: .ended, delivered: 0)
    let cafe = E.visit("2026-01-29", form: .dropIn, id: "f")
    let two = [held, booked, missed, cancelled, failed, cafe]
    #expect(Self.refusal(next, grants: [grant], booked: two) == nil)
    let three = two + [E.visit("2026-02-03", id: "g")]
    #expect(
      Self.refusal(next, grants: [grant], booked: three) == .visitCapReached(3, canExtend: true))
    // Moving one of the three is no fourth.
    #expect(Self.refusal(next, grants: [grant], booked: three, replacing: booked) == nil)
    let extended = try E.apply(
      .extend(extraVisits: 1, until: nil, reason: "Godt på vej", reference: nil), to: grant)
    #expect(Self.refusal(next, grants: [extended], booked: three) == nil)
    #expect(
      Self.refusal(
        next, grants: [extended], booked: three + [E.visit("2026-02-04", id: "h")])
        == .visitCapReached(4, canExtend: false))
  }

  /// A14, A10.
  @Test func aWeekMayRunOverALittleButNotBecomeAnotherExtent() throws {
    let grant = try E.grant(terms: GrantTerms(forms: [.screen], weeklyMinutes: 60))
    let sunday = [E.visit("2026-02-08", minutes: 60, id: "before")]
    #expect(
      Self.refusal(E.visit("2026-02-09", minutes: 90), grants: [grant], booked: sunday) == nil)
    let monday = sunday + [E.visit("2026-02-09", minutes: 60, id: "a")]
    #expect(
      Self.refusal(E.visit("2026-02-15", minutes: 30), grants: [grant], booked: monday) == nil)
    #expect(
      Self.refusal(E.visit("2026-02-15", minutes: 31), grants: [grant], booked: monday)
        == .weekIsFull(granted: 60, booked: 60, monday: E.day("2026-02-09")))
    let rule = GrantBookingRule(grants: [grant], visits: monday)
    #expect(
      rule.advice(on: E.visit("2026-02-15", minutes: 30))
        == [.beyondWeeklyMinutes(granted: 60, booked: 90)])
    #expect(rule.advice(on: E.visit("2026-02-16", minutes: 60)).isEmpty)
  }

  /// A8, A9.
  @Test func moneyMattersBelongInTheCafeUnlessThereIsAReason() throws {
    var grant = try E.grant()
    grant.purposes = [.economy]
    #expect(Self.refusal(E.visit("2026-02-03"), grants: [grant]) == .belongsInCafe)
    var excepted = grant
    excepted.cafeException = "Bor i den vestlige del, hvor der ingen café er"
    #expect(Self.refusal(E.visit("2026-02-03"), grants: [excepted]) == nil)
    grant.targetGroup = .disability
    #expect(Self.refusal(E.visit("2026-02-03"), grants: [grant]) == nil)
  }

  @Test func theRuleJudgesProposalsThroughTheBookingPolicy() throws {
    var policy = BookingPolicy()
    let grant = try E.grant(start: "2026-11-20")
    policy.rules = [GrantBookingRule(grants: [grant], visits: [])]
    var proposal = Example.proposal(by: .system)
    proposal.visit.start = E.time("2026-11-19", hour: 10)
    proposal.now = proposal.visit.start
    #expect(throws: Refusal.grantNotBegun(.section82b, on: grant.start)) {
      try VisitRules(policy: policy).book(proposal)
    }
    // What was agreed stays agreed: made shorter on its day, it is not judged again.
    var shorter = proposal
    shorter.previous = proposal.visit
    shorter.visit.durationMinutes = 20
    #expect(throws: Never.self) { try VisitRules(policy: policy).book(shorter) }
  }

  /// Whatever is asked for in whatever order, what is accepted keeps to the grant.
  @Test(arguments: 0..<200)
  func acceptedBookingsKeepToTheGrant(_ seed: Int) throws {
    var random = SplitMix(state: UInt64(seed))
    let cap = Int.random(in: 1...12, using: &random)
    let weekly = Int.random(in: 20...120, using: &random)
    let basis = LegalBasis.allCases.randomElement(using: &random) ?? .section85
    let forms = Set(VisitForm.allCases.filter { $0 != .group && Bool.random(using: &random) })
    let grant = try E.grant(
      basis, cap: cap, terms: GrantTerms(forms: forms.union([.screen]), weeklyMinutes: weekly))
    var rule = GrantBookingRule(grants: [grant], visits: [])
    var accepted: [CountedVisit] = []
    for number in 0..<60 {
      let day = grant.start.adding(days: Int.random(in: -20...200, using: &random))
      let visit = E.visit(
        day.iso8601, hour: Int.random(in: 0...20, using: &random),
        minutes: Int.random(in: 5...90, using: &random),
        form: VisitForm.allCases.randomElement(using: &random) ?? .screen, id: "\(number)")
      guard E.refusal({ try rule.check(visit, name: "Karen") }) == nil else { continue }
      rule.add(visit)
      accepted.append(visit)
    }
    let counted = accepted.filter(\.usesGrant)
    #expect(counted.count <= cap)
    #expect(counted.allSatisfy { grant.covers(LocalDate($0.start)) && $0.form != .group })
    let accounts = MinutesAccount.weeks(
      of: grant, visits: accepted, from: grant.start.adding(days: -30),
      through: grant.start.adding(days: 230))
    #expect(accounts.allSatisfy { $0.booked <= ($0.granted ?? 0) * 3 / 2 })
    #expect(accounts.reduce(0) { $0 + $1.booked } == counted.reduce(0) { $0 + $1.plannedMinutes })
  }

  struct SplitMix: RandomNumberGenerator {
    var state: UInt64
    mutating func next() -> UInt64 {
      state &+= 0x9e37_79b9_7f4a_7c15
      var z = state
      z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
      z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
      return z ^ (z >> 31)
    }
  }

  @Test func aGrantSurvivesItsJSONForm() throws {
    var grant = try E.grant(.section85, terms: GrantTerms(forms: [.screen, .physical]))
    grant = try E.apply(
      .propose(
        GrantTerms(forms: [.group], weeklyMinutes: 90, hours: [.evening]),
        from: E.day("2026-02-01"), reason: "Klar"), to: grant)
    let data = try JSONEncoder().encode(grant)
    #expect(try JSONDecoder().decode(Grant.self, from: data) == grant)
    let text = String(decoding: data, as: UTF8.self)
    #expect(text.contains(#""forms":["screen","physical"]"#))
    #expect(text.contains(#""start":"2026-01-05""#))
  }
}
