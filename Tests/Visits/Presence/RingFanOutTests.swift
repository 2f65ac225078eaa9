import Testing
import Visits

@Suite struct RingFanOutTests {
  static let now = Example.start
  static let tablet = DeviceID(rawValue: "tablet")
  static let phone = DeviceID(rawValue: "phone")
  static let screen = Example.screen

  static func ring() -> (RingFanOut, [RingSignal]) {
    var ring = RingFanOut(
      visit: Example.visit.id,
      expiresAt: now.adding(milliseconds: VisitRules.ringMilliseconds))
    let signals = ring.ring([tablet, phone, screen])
    return (ring, signals)
  }

  @Test func allDevicesRingAndAnsweringOnOneStopsTheOthers() throws {
    var (ring, signals) = Self.ring()
    #expect(signals == [.ring(Self.phone), .ring(Self.screen), .ring(Self.tablet)])
    let stops = try ring.answer(on: Self.tablet)
    let expected: [RingSignal] = [
      .stop(Self.phone, because: .answered), .stop(Self.screen, because: .answered),
    ]
    #expect(stops == expected)
    #expect(try ring.answer(on: Self.tablet).isEmpty, "the reply was lost")
    #expect(throws: Refusal.answeredElsewhere) { try ring.answer(on: Self.phone) }
    #expect(throws: Refusal.answeredElsewhere) { try ring.decline(on: Self.phone) }
    #expect(ring.answeredOn == Self.tablet)
  }

  @Test func whoDeclinesOnOneDeviceDeclinesOnAll() throws {
    var (ring, _) = Self.ring()
    #expect(try ring.decline(on: Self.phone).count == 3)
    #expect(try ring.decline(on: Self.phone).isEmpty)
    #expect(throws: Refusal.ringOver) { try ring.answer(on: Self.tablet) }
  }

  @Test func aDeviceThatComesOnlineRingsTooAndOneThatWasGoneStops() throws {
    var (ring, _) = Self.ring()
    let late = DeviceID(rawValue: "late")
    #expect(ring.ring([late]) == [.ring(late)])
    #expect(ring.ring([Self.phone]) == [.ring(Self.phone)], "it reconnected and has forgotten")
    _ = try ring.answer(on: late)
    #expect(ring.ring([Self.phone, late]) == [.stop(Self.phone, because: .answered)])
    #expect(ring.ring([DeviceID(rawValue: "new")]).isEmpty)
  }

  @Test func aRingEndsByItselfAndOnce() {
    var (ring, _) = Self.ring()
    #expect(ring.advance(to: Self.now.adding(milliseconds: 44_999)).isEmpty)
    #expect(ring.advance(to: Self.now.adding(milliseconds: 45_000)).count == 3)
    #expect(ring.end == .missed)
    #expect(ring.giveUp().isEmpty)
    #expect(ring.advance(to: Self.now.adding(minutes: 5)).isEmpty)
  }

  @Test func theCallerHearsRingingOnce() {
    var (ring, _) = Self.ring()
    let devices = [DeviceID(rawValue: "stranger"), Self.phone, Self.phone, Self.tablet]
    #expect(devices.map { ring.confirm($0) } == [false, true, false, false])
  }

  static func move(to target: DeviceID = tablet) throws -> CallMove {
    var move = CallMove(visit: Example.visit.id, person: Example.visit.citizenID, device: screen)
    try move.begin(to: target, devices: [screen, tablet, phone], by: Example.citizen, at: now)
    return move
  }

  @Test func aCallMovesWhenTheNewDeviceIsHeardAndNotBefore() throws {
    var move = try Self.move()
    #expect(move.admits(Self.screen, at: Self.now) && move.admits(Self.tablet, at: Self.now))
    #expect(!move.admits(Self.phone, at: Self.now))
    #expect(move.connected(Self.screen, at: Self.now) == nil, "still the old one")
    #expect(move.connected(Self.tablet, at: Self.now) == Self.screen, "the old one hangs up")
    #expect(move.device == Self.tablet && move.target == nil)
    #expect(!move.admits(Self.screen, at: Self.now))
  }

  @Test func aMoveThatIsNotTakenChangesNothing() throws {
    var move = try Self.move()
    let later = Self.now.adding(milliseconds: 30_000)
    #expect(move.connected(Self.tablet, at: later) == nil)
    move.advance(to: later)
    #expect(move.target == nil && move.device == Self.screen)
  }

  @Test func aCallMovesToOnesOwnDevicesOnly() throws {
    #expect(throws: Refusal.notYourDevice) { try Self.move(to: DeviceID(rawValue: "other")) }
    var move = try Self.move()
    #expect(throws: Refusal.notYourVisit) {
      try move.begin(to: Self.phone, devices: [Self.phone], by: Example.worker, at: Self.now)
    }
  }

  @Test func ringingBackLeadsSomewhereAtAnyHour() {
    let team = TeamID(rawValue: "vest")
    let anne = Example.visit.workerID
    func route(_ presence: WorkerPresence, open: Bool) -> RingBack {
      RingBack.route(
        to: anne, presence: presence, team: team, isOpen: open, emergencyNumber: "70 12 34 56")
    }
    #expect(route(.available, open: true) == .ringWorker(anne))
    #expect(route(.inVisit, open: true) == .askTeam(team))
    #expect(route(.offDuty, open: false) == .afterHours(team, emergencyNumber: "70 12 34 56"))
  }
}
