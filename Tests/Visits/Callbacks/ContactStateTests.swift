import Testing
import Visits

/// E23: whether anybody answers now, and whom to ring where nobody does.
@Suite struct ContactStateTests {
  private static let now = UTCMilliseconds(rfc3339: "2026-11-23T14:00:00Z")!
  private static let hours = TimeWindows([
    TimeWindow(start: now.adding(minutes: -60), minutes: 120),
    TimeWindow(start: now.adding(minutes: 17 * 60), minutes: 480),
  ])

  private func state(_ minutes: Int, number: String? = "12 34 56 78") -> ContactState {
    ContactState(
      hours: Self.hours, emergencyNumber: number, at: Self.now.adding(minutes: minutes))
  }

  @Test func inTheHoursTheTeamAnswersAndNothingIsSaid() {
    let open = state(0)
    #expect(open.isOpen && open.notice == nil)
    #expect(open.changesAt == Self.now.adding(minutes: 60))
  }

  @Test func outsideThemTheNumberThatIsAlwaysAnsweredIsSaid() throws {
    let closed = state(60)
    #expect(!closed.isOpen && closed.changesAt == Self.now.adding(minutes: 17 * 60))
    #expect(
      closed.notice?.danish == "Vi har lukket lige nu. Vi åbner i morgen kl. 8.00. "
        + "Har du brug for hjælp inden da, så ring på 12 34 56 78.")
    #expect(state(10 * 60).notice?.danish.contains("Vi åbner i dag kl. 8.00.") == true)
    let none = try #require(state(60, number: nil).notice?.danish)
    #expect(none.hasSuffix("Du kan bede om at blive ringet op, så ringer vi, når vi åbner."))
    // Hours that nobody knows are not promised.
    let unknown = state(5 * 1440)
    #expect(unknown.changesAt == nil && unknown.notice?.danish.contains("Vi åbner") == false)
  }
}
