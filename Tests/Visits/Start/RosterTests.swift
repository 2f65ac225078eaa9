import Testing
import Visits

@Suite struct RosterTests {
  typealias E = GrantExample

  static func line(_ name: String, primary: Bool = true) -> RosterLine {
    let person = Example.person(name.lowercased(), .citizen, name)
    return RosterLine(
      citizen: person, isPrimary: primary,
      start: ScreenStart(tenant: Example.tenant, citizen: person.id))
  }

  /// B7: "tilknyttet 10 – 18 borgere".
  @Test func theNineteenthCitizenIsPointedOutAndBackupsDoNotCount() {
    let names = (1...18).map { "Borger \($0 + 10)" }
    let full = Roster(
      worker: PersonID(rawValue: "anne"),
      lines: names.reversed().map { Self.line($0) } + [Self.line("Aage", primary: false)],
      most: 18)
    #expect(full.count == 18 && full.warning == nil)
    #expect(full.lines.map(\.citizen.displayName) == names + ["Aage"])
    let over = Roster(worker: full.worker, lines: full.lines + [Self.line("Zita")], most: 18)
    #expect(over.warning?.code == "too-many-citizens")
    #expect(over.warning?.danish.hasPrefix("19 borgere") == true)
  }

  @Test func aLineSaysWhatWaitsToBeDone() {
    var line = Self.line("Karen")
    #expect(line.needs(on: E.day("2026-03-01")).map(\.code) == ["nothing-booked"])
    line.next = E.now
    line.grantedMinutes = 60
    line.bookedMinutes = 45
    line.openTasks = 1
    line.trialDue = E.day("2026-04-05")
    #expect(
      line.needs(on: E.day("2026-03-07")).map(\.code) == ["minutes-left", "open-tasks"])
    let notices = line.needs(on: E.day("2026-03-08"))
    #expect(notices.map(\.code) == ["minutes-left", "trial-due", "open-tasks"])
    #expect(notices[1].danish.contains("5/4 2026"))
    // A4: said first, four weeks before.
    line.grantEnd = E.day("2026-04-05")
    #expect(line.needs(on: E.day("2026-03-07")).first?.code == "minutes-left")
    #expect(line.needs(on: E.day("2026-03-08")).first?.code == "course-ends")
  }

  static func request(
    _ id: String, urgent: Bool = false, minute: Int = 0
  ) throws -> CallbackRequest {
    try CallbackRules().ask(
      id: CallbackID(rawValue: id), tenant: Example.tenant, citizen: PersonID(rawValue: id),
      team: TeamID(rawValue: "vest"), isUrgent: urgent, open: nil,
      hours: TimeWindows([TimeWindow(start: E.now, minutes: 600)]),
      by: .person(PersonID(rawValue: id), role: .citizen, device: nil),
      at: E.now.adding(minutes: minute))
  }

  /// B14: "vurdere, hvilke borgere der skal prioriteres".
  @Test func allWhoAskStandInOneListWithTheReasonForTheirPlace() throws {
    let now = E.now.adding(minutes: 125)
    let overdue = try Self.request("overdue")
    let fresh = try Self.request("fresh", minute: 60)
    let urgent = try Self.request("urgent", urgent: true, minute: 120)
    let taken = try CallbackRules().claim(
      try Self.request("taken", urgent: true), by: Example.worker, holderName: "", at: now)
    let session = DropInSessionID(rawValue: "s")
    func ticket(_ id: String, _ appointment: Int? = nil) -> QueueTicket {
      QueueTicket(
        id: TicketID(rawValue: id), session: session, number: 1, citizen: PersonID(rawValue: id),
        appointment: appointment.map { E.now.adding(minutes: $0) },
        joinedAt: E.now.adding(minutes: 90))
    }
    let wish = WaitingWish(
      citizen: PersonID(rawValue: "wish"), minutes: 20,
      window: TimeWindow(start: E.now, minutes: 5000), since: E.now)
    let tickets = [ticket("queue"), ticket("booked", 110), ticket("to-come", 200)]
      .compactMap { IncomingRequest($0, at: now) }
    let asked = [taken, fresh, overdue, urgent].map { IncomingRequest($0, at: now) }
    let list = IncomingRequest.inOrder(
      asked + tickets + [try #require(IncomingRequest(wish, at: now))])
    #expect(
      list.map(\.id) == ["urgent", "overdue", "booked", "queue", "fresh", "wish", "taken"])
    #expect(list[0].reason.danish == "Haster. Spurgte kl. 12.00.")
    #expect(list[1].reason.danish == "Skulle have haft svar kl. 12.00.")
    #expect(list[6].holder == PersonID(rawValue: "anne"))
    #expect(Set(list.map(\.reason.code)).count == 6)
    #expect(IncomingRequest(wish, at: E.now.adding(minutes: 5000)) == nil)
  }

  /// B15: freed time is offered by itself; else two or three times are.
  @Test func oneFreedTimeIsAnOfferAndAWishHasBounds() throws {
    let start = E.now.adding(minutes: 60)
    func offer(_ isFreed: Bool) throws -> TimeProposal {
      try TimeProposal.offer(
        id: TimeProposalID(rawValue: "p"), visit: Example.visit, starts: [start],
        isFreed: isFreed, by: Example.worker, at: E.now)
    }
    #expect(try offer(true).starts == [start])
    #expect(E.refusal { _ = try offer(false) } == .proposeTwoOrThree)
    func wish(_ minutes: Int, days: Int) -> WaitingWish {
      WaitingWish(
        citizen: PersonID(rawValue: "karen"), minutes: minutes,
        window: TimeWindow(start: E.now, minutes: days * 1440), since: E.now)
    }
    #expect(try wish(20, days: 14).checked(at: E.now) == wish(20, days: 14))
    for wrong in [wish(5, days: 14), wish(20, days: 93), wish(481, days: 1), wish(20, days: 0)] {
      #expect(E.refusal { _ = try wrong.checked(at: E.now) } == .wishUnclear)
    }
    #expect(
      E.refusal { _ = try wish(20, days: 1).checked(at: E.now.adding(minutes: 1440)) }
        == .wishUnclear)
  }

  /// A9: "i den vestlige del … ikke omfattet".
  @Test func aCafeOnScreenHasNoBordersAndOneInARoomHas() throws {
    let west = TeamID(rawValue: "vest")
    let room = DropInEligibility(targetGroups: [.psychiatry], areas: [west], isVirtual: false)
    try room.check(DropInVisitor(targetGroup: .psychiatry, teams: [west]))
    #expect(
      E.refusal { try room.check(DropInVisitor(targetGroup: .psychiatry, teams: [])) }
        == .dropInElsewhere)
    #expect(
      E.refusal { try room.check(DropInVisitor(targetGroup: .disability, teams: [west])) }
        == .dropInForOthers)
    let screen = DropInEligibility(targetGroups: [.psychiatry], areas: [west])
    try screen.check(DropInVisitor(targetGroup: .psychiatry))
    try screen.check(DropInVisitor())
    try DropInEligibility().check(DropInVisitor(targetGroup: .disability))
    #expect(ClarifyingTalks(held: 2, isLimited: true).left == 1)
    #expect(ClarifyingTalks(held: 4, isLimited: true).left == 0)
    #expect(ClarifyingTalks(held: 4, isLimited: false).left == nil)
  }

  /// A8: "medmindre særlige forhold".
  @Test func economyGoesToTheCafeUnlessTheGrantSaysWhyNot() throws {
    var grant = try E.grant(terms: GrantTerms(forms: [.screen, .dropIn]))
    grant.purposes = [.economy]
    let visit = E.visit("2026-01-12")
    func check(_ grant: Grant) throws {
      try GrantBookingRule(grants: [grant], visits: [CountedVisit]()).check(visit, name: "Karen")
    }
    #expect(E.refusal { try check(grant) } == .belongsInCafe)
    let excepted = try E.apply(
      .exceptFromCafe(reason: "Kan ikke være i store rum"), to: grant)
    #expect(excepted.cafeException == "Kan ikke være i store rum")
    try check(excepted)
    #expect(
      E.refusal { _ = try E.apply(.exceptFromCafe(reason: " "), to: grant) } == .reasonMissing)
    #expect(
      E.refusal {
        _ = try E.apply(.exceptFromCafe(reason: "x"), to: grant, by: Example.worker)
      } == .caseWorkerDecides)
    let back = try E.apply(.exceptFromCafe(reason: nil), to: excepted)
    #expect(E.refusal { try check(back) } == .belongsInCafe)
  }
}
