import CLinux
import Glibc
import Synchronization
import Testing
import Transport
import Wire

@testable import Relay

/// A worker's loop on a thread of this process, so that a supervisor can find it running.
private final class InProcessWorker: Sendable {
  /// Its loop has ended.
  let end = Latch()

  /// A worker of `number` in `directory`, of the release that the configuration wants or of another.
  init(_ number: Int = 0, in directory: String, isOutdated: Bool = false) throws {
    let path = WorkerPaths.control(of: number, in: directory)
    let wanted = RelaySupervisorConfiguration.forTests(directory).workerDigest
    let any = SocketAddress(ipv4: 0x7F00_0001, port: 0)
    let socket = try MediaSocket(binding: any)
    let port = socket.port
    var sockets = Slab<MediaSocket>(capacity: 1)
    _ = sockets.insert(socket)
    let server = try ControlServer(path: path)
    var configuration = RelayConfiguration(
      candidates: [SocketAddress(ipv4: 0x7F00_0001, port: port)])
    configuration.worker = number
    let core = RelayCore(
      configuration: configuration, identity: try DTLSIdentity(), random: .system)
    let loop = try WorkerLoop(
      worker: number, digest: isOutdated ? ~wanted : wanted, core: core, sockets: sockets,
      control: server, streamsPath: WorkerPaths.streams(beside: path), termination: -1,
      log: WorkerLog(worker: number))
    // The loop is noncopyable and moves to the thread that runs it.
    let box = Mutex<WorkerLoop?>(loop)
    Thread.start(name: "test-worker") {
      box.withLock { $0?.run() }
      self.end.open()
    }
  }
}

extension RelaySupervisorConfiguration {
  /// One worker, which no program can be started for.
  fileprivate static func forTests(_ directory: String) -> RelaySupervisorConfiguration {
    RelaySupervisorConfiguration(
      workers: 1, runDirectory: directory, firstMediaPort: 0, executable: "/nonexistent")
  }
}

@Suite("A control process that comes and goes")
struct TakeoverTests {
  private func makeDirectory() throws -> String {
    var template = Array("/tmp/relay-test-XXXXXX".utf8CString)
    let made = template.withUnsafeMutableBufferPointer { mkdtemp($0.baseAddress!) != nil }
    try #require(made)
    return String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }

  private func supervisor(_ directory: String) -> RelaySupervisor {
    RelaySupervisor(
      configuration: .forTests(directory), log: { _ in })
  }

  @Test(
    "calls outlive the control process, and the next one takes them back",
    .timeLimit(.minutes(1)))
  func takeover() async throws {
    let directory = try makeDirectory()
    let worker = try InProcessWorker(in: directory)
    var status = stat()
    #expect(stat(directory + "/worker-0.sock", &status) == 0)
    #expect(status.st_mode & 0o777 == 0o600)

    let first = supervisor(directory)
    let running = Task { await first.run() }
    let answer = try await first.join(
      JoinRequest(room: "r", participant: "p", capacity: 2, offer: OfferText.make()))
    #expect(answer.answer.contains("127.0.0.1"))
    await #expect(throws: RelayControlError.noSuchSession) {
      try await first.leave(session: "nobody's")
    }
    running.cancel()
    await running.value
    #expect(!worker.end.isOpen)
    await #expect(throws: RelayControlError.unavailable) {
      _ = try await first.join(
        JoinRequest(room: "s", participant: "q", capacity: 2, offer: OfferText.make()))
    }

    let second = supervisor(directory)
    let runningAgain = Task { await second.run() }
    var events = second.events.makeAsyncIterator()
    let reference = SessionReference(session: answer.session, room: "r", participant: "p")
    #expect(await events.next() == .slots(reference, answer.slots))
    var known: RelayEvent?
    while known == nil, let event = await events.next() {
      if case .workersKnown = event { known = event }
    }
    guard case .workersKnown(sessions: [reference], _)? = known else {
      Issue.record("\(String(describing: known))")
      return
    }

    // The room stays on the worker it was found on, and its ghost is replaced.
    let again = try await second.join(
      JoinRequest(room: "r", participant: "p", capacity: 2, offer: OfferText.make()))
    #expect(again.session != answer.session)
    var closed: RelayEvent?
    while let event = await events.next() {
      guard case .closed = event else { continue }
      closed = event
      break
    }
    guard case .closed(reference, cause: "replaced", _)? = closed else {
      Issue.record("\(String(describing: closed))")
      return
    }

    second.shutdown(drain: .zero)
    await runningAgain.value
    #expect(await second.workers().map(\.isHealthy) == [false])
    #expect(stat(directory + "/worker-0.sock", &status) != 0)
    unlink(directory + "/supervisor.lock")
    rmdir(directory)
  }

  @Test("an offer that the worker refuses comes back with its line", .timeLimit(.minutes(1)))
  func refusedOffer() async throws {
    let directory = try makeDirectory()
    _ = try InProcessWorker(in: directory)
    let control = supervisor(directory)
    let running = Task { await control.run() }
    let offer = OfferText.make().replacing("a=setup:actpass", with: "a=setup:nonsense")
    do {
      _ = try await control.join(
        JoinRequest(room: "r", participant: "p", capacity: 2, offer: offer))
      Issue.record("accepted")
    } catch {
      guard case .invalidOffer(let line, _) = error else {
        Issue.record("\(error)")
        return
      }
      #expect(line == 12)
    }
    try await control.close(room: "r")
    control.shutdown(drain: .seconds(5))
    await running.value
    unlink(directory + "/supervisor.lock")
    rmdir(directory)
  }

  @Test(
    "another release's calls move to the successor, which takes the new ones",
    .timeLimit(.minutes(1)))
  func upgrade() async throws {
    let directory = try makeDirectory()
    let old = try InProcessWorker(in: directory, isOutdated: true)
    let first = supervisor(directory)
    let running = Task { await first.run() }
    func join(_ person: String, _ room: String, on control: RelaySupervisor) async throws
      -> JoinAnswer
    {
      try await control.join(
        JoinRequest(room: room, participant: person, capacity: 2, offer: OfferText.make()))
    }
    // The successor cannot be started: the old one goes on for everyone.
    let before = try await join("p", "r", on: first)
    running.cancel()
    await running.value

    _ = try InProcessWorker(1, in: directory)
    let second = supervisor(directory)
    let runningAgain = Task { await second.run() }
    let reference = SessionReference(session: before.session, room: "r", participant: "p")
    var events = second.events.makeAsyncIterator()
    var moving: [SessionReference] = []
    while moving.isEmpty, let event = await events.next() {
      if case .moving(let sessions, _) = event { moving = sessions }
    }
    #expect(moving == [reference])
    // Its room, and every other one, is the successor's from now on. The worker's number begins its
    // ICE user name.
    for room in ["r", "s"] {
      let answer = try await join("p", room, on: second)
      #expect(answer.answer.contains("a=ice-ufrag:01"))
    }
    // Hanging up reaches both.
    try await second.close(room: "r")
    var closed: Set<String> = []
    while !closed.contains(before.session), let event = await events.next() {
      if case .closed(let gone, _, _) = event { closed.insert(gone.session) }
    }
    // Empty, the old one ends by itself.
    await old.end.wait()
    second.shutdown(drain: .zero)
    await runningAgain.value
    unlink(directory + "/supervisor.lock")
    rmdir(directory)
  }
}
