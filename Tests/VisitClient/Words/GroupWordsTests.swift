import Foundation
import Testing

@testable import VisitClient

@Suite("Groups in words")
struct GroupWordsTests {
  /// Thursday 26 November 2026, 8.00 in Denmark.
  private let now = Date(timeIntervalSince1970: 1_795_676_400)
  private let anne = PersonReference(id: "anne", displayName: "Anne Holm")
  private let members = [
    PersonReference(id: "karen", displayName: "Karen Friis"),
    PersonReference(id: "ole", displayName: "Ole Bo"),
  ]
  private let words = GroupWords(.danish)

  private func meeting(
    _ number: Int, week: Int, state: String = "planned", plan: MeetingPlan? = nil
  ) -> GroupMeeting {
    GroupMeeting(
      id: "m\(number)", groupName: "Torsdagsgruppen",
      start: now.addingTimeInterval(Double(5 * 3600 + week * 604_800)), durationMinutes: 120,
      state: state, facilitator: anne, roster: members, number: number, count: 3, plan: plan)
  }

  private func group(_ keepApart: [[String]]? = nil) -> Group {
    Group(
      id: "g", name: "Torsdagsgruppen", capacity: 12, members: members, keepApart: keepApart)
  }

  @Test func aGroupShowsItsRosterTheNextMeetingWithItsPlanAndTheRest() {
    let plan = MeetingPlan(
      title: "Søvn", aims: ["Faste sengetider"], points: [.init(typed: "20 Runde")],
      forCitizens: "Vi taler om søvn.")
    let lines = words.group(
      group(), meetings: [meeting(1, week: 0, plan: plan), meeting(2, week: 2)], room: nil,
      names: [:], now: now)
    #expect(
      lines == [
        "Torsdagsgruppen · 2 af 12 pladser", "  Karen Friis, Ole Bo", "",
        "Næste møde (1/3): i dag kl. 13.00–15.00. Anne Holm leder det.", "  Søvn",
        "  Mål: Faste sengetider", "    20 min Runde",
        "  Borgerne får at vide: Vi taler om søvn.", "", "Derefter:",
      ] + words.course([meeting(2, week: 2)], now: now).lines())
  }

  @Test func onlyWhoIsToldOfPairsSeesThem() {
    let names = ["karen": "Karen Friis", "ole": "Ole Bo"]
    func lines(_ pairs: [[String]]?) -> String {
      words.group(group(pairs), meetings: [], room: nil, names: names, now: now)
        .joined(separator: "\n")
    }
    #expect(lines([["karen", "ole"]]).contains("Ikke sammen: Karen Friis og Ole Bo"))
    #expect(!lines(nil).contains("Ikke sammen"))
  }

  @Test func theNextMeetingIsTheOneThatGoesOnElseTheFirstToCome() {
    let held = meeting(1, week: -1, state: "held")
    let planned = meeting(2, week: 1)
    let active = meeting(3, week: 2, state: "active")
    #expect(GroupMeeting.next(in: [planned, held], now: now)?.id == "m2")
    #expect(GroupMeeting.latest(in: [planned, held], now: now)?.id == "m1")
    #expect(GroupMeeting.latest(in: [planned], now: now)?.id == "m2")
    #expect(GroupMeeting.next(in: [planned, held, active], now: now)?.id == "m3")
    let calledOff = meeting(4, week: 1, state: "cancelled")
    #expect(GroupMeeting.next(in: [held, calledOff], now: now) == nil)
  }

  @Test func aRoomSaysWhoIsThereBeforeAnybodyJoins() {
    let room = RoomRecord(
      occupants: [.init(id: "anne", displayName: "Anne Holm")], expected: 3)
    #expect(words.room(room) == "I rummet nu (1 af 3): Anne Holm")
    #expect(
      words.room(RoomRecord(occupants: [], expected: 3))
        == "Der er ingen i rummet endnu. 3 kan komme.")
  }

  @Test func aSubstituteReadsWhatEachSetOutToDo() {
    var taken = meeting(2, week: 0)
    taken.steps = [.init(citizen: "karen", text: "Gå en tur")]
    #expect(words.roster(taken) == ["  Karen Friis: Gå en tur", "  Ole Bo"])
  }

  @Test func aPointIsTypedWithItsMinutesOrWithout() {
    #expect(MeetingPlan.Point(typed: "20 Runde om alt") == .init(minutes: 20, text: "Runde om alt"))
    #expect(MeetingPlan.Point(typed: "Kaffe") == .init(minutes: 0, text: "Kaffe"))
    #expect(MeetingPlan.Point(typed: "-5 Kaffe") == .init(minutes: 0, text: "-5 Kaffe"))
  }

  @Test func aMeetingOfTheServiceIsRead() throws {
    let json = """
      {"meetings": [{"id": "m1", "group": "g", "groupName": "Torsdag",
        "start": "2026-11-26T12:00:00Z", "durationMinutes": 120, "state": "planned",
        "facilitator": {"id": "anne", "displayName": "Anne Holm"},
        "tookOverFrom": {"id": "bo", "displayName": "Bo Lund"}, "roster": [], "number": 1,
        "count": 1, "forCitizens": "Søvn",
        "plan": {"title": "Søvn", "points": [{"minutes": 20, "text": "Runde"}],
          "forCitizens": "Søvn"}}]}
      """
    let read = try ServiceJSON.decode(Wrapped<GroupMeeting>.self, from: Data(json.utf8))
    let meeting = try #require(read.elements.first)
    #expect(meeting.tookOverFrom?.displayName == "Bo Lund")
    #expect(meeting.plan?.points == [.init(minutes: 20, text: "Runde")])
    #expect(meeting.end.timeIntervalSince(meeting.start) == 7200)
  }

  @Test func whoeverLeadsSeesTheRoundTheHandsAndWhoHasSaidLittle() {
    let floor = FloorRecord(
      visit: "m1", handIsUp: false,
      round: .init(
        question: "Hvordan har ugen været?", current: members[0], left: members, done: [anne]),
      hands: [members[1]],
      shares: [
        .init(person: members[1], seconds: 20, percent: 6),
        .init(person: members[0], seconds: 320, percent: 94),
      ], quiet: members[1])
    #expect(
      words.floor(floor) == [
        "Runde: Hvordan har ugen været?", "  Karen Friis har ordet.", "  Derefter: Ole Bo",
        "  Har haft ordet: Anne Holm", "Vil gerne have ordet: Ole Bo", "",
        "Taletid (det ser kun du):", "  Ole Bo       0 min   6 %  ██",
        "  Karen Friis  5 min  94 %  ████████████████████████████",
        "Måske vil Ole Bo også gerne sige noget?",
      ])
    let quiet = words.floor(FloorRecord(visit: "m1", handIsUp: false, hands: [], shares: []))
    #expect(quiet == ["Ordet er frit.", "Ingen rækker hånden op."])
  }

  @Test func guestsAreShownWithWhyAndWhoIsStillToAskButNeverWhoSaidNo() {
    func guest(_ consent: String, _ waiting: [PersonReference] = []) -> ObserverList {
      ObserverList(
        meeting: "m1", groupName: "Torsdagsgruppen", start: now,
        observers: [
          .init(person: anne, purpose: "Hun er ny.", consent: consent, waiting: waiting)
        ])
    }
    #expect(
      words.observers(guest("waiting", members)) == [
        "Anne Holm: Hun er ny.", "  Mangler svar fra: Karen Friis, Ole Bo",
      ])
    for consent in ["agreed", "declined"] {
      let text = words.observers(guest(consent)).joined()
      #expect(!text.contains("Karen") && !text.contains("{"))
    }
    var none = guest("agreed")
    none.observers = []
    #expect(words.observers(none) == ["Ingen kigger med til næste møde i Torsdagsgruppen."])
  }

  @Test func theScreenSaysOnceWhoWantsTheWordAndWhoHasIt() throws {
    let data = """
      {"visit":"m1","handIsUp":false,"hands":[{"id":"karen","displayName":"Karen Friis"}],
       "round":{"current":{"id":"ole","displayName":"Ole Bo"},"left":[],"done":[]}}
      """
    let event = VisitEvent(ServerEvent(name: "floor", data: data))
    guard case .floor(let floor)? = event else {
      Issue.record("not read")
      return
    }
    #expect(event?.visitID == "m1")
    let screen = CallScreen(
      texts: .danish, terminal: .standard, other: anne, me: "anne", part: .caller, isGroup: true)
    #expect(
      screen.lines(for: floor) == [
        "Karen Friis vil gerne have ordet.", "Ole Bo har ordet i runden.",
      ])
    #expect(screen.lines(for: floor).isEmpty)
    var over = floor
    (over.round, over.hands) = (nil, [])
    #expect(screen.lines(for: over) == ["Runden er slut."])
  }
}

