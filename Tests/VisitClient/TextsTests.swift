import Testing

@testable import VisitClient

struct TextsTests {
  @Test(arguments: [Texts.danish, Texts.english])
  func everyTextIsThereAndNoneIsLeftOver(texts: Texts) {
    #expect(texts.names == Set(TextKey.allCases.map(\.rawValue)))
    for key in TextKey.allCases { #expect(!texts[key].isEmpty, "\(key)") }
  }

  @Test(arguments: TextKey.allCases)
  func bothLanguagesNeedTheSameValues(key: TextKey) {
    // Dates are put together differently: English has no "den".
    #expect(placeholders(Texts.danish[key]) == placeholders(Texts.english[key]))
  }

  @Test func listsHaveAllTheirEntries() {
    for texts in [Texts.danish, Texts.english] {
      #expect(texts.list(.weekdayNames).count == 7)
      #expect(texts.list(.monthNames).count == 12)
      #expect(texts.list(.wordsWeekdays).count == 7)
      #expect(texts.list(.wordsMonths).count == 12)
    }
  }

  @Test func valuesAreFilledOnceAndBracesInThemStay() {
    let text = Texts.danish[.progressRinging, ["name": "{name} {x}"]]
    #expect(text == "Ringer til {name} {x} …")
  }

  @Test func aChoiceIsReadByItsWordItsNumberAndTheServicesWord() {
    let (texts, kinds) = (Texts.danish, ["illness", "holiday", "other"])
    for word in ["ferie", " Ferie ", "2", "holiday"] {
      #expect(texts.code(word, of: kinds, words: .wordsAbsence) == "holiday")
    }
    for word in ["0", "4", "feri", ""] {
      #expect(texts.code(word, of: kinds, words: .wordsAbsence) == nil)
    }
  }

  @Test func noLineOfHelpOrProgressBreaksTheTerminal() {
    for key in TextKey.allCases where key.rawValue.hasPrefix("status") {
      #expect(Texts.danish[key, ["time": "00:42", "quality": "dårlig forbindelse"]].count < 80)
    }
  }

  @Test func theLanguageIsChosenByArgumentThenEnvironment() {
    #expect(Language.chosen(arguments: ["besoeg"], environment: [:]) == .danish)
    #expect(Language.chosen(arguments: ["x", "--lang", "en"], environment: [:]) == .english)
    #expect(Language.chosen(arguments: ["x", "--lang=en"], environment: [:]) == .english)
    #expect(Language.chosen(arguments: ["x"], environment: ["BESOEG_LANG": "EN"]) == .english)
    #expect(
      Language.chosen(arguments: ["x", "--lang", "da"], environment: ["BESOEG_LANG": "en"])
        == .danish)
    #expect(Language.chosen(arguments: ["x", "--lang", "tlh"], environment: [:]) == .danish)
  }

  private func placeholders(_ text: String) -> Set<String> {
    Set(text.matches(of: /\{(\w+)\}/).map { String($0.1) })
  }
}

struct TextTableTests {
  private func table(_ rows: [[String]]) -> TextTable {
    var table = TextTable([.init("Kl."), .init("Hvem"), .init("MOS", .right)])
    for row in rows { table.append(row) }
    return table
  }

  @Test func columnsAreAsWideAsTheyNeed() {
    let lines = table([["10.00–10.30", "Karen Friis", "4,3"], ["11.00", "Bo", "10,0"]]).lines()
    #expect(
      lines == [
        "Kl.          Hvem          MOS",
        "───────────  ───────────  ────",
        "10.00–10.30  Karen Friis   4,3",
        "11.00        Bo           10,0",
      ])
  }

  @Test func noLineIsWiderThanTheTerminal() {
    let name = String(repeating: "Lang", count: 40)
    let lines = table([["10.00–10.30", name, "4,3"], ["11.00", "Bo", "4,4"]]).lines(width: 80)
    #expect(lines.allSatisfy { $0.count <= 80 })
    #expect(lines[2].contains("…"))
    #expect(lines[2].hasSuffix("4,3"), "numbers stay whole")
    #expect(lines[2].hasPrefix("10.00–10.30"), "times stay whole")
  }

  @Test func danishLettersCountAsOne() {
    let lines = table([["Ærø", "Åse Ødegård", "1"]]).lines()
    #expect(lines[2].count == lines[1].count)
  }

  @Test func missingCellsAreEmpty() {
    #expect(table([["10.00"]]).lines()[2] == "10.00")
  }

  @Test func textBreaksAtSpaces() {
    let text = "Jeg kan ikke få fat i serveren lige nu."
    #expect(wrapped(text, width: 20) == ["Jeg kan ikke få fat", "i serveren lige nu."])
    #expect(wrapped("Donaudampfschifffahrt", width: 10) == ["Donaudampfschifffahrt"])
    #expect(wrapped("") == [""])
    #expect(wrapped("  ✓ en to tre", width: 9) == ["  ✓ en to", "  tre"])
  }
}
