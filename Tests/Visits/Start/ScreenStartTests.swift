import Testing
import Visits

@Suite struct ScreenStartTests {
  typealias E = GrantExample
  static let start = ScreenStart(
    tenant: Example.tenant, citizen: PersonID(rawValue: "karen"))

  static func accepted() throws -> ScreenStart {
    try start.answering(.offered, reason: nil, by: Example.worker, at: E.now)
      .answering(.accepted, reason: nil, by: Example.citizen, at: E.now)
  }

  /// F1: "ofte i bostøtternes lokaler, dernæst i hvert sit rum og til sidst … i eget hjem".
  @Test func practiceGoesStepByStepAndAStepCanBeSkippedOrRepeated() throws {
    var start = try Self.accepted()
    #expect(start.nextStep == .together)
    start = try start.practising(.together, .notYet, by: Example.worker, at: E.now)
    #expect(start.nextStep == .together)
    start = try start.practising(.together, .withHelp, by: Example.worker, at: E.now)
    #expect(start.nextStep == .apart)
    start = try start.practising(.home, .notYet, by: Example.worker, at: E.now)
    #expect(start.nextStep == .apart)
    start = try start.practising(
      .home, .worked, note: "Stativet hjælper", by: Example.worker, at: E.now)
    #expect(start.nextStep == nil && start.practices.count == 4)
    #expect(start.practices.last?.note == "Stativet hjælper")
    #expect(start.changedAt == E.now)
  }

  /// F3: "tilvalg og supplement".
  @Test func nobodyPractisesWhoHasNotSaidYes() throws {
    let practise = { (start: ScreenStart) throws in
      _ = try start.practising(.together, .worked, by: Example.worker, at: E.now)
    }
    #expect(E.refusal { try practise(Self.start) } == .askFirst)
    let declined = try Self.start.answering(
      .declined, reason: "bryder mig ikke om det", by: Example.citizen, at: E.now)
    #expect(E.refusal { try practise(declined) } == .screenIsUnwanted)
    #expect(
      E.refusal {
        _ = try Self.accepted().practising(.home, .worked, by: Example.citizen, at: E.now)
      } == .offerIsTheTeams)
    #expect(
      E.refusal {
        _ = try Self.start.answering(
          .declined, reason: "010190-1234", by: Example.citizen, at: E.now)
      } == .personalNumber)
  }

  @Test func aNoIsKeptToUntilTheCitizenSaysYesAgain() throws {
    let stopped = try Self.accepted().answering(
      .stopped, reason: nil, by: Example.citizen, at: E.now)
    let proposal = Example.proposal()
    let said = Refusal.saidNoToScreen(name: "Karen")
    #expect(E.refusal { try ScreenIsWanted(start: stopped).check(proposal) } == said)
    var phone = proposal
    phone.visit.mediaMode = .phone
    try ScreenIsWanted(start: stopped).check(phone)
    var physical = proposal
    physical.visit.form = .physical
    try ScreenIsWanted(start: stopped).check(physical)
    var moved = proposal
    moved.previous = Example.visit
    try ScreenIsWanted(start: stopped).check(moved)
    var fromPhone = proposal
    fromPhone.previous = phone.visit
    #expect(E.refusal { try ScreenIsWanted(start: stopped).check(fromPhone) } == said)
    let again = try stopped.answering(.accepted, reason: nil, by: Example.citizen, at: E.now)
    try ScreenIsWanted(start: again).check(proposal)
    try ScreenIsWanted(start: nil).check(proposal)
  }

  @Test func whatTheCitizenIsToldChangesWithEveryState() throws {
    var texts: Set<String> = [Notice.startStatus(Self.start).danish]
    for state in [ScreenTrial.State.offered, .declined, .accepted, .stopped] {
      let start = try Self.start.answering(state, reason: nil, by: Example.worker, at: E.now)
      texts.insert(Notice.startStatus(start).danish)
    }
    var start = try Self.accepted()
    for step in ScreenStart.Step.allCases {
      start = try start.practising(step, .worked, by: Example.worker, at: E.now)
      texts.insert(Notice.startStatus(start).danish)
    }
    #expect(texts.count == 8)
  }

  static func check(
    device: TechnologyCheck.Device = .tablet, sound: Bool = true, picture: Bool = true,
    network: TechnologyCheck.Network = .wifi, _ figures: TechnologyCheck.Figures? = nil
  ) -> TechnologyCheck {
    TechnologyCheck(
      device: device, hasSound: sound, hasPicture: picture, network: network, figures: figures,
      by: PersonID(rawValue: "anne"), at: E.now)
  }

  /// F7: "teknologiafklares".
  @Test func aCheckComesToWhatTheCallCanBe() {
    typealias Figures = TechnologyCheck.Figures
    #expect(Self.check().conclusion == .ready)
    #expect(Self.check(device: .none).conclusion == .needsEquipment)
    #expect(Self.check(sound: false).conclusion == .needsEquipment)
    #expect(Self.check(picture: false).conclusion == .soundOnly)
    #expect(Self.check(network: .none).conclusion == .needsNetwork)
    #expect(Self.check(Figures(roundTripMs: 1001)).conclusion == .needsNetwork)
    #expect(Self.check(Figures(lossPercent: 31)).conclusion == .needsNetwork)
    #expect(Self.check(Figures(lossPercent: 16)).conclusion == .soundOnly)
    #expect(Self.check(Figures(downloadKbps: 2000, uploadKbps: 63)).conclusion == .needsNetwork)
    #expect(Self.check(Figures(downloadKbps: 2000, uploadKbps: 250)).conclusion == .soundOnly)
    #expect(
      Self.check(Figures(roundTripMs: 60, lossPercent: 1, downloadKbps: 4000)).conclusion
        == .ready)
  }

  /// F4, F9.
  @Test func adviceIsGivenFromWhatIsKnown() throws {
    func codes(_ start: ScreenStart?, _ form: VisitForm? = nil) -> [String] {
      Guidance().advice(start: start, primary: form).map(\.code)
    }
    #expect(codes(nil) == ["not-asked-yet"])
    let stopped = try Self.accepted().answering(
      .stopped, reason: nil, by: Example.citizen, at: E.now)
    #expect(codes(stopped) == ["prefers-without-screen"])
    var check = Self.check(picture: false)
    check.isPrivate = false
    let start = try Self.accepted().checking(check)
    #expect(
      codes(start, .screen) == [
        "sound-only-there", "not-alone-there", "practice-first", "package-begins-with-screen",
      ])
    let without = try Self.accepted().checking(Self.check(device: .none))
    #expect(
      codes(without, .physical) == [
        "something-is-missing", "practice-first", "package-begins-in-person",
      ])
  }

  /// C10: "målrettes det, borgeren er visiteret til".
  @Test func topicsThatTheGrantIsForComeFirst() {
    let all = Guidance().topics
    #expect(Guidance().topics(for: []).map(\.id) == all.map(\.id))
    #expect(
      Guidance().topics(for: [.everydayLife]).map(\.id) == ["everyday", "appointments", "other"])
    #expect(Guidance().topics(for: [.economy]).map(\.id) == ["letters", "money", "other"])
    var long = Guidance()
    long.questions = Array(repeating: LocalText("Hvad?", "What?"), count: 31)
    #expect(E.refusal { _ = try long.checked() } == .tooManyEntries(most: 30))
  }
}
