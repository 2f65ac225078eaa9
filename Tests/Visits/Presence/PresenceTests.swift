import Testing
import Visits

@Suite struct PresenceTests {
  static let now = Example.start
  static func after(_ minutes: Int) -> UTCMilliseconds { now.adding(minutes: minutes) }
  static let shift = TimeWindow(start: now, minutes: 480)

  @Test func presenceComesFromActivityAndRota() {
    func presence(
      active: Int?, at minutes: Int, away: Int? = nil, visit: Int? = nil,
      shifts: [TimeWindow] = [Self.shift], absences: [TimeWindow] = []
    ) -> WorkerPresence {
      WorkerActivity(
        lastActivityAt: active.map(Self.after), awayUntil: away.map(Self.after),
        inVisitSince: visit.map(Self.after), shifts: shifts, absences: absences
      ).presence(at: Self.after(minutes))
    }
    #expect(presence(active: 0, at: 9) == .available)
    #expect(presence(active: 0, at: 10) == .away)
    #expect(presence(active: nil, at: 10) == .away)
    #expect(presence(active: 5, at: 6, away: 30) == .away)
    #expect(presence(active: 29, at: 30, away: 30) == .available)
    #expect(presence(active: 480, at: 480) == .offDuty, "working late is not being on call")
    #expect(presence(active: 500, at: 500, visit: 470) == .inVisit, "a visit that goes on")
    #expect(presence(active: 5, at: 6, absences: [Self.shift]) == .offDuty)
    #expect(presence(active: 0, at: 9, shifts: []) == .available)
    #expect(presence(active: 0, at: 119, shifts: []) == .away)
    #expect(presence(active: 0, at: 120, shifts: []) == .offDuty)
  }

  @Test func nothingChangesUnheardBetweenWakes() {
    let activity = WorkerActivity(
      lastActivityAt: Self.after(3), awayUntil: Self.after(40),
      shifts: [Self.shift, TimeWindow(start: Self.after(600), minutes: 60)],
      absences: [TimeWindow(start: Self.after(100), minutes: 20)])
    var wake = activity.nextWake(after: Self.after(-10))
    var presence = activity.presence(at: Self.after(-10))
    for minute in -9...700 {
      if let due = wake, due <= Self.after(minute) {
        presence = activity.presence(at: Self.after(minute))
        wake = activity.nextWake(after: Self.after(minute))
      }
      #expect(activity.presence(at: Self.after(minute)) == presence, "at \(minute)")
    }
  }

  @Test func dutyIsByTeamKindAndTime() {
    let team = TeamID(rawValue: "vest")
    let shifts = [
      DutyShift(worker: PersonID(rawValue: "bo"), team: team, window: Self.shift),
      DutyShift(worker: PersonID(rawValue: "anne"), team: team, window: Self.shift),
      DutyShift(worker: PersonID(rawValue: "eva"), team: team, kind: .work, window: Self.shift),
    ]
    let onDuty = DutyShift.onDuty(shifts, team: team, at: Self.now)
    #expect(onDuty.map(\.rawValue) == ["anne", "bo"])
    #expect(DutyShift.onDuty(shifts, team: team, at: Self.after(480)).isEmpty)
  }

  @Test func aDeviceIsOnlineWhileItsStreamIsOpenAndAMomentLonger() {
    var device = DevicePresence(device: Example.screen)
    #expect(device.health(at: Self.now) == .neverSeen)
    device.opened(at: Self.now)
    #expect(device.health(at: Self.after(9)) == .testDue)
    device.tested(passed: true, at: Self.after(10))
    #expect(device.health(at: Self.after(11)) == .ready)
    #expect(device.selfTestAge(at: Self.after(11)) == 60_000)
    #expect(device.health(at: Self.after(10 + 50 * 60)) == .testDue)
    // Reconnecting: the new stream opens before the old is noticed dead.
    device.opened(at: Self.after(12))
    device.closed(at: Self.after(13))
    #expect(device.isOnline(at: Self.after(60)))
    device.closed(at: Self.after(60))
    #expect(device.isOnline(at: Self.after(60).adding(milliseconds: 29_999)))
    #expect(device.health(at: Self.after(61)) == .offline)
    #expect(device.health(at: Self.after(60 + 1440)) == .lost)
    device.opened(at: Self.after(1600))
    device.tested(passed: false, at: Self.after(1600))
    device.tested(passed: true, at: Self.after(1599))
    #expect(device.health(at: Self.after(1601)) == .testFailed, "an older report changes nothing")
  }
}
