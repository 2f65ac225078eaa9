import Foundation
import Testing

@testable import VisitClient

struct VisitFinderTests {
  private let now = Date(timeIntervalSince1970: 1_795_251_600)

  private func visit(
    _ id: String, _ citizen: String, minutes: Double, state: VisitState = .booked
  ) -> Visit {
    .example(
      id: id, state: state, start: now.addingTimeInterval(minutes * 60), citizen: citizen)
  }

  @Test func theVisitThatIsOnComesBeforeTheNext() {
    let visits = [
      visit("a", "Bo Lund", minutes: 60), visit("b", "Karen Friis", minutes: -10),
      visit("c", "Mette Dahl", minutes: -90),
    ]
    #expect(VisitFinder.next(in: visits, now: now)?.id == "b")
  }

  @Test func aQuarterBeforeItsTimeAVisitIsOn() {
    let visits = [visit("a", "Bo Lund", minutes: 15), visit("b", "Karen Friis", minutes: 40)]
    #expect(VisitFinder.next(in: visits, now: now)?.id == "a")
    #expect(VisitFinder.next(in: [visits[1]], now: now)?.id == "b")
  }

  @Test func aCallInProgressComesFirst() {
    let visits = [
      visit("a", "Bo Lund", minutes: 0), visit("b", "Karen Friis", minutes: -50, state: .active),
    ]
    #expect(VisitFinder.next(in: visits, now: now)?.id == "b")
  }

  @Test func whatIsOverIsNotRung() {
    let visits = [
      visit("a", "Bo Lund", minutes: 0, state: .ended),
      visit("b", "Karen Friis", minutes: 10, state: .cancelled),
      visit("c", "Mette Dahl", minutes: -90),
    ]
    #expect(VisitFinder.next(in: visits, now: now) == nil)
  }

  @Test(arguments: ["karen", "KAR", "friis", "Karen Friis", "3f2a"])
  func aVisitIsFoundByNameOrNumber(words: String) {
    let visits = [
      visit("3f2a77d0-0000", "Karen Friis", minutes: 30), visit("99aa", "Bo Lund", minutes: 0),
    ]
    guard case .one(let found) = VisitFinder.visit(words, in: visits, now: now) else {
      Issue.record("not found")
      return
    }
    #expect(found.citizen.displayName == "Karen Friis")
  }

  @Test func twoOfANameAreAskedAbout() {
    let visits = [
      visit("a", "Karen Friis", minutes: 0), visit("b", "Karin Bak", minutes: 30),
    ]
    guard case .several(let several) = VisitFinder.visit("kar", in: visits, now: now) else {
      Issue.record("not several")
      return
    }
    #expect(several.count == 2)
  }

  @Test func aWholeNameIsNotAmbiguous() {
    let people = [
      Person(id: "1", role: .citizen, displayName: "Bo Lund"),
      Person(id: "2", role: .citizen, displayName: "Bo Lundgaard"),
    ]
    guard case .one(let person) = VisitFinder.person("bo lund", in: people) else {
      Issue.record("ambiguous")
      return
    }
    #expect(person.id == "1")
  }

  @Test func noLettersFindNobody() {
    let people = [Person(id: "1", role: .citizen, displayName: "Bo Lund")]
    guard case .none = VisitFinder.person("  ", in: people) else {
      Issue.record("found somebody")
      return
    }
  }

  @Test func aDaysVisitsFitATerminal() {
    let words = VisitWords(.danish)
    let visits = [
      visit("3f2a77d0-0000-4000", "Karen Friis", minutes: 12),
      visit("9", "Bo " + String(repeating: "Lang", count: 30), minutes: 300),
    ]
    let lines = words.table(visits, me: "anne", now: now).lines()
    #expect(lines.allSatisfy { $0.count <= 80 })
    #expect(lines[2] == "10.12–10.42  Karen Friis" + lines[2].dropFirst(24))
    #expect(lines[2].contains("om 12 minutter"))
    #expect(lines[2].hasSuffix("3f2a77d0"))
  }

  @Test func aVerdictIsSaidInOneLine() {
    let words = VisitWords(.danish)
    let cause = Verdict.Cause(
      code: "worker-lost", da: "Serveren skiftede undervejs.", en: "The relay was replaced.")
    #expect(
      words.verdict(Verdict(firstTry: true, causes: [], outcome: "held", participants: []))
        == "Første forsøg: ja.")
    #expect(
      words.verdict(Verdict(firstTry: false, causes: [cause], outcome: "held", participants: []))
        == "Første forsøg: nej – Serveren skiftede undervejs.")
  }
}