@Suite("The queue in words")
struct QueueWordsTests {
  private let now = Date(timeIntervalSince1970: 1_795_676_400)

  private func ticket(_ number: Int, _ name: String, expected: Int) -> QueueTicket {
    QueueTicket(
      id: "t\(number)", number: number, state: "waiting", position: number,
      expectedMinutes: expected, joinedAt: now,
      citizen: PersonReference(id: name, displayName: name), topic: number == 1 ? "et brev" : nil)
  }

  @Test func theFirstIsNextAndTheOthersKnowTheirWait() {
    let session = DropInSession(
      id: "s", start: now, end: now.addingTimeInterval(5400), isOpen: true, softMinutes: 20)
    let lines = QueueWords(.danish).lines(
      of: DropInQueue(
        session: session,
        tickets: [ticket(1, "Karen Friis", expected: 0), ticket(2, "Ole Bo", expected: 20)]))
    #expect(
      lines == [
        "Rådgivningen er åben til kl. 09.30. I køen og i samtale: 2",
        "Plads  Navn         Siden  Status         Om",
        "─────  ───────────  ─────  ─────────────  ───────",
        "    1  Karen Friis  08.00  næste          et brev",
        "    2  Ole Bo       08.00  om ca. 20 min",
      ])
  }

  @Test func figuresWithoutTalksTellNoLengths() {
    let figures = QueueStatistics(
      sessions: 1, joined: 2, talked: 0, left: 0, handedOn: 0, plannedMinutes: 20, overLimit: 0)
    let lines = QueueWords(.danish).lines(of: figures)
    #expect(lines.count == 1)
    #expect(!lines[0].contains("–"))
  }
}

