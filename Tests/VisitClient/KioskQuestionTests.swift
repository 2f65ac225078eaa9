import Foundation
import Testing

@testable import VisitClient

/// What a citizen decides on the kiosk, with a number and Enter.
struct KioskQuestionTests {
  private static let now = Date(timeIntervalSince1970: 1_795_251_600)
  private static let visit = Visit(
    id: "v", citizen: PersonReference(id: "karen", displayName: "Karen Friis"),
    worker: PersonReference(id: "anne", displayName: "Anne Holm"),
    start: now.addingTimeInterval(7200), durationMinutes: 30, state: .booked)

  private static func ways(_ conversions: [String], canCancel: Bool = true) -> KioskQuestion {
    KioskQuestion(
      about: visit, VisitWaysRecord(conversions: conversions, canCancel: canCancel),
      texts: .danish, now: now)
  }

  @Test func gentlerWaysComeFirstAndLeavingItLast() {
    let question = Self.ways(["phone", "audio"])
    #expect(
      question.answers.map(\.action) == [
        .consider(.phone), .consider(.audio), .consider(.talk), .consider(.cancel), .leave,
      ])
    #expect(question.title == "Anne Holm i dag kl. 12.00. Hvad passer dig bedst?")
    let few = Self.ways(["hologram"], canCancel: false)
    #expect(few.answers.map(\.action) == [.consider(.talk), .leave])
  }

  @Test func nothingIsDoneBeforeASecondYes() throws {
    let first = try #require(Self.ways([]).answer("2"))
    #expect(first.action == .consider(.cancel))
    let sure = KioskQuestion(
      sure: .cancel, about: Self.visit, texts: .danish, now: Self.now)
    #expect(sure.title == "Vil du aflyse besøget med Anne Holm i dag kl. 12.00?")
    #expect(sure.answer("1")?.action == .carryOut(.cancel))
    #expect(sure.answer("2")?.action == .leave)
    for wrong in ["0", "3", "", "ja", "-1"] { #expect(sure.answer(wrong) == nil) }
    #expect(
      sure.lines(width: 80, texts: .danish).suffix(3) == [
        "  1  Ja", "  2  Lad det være, som det er", "Skriv nummeret og tryk Enter.",
      ])
  }

  @Test func timesThatHaveGoneByAreNotOffered() {
    let late = Self.now.addingTimeInterval(86_400)
    let proposal = ProposalRecord(
      id: "p", workerName: "Anne Holm", durationMinutes: 30, form: "screen",
      starts: [Self.now.addingTimeInterval(-60), late], state: "open")
    let question = KioskQuestion(times: proposal, texts: .danish, now: Self.now)
    #expect(
      question.answers.map(\.action) == [
        .choose(proposal: "p", start: late), .declineTimes(proposal: "p"), .leave,
      ])
    #expect(question.answers[0].text == "i morgen, søndag den 22. november, kl. 10.00")
  }
}
