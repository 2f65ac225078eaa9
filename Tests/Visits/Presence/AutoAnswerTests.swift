import Testing
import Visits

@Suite struct AutoAnswerTests {
  /// Monday 23 November 2026, 10.00 in Denmark.
  static let monday = UTCMilliseconds(rfc3339: "2026-11-23T09:00:00Z") ?? Example.start

  static func agreement() throws -> AutoAnswerAgreement {
    AutoAnswerAgreement(
      citizen: Example.visit.citizenID, device: Example.screen, reason: "kan ikke nå skærmen",
      callers: [Example.visit.workerID],
      hours: [
        AgreedHours(
          weekdays: .workdays, from: try #require(LocalTime("09:00")),
          until: try #require(LocalTime("12:00")))
      ],
      recordedBy: Example.visit.workerID, consentedAt: monday.adding(minutes: -1440),
      expiresAt: monday.adding(minutes: 1440 * 90))
  }

  static func decision(
    _ agreement: AutoAnswerAgreement, caller: PersonID = Example.visit.workerID,
    device: DeviceID = Example.screen, at minutes: Int = 0
  ) -> AutoAnswerAgreement.Decision {
    agreement.decision(for: caller, on: device, at: monday.adding(minutes: minutes))
  }

  @Test func aCallIsAnsweredByItselfOnlyWhenAllIsAsAgreed() throws {
    let agreement = try Self.agreement()
    #expect(Self.decision(agreement) == .countDown(until: Self.monday.adding(milliseconds: 15_000)))
    #expect(Self.decision(agreement, caller: PersonID(rawValue: "bo")) == .ring)
    #expect(Self.decision(agreement, device: DeviceID(rawValue: "phone")) == .ring)
    #expect(Self.decision(agreement, at: 120) == .ring, "twelve o'clock")
    #expect(Self.decision(agreement, at: -61) == .ring, "a minute to nine")
    #expect(Self.decision(agreement, at: -60) != .ring)
    #expect(Self.decision(agreement, at: 5 * 1440) == .ring, "Saturday")
    #expect(Self.decision(agreement, at: 1440 * 90) == .ring, "run out")
    #expect(Self.decision(agreement, at: -1440 - 60 * 24 * 3) == .ring, "before the consent")
    var withdrawn = agreement
    withdrawn.withdrawnAt = Self.monday
    #expect(Self.decision(withdrawn) == .ring)
  }

  @Test func hoursMayRunPastMidnight() throws {
    let hours = AgreedHours(
      weekdays: WeekdaySet([.sunday]), from: try #require(LocalTime("22:00")),
      until: try #require(LocalTime("02:00")))
    func contains(_ minutes: Int) -> Bool { hours.contains(Self.monday.adding(minutes: minutes)) }
    // Monday 1.59 and 2.00; Sunday 21.59 and 22.00; Monday 22.00.
    #expect(
      contains(-481) && !contains(-480) && !contains(-721) && contains(-720) && !contains(720))
  }

  @Test func anAgreementNeedsReasonHoursCallersAndAnEnd() throws {
    func refusal(_ change: (inout AutoAnswerAgreement) -> Void) throws -> String? {
      var agreement = try Self.agreement()
      change(&agreement)
      do throws(Refusal) {
        _ = try agreement.checked(at: Self.monday)
        return nil
      } catch {
        return error.code
      }
    }
    #expect(try refusal { _ in } == nil)
    #expect(try refusal { $0.reason = "  " } == "auto-answer-needs-reason")
    #expect(try refusal { $0.callers = [] } == "auto-answer-needs-hours")
    #expect(try refusal { $0.hours = [] } == "auto-answer-needs-hours")
    #expect(try refusal { $0.countdownSeconds = 9 } == "countdown-out-of-range")
    #expect(try refusal { $0.countdownSeconds = 41 } == "countdown-out-of-range")
    let tooLong = Self.monday.adding(minutes: 1440 * 366 + 1)
    #expect(try refusal { $0.expiresAt = tooLong } == "consent-period-invalid")
    #expect(try refusal { $0.expiresAt = Self.monday } == "consent-period-invalid")
    #expect(try refusal { $0.consentedAt = tooLong } == "consent-period-invalid")
  }
}