@Suite("Words for what there are only a few of")
struct ChoiceTests {
  @Test func everyListHasAWordForEachCodeInBothLanguages() {
    for texts in [Texts.danish, .english] {
      #expect(texts.list(.wordsForm).count == Texts.forms.count)
      #expect(texts.list(.wordsOutcome).count == Texts.outcomes.count)
      #expect(texts.list(.wordsCanceller).count == Texts.cancellers.count)
      #expect(texts.list(.wordsCancelReason).count == Texts.cancellationReasons.count)
      #expect(texts.list(.wordsRecordPart).count == Texts.parts.count)
      #expect(texts.list(.wordsDataKind).count == Texts.dataKinds.count)
      #expect(texts.list(.wordsRetentionStart).count == 2)
      #expect(texts.list(.wordsRole).count == Role.allCases.count)
      #expect(texts.list(.wordsAgreement).count == 3)
      #expect(texts.list(.wordsConversion).count == 3)
      #expect(texts.list(.wordsContact).count == 4)
      #expect(texts.list(.wordsClosing).count == Texts.closings.count)
    }
  }

  @Test func danishWordsAndTheServicesOwnAreBothUnderstood() throws {
    let texts = Texts.danish
    #expect(try texts.form("Fremmøde") == "physical")
    #expect(try texts.forms("skærm, gruppe") == ["screen", "group"])
    #expect(try texts.conversion("skærm") == "video")
    #expect(try texts.outcome("på-telefon") == "moved-to-phone")
    #expect(try texts.outcome("held-first-try") == "held-first-try")
    #expect(try texts.outcome("aflyst") == "cancelled")
    #expect(try texts.canceller("borger") == "citizen")
    #expect(try texts.cancellationReason("syg") == "illness")
    #expect(texts.said(cancelledBy: "worker", because: "notNeeded") == "medarbejder, ikke-behov")
    #expect(texts.said(cancelledBy: nil, because: nil) == nil)
    #expect(try texts.agreement("fremmøde") == "in-person")
    #expect(try texts.contactWay("inperson") == "inPerson")
    #expect(try texts.role("medarbejder") == .supportWorker)
    #expect(try texts.legalBasis("§ 82 b") == "82b")
    #expect(texts.said(outcome: "not-answered") == "ikke-svaret")
  }

  @Test func aWordThatIsNoneOfThemIsAnsweredWithThem() {
    let failure = #expect(throws: ProgramFailure.self) { try Texts.danish.form("fjernsyn") }
    #expect(
      failure?.text == "Jeg kender ikke »fjernsyn« her. "
        + "Skriv en af disse: skærm, fremmøde, gruppe, rådgivning.")
  }

  /// Commands are sentences, options are not: what begins with a capital letter ends with a full stop.
  @Test(arguments: [Texts.danish, Texts.english])
  func helpTextsKeepToOnePunctuation(texts: Texts) {
    for key in TextKey.allCases where key.rawValue.hasPrefix("help") {
      let text = texts[key]
      #expect(text.first?.isUppercase == text.hasSuffix("."), "\(key): \(text)")
    }
  }
}
