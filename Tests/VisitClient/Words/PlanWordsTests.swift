import Foundation
import Testing

@testable import VisitClient

@Suite("What is decided, in words")
struct PlanWordsTests {
  @Test(arguments: [
    ("20-34", 20, 34), ("20–34", 20, 34), ("35+", 35, 120), ("18-18", 18, 18),
  ])
  func agesAreReadAsTheyAreWritten(words: String, from: Int, to: Int) throws {
    let ages = try #require(NewGroup.Ages(typed: words))
    #expect(ages.from == from && ages.to == to)
  }

  @Test(arguments: ["", "unge", "34-20", "20", "20-", "-5", "20-34-50", "121+"])
  func whatIsNoAgeIsNone(words: String) {
    #expect(NewGroup.Ages(typed: words) == nil)
  }

  @Test func aGrantSaysItsHoursAndItsMix() throws {
    let grant = try JSONDecoder().decode(
      GrantRecord.self,
      from: Data(
        """
        {"id": "g", "basis": "85", "start": "2026-11-01", "appeal": {"da": "Klag", "en": "Appeal"},
         "mix": [{"form": "screen", "minutes": 120}, {"form": "physical", "minutes": 60}],
         "terms": [{"from": "2026-11-01", "terms":
           {"forms": ["screen", "physical"], "weeklyMinutes": 180, "hours": ["evening", "weekend"]}}]}
        """.utf8))
    let lines = BookingWords(.danish).grant(grant)
    #expect(lines.contains { $0.contains("(også aften, weekend)") })
    #expect(lines.contains { $0.contains("Fordelt sådan: skærm 2 t, fremmøde 1 t") })
  }

  @Test func wordsBecomeTheServicesCodes() throws {
    #expect(try Texts.danish.hours("aften, weekend") == ["evening", "weekend"])
    #expect(try Texts.danish.hours("") == [])
    #expect(try Texts.danish.targetGroup("handicap") == "disability")
    #expect(try Texts.danish.scheduling("forslag") == "worker-proposes")
    #expect(throws: ProgramFailure.self) { try Texts.danish.hours("morgen") }
    for language in [Texts.danish, .english] {
      #expect(language.list(.wordsGrantHours).count == 3)
      #expect(language.list(.wordsTargetGroup).count == 2)
      #expect(language.list(.wordsScheduling).count == Texts.schedulings.count)
    }
  }
}
