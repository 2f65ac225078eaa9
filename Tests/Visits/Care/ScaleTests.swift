import Testing
import Visits

@Suite("Scales of the municipality's own")
struct ScaleTests {
  typealias E = GrantExample
  static let rules = ScoreRules()

  static func scale(
    _ items: Int = 2, days: Int = 14, fall: Int? = 20, firstWithin: Int? = nil,
    notFor: Set<PackageID> = [], highest: Int = 100
  ) -> ScoreScale {
    ScoreScale(
      id: ScoreScaleID(rawValue: "s"), title: "Min uge",
      items: (0..<items).map {
        .init(id: "i\($0)", prompt: "Spørgsmål \($0)", low: "Dårligt", high: "Godt")
      }, highest: highest, moment: .beginning, daysBetween: days, fallPercent: fall,
      firstWithinDays: firstWithin, notForPackages: notFor)
  }

  static func answer(
    _ marks: [Int?], _ day: String, citizen: String = "karen", visit: String = "v1"
  ) -> ScoreAnswer {
    ScoreAnswer(
      scale: ScoreScaleID(rawValue: "s"), citizen: PersonID(rawValue: citizen),
      visit: VisitID(rawValue: visit), at: E.time(day, hour: 10), marks: marks)
  }

  @Test func aScaleNeedsWordsAndSensibleNumbers() throws {
    #expect(try Self.rules.checked(Self.scale()) == Self.scale())
    var broken = Self.scale()
    broken.items[1].prompt = " "
    #expect(throws: Refusal.scaleIncomplete(most: 20)) { try Self.rules.checked(broken) }
    broken = Self.scale()
    broken.items[1].id = "i0"
    #expect(throws: Refusal.scaleIncomplete(most: 20)) { try Self.rules.checked(broken) }
    #expect(throws: Refusal.scaleIncomplete(most: 20)) { try Self.rules.checked(Self.scale(21)) }
    broken = Self.scale(highest: 0)
    #expect(throws: Refusal.scaleOutOfRange) { try Self.rules.checked(broken) }
  }

  /// H8: not suited for everyone, and not too often.
  @Test func itIsAskedInItsRhythmAndNotWhereItIsSwitchedOff() {
    let scale = Self.scale()
    let once = [Self.answer([50, 50], "2026-03-02")]
    let off = ScaleChoice(
      scale: scale.id, citizen: PersonID(rawValue: "karen"), isOffered: false)
    func isAsked(_ day: String, choice: ScaleChoice? = nil) -> Bool {
      Self.rules.isAsked(
        scale, answers: once, choice: choice, course: nil, on: E.day(day))
    }
    #expect(!isAsked("2026-03-15") && isAsked("2026-03-16"))
    #expect(!isAsked("2026-03-16", choice: off))
    var retired = scale
    retired.isRetired = true
    #expect(!Self.rules.isOffered(retired, choice: nil, course: nil))
  }

  @Test func aFallIsTalkedAboutOnce() {
    let scale = Self.scale()
    let answers = [Self.answer([60, 60], "2026-03-02"), Self.answer([40, 30], "2026-03-16")]
    var choice = ScaleChoice(scale: scale.id, citizen: PersonID(rawValue: "karen"))
    #expect(Self.rules.needsTalk(scale, answers: answers, choice: nil))
    choice.talkedAt = E.time("2026-03-17", hour: 9)
    #expect(!Self.rules.needsTalk(scale, answers: answers, choice: choice))
    let skipped = answers + [Self.answer([], "2026-03-30")]
    #expect(!Self.rules.needsTalk(scale, answers: skipped, choice: choice))
    let lower = skipped + [Self.answer([10, 10], "2026-04-13")]
    #expect(Self.rules.needsTalk(scale, answers: lower, choice: choice))
    #expect(!Self.rules.needsTalk(Self.scale(fall: nil), answers: answers, choice: nil))
  }

  /// H9: nine indicators 0–4, first within three months, again after about a year, not for package 1.
  @Test func anIndicatorFollowsTheCourse() {
    let scale = Self.scale(
      9, days: 365, fall: nil, firstWithin: 92, notFor: [PackageID(rawValue: "1")], highest: 4)
    let course = ScaleCourse(start: E.day("2026-01-05"), package: PackageID(rawValue: "2"))
    func asked(_ answers: [ScoreAnswer], _ day: String, _ course: ScaleCourse?) -> Bool {
      Self.rules.isAsked(scale, answers: answers, choice: nil, course: course, on: E.day(day))
    }
    #expect(
      Self.rules.deadline(scale, answers: [], course: course) == E.day("2026-04-07"))
    #expect(asked([], "2026-01-05", course) && !asked([], "2026-01-05", nil))
    let light = ScaleCourse(start: course.start, package: PackageID(rawValue: "1"))
    #expect(!asked([], "2026-01-05", light))
    let first = [Self.answer(Array(repeating: 2, count: 9), "2026-03-02")]
    #expect(
      Self.rules.deadline(scale, answers: first, course: course) == E.day("2027-03-02"))
    #expect(!asked(first, "2026-12-01", course) && asked(first, "2027-02-02", course))
    let skipped = [Self.answer([], "2026-02-02")]
    #expect(!asked(skipped, "2026-02-05", course) && asked(skipped, "2026-02-09", course))
  }

  // MARK: Reports

  static func answers(_ citizens: Range<Int>, first: Int, last: Int?) -> [ScoreAnswer] {
    citizens.flatMap { number -> [ScoreAnswer] in
      let one = Self.answer([first, nil], "2026-03-02", citizen: "c\(number)")
      guard let last else { return [one] }
      return [one, Self.answer([last, nil], "2027-03-02", citizen: "c\(number)", visit: "v2")]
    }
  }

  static func people(_ numbers: Range<Int>) -> Set<PersonID> {
    Set(numbers.map { PersonID(rawValue: "c\($0)") })
  }

  @Test func figuresOfTooFewAreNotShown() {
    let scale = Self.scale(highest: 4)
    let four = ScoreReport(scale, answers: Self.answers(0..<4, first: 1, last: 2), members: nil)
    #expect(four.citizens == nil && four.lines.isEmpty)
    let five = ScoreReport(scale, answers: Self.answers(0..<5, first: 1, last: 2), members: nil)
    #expect(five.citizens == 5)
    #expect(five.lines.first?.first == 1 && five.lines.first?.change == 1)
    #expect(five.lines.last?.first == nil, "nobody marked that line")
    let once = ScoreReport(
      scale,
      answers: Self.answers(0..<6, first: 1, last: nil)
        + Self.answers(6..<10, first: 1, last: 4), members: nil)
    #expect(once.lines.first?.first == 1 && once.lines.first?.latest == nil, "four did it twice")
  }

  /// Twelve in all and eight in a team would tell the other four.
  @Test func aTeamIsNotShownWhereItWouldTellTheRest() {
    let scale = Self.scale(highest: 4)
    let all = Self.answers(0..<12, first: 1, last: 2)
    func citizens(_ members: Range<Int>) -> Int? {
      ScoreReport(scale, answers: all, members: Self.people(members)).citizens
    }
    #expect(citizens(0..<8) == nil && citizens(0..<7) == 7 && citizens(0..<12) == 12)
  }
}
