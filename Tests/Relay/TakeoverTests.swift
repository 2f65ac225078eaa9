import CLinux
import Glibc
import Synchronization
import Testing
import Transport
import Wire

@testable import Relay

/// A worker's loop on a thread of this process, so that a supervisor can find it running.
private final class InProcessWorker: Sendable {
  let hasEnded = Atomic(false)

  init(control path: String) throws {
    let any = SocketAddress(ipv4: 0x7F00_0001, port: 0)
    let socket = try MediaSocket(binding: any)
    let port = socket.port
    var sockets = Slab<MediaSocket>(capacity: 1)
    _ = sockets.insert(socket)
    let server = try ControlServer(path: path)
    let core = RelayCore(
      configuration: RelayConfiguration(
        candidates: [SocketAddress(ipv4: 0x7F00_0001, port: port)]),
      identity: try DTLSIdentity(), random: .system)
    let loop = try WorkerLoop(
      worker: 0, core: core, sockets: sockets, control: server,
      streamsPath: WorkerPaths.streams(beside: path), termination: -1, log: WorkerLog(worker: 0))
    // The loop is noncopyable and moves to the thread that runs it.
    let box = Mutex<WorkerLoop?>(loop)
    Thread.start(name: "test-worker") {
      box.withLock { $0?.run() }
      self.hasEnded.store(true, ordering: .releasing)
    }
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
      configuration: RelaySupervisorConfiguration(
        workers: 1, runDirectory: directory, firstMediaPort: 0, executable: "/nonexistent"),
      log: { _ in })
  }

  @Test(
    "calls outlive the control process, and the next one takes them back",
    .timeLimit(.minutes(1)))
  func takeover() async throws {
    let directory = try makeDirectory()
    let worker = try InProcessWorker(control: directory + "/worker-0.sock")
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
    let hasEnded = worker.hasEnded.load(ordering: .acquiring)
    #expect(!hasEnded)
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
    _ = try InProcessWorker(control: directory + "/worker-0.sock")
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
}
