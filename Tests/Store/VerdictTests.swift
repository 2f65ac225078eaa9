import CallQuality
import GRDB
import Store
import Testing
import Visits

@Suite struct VerdictTests {
  typealias M = Municipality

  static let id = VisitID(rawValue: "v1")

  /// A visit from booking to hanging up; sound from Karen and Anne a second after the answer.
  static func hold(_ municipality: Municipality) async throws {
    try await municipality.book()
    try await municipality.apply(.ring)
    try await municipality.apply(.answer, by: M.karen, at: M.now.adding(milliseconds: 5000))
    for person in ["karen", "anne"] {
      let report = MediaReport(
        kind: .mediaConnected, participant: PersonID(rawValue: person), cause: .audio,
        session: person, attempt: 1)
      try await municipality.apply(
        .record(report, key: person), by: .system, at: M.now.adding(milliseconds: 6000))
    }
    try await municipality.apply(.hangUp(reason: nil), at: M.now.adding(minutes: 10))
  }

  static func sample(frames: Int) -> QualitySample {
    var sample = QualitySample(
      participant: "karen", source: .native, at: M.now.adding(minutes: 1).rawValue)
    sample.framesDecoded = frames
    sample.firstSoundMs = 1000
    return sample
  }

  @Test func aHeldVisitIsJudgedFromItsLedgerAndSamples() async throws {
    let municipality = try await Municipality()
    try await Self.hold(municipality)
    let store = municipality.store
    try await store.appendSamples([Self.sample(frames: 9000)], of: Self.id, tenant: M.tenant)
    let verdict = try await store.verdict(of: Self.id, tenant: M.tenant)
    #expect(verdict.firstTry == true && verdict.outcome == .held)
    #expect(verdict.participants.map(\.participant) == ["karen", "anne"])
    #expect(verdict.participants.map(\.role) == ["citizen", "supportWorker"])
    #expect(verdict.participants[0].framesDecoded == 9000)
    #expect(verdict.participants[0].firstSoundMs == 1000)
  }

  @Test func aVerdictIsKeptUntilThereIsMoreToJudge() async throws {
    let municipality = try await Municipality()
    try await Self.hold(municipality)
    let store = municipality.store
    _ = try await store.verdict(of: Self.id, tenant: M.tenant)
    let other = try DatabaseQueue(path: municipality.path)
    // A mark in the kept verdict shows that it is this that is read.
    try await other.write { db in
      try db.execute(sql: "UPDATE verdict SET body = replace(body, '\"held\"', '\"excluded\"')")
    }
    #expect(try await store.verdict(of: Self.id, tenant: M.tenant).outcome == .excluded)

    try await store.appendSamples([Self.sample(frames: 7)], of: Self.id, tenant: M.tenant)
    let withSample = try await store.verdict(of: Self.id, tenant: M.tenant)
    #expect(withSample.outcome == .held && withSample.participants[0].framesDecoded == 7)

    // A report that had to wait: the conversation had been interrupted.
    try await municipality.apply(
      .record(M.report(.interrupted, .workerLost), key: nil), by: .system,
      at: M.now.adding(minutes: 2))
    try await municipality.apply(
      .record(M.report(.resumed, .workerLost), key: nil), by: .system,
      at: M.now.adding(minutes: 2).adding(milliseconds: 1500))
    let withReport = try await store.verdict(of: Self.id, tenant: M.tenant)
    #expect(withReport.firstTry == false)
    #expect(withReport.causes.map(\.code) == ["relay-lost-recovered"])
  }

  @Test(arguments: [
    "UPDATE verdict SET rules = rules - 1", "UPDATE verdict SET body = 'not a verdict'",
  ])
  func aVerdictOfOtherRulesOrInOtherWordsIsMadeAnew(_ sql: String) async throws {
    let municipality = try await Municipality()
    try await Self.hold(municipality)
    let store = municipality.store
    let verdict = try await store.verdict(of: Self.id, tenant: M.tenant)
    let other = try DatabaseQueue(path: municipality.path)
    try await other.write { try $0.execute(sql: sql) }
    #expect(try await store.verdict(of: Self.id, tenant: M.tenant) == verdict)
  }

  @Test func listsCarryTheVerdictsOfWhatIsOver() async throws {
    let municipality = try await Municipality()
    try await Self.hold(municipality)
    try await municipality.book(M.request("v2", minute: 100))
    try await municipality.book(M.request("v3", minute: 200))
    try await municipality.apply(.ring, to: "v3")
    try await municipality.apply(.decline(reason: nil), to: "v3", by: M.karen)
    let visits = try await municipality.store.visits(
      tenant: M.tenant, from: M.now, to: M.now.adding(minutes: 1000), of: nil)
    #expect(visits.map(\.verdict?.outcome) == [.held, nil, .notAnswered])
    let kept = try DatabaseQueue(path: municipality.path)
    #expect(
      try await kept.read { try String.fetchAll($0, sql: "SELECT visit FROM verdict") } == ["v1"],
      "a verdict that will not change is worked out once")
    #expect(visits[2].verdict?.firstTry == nil)
    #expect(visits[2].verdict?.causes.map(\.code) == ["declined"])
    let one = try await municipality.store.visit(Self.id, tenant: M.tenant)
    #expect(one.verdict?.firstTry == true)
  }

  @Test func samplesAreKeptInOrderAndClamped() async throws {
    let municipality = try await Municipality()
    try await municipality.book()
    let store = municipality.store
    var absurd = Self.sample(frames: .max)
    absurd.audioLevel = 7
    absurd.srtpProfile = String(repeating: "x", count: 100_000)
    try await store.appendSamples(
      [Self.sample(frames: 2), Self.sample(frames: 1)], of: Self.id, tenant: M.tenant)
    try await store.appendSamples([], of: Self.id, tenant: M.tenant)
    try await store.appendSamples([absurd], of: Self.id, tenant: M.tenant)
    let samples = try await store.samples(of: Self.id, tenant: M.tenant)
    #expect(samples.prefix(2) == [Self.sample(frames: 2), Self.sample(frames: 1)])
    #expect(samples.last == absurd.clamped)
    #expect(samples.last?.audioLevel == 1 && samples.last?.srtpProfile?.count == 64)
    let nobody = await storeError {
      try await store.appendSamples(
        [absurd], of: VisitID(rawValue: "v9"), tenant: M.tenant)
    }
    #expect(nobody == .notFound)
  }
}
