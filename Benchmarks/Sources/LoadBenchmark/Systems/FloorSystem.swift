import CLoad
import Glibc
import Wire

/// The least that one forward can cost: receive, open, seal, send, in C and without any logic.
final class FloorSystem: SystemUnderTest {
  let name: String
  private(set) var processID: pid_t = 0
  let legsPerParticipant = 1
  private let isBatched: Bool
  private let folder: RunFolder
  private var port: UInt16 = 0

  /// `isBatched`: `recvmmsg`, and `sendmmsg` with GSO; else a system call for each.
  init(isBatched: Bool, folder: RunFolder) {
    self.isBatched = isBatched
    self.folder = folder
    name = isBatched ? "floor mmsg" : "floor"
  }

  func start() throws {
    // A port that was free a moment ago.
    let probe = load_socket(0, 4_096)
    port = load_port(probe)
    close(probe)
    processID = try Processes.spawn(
      [Processes.own, "floor-process", String(port), isBatched ? "mmsg" : "plain"],
      log: folder.path + "/floor.log")
    usleep(100_000)
  }

  func join(
    room: String, participants: [Int], sends: MediaKinds, through generator: Generator
  ) throws {
    for index in participants {
      generator.tell(
        .add(
          LegPlan(
            index: index, remote: SocketAddress(ipv4: 0x7F00_0001, port: port),
            protection: .preset, sends: sends, receives: true, transportSequenceID: 0,
            requestedAt: load_monotonic())))
    }
  }

  func stop() {
    load_kill(processID)
    processID = 0
  }

  /// The floor's own process: `load floor-process PORT MODE`.
  static func run(_ arguments: [String]) -> Never {
    guard arguments.count == 2, let port = UInt16(arguments[0]) else { exit(2) }
    exit(load_floor(port, LegPlan.firstAddress, 4_096, arguments[1] == "mmsg" ? 1 : 0) == 0 ? 0 : 1)
  }
}
