import Foundation
import Testing

@testable import VisitClient

/// Monday 23 November 2026, 8.00 in Denmark.
private let monday = Date(timeIntervalSince1970: 1_795_417_200)

private func at(_ minutes: Int) -> Date { monday.addingTimeInterval(Double(minutes) * 60) }

private func visit(
  _ id: String = "v1", _ citizen: String = "Karen Friis", minute: Int = 60,
  state: VisitState = .booked, worker: String = "anne"
) -> Visit {
  Visit(
    id: id, citizen: PersonReference(id: citizen, displayName: citizen),
    worker: PersonReference(id: worker, displayName: "Anne Holm"), start: at(minute),
    durationMinutes: 30, state: state)
}

@Suite("Lists of booking in words")
struct BookingListTests {
  private let words = BookingWords(.danish)
  private let names = ["anne": "Anne Holm", "bo": "Bo Lund"]

  private func slot(_ worker: String, _ minute: Int) -> SlotRecord {
    SlotRecord(worker: worker, start: at(minute), end: at(minute + 30))
  }

  @Test func overlappingSlotsAreOneStretchAndADayHasALineForEachWorker() {
    let slots = [0, 15, 30, 120].map { slot("anne", $0) } + [60, 75].map { slot("bo", $0) }
    let lines = words.slots(slots, names: names, minutes: 30, now: monday)
    #expect(
      lines == [
        "mandag 23/11    Anne Holm           08.00–09.00, 10.00–10.30",
        "                Bo Lund             09.00–09.45",
      ])
  }

  @Test func moreDaysThanAWeekAreCounted() {
    let slots = (0..<9).map { slot("anne", $0 * 1440) }
    let lines = words.slots(slots, names: names, minutes: 30, now: monday)
    #expect(lines.count == 8)
    #expect(lines.last == "… og 2 dage mere.")
  }

  @Test func aDayFullOfStretchesStaysWithinTheTerminal() {
    let slots = (0..<16).map { slot("anne", $0 * 60) }
    let lines = words.slots(slots, names: names, minutes: 30, now: monday)
    #expect(lines.count > 1)
    #expect(lines.allSatisfy { $0.count <= 80 })
  }

  @Test func whatCouldNotBeLaidIsToldOncePerReasonAndTheFarOffIsCounted() {
    func gap(_ day: String, _ citizen: String?) -> GapRecord {
      GapRecord(series: "s", citizen: citizen, original: day, da: "Lukket \(day).", en: "Closed.")
    }
    let lines = words.gaps(
      [
        gap("2026-12-24T09:00", "Karen Friis"), gap("2026-12-24T09:00", "Karen Friis"),
        gap("2027-03-25T09:00", "Karen Friis"),
      ], now: monday)
    #expect(
      lines == [
        "  – Karen Friis: Lukket 2026-12-24T09:00.", "  … og 1 længere ude i kalenderen",
      ])
  }

  @Test func anAbsenceOfOneDayNamesTheDayOnce() {
    #expect(
      words.period(at(0), at(540), now: monday.addingTimeInterval(-3 * 86_400))
        == "mandag den 23. november kl. 08.00–17.00")
    #expect(words.period(at(0), at(960), now: monday) == "i dag kl. 08.00–24.00")
    #expect(words.period(at(0), at(2 * 1440), now: monday).contains(" til "))
  }

  @Test func aClockOfAnotherDaySaysWhich() {
    #expect(words.clock(at(70), now: monday) == "09.10")
    #expect(words.clock(at(70), now: at(-1440)) == "23/11 09.10")
  }

  @Test func aTodoSaysWhoCouldComeAndTheBackupFirst() {
    let todo = TodoRecord(
      absence: "a", visit: visit(), state: "open", isOverdue: false,
      candidates: [.init(worker: "bo", reason: "backup"), .init(worker: "anne", reason: "team")])
    #expect(
      words.todos([todo], names: names, now: monday) == [
        "Karen Friis, i dag kl. 09.00–09.30 – Anne Holm er væk",
        "  Kan tage det: Bo Lund (fast afløser), Anne Holm",
      ])
  }

  @Test func whatWasAgreedIsSaidInWords() {
    let said = { (remedy: RemedyRecord) in
      words.remedy(remedy, worker: "Bo Lund", of: visit(), now: monday)
    }
    #expect(said(RemedyRecord(kind: "substitute")) == "Bo Lund kommer i stedet i dag kl. 09.00")
    #expect(said(RemedyRecord(kind: "move", start: at(120))) == "flyttet til i dag kl. 10.00")
    #expect(said(RemedyRecord(kind: "phone")) == "holdes på telefon")
    #expect(said(RemedyRecord(kind: "cancel")) == "aflyst")
  }

  @Test func timesToChooseFromAreNumbered() {
    let proposal = ProposalRecord(
      id: "p", citizenName: "Karen Friis", workerName: "Anne Holm", durationMinutes: 30,
      form: "screen", starts: [at(60), at(1500)], state: "open")
    #expect(
      words.proposal(proposal, isOwn: true, now: monday) == [
        "Anne Holm foreslår et besøg (skærm, 30 min). Hvornår passer det dig?",
        "  1  i dag kl. 09.00", "  2  i morgen, tirsdag den 24. november, kl. 09.00",
      ])
    #expect(
      words.proposal(proposal, isOwn: false, now: monday).first
        == "Karen Friis kan vælge mellem (skærm, 30 min):")
  }

  @Test func aGroupIsNotShownAsAVisitToOneOfItsMembers() {
    var meeting = visit()
    meeting.participants = [
      meeting.worker, meeting.citizen, PersonReference(id: "ole", displayName: "Ole"),
      PersonReference(id: "else", displayName: "Else"),
    ]
    #expect(VisitWords.who(meeting) == "Karen Friis + 2")
    #expect(VisitWords.who(visit()) == "Karen Friis")
  }

  @Test func aNoToScreenVisitsAsksAboutEachOfThem() {
    let todos = [
      ScreenTodo(visit: visit("v2", "Ole Bo", minute: 1500), isOverdue: true),
      ScreenTodo(visit: visit(), isOverdue: false),
      ScreenTodo(visit: visit("v3", minute: 10_140), isOverdue: false),
      ScreenTodo(visit: visit("v4", minute: 20_220), isOverdue: false),
    ]
    let lines = words.screens(todos, now: monday)
    #expect(lines.allSatisfy { $0.count <= 80 })
    #expect(
      lines == [
        "Karen Friis, i dag kl. 09.00–09.30 med Anne Holm – har sagt nej til skærmbesøg",
        "  … og 2 besøg mere på skærm. Aftal dem på én gang med --all.",
        "NU: Ole Bo, i morgen, tirsdag den 24. november, kl. 09.00–09.30 med Anne Holm –",
        "har sagt nej til skærmbesøg",
      ])
    func said(_ kind: String, _ start: Date? = nil) -> String {
      words.remedy(
        RemedyRecord(kind: kind, start: start), worker: "", of: visit(), now: monday)
    }
    #expect(said("physical") == "holdes som fremmøde")
    #expect(said("audio", at(180)) == "holdes kun med lyd, i dag kl. 11.00")
    #expect(said("keep") == "bliver på skærm")
  }
}

