import Testing
import Visits

@Suite struct GrantRulesTests {
  typealias E = GrantExample

  /// A4: "op til 6 måneder".
  @Test(arguments: [
    ("2026-01-05", "2026-07-04"), ("2026-01-01", "2026-06-30"), ("2025-08-31", "2026-02-27"),
    ("2027-08-31", "2028-02-28"),
  ])
  func an82bCourseEndsAfterSixMonths(start: String, last: String) throws {
    #expect(try E.grant(start: start).end == E.day(last))
    let later = E.day(last).adding(days: 1).iso8601
    #expect(
      E.refusal { _ = try E.grant(start: start, end: later) }
        == .longerThan82b(months: 6, latest: E.day(last)))
    #expect(try E.grant(start: start, end: last).end == E.day(last))
  }

  @Test func an85GrantIsOpenEnded() throws {
    let grant = try E.grant(.section85)
    #expect(grant.end == nil && grant.covers(.latest) && !grant.covers(E.day("2026-01-04")))
  }

  /// A3: "§ 82 b-forløb ikke kan leveres som gruppebostøtte".
  @Test func groupsAreNeverGrantedUnder82b() throws {
    let terms = GrantTerms(forms: [.screen, .group])
    let refusal = E.refusal { _ = try E.grant(terms: terms) }
    #expect(refusal == .noGroupsUnder82b)
    #expect(
      refusal?.danish
        == "Støtte efter § 82 b er individuel og kan ikke gives som gruppebostøtte. Vælg "
        + "skærmbesøg eller fysisk besøg, eller søg om støtte efter § 85.")
    #expect(try E.grant(.section85, terms: terms).terms(on: E.day("2026-01-05")) == terms)
    let grant = try E.grant()
    #expect(
      E.refusal {
        _ = try E.apply(
          .propose(terms, from: E.day("2026-02-01"), reason: "Ligesindede"), to: grant)
      } == .noGroupsUnder82b)
  }

  /// A6: "fyldt 18 år".
  @Test(arguments: [("2008-01-05", true), ("2008-01-06", false), ("2008-02-29", false)])
  func supportIsGivenFromTheAgeOf18(born: String, allowed: Bool) {
    let refusal = E.refusal {
      _ = try GrantRules().grant(
        E.request(), to: E.karen, born: E.day(born), existing: [], by: E.caseWorker, at: E.now)
    }
    #expect(refusal == (allowed ? nil : .tooYoung(name: "Karen", age: 18)))
  }

  @Test func onlyACaseWorkerGrants() {
    for initiator in [Example.worker, E.teamLead, Example.operations, Example.citizen] {
      let refusal = E.refusal {
        _ = try GrantRules().grant(
          E.request(), to: E.karen, born: E.birth, existing: [], by: initiator, at: E.now)
      }
      #expect(refusal == .caseWorkerDecides)
    }
  }

  @Test func twoGrantsDoNotRunAtOnce() throws {
    let grant = try E.grant()
    func refusal(start: String) -> Refusal? {
      E.refusal {
        _ = try GrantRules().grant(
          E.request(.section85, start: start), to: E.karen, born: E.birth, existing: [grant],
          by: E.caseWorker, at: E.now)
      }
    }
    #expect(refusal(start: "2026-07-04") == .grantOverlaps(.section82b, from: grant.start))
    #expect(refusal(start: "2026-07-05") == nil)
    #expect(refusal(start: "2025-12-01") == .grantOverlaps(.section82b, from: grant.start))
  }

  /// A5: "op til 10 gange", "yderligere 10 gange".
  @Test func theCapIsExtendedOnceForAReason() throws {
    var policy = GrantPolicy()
    policy.visitCap82b = 10
    let grant = try E.grant(policy: policy)
    #expect(grant.effectiveVisitCap == 10)
    func extend(_ visits: Int, _ reason: String) -> GrantCommand {
      .extend(extraVisits: visits, until: nil, reason: reason, reference: nil)
    }
    #expect(E.refusal { _ = try E.apply(extend(10, "  "), to: grant) } == .reasonMissing)
    #expect(
      E.refusal { _ = try E.apply(extend(11, "Godt på vej"), to: grant) }
        == .extensionTooLarge(most: 10))
    #expect(
      E.refusal { _ = try E.apply(extend(0, "Godt på vej"), to: grant) } == .extensionOfNothing)
    #expect(
      E.refusal { _ = try E.apply(extend(5, "Godt på vej"), to: grant, by: Example.worker) }
        == .caseWorkerDecides)
    let extended = try E.apply(extend(10, "Godt på vej"), to: grant)
    #expect(extended.effectiveVisitCap == 20 && extended.extended?.reason == "Godt på vej")
    #expect(E.refusal { _ = try E.apply(extend(1, "Igen"), to: extended) } == .alreadyExtended)
  }

  @Test func anExtensionNeverReachesBeyondSixMonthsOrIntoAnotherGrant() throws {
    let short = try E.grant(end: "2026-03-31")
    func extend(_ until: String) -> GrantCommand {
      .extend(extraVisits: 0, until: E.day(until), reason: "Mere tid", reference: "J-7")
    }
    #expect(
      E.refusal { _ = try E.apply(extend("2026-07-05"), to: short) }
        == .longerThan82b(months: 6, latest: E.day("2026-07-04")))
    #expect(
      E.refusal { _ = try E.apply(extend("2026-03-31"), to: short) }
        == .extensionIsEarlier(E.day("2026-03-31")))
    let extended = try E.apply(extend("2026-07-04"), to: short)
    #expect(extended.end == E.day("2026-07-04"))
    #expect(extended.extended?.previousEnd == E.day("2026-03-31"))
    #expect(extended.extended?.decision.reference == "J-7")
    let next = try E.grant(.section85, start: "2026-05-01")
    var other = next
    other.id = GrantID(rawValue: "g2")
    #expect(
      E.refusal { _ = try E.apply(extend("2026-06-01"), to: short, others: [other]) }
        == .grantOverlaps(.section85, from: other.start))
  }

  /// A10: "træffe en ny afgørelse, før ændringerne kan træde i kraft".
  @Test func aChangeUnder85WaitsForADecision() throws {
    let now = GrantTerms(forms: [.screen], weeklyMinutes: 60)
    let more = GrantTerms(forms: [.screen, .group], weeklyMinutes: 120)
    let grant = try E.grant(.section85, terms: now)
    let proposed = try E.apply(
      .propose(more, from: E.day("2026-02-01"), reason: "Klar til gruppe"), to: grant,
      by: Example.worker)
    #expect(proposed.terms(on: E.day("2026-06-01")) == now)
    #expect(proposed.proposal?.terms == more && proposed.proposal?.reason == "Klar til gruppe")
    let decide = GrantCommand.decide(approved: true, from: nil, reference: "J-12")
    for initiator in [Example.worker, E.teamLead, Example.operations] {
      #expect(
        E.refusal { _ = try E.apply(decide, to: proposed, by: initiator) } == .caseWorkerDecides)
    }
    let decided = try E.apply(decide, to: proposed)
    #expect(decided.proposal == nil)
    #expect(decided.terms(on: E.day("2026-01-31")) == now)
    #expect(decided.terms(on: E.day("2026-02-01")) == more)
    #expect(decided.terms.last?.decision.reference == "J-12")
  }

  @Test func aDecisionDoesNotReachBack() throws {
    let grant = try E.grant(.section85, terms: GrantTerms(forms: [.screen]))
    let more = GrantTerms(forms: [.screen, .physical])
    let proposed = try E.apply(
      .propose(more, from: E.day("2026-01-10"), reason: "Behov"), to: grant)
    let decided = try E.apply(
      .decide(approved: true, from: nil, reference: nil), to: proposed,
      at: E.time("2026-03-02", hour: 9))
    #expect(decided.terms(on: E.day("2026-03-01")) == GrantTerms(forms: [.screen]))
    #expect(decided.terms(on: E.day("2026-03-02")) == more)
  }

  @Test func aRejectedOrWithdrawnChangeLeavesNothingBehind() throws {
    let grant = try E.grant(.section85)
    let propose = GrantCommand.propose(
      GrantTerms(forms: [.physical]), from: E.day("2026-02-01"), reason: "Ønske")
    let proposed = try E.apply(propose, to: grant)
    #expect(E.refusal { _ = try E.apply(propose, to: proposed) } == .proposalPending)
    #expect(try E.apply(.decide(approved: false, from: nil, reference: nil), to: proposed) == grant)
    #expect(try E.apply(.withdrawProposal, to: proposed, by: Example.worker) == grant)
    #expect(
      E.refusal { _ = try E.apply(.decide(approved: true, from: nil, reference: nil), to: grant) }
        == .noTermsProposed)
  }

  @Test func under82bTheTeamChangesFormsAtOnce() throws {
    let grant = try E.grant()
    let terms = GrantTerms(forms: [.screen], weeklyMinutes: 45)
    let changed = try E.apply(
      .propose(terms, from: E.day("2026-01-12"), reason: "Aftalt med Karen"), to: grant,
      by: Example.worker)
    #expect(changed.proposal == nil && changed.terms(on: E.day("2026-01-12")) == terms)
  }

  @Test func aClosedGrantCoversNothingAfterItsLastDay() throws {
    let grant = try E.grant(.section85)
    let closed = try E.apply(
      .close(on: E.day("2026-02-27"), reason: .purposeReached), to: grant, by: E.teamLead)
    #expect(closed.covers(E.day("2026-02-27")) && !closed.covers(E.day("2026-02-28")))
    #expect(
      E.refusal {
        _ = try E.apply(.close(on: E.day("2026-02-01"), reason: .died), to: closed)
      } == .grantClosed)
  }

  @Test func absurdDaysAreRefusedNotFatal() throws {
    for start in [LocalDate.earliest, .latest] {
      var request = E.request()
      request.start = start
      let rules = GrantRules()
      _ = E.refusal {
        let change = try rules.grant(
          request, to: E.karen, born: .earliest, existing: [], by: E.caseWorker, at: E.now)
        _ = rules.policy.openTasks(of: change.grant, firstHeld: nil)
      }
    }
    let grant = try E.grant(.section85)
    _ = MinutesAccount.weeks(
      of: grant, visits: [E.visit("9999-12-31")], from: .latest, through: .latest)
  }
}
