import Foundation
import MediaEngine
import Synchronization
import VisitClient

/// The story of one screen visit, from an empty folder to a verdict.
final class DemoStory: Sendable {
  private let screen: DemoScreen
  private let server: DemoServer
  private let folder: DemoFolder
  private let seconds: Int
  private let municipality = Mutex<ExampleMunicipality?>(nil)
  private let call = Mutex<VisitCall?>(nil)

  /// A cold start makes a database and a key; a slow machine takes its time.
  private static let startPatience = Duration.seconds(30)
  /// The service stops a ring after 45 s; a ring that has not arrived by then never will.
  private static let ringPatience = Duration.seconds(20)

  init(screen: DemoScreen, server: DemoServer, folder: DemoFolder, seconds: Int) {
    self.screen = screen
    self.server = server
    self.folder = folder
    self.seconds = seconds
  }

  /// Tells it.
  func tell() async throws -> DemoResult {
    let people = try await open()
    municipality.withLock { $0 = people }
    let (worker, citizen) = (people.worker, people.citizen)
    let names = ["worker": worker.person.displayName, "citizen": citizen.person.displayName]
    let media = await media(names)
    let visit = try await book(people, names)
    let results = try await hold(visit, people, media, names)

    screen.begin(.demoStepVerdict)
    let verdict = try await asking { () async throws(ServiceError) in
      try await worker.api.verdict(visit.id)
    }
    let ledger = try await asking { () async throws(ServiceError) in
      try await worker.api.ledger(visit.id)
    }
    screen.done(.demoStepVerdict, [:], .demoStepVerdictDone, ["entries": String(ledger.count)])
    let sides = zip([worker, citizen], results).map { member, report in
      DemoResult.Side(
        member, report, verdict.participants.first { $0.participant == member.person.id })
    }
    return DemoResult(
      visit: visit.id, sides: sides, verdict: verdict,
      ledger: ledger.map { .init(sequence: $0.sequence, kind: $0.kind, cause: $0.cause) })
  }

  /// Tells of a week in the example municipality.
  func tellWeek() async throws {
    guard let people = municipality.withLock({ $0 }) else { return }
    try await DemoWeek(
      screen: screen, origin: server.origin, data: folder.data, people: people
    ).tell()
  }

  /// Ends the call, if there is one.
  func hangUp() async {
    guard let call = call.withLock({ $0 }), let people = municipality.withLock({ $0 }) else {
      return
    }
    try? await people.worker.api.hangUp(call.visit.id, reason: nil)
  }

  /// Says how to try it by hand; where everything keeps running, with a visit to ring.
  func offerByHand(keeps: Bool) async throws {
    guard let people = municipality.withLock({ $0 }) else { return }
    let page = "\(server.origin)/borger#\(keeps ? people.citizen.grant.token : "…")"
    if keeps {
      let visit = NewVisit(
        citizenId: people.citizen.person.id, start: Date(), durationMinutes: 60)
      _ = try await asking { () async throws(ServiceError) in
        try await people.worker.api.book(visit)
      }
    }
    let program = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath()
      .deletingLastPathComponent().appendingPathComponent("besoeg").path
    screen.byHand(
      page: page, worker: people.worker.person.displayName,
      ring: [
        "BESOEG_SERVER=\(server.origin) \\",
        "BESOEG_TOKEN=\(people.worker.grant.token) \\",
        "\(program) call",
      ], keeps: keeps)
  }

  private func open() async throws -> ExampleMunicipality {
    screen.begin(.demoStepService)
    let begun = ContinuousClock.now
    try await server.start(patience: Self.startPatience)
    let took = (ContinuousClock.now - begun).wholeMilliseconds
    screen.done(
      .demoStepService, [:], .demoStepServiceDone,
      ["seconds": screen.dates.seconds(took), "server": server.origin])

    screen.begin(.demoStepPeople)
    let operations = try BesoegAPI(server: server.origin, token: try server.operationsToken())
    let people = try await asking { [server] () async throws(ServiceError) in
      try await ExampleMunicipality(operations: operations, server: server.origin)
    }
    screen.done(
      .demoStepPeople, [:], .demoStepPeopleDone, ["count": String(people.count)])
    return people
  }