@Suite("The next citizen during a visit")
struct OverrunWatchTests {
  private func watch(_ visits: [Visit]) -> OverrunWatch {
    var watch = OverrunWatch(during: visit("now", minute: 0, state: .active), me: "anne")
    watch.take(visits)
    return watch
  }

  @Test func theWorkerIsToldFiveMinutesBeforeAndWhenItIsTimeAndNoMore() {
    var watch = watch([visit()])
    #expect(watch.warning(at: at(54)) == nil)
    #expect(watch.warning(at: at(55)) == .soon(visit(), minutes: 5))
    #expect(watch.warning(at: at(56)) == nil)
    #expect(watch.warning(at: at(60)) == .late(visit()))
    #expect(watch.warning(at: at(75)) == nil)
  }

  @Test func aDelayMovesTheNextWarningAndAddsUpToAnHour() {
    var watch = watch([visit()])
    _ = watch.warning(at: at(57))
    #expect(watch.nextAnnouncement?.minutes == 10)
    watch.told(10)
    #expect(watch.warning(at: at(60)) == nil)
    #expect(watch.warning(at: at(66)) == .soon(visit(), minutes: 4))
    for minutes in [20, 30, 40, 50, 60] {
      #expect(watch.nextAnnouncement?.minutes == minutes)
      watch.told(minutes)
    }
    #expect(watch.nextAnnouncement == nil)
  }

  @Test func onlyOwnVisitsThatWaitToBeHeldAreNext() {
    let visits = [
      visit("a", minute: 20, state: .cancelled), visit("b", minute: 25, worker: "bo"),
      visit("c", minute: -60), visit("d", minute: 90), visit("now", minute: 0),
    ]
    #expect(watch(visits).next?.id == "d")
    #expect(watch([]).nextAnnouncement == nil)
  }

  @Test func aVisitThatIsMovedMeanwhileIsToldOfAnew() {
    var watch = watch([visit()])
    _ = watch.warning(at: at(60))
    watch.told(10)
    watch.take([visit(minute: 120)])
    #expect(watch.warning(at: at(100)) == nil)
    #expect(watch.warning(at: at(116)) == .soon(visit(minute: 120), minutes: 4))
    #expect(watch.nextAnnouncement?.minutes == 10)
  }
}
