import Testing
import Visits

@Suite struct AccessTests {
  typealias E = GrantExample
  static let north = TeamID(rawValue: "nord")
  static let south = TeamID(rawValue: "syd")
  static let now = Example.start
  static let circle = CareCircle(
    citizen: PersonID(rawValue: "karen"), teams: [north],
    primaryWorker: PersonID(rawValue: "anne"), backup: PersonID(rawValue: "bo"),
    caseWorker: PersonID(rawValue: "bente"))
  static let reason = "Vikar ved sygdom i team nord"

  static func decide(
    _ reader: String, _ role: Role, teams: Set<TeamID> = [], visit: Bool = false,
    duty: Bool = false, _ part: RecordPart, _ action: AccessAction = .read,
    reason: String? = nil
  ) throws -> AccessDecision {
    try AccessRules().decide(
      AccessQuestion(
        reader: PersonID(rawValue: reader), role: role, device: Example.screen, teams: teams,
        circle: circle, hasVisit: visit, isOnDuty: duty, part: part, action: action,
        reason: reason), at: now)
  }

  static func refusal(
    _ reader: String, _ role: Role, teams: Set<TeamID> = [], duty: Bool = false,
    _ part: RecordPart, _ action: AccessAction = .read, reason: String? = nil
  ) -> Refusal? {
    E.refusal {
      _ = try decide(reader, role, teams: teams, duty: duty, part, action, reason: reason)
    }
  }