  private func media(_ names: [String: String]) async -> [MediaConfiguration] {
    screen.begin(.demoStepSpeech)
    let picture = { (source: UInt8) in VideoSource.counter(source: source) }
    guard let speech = await DemoSpeech.make(texts: screen.texts, in: folder) else {
      screen.note(.demoStepSpeechTones)
      return [
        MediaConfiguration(audio: .tones, video: picture(1)),
        MediaConfiguration(audio: .tones, video: picture(2)),
      ]
    }
    screen.done(
      .demoStepSpeech, [:], .demoStepSpeechDone,
      [
        "worker": screen.dates.seconds(Int64(speech.worker.milliseconds)),
        "citizen": screen.dates.seconds(Int64(speech.citizen.milliseconds)),
      ])
    return [
      MediaConfiguration(audio: .speech(speech.worker), video: picture(1)),
      MediaConfiguration(audio: .speech(speech.citizen), video: picture(2)),
    ]
  }

  private func book(
    _ people: ExampleMunicipality, _ names: [String: String]
  ) async throws -> Visit {
    screen.begin(.demoStepBook, names)
    let new = NewVisit(citizenId: people.citizen.person.id, start: Date(), durationMinutes: 30)
    let visit = try await asking { () async throws(ServiceError) in
      try await people.worker.api.book(new)
    }
    screen.done(
      .demoStepBook, names, .demoStepBookDone,
      [
        "day": screen.dates.spokenDay(visit.start, now: Date()),
        "time": screen.dates.span(from: visit.start, to: visit.end),
      ])
    return visit
  }

  /// Rings, answers, talks and hangs up; returns what the worker's and the citizen's end measured.
  private func hold(
    _ visit: Visit, _ people: ExampleMunicipality, _ media: [MediaConfiguration],
    _ names: [String: String]
  ) async throws -> [CallReport] {
    let (worker, citizen) = (people.worker, people.citizen)
    let phone = CitizenPhone(citizen.api)
    let calling = VisitCall(
      api: worker.api, visit: visit, me: worker.person.id, part: .caller,
      setup: CallSetup(media: media[0]), signals: EventStream(worker.api).signals())
    call.withLock { $0 = calling }
    try await phone.waitUntilOnline(Self.ringPatience)

    screen.begin(.demoStepRing, names)
    let rungAt = ContinuousClock.now
    let limit = Duration.seconds(seconds)
    let watch = MediaWatch(screen: screen, seconds: seconds, names: names)
    let caller = Task {
      await calling.run(limit: limit) { watch.take($0, from: worker.reference) }
    }
    let ring: VisitEvent.Ring
    do {
      ring = try await phone.waitForRing(visit.id, Self.ringPatience)
    } catch {
      calling.hangUp()
      _ = await caller.value
      throw error
    }
    let ms = (ContinuousClock.now - rungAt).wholeMilliseconds
    screen.done(.demoStepRing, names, .demoStepRingDone, names.merging(["ms": "\(ms)"]) { $1 })

    screen.begin(.demoStepAnswer, names)
    let answering = VisitCall(
      api: citizen.api, visit: Visit(answering: ring, as: citizen.reference),
      me: citizen.person.id, part: .answerer, setup: CallSetup(media: media[1]),
      signals: phone.signals())
    let answerer = Task {
      await answering.run { watch.take($0, from: citizen.reference) }
    }
    let ticker = Task {
      while !Task.isCancelled {
        watch.tick([calling.status, answering.status])
        try? await Task.sleep(for: .milliseconds(500))
      }
    }
    let results = (await caller.value, await answerer.value)
    ticker.cancel()
    phone.close()
    call.withLock { $0 = nil }
    screen.done(.demoStepHangUp, names, .demoStepHangUpDone)
    guard let first = results.0.report, let second = results.1.report else {
      let words = VisitWords(screen.texts).outcome(
        results.0.outcome, other: citizen.reference, server: server.origin)
      throw ProgramFailure(screen.texts[.demoFailedOutcome, ["outcome": words]])
    }
    return [first, second]
  }

  private func asking<Value: Sendable>(
    _ request: () async throws(ServiceError) -> Value
  ) async throws -> Value {
    do {
      return try await request()
    } catch {
      throw ProgramFailure(error.text(in: screen.texts, server: server.origin))
    }
  }
}

extension Duration {
  /// The span in whole milliseconds.
  fileprivate var wholeMilliseconds: Int64 { Int64(self / .milliseconds(1)) }
}

extension Visit {
  /// What a ring tells of its visit: enough to answer it.
  init(answering ring: VisitEvent.Ring, as citizen: PersonReference) {
    self.init(
      id: ring.visit, citizen: citizen, worker: ring.from, start: Date(), durationMinutes: 30,
      state: .ringing)
  }
}
