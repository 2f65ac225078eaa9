import CLoad
import Dispatch
import Glibc
import Relay
import Transport
import Wire

/// Our relay as it runs: a worker process, started and reached through its supervisor.
final class BesoegSystem: SystemUnderTest {
  let name = "besoeg"
  private(set) var processID: pid_t = 0
  let legsPerParticipant = 1
  private let folder: RunFolder
  private var supervisor: RelaySupervisor?
  private var hasEnded = DispatchSemaphore(value: 0)
  private var random = SystemRandomNumberGenerator()
  private var runs = 0

  init(folder: RunFolder) { self.folder = folder }

  func start() throws {
    runs += 1
    var configuration = RelaySupervisorConfiguration(
      workers: 1, runDirectory: "\(folder.path)/run\(runs)",
      advertisedAddresses: ["127.0.0.1"], firstMediaPort: 0, executable: Processes.own,
      arguments: ["relay"])
    configuration.front = nil
    let made = RelaySupervisor(configuration: configuration, log: { print($0) })
    supervisor = made
    hasEnded = DispatchSemaphore(value: 0)
    let ended = hasEnded
    Task.detached {
      await made.run()
      ended.signal()
    }
    // Somebody must read what the relay tells, as the service does.
    Task.detached { for await _ in made.events {} }
    for _ in 0..<500 {
      let status = Processes.wait { await made.workers() }.first
      if let status, status.isHealthy, status.processID > 0 {
        processID = status.processID
        return
      }
      usleep(10_000)
    }
    throw BenchmarkError.failed("the relay did not start")
  }

  func join(
    room: String, participants: [Int], sends: MediaKinds, through generator: Generator
  ) throws {
    guard let supervisor else { return }
    let requestedAt = load_monotonic()
    for index in participants {
      let credentials = ICECredentials.generate(using: &random)
      let offer = SessionText.offer(
        credentials: credentials, fingerprint: generator.identity.fingerprint,
        sources: MediaSource(index: index), kinds: sends, receivers: participants.count - 1,
        setup: "actpass")
      let request = JoinRequest(
        room: room, participant: "\(index)", capacity: participants.count, offer: offer)
      let joined = Processes.wait { () -> Result<JoinAnswer, RelayControlError> in
        do throws(RelayControlError) {
          return .success(try await supervisor.join(request))
        } catch {
          return .failure(error)
        }
      }
      guard let answer = RemoteDescription(try joined.get().answer) else {
        throw BenchmarkError.failed("the relay's answer is not understood")
      }
      generator.tell(
        .add(
          LegPlan(
            index: index, remote: answer.address,
            protection: .negotiated(
              local: credentials, remote: answer.credentials, fingerprint: answer.fingerprint),
            sends: sends, receives: true, transportSequenceID: answer.transportSequenceID,
            requestedAt: requestedAt)))
    }
  }

  /// What the worker counted.
  var counters: [String: Int64] {
    guard let supervisor else { return [:] }
    usleep(1_100_000)
    return Processes.wait { await supervisor.workers() }.first?.counters ?? [:]
  }

  func stop() {
    supervisor?.shutdown(drain: .zero)
    if hasEnded.wait(timeout: .now() + 5) == .timedOut { kill(processID, SIGKILL) }
    supervisor = nil
    processID = 0
  }

  /// The worker's own process: `load relay OPTION…`, with the options that `besoegd relay` takes from
  /// its supervisor.
  static func runWorker(_ arguments: [String]) -> Never {
    var values: [String: String] = [:]
    for index in stride(from: 0, to: arguments.count - 1, by: 2) {
      values[arguments[index]] = arguments[index + 1]
    }
    load_pin(Cores.system)
    load_hurry(-10)
    load_end_with_parent()
    exit(
      RelayWorkerMain.run(
        RelayWorkerOptions(
          worker: Int(values["--worker"] ?? "") ?? 0, controlPath: values["--control"] ?? "",
          mediaPort: UInt16(values["--media-port"] ?? "") ?? 0,
          advertisedAddresses: values["--advertise"].map { [$0] } ?? [],
          // Without it the supervisor takes this for another release and starts one beside it.
          digest: UInt64(values["--digest"] ?? "", radix: 16) ?? 0)))
  }
}
