import Testing
import Visits

@Suite struct EquipmentTests {
  typealias E = GrantExample
  static let karen = PersonID(rawValue: "karen")
  static let later = E.now.adding(minutes: 60)

  static func tablet() throws -> Equipment {
    try Equipment(
      id: EquipmentID(rawValue: "t14"), tenant: Example.tenant, kind: .tablet,
      label: " Tablet 14 ", serial: "0101901234", by: Example.worker, at: E.now)
  }

  /// F8: "Udstyret er afgørende".
  @Test func whatWorksIsLentToOneAndComesBack() throws {
    let tablet = try Self.tablet()
    #expect(tablet.label == "Tablet 14" && tablet.condition == .good)
    let lent = try tablet.lent(to: Self.karen, by: Example.worker, at: Self.later)
    #expect(lent.holder == Self.karen && lent.lentAt == Self.later)
    #expect(try lent.lent(to: Self.karen, by: Example.worker, at: E.now) == lent)
    let other = PersonID(rawValue: "ole")
    #expect(
      E.refusal { _ = try lent.lent(to: other, by: Example.worker, at: Self.later) }
        == .equipmentIsLent)
    let back = try lent.checked(
      .faulty, note: "skærmen er revnet", isBack: true, by: Example.worker, at: Self.later)
    #expect(back.holder == nil && back.condition == .faulty)
    #expect(
      E.refusal { _ = try back.lent(to: other, by: Example.worker, at: Self.later) }
        == .equipmentIsFaulty)
    let gone = try back.retired(by: Example.operations, at: Self.later)
    #expect(
      E.refusal { _ = try gone.checked(.good, note: nil, by: Example.worker, at: Self.later) }
        == .equipmentIsRetired)
    #expect(try gone.retired(by: Example.operations, at: E.now) == gone)
    #expect(
      E.refusal { _ = try tablet.lent(to: other, by: Example.citizen, at: E.now) } != nil)
  }

  @Test func itIsToBeTriedAgainAfterHalfAYear() throws {
    let tablet = try Self.tablet()
    let halfYear = E.now.adding(minutes: 183 * 1440)
    #expect(!tablet.isCheckDue(at: halfYear.adding(milliseconds: -1)))
    #expect(tablet.isCheckDue(at: halfYear))
    let tried = try tablet.checked(.worn, note: nil, by: Example.worker, at: halfYear)
    #expect(!tried.isCheckDue(at: halfYear.adding(minutes: 1440)))
    let gone = try tablet.retired(by: Example.worker, at: E.now)
    #expect(!gone.isCheckDue(at: halfYear))
  }

  static func order(_ text: String = "Skærmen er sort") throws -> HomeVisitOrder {
    try HomeVisitOrder(
      id: HomeOrderID(rawValue: "o1"), tenant: Example.tenant, citizen: karen, fault: .equipment,
      text: text, bring: ["lader", " "], by: Example.worker, at: E.now)
  }

  /// F6: "en IT-kyndig medarbejder kan tage med ud til borger".
  @Test func somebodyGoesThereAndWhatDoesNotWorkYetStaysOpen() throws {
    let order = try Self.order()
    #expect(order.bring == ["lader"] && order.isOpen)
    let bo = PersonID(rawValue: "bo")
    let planned = try order.planned(for: bo, at: Self.later, by: Example.worker, at: E.now)
    #expect(planned.assignee == bo && planned.state == .planned)
    #expect(
      E.refusal { _ = try order.planned(for: bo, at: E.now, by: Example.worker, at: E.now) }
        == .startsInThePast)
    let failed = try planned.finished(
      .notFixed, finding: "mangler SIM-kort", by: Example.otherWorker, at: Self.later)
    #expect(failed.isOpen && failed.assignee == nil && failed.finding == "mangler SIM-kort")
    let done = try failed.finished(.fixed, finding: nil, by: Example.otherWorker, at: Self.later)
    #expect(!done.isOpen)
    #expect(
      E.refusal { _ = try done.cancelled(by: Example.worker, at: Self.later) } == .orderIsClosed)
    let cancelled = try order.cancelled(by: Example.worker, at: Self.later)
    #expect(try cancelled.cancelled(by: Example.worker, at: E.now) == cancelled)
    #expect(E.refusal { _ = try Self.order(" ") } == .nothingWritten)
    #expect(E.refusal { _ = try Self.order("010190-1234") } == .personalNumber)
  }

  static func park(_ text: String, by initiator: Initiator = Example.worker) throws -> ParkedTopic {
    try ParkedTopic(
      id: ParkedTopicID(rawValue: "p1"), tenant: Example.tenant, citizen: karen, topic: text,
      to: .caseWorker, by: initiator, at: E.now)
  }

  /// C10: "øvrige forhold håndteres i anden sammenhæng".
  @Test func aParkedMatterIsKeptByWhoHeardItUntilSomebodyDealsWithIt() throws {
    #expect(try Self.park(" brev fra banken ").topic == "brev fra banken")
    #expect(E.refusal { _ = try Self.park("brev", by: Example.citizen) } == .offerIsTheTeams)
    #expect(E.refusal { _ = try Self.park(" ") } == .nothingWritten)
    #expect(E.refusal { _ = try Self.park("010190 1234") } == .personalNumber)
    let taken = try Self.park("brev").taken(by: E.caseWorker)
    #expect(taken.takenBy == E.caseWorker.person && taken.isOpen)
    let closed = try taken.closed("Vi har ringet", by: Example.worker, at: Self.later)
    #expect(closed.closedAt == Self.later && closed.takenBy == E.caseWorker.person)
    #expect(try closed.closed(nil, by: Example.worker, at: Self.later) == closed)
    #expect(E.refusal { _ = try closed.taken(by: Example.worker) } == .taskDone)
    #expect(
      E.refusal { _ = try taken.closed(nil, by: Example.citizen, at: Self.later) }
        == .offerIsTheTeams)
  }
}
