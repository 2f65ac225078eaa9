import Testing
import Visits

@Suite struct AbsenceTests {
  static let now = Example.start
  static let anne = Example.visit.workerID
  static let bo = PersonID(rawValue: "bo")
  static let rules = AbsenceRules()

  static func after(_ minutes: Int) -> UTCMilliseconds { now.adding(minutes: minutes) }

  static func absence(_ from: Int = -60, _ minutes: Int = 600, worker: PersonID = anne) -> Absence {
    Absence(
      id: AbsenceID(rawValue: "ill \(worker)"), tenant: Example.tenant, worker: worker,
      kind: .illness, window: TimeWindow(start: after(from), minutes: minutes), reportedAt: now)
  }

  static func visit(_ number: Int, at minutes: Int, _ state: VisitState = .booked) -> Visit {
    var visit = Example.visit
    visit.id = VisitID(rawValue: "v\(number)")
    visit.start = after(minutes)
    visit.state = state
    return visit
  }

  static func apply(
    _ command: AbsenceCommand, _ task: AbsenceTask, _ visit: Visit = visit(1, at: 60),
    absences: [Absence] = [absence()], by initiator: Initiator = Example.otherWorker
  ) throws -> AbsenceChange {
    try rules.apply(
      command, to: task, about: visit, absences: absences, by: initiator, at: now)
  }

  static func task() throws -> AbsenceTask {
    try #require(rules.reconcile(absence(), existing: [], visits: [visit(1, at: 60)]).first)
  }

  @Test func eachVisitInTheAbsenceBecomesOneTask() {
    let visits = [
      Self.visit(1, at: -90), Self.visit(2, at: -89), Self.visit(3, at: 539),
      Self.visit(4, at: 540), Self.visit(5, at: 60, .ended), Self.visit(6, at: 60, .cancelled),
      Self.visit(7, at: 60, .missed),
    ]
    let tasks = Self.rules.reconcile(Self.absence(), existing: [], visits: visits)
    #expect(tasks.map(\.visit.rawValue) == ["v2", "v3", "v7"])
    #expect(tasks.allSatisfy { $0.state == .open && $0.citizen == Example.visit.citizenID })
    #expect(Self.rules.reconcile(Self.absence(), existing: tasks, visits: visits).isEmpty)
  }

