import Testing
import Visits

@Suite("Guests at a meeting")
struct MeetingObserverTests {
  static let now = Example.start
  static let eva = Example.person("eva", .supportWorker, "Eva")
  static let roster = (0..<3).map(GroupTests.citizen)
  static let meeting = GroupMeeting(
    id: GroupMeetingID(rawValue: "m1"), group: GroupTests.group.id, start: now,
    facilitator: GroupTests.anne)

  static func ask(
    _ person: Person = eva, purpose: String = "Eva er ny i teamet",
    beside others: [MeetingObserver] = [], meeting: GroupMeeting = meeting,
    by initiator: Initiator = Example.worker
  ) throws -> MeetingObserver {
    try MeetingObserver.ask(
      for: person, to: meeting, of: GroupTests.group, roster: roster, purpose: purpose,
      beside: others, by: initiator, at: now)
  }

  static func answered(_ answers: [Bool], _ asked: MeetingObserver) throws -> MeetingObserver {
    try zip(roster, answers).reduce(asked) { asked, answer in
      try asked.answering(
        answer.1, of: answer.0, roster: roster, by: Example.worker, at: now)
    }
  }

  /// D10: "rigtig mange til den samtale … seks mennesker".
  @Test func nobodyLooksOnBeforeEveryMemberHasSaidYes() throws {
    let asked = try Self.ask()
    #expect(asked.consent(of: Self.roster) == .waiting)
    let two = try Self.answered([true, true], asked)
    #expect(two.consent(of: Self.roster) == .waiting)
    #expect(two.waiting(of: Self.roster) == [Self.roster[2]])
    let all = try Self.answered([true, true, true], asked)
    #expect(all.consent(of: Self.roster) == .agreed)
    // Who joins the group later is asked, too, and who leaves it has no say.
    #expect(all.consent(of: Self.roster + [GroupTests.citizen(9)]) == .waiting)
    let no = try Self.answered([true, true, false], asked)
    #expect(no.consent(of: Self.roster) == .declined)
    #expect(no.consent(of: [Self.roster[0], Self.roster[1]]) == .agreed)
    #expect(asked.consent(of: []) == .waiting)
  }

  @Test func aMindCanBeChangedAndSayingItTwiceChangesNothing() throws {
    let citizen = Self.roster[0]
    let own = Initiator.person(citizen, role: .citizen, device: nil)
    let all = try Self.answered([true, true, true], Self.ask())
    let no = try all.answering(
      false, of: citizen, roster: Self.roster, by: own, at: Self.now.adding(minutes: 5))
    #expect(no.consent(of: Self.roster) == .declined && no.answers.count == 3)
    let again = try no.answering(
      false, of: citizen, roster: Self.roster, by: own, at: Self.now.adding(minutes: 6))
    #expect(again == no)
    #expect(throws: Refusal.notYourRecord) {
      try all.answering(
        false, of: Self.roster[1], roster: Self.roster, by: own, at: Self.now)
    }
    #expect(throws: Refusal.notInGroup) {
      try all.answering(
        true, of: Example.visit.citizenID, roster: Self.roster, by: Example.citizen, at: Self.now)
    }
  }

  @Test func guestsAreColleaguesFewAndForAPurposeThatYesIsSaidTo() throws {
    let asked = try Self.answered([true, true, true], Self.ask())
    #expect(try Self.ask(beside: [asked]) == asked, "asked again")
    let other = try Self.ask(purpose: "Eva afløser på torsdag", beside: [asked])
    #expect(other.consent(of: Self.roster) == .waiting, "yes was said to something else")
    let per = Example.person("per", .caseWorker, "Per")
    let two = [asked, try Self.ask(per, beside: [asked])]
    let third = Example.person("ida", .teamLead, "Ida")
    #expect(throws: Refusal.tooManyObservers(most: 2)) { try Self.ask(third, beside: two) }
    let declined = try Self.answered([false], two[1])
    _ = try Self.ask(third, beside: [asked, declined])
    #expect(throws: Refusal.observerIsStaff(name: "Ole")) {
      try Self.ask(Example.person("ole", .citizen, "Ole"))
    }
    #expect(throws: Refusal.observerTakesPart(name: "Anne")) {
      try Self.ask(Example.person("anne", .supportWorker, "Anne"))
    }
    #expect(throws: Refusal.observerNeedsPurpose) { try Self.ask(purpose: " ") }
    #expect(throws: Refusal.onlyStaffAsksForObservers) { try Self.ask(by: Example.citizen) }
    var held = Self.meeting
    held.state = .held
    #expect(throws: Refusal.meetingOver) { try Self.ask(meeting: held) }
  }

  @Test func whoLooksOnComesInWhenTheMeetingIsOpenAndLeavesItToTheOthers() throws {
    var visit = Example.visit
    visit.form = .group
    visit.others = [GroupTests.citizen(1)]
    let guest = Initiator.person(Self.eva.id, role: .supportWorker, device: nil)
    var rules = VisitRules()
    #expect(throws: Refusal.notYourVisit) { try rules.checkJoin(visit, by: guest) }
    rules.observers = [Self.eva.id]
    #expect(throws: Refusal.notBegun) { try rules.checkJoin(visit, by: guest) }
    func apply(_ command: VisitCommand) throws -> VisitChange {
      try rules.apply(
        command, to: visit, citizen: Example.person("karen", .citizen, "Karen"),
        worker: Example.person("anne", .supportWorker, "Anne"), by: guest, at: Self.now)
    }
    #expect(throws: Refusal.meetingNotBegun) { try apply(.ring) }
    visit.state = .active
    try rules.checkJoin(visit, by: guest)
    #expect(try apply(.ring).entries.isEmpty)
    let left = try apply(.hangUp(reason: nil))
    #expect(left.visit.state == .active && left.entries.map(\.kind) == [.left])
  }
}