  @Test func aWorkerSeesHerOwnAndHerTeamsCitizens() throws {
    #expect(try Self.decide("anne", .supportWorker, .notes).basis == .knownWorker)
    #expect(try Self.decide("bo", .supportWorker, .notes, .write).basis == .knownWorker)
    #expect(try Self.decide("ida", .supportWorker, teams: [Self.north], .notes).basis == .team)
    #expect(
      try Self.decide("lone", .teamLead, teams: [Self.north, Self.south], .accessLog).basis
        == .team)
    #expect(
      try Self.decide("ida", .supportWorker, teams: [Self.south], visit: true, .notes, .write)
        .basis == .knownWorker)
  }

  @Test(arguments: [Role.supportWorker, .teamLead])
  func outsideTheTeamAReasonIsNeededAndNothingIsWritten(_ role: Role) throws {
    let needed = Refusal.reasonNeeded(shortest: 10)
    for reason in [nil, "", "   ", "fordi", "          x         "] {
      #expect(Self.refusal("ida", role, teams: [Self.south], .notes, reason: reason) == needed)
    }
    let long = String(repeating: "a", count: 201)
    #expect(Self.refusal("ida", role, .notes, reason: long) == .noteTooLong(longest: 200))
    let decision = try Self.decide("ida", role, teams: [Self.south], .notes, reason: Self.reason)
    #expect(decision.basis == .reason)
    #expect(
      decision.entry
        == AccessEntry(
          at: Self.now, reader: PersonID(rawValue: "ida"), role: role, device: Example.screen,
          citizen: Self.circle.citizen, part: .notes, action: .read, basis: .reason,
          reason: Self.reason))
    #expect(
      Self.refusal("ida", role, teams: [Self.south], .notes, .write, reason: Self.reason)
        == .outsideTeamReadsOnly)
  }

  /// H14: the one on duty may look up the coping card, says why, and it is logged.
  @Test func theOneOnDutyMayLookAndIsLogged() throws {
    let why = "Karen har ringet og er ked af det"
    let decision = try Self.decide("ida", .supportWorker, duty: true, .copingCard, reason: why)
    #expect(decision.basis == .duty && decision.entry?.basis == .duty)
    #expect(decision.entry?.reason == why)
    #expect(try Self.decide("ida", .supportWorker, duty: true, .followUps).basis == .duty)
    #expect(
      Self.refusal("ida", .supportWorker, duty: true, .copingCard, .write) == .outsideTeamReadsOnly)
  }

  /// The card is the citizen's own: the known worker says why as well, but not when writing it with
  /// her.
  @Test func everyLookIntoTheCardHasAReason() throws {
    let needed = Refusal.cardNeedsReason(shortest: 10)
    #expect(Self.refusal("anne", .supportWorker, .copingCard) == needed)
    #expect(Self.refusal("ida", .supportWorker, duty: true, .copingCard) == needed)
    #expect(Self.refusal("bente", .caseWorker, .copingCard, reason: "kort") == needed)
    let look = try Self.decide("anne", .supportWorker, .copingCard, reason: Self.reason)
    #expect(look.basis == .knownWorker && look.entry?.reason == Self.reason)
    #expect(try Self.decide("anne", .supportWorker, .copingCard, .write).basis == .knownWorker)
    #expect(try Self.decide("karen", .citizen, .copingCard).entry == nil)
  }

  @Test func everyReadingByOthersIsLoggedAndOnesOwnIsNot() throws {
    #expect(try Self.decide("anne", .supportWorker, .contact).entry != nil)
    #expect(try Self.decide("drift", .operations, .contact).entry != nil)
    #expect(try Self.decide("karen", .citizen, .notes).entry == nil)
    #expect(try Self.decide("karen", .citizen, .consents, .write).entry != nil)
  }

  /// D3: constraints that nobody but the planner sees. They name other citizens.
  @Test func placementIsForThoseWhoPlan() throws {
    #expect(try Self.decide("ida", .supportWorker, teams: [Self.north], .placement).basis == .team)
    for (reader, role) in [
      ("karen", Role.citizen), ("ida", .supportWorker), ("bente", .caseWorker),
      ("drift", .operations), ("admin", .administrator),
    ] {
      for action in AccessAction.allCases {
        let refusal = Self.refusal(reader, role, .placement, action, reason: Self.reason)
        #expect(refusal != nil, "\(role) \(action)")
      }
    }
  }

  @Test func theCitizenSeesEverythingElseAndWritesWhatIsTheirs() throws {
    for part in RecordPart.allCases where part != .placement {
      #expect(try Self.decide("karen", .citizen, part).basis == .own)
      #expect(try Self.decide("karen", .citizen, part, .export).basis == .own)
      #expect(Self.refusal("ole", .citizen, part, reason: Self.reason) == .notYourRecord)
    }
    #expect(Self.refusal("karen", .citizen, .notes, .write) == .teamWritesIt)
    #expect(try Self.decide("karen", .citizen, .copingCard, .write).basis == .own)
  }

  @Test func theCaseWorkerDecidesGrantsAndReadsNotes() throws {
    #expect(try Self.decide("bente", .caseWorker, .grants, .write).basis == .caseWorker)
    #expect(try Self.decide("bente", .caseWorker, .notes).basis == .caseWorker)
    #expect(Self.refusal("bente", .caseWorker, .notes, .write) == .teamWritesIt)
    #expect(Self.refusal("per", .caseWorker, .notes) == .reasonNeeded(shortest: 10))
    #expect(Self.refusal("per", .caseWorker, .grants, .write) == .outsideTeamReadsOnly)
  }

  @Test func operationsKeepToTheTechnicalAndAdministratorsToTheSetup() throws {
    for part in [RecordPart.contact, .visits, .callQuality] {
      #expect(try Self.decide("drift", .operations, part).basis == .role)
    }
    for part in [RecordPart.notes, .grants, .consents, .followUps, .copingCard, .accessLog] {
      #expect(
        Self.refusal("drift", .operations, part, reason: Self.reason) == .partNotForRole)
    }
    #expect(Self.refusal("admin", .administrator, .notes, reason: Self.reason) == .partNotForRole)
    #expect(
      Self.refusal("admin", .administrator, .notes, .export) == .reasonNeeded(shortest: 10))
    #expect(
      try Self.decide("admin", .administrator, .notes, .export, reason: "Borgerens anmodning")
        .entry?.reason == "Borgerens anmodning")
    #expect(Self.refusal("admin", .administrator, .accessLog, .write) == .logOnlyGrows)
    for role in [Role.supportWorker, .teamLead, .operations] {
      #expect(
        Self.refusal("anne", role, .notes, .export, reason: Self.reason)
          == .exportIsForAdministrators)
    }
  }

  /// Nobody reads outside their own ground without a line in the log that says why.
  @Test func noAccessWithoutGroundOrLog() {
    for role in Role.allCases {
      for part in RecordPart.allCases {
        for action in AccessAction.allCases {
          #expect(
            Self.refusal("stranger", role, part, action) != nil
              || role == .operations || role == .administrator, "\(role) \(part) \(action)")
          let decision = try? Self.decide("stranger", role, part, action, reason: Self.reason)
          if let decision { #expect(decision.entry?.reason == Self.reason) }
        }
      }
    }
  }

  /// B13: "alle er lige ansvarlige". Colleagues arrange each other's visits and stay out of the room.
  @Test func colleaguesArrangeEachOthersVisits() throws {
    let rules = VisitRules(colleagues: [Example.visit.workerID])
    let karen = Example.person("karen", .citizen, "Karen")
    let anne = Example.person("anne", .supportWorker, "Anne")
    func apply(_ command: VisitCommand, by initiator: Initiator) throws -> VisitState {
      try rules.apply(
        command, to: Example.visit, citizen: karen, worker: anne, by: initiator, at: Self.now
      ).visit.state
    }
    for initiator in [Example.otherWorker, E.teamLead] {
      #expect(try apply(.cancel(reason: nil), by: initiator) == .cancelled)
      #expect(try apply(.move(start: nil, durationMinutes: 45), by: initiator) == .booked)
      #expect(throws: Never.self) { try rules.checkVisible(Example.visit, to: initiator) }
      #expect(E.refusal { _ = try apply(.ring, by: initiator) } == .notYourVisit)
      #expect(E.refusal { try rules.checkJoin(Example.visit, by: initiator) } == .notYourVisit)
    }
    for initiator in [Example.otherCitizen, E.caseWorker] {
      #expect(E.refusal { try rules.checkVisible(Example.visit, to: initiator) } == .notYourVisit)
    }
  }

  @Test func theNewRolesBookOnlyWhereTheyShould() throws {
    func refusal(_ initiator: Initiator) -> Refusal? {
      E.refusal { _ = try VisitRules().book(Example.proposal(by: initiator)) }
    }
    #expect(refusal(E.teamLead) == nil)
    #expect(refusal(E.caseWorker) == .bookingIsForTheTeam)
    #expect(refusal(E.administrator) == .bookingIsForTheTeam)
    var led = Example.proposal()
    led.worker.role = .teamLead
    #expect(throws: Never.self) { try VisitRules().book(led) }
    let cancel = VisitCommand.cancel(reason: nil)
    for (initiator, expected) in [
      (E.teamLead, Refusal.notYourVisit), (E.caseWorker, .bookingIsForTheTeam),
      (E.administrator, .bookingIsForTheTeam),
    ] {
      #expect(WhoMayTests.refusal(cancel, .booked, by: initiator) == expected)
      #expect(WhoMayTests.joinRefusal(.active, by: initiator) == .notYourVisit)
    }
  }
}
