import Testing
import Visits

@Suite struct HolidayTests {
  @Test func easterIsWhereAnotherImplementationPutsIt() throws {
    #expect(RecurrenceVectors.easter.count == 200)
    for (index, days) in RecurrenceVectors.easter.enumerated() {
      let equinox = try #require(LocalDate(year: 1900 + index, month: 3, day: 21))
      #expect(LocalDate.easterSunday(in: 1900 + index) == equinox.adding(days: days))
    }
  }

  @Test func theHolidaysOf2026AreThoseOfTheLawAndTheAgreedOnes() {
    let found = HolidayCalendar().holidays(in: 2026).map { "\($0.date.day)/\($0.date.month)" }
    #expect(
      found == [
        "1/1", "2/4", "3/4", "5/4", "6/4", "14/5", "24/5", "25/5", "5/6", "24/12", "25/12",
        "26/12", "31/12",
      ])
  }

  @Test func greatPrayerDayWasLastKeptIn2023() throws {
    let calendar = HolidayCalendar()
    #expect(calendar.holiday(on: try .day("2023-05-05")) == .greatPrayerDay)
    for year in 2024...2100 {
      #expect(Holiday.greatPrayerDay.date(in: year) == nil)
      #expect(!calendar.holidays(in: year).contains { $0.holiday == .greatPrayerDay })
      let friday = LocalDate.easterSunday(in: year).adding(days: 26)
      #expect(calendar.holiday(on: friday) == nil, "\(friday)")
    }
  }

  @Test func agreedDaysAreHolidaysOnlyWhereAgreed() throws {
    let mayDay = try LocalDate.day("2026-05-01")
    let eve = try LocalDate.day("2026-12-24")
    #expect(HolidayCalendar().holiday(on: mayDay) == nil)
    #expect(HolidayCalendar().holiday(on: eve) == .christmasEve)
    let other = HolidayCalendar(agreed: [.labourDay, .easterSunday])
    #expect(other.holiday(on: mayDay) == .labourDay && other.holiday(on: eve) == nil)
    #expect(other.agreed == [.labourDay])
  }

  @Test func theLawsHolidayGoesBeforeTheAgreedOne() throws {
    let calendar = HolidayCalendar(agreed: Holiday.agreedDays)
    // Ascension Day was 1 May in 2008, Whit Sunday 5 June in 2022.
    #expect(calendar.holiday(on: try .day("2008-05-01")) == .ascensionDay)
    #expect(calendar.holiday(on: try .day("2022-06-05")) == .whitSunday)
    #expect(calendar.holidays(in: 2022).count { $0.date.month == 6 && $0.date.day == 5 } == 1)
  }

  @Test func everyHolidayHasANameInBothLanguages() {
    #expect(Set(Holiday.allCases.map(\.danish)).count == Holiday.allCases.count)
    #expect(Set(Holiday.allCases.map(\.english)).count == Holiday.allCases.count)
  }
}