  @Test func whoeverIsBackSoonerHasNothingLeftToArrange() throws {
    let task = try Self.task()
    var back = Self.absence()
    back.window = TimeWindow(start: back.window.start, end: Self.now)
    let visits = [Self.visit(1, at: 60)]
    let dropped = Self.rules.reconcile(back, existing: [task], visits: visits)
    #expect(dropped.map(\.state) == [.dropped])
    // Ill again: the task is there again.
    let again = Self.rules.reconcile(Self.absence(), existing: dropped, visits: visits)
    #expect(again.map(\.state) == [.open])
    var withdrawn = Self.absence()
    withdrawn.withdrawnAt = Self.now
    #expect(
      Self.rules.reconcile(withdrawn, existing: [task], visits: visits).map(\.state) == [.dropped])
  }

  @Test func nothingIsChangedWithoutTheCitizensWord() throws {
    let proposed = try Self.apply(.propose(.substitute(Self.bo)), Self.task())
    #expect(proposed.visit == nil && proposed.task.state == .proposed)
    for other in [Example.worker, Example.otherWorker, Example.otherCitizen] {
      #expect(throws: Refusal.notYourVisit) { try Self.apply(.agree, proposed.task, by: other) }
    }
    let agreed = try Self.apply(.agree, proposed.task, by: Example.citizen)
    #expect(agreed.task.state == .settled && agreed.task.agreement?.way == .screen)
    let change = try #require(agreed.visit)
    #expect(change.visit.workerID == Self.bo && change.visit.start == Self.after(60))
    #expect(change.entries.map(\.cause.rawValue) == ["absence-substitute"])
    #expect(try Self.apply(.agree, agreed.task, change.visit, by: Example.citizen).visit == nil)
  }

  @Test func aCitizenWhoSaysNoIsAskedAnew() throws {
    let proposed = try Self.apply(.propose(.substitute(Self.bo)), Self.task()).task
    let declined = try Self.apply(
      .decline(reason: "kender ham ikke"), proposed, by: Example.citizen)
    #expect(declined.task.state == .open && declined.task.note == "kender ham ikke")
    #expect(declined.task.remedy == nil && declined.visit == nil)
    #expect(throws: Refusal.nothingProposed) {
      try Self.apply(.agree, declined.task, by: Example.citizen)
    }
  }

  @Test func whatWasAgreedOnTheTelephoneIsRecordedWithWhoSpoke() throws {
    let settled = try Self.apply(.settle(.phone(by: Self.bo), way: .phone), Self.task())
    let visit = try #require(settled.visit?.visit)
    #expect(visit.mediaMode == .phone && visit.workerID == Self.bo)
    let expected = CitizenAgreement(way: .phone, recordedBy: Self.bo, at: Self.now)
    #expect(settled.task.agreement == expected)
    #expect(throws: Refusal.onlyCitizenAgreesOnScreen) {
      try Self.apply(.settle(.cancel, way: .screen), Self.task())
    }
    #expect(throws: Refusal.onlyStaffBooks) {
      try Self.apply(.settle(.cancel, way: .phone), Self.task(), by: Example.citizen)
    }
  }

  @Test func aRemedyMustBeOne() throws {
    let task = try Self.task()
    func refusal(_ remedy: AbsenceRemedy, absences: [Absence] = [Self.absence()]) -> String? {
      do {
        _ = try Self.apply(.settle(remedy, way: .phone), task, absences: absences)
        return nil
      } catch {
        return (error as? Refusal)?.code
      }
    }
    #expect(refusal(.substitute(Self.anne)) == "remedy-incomplete")
    #expect(refusal(.move(to: Self.after(60))) == "remedy-incomplete")
    #expect(refusal(.move(to: Self.after(120))) == "worker-away", "still ill then")
    #expect(refusal(.move(to: Self.after(600))) == nil)
    #expect(refusal(.move(to: Self.after(120), worker: Self.bo)) == nil)
    #expect(refusal(.move(to: Self.after(-10), worker: Self.bo)) == "starts-in-the-past")
    #expect(refusal(.phone()) == "worker-away", "nobody rings from the sickbed")
    #expect(refusal(.phone(at: Self.after(600))) == nil)
    let both = [Self.absence(), Self.absence(worker: Self.bo)]
    #expect(refusal(.substitute(Self.bo), absences: both) == "worker-away")
    #expect(refusal(.cancel) == nil)
  }

  @Test func anUnsettledVisitIsOverdueAndNeverForgotten() throws {
    let task = try Self.task()
    #expect(!task.isOverdue(at: Self.after(59)) && task.isOverdue(at: Self.after(60)))
    let visits = [Self.visit(1, at: 60)]
    #expect(Self.rules.reconcile(Self.absence(), existing: [task], visits: visits).isEmpty)
  }

  @Test func substitutesAreTheBackupThenTheKnownThenTheLeastBusy() {
    let visit = Self.visit(1, at: 60)
    func ids(_ names: String...) -> [PersonID] { names.map(PersonID.init(rawValue:)) }
    var pool = SubstitutePool()
    pool.backups = ids("bo", "eva")
    pool.team = ids("anne", "bo", "dan", "fie", "gry", "ida", "jon", "kim")
    let during = TimeWindow(start: Self.after(80), minutes: 30)
    let next = TimeWindow(start: Self.after(90), minutes: 30)
    pool.busy = [
      PersonID(rawValue: "eva"): TimeWindows([during]),
      PersonID(rawValue: "dan"): TimeWindows([next]),
    ]
    pool.heldBefore = [PersonID(rawValue: "fie"): 2]
    pool.weekMinutes = [PersonID(rawValue: "dan"): 60, PersonID(rawValue: "gry"): 30]
    pool.absences = [Self.absence(worker: PersonID(rawValue: "ida"))]
    pool.duty = [
      PersonID(rawValue: "jon"): TimeWindows([TimeWindow(start: Self.now, minutes: 70)]),
      PersonID(rawValue: "kim"): TimeWindows([TimeWindow(start: Self.now, minutes: 90)]),
    ]
    let found = pool.candidates(for: visit)
    #expect(found.map(\.worker) == ids("bo", "fie", "kim", "gry", "dan"))
    #expect(found.map(\.reason) == [.backup, .known, .team, .team, .team])
  }

  @Test func continuityCountsOwnAndKnownWorkers() {
    func held(_ number: Int, _ day: Int, _ worker: PersonID, _ state: VisitState = .ended) -> Visit
    {
      var visit = Self.visit(number, at: day * 1440, state)
      visit.workerID = worker
      return visit
    }
    var visits = (1...3).map { held($0, $0 - 10, Self.bo) }
    visits += [held(4, 1, Self.anne), held(5, 2, Self.bo), held(6, 3, PersonID(rawValue: "ny"))]
    visits += [held(7, 4, Self.anne, .cancelled)]
    let figure = Continuity(
      visits: visits, primary: Self.anne, period: TimeWindow(start: Self.now, minutes: 10 * 1440))
    #expect(figure.held == 3 && figure.withPrimary == 1 && figure.withKnown == 2)
    #expect(figure.differentWorkers == 3 && figure.knownShare == 2.0 / 3.0)
    #expect(Continuity().knownShare == nil)
  }

  @Test func aCancelledVisitFreesItsTimeUnlessItsWorkerIsAway() {
    let before = Self.visit(1, at: 60)
    let cancelled = Self.visit(1, at: 60, .cancelled)
    let freed = FreedTime.freed(from: before, to: cancelled, absences: [], at: Self.now)
    #expect(freed.map(\.window) == [TimeWindow(start: Self.after(60), minutes: 30)])
    #expect(
      FreedTime.freed(
        from: before, to: cancelled, absences: [Self.absence()], at: Self.now
      ).isEmpty)
    // Moved by a quarter: the rest is free. Late in the visit, nothing worth offering.
    let moved = FreedTime.freed(
      from: before, to: Self.visit(1, at: 75), absences: [], at: Self.now)
    #expect(moved.map(\.window) == [TimeWindow(start: Self.after(60), minutes: 15)])
    #expect(
      FreedTime.freed(from: before, to: cancelled, absences: [], at: Self.after(81)).isEmpty)
    let booked = [Self.anne: TimeWindows([TimeWindow(start: Self.after(75), minutes: 30)])]
    let open = FreedTime.open(freed, busy: booked, at: Self.now)
    #expect(open.map(\.window.minutes) == [15])
    #expect(FreedTime.open(freed, busy: booked, at: Self.after(70)).isEmpty)
  }

  @Test func whoHasWaitedLongestIsAskedFirst() throws {
    let freed = FreedTime(
      tenant: Example.tenant, worker: Self.anne, visit: Example.visit.id,
      window: TimeWindow(start: Self.after(60), minutes: 30))
    func wish(_ name: String, _ minutes: Int, since: Int, with workers: [PersonID] = [])
      -> WaitingWish
    {
      WaitingWish(
        citizen: PersonID(rawValue: name), minutes: minutes,
        window: TimeWindow(start: Self.now, minutes: 600), workers: workers,
        since: Self.after(-since))
    }
    let wishes = [
      wish("ole", 30, since: 5), wish("pia", 20, since: 9), wish("rie", 31, since: 99),
      wish("tom", 20, since: 50, with: [Self.bo]),
    ]
    let fitting = WaitingWish.fitting(freed, among: wishes)
    #expect(fitting.map(\.citizen.rawValue) == ["pia", "ole"])
  }
}
