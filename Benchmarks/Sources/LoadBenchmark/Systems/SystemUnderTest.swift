import CLoad
import Glibc
import Wire

/// A relay that the generator drives: how it is started, joined and ended. Used from the main thread.
protocol SystemUnderTest: AnyObject {
  /// Its name in the tables.
  var name: String { get }
  /// The process that is measured; 0 while there is none.
  var processID: pid_t { get }
  /// Legs that a participant of a visit of two takes.
  var legsPerParticipant: Int { get }

  /// Starts it on its core.
  func start() throws
  /// Lets the participants of one room in, at the same moment. `participants` are numbers that
  /// nobody else has.
  func join(
    room: String, participants: [Int], sends: MediaKinds, through generator: Generator) throws
  /// Does what of the joins had to wait for others.
  func completeJoins(through generator: Generator) throws
  /// Ends it.
  func stop()
}

extension SystemUnderTest {
  func completeJoins(through generator: Generator) throws {}

  /// Processor time used so far, in nanoseconds.
  var cpu: Int64 { load_cpu(processID) }

  /// Resident memory in KiB; 0 where it cannot be read.
  var residentKiB: Int { Machine.status(of: processID, "VmRSS:") ?? 0 }
}

/// The processor cores: one for what is measured, one for the generator and everything else.
enum Cores {
  static let system: Int32 = 0
  static let generator: Int32 = 1
}

/// The folder of this run's sockets and configurations. A path of its own, since a Unix socket's is
/// short and the project's may not be.
final class RunFolder {
  private static let parent = "/tmp"
  private static let prefix = "besoeg-bench-"
  let path: String

  /// Makes it, and removes what runs left that were killed.
  init() throws {
    for name in Files.names(in: Self.parent) where name.hasPrefix(Self.prefix) {
      let process = name.dropFirst(Self.prefix.count)
      if access("/proc/" + process, F_OK) != 0 { Files.remove(Self.parent + "/" + name) }
    }
    path = "\(Self.parent)/\(Self.prefix)\(getpid())"
    guard mkdir(path, 0o700) == 0 else { throw BenchmarkError.failed("no folder \(path)") }
  }

  /// Removes it with all that is in it.
  func remove() { Files.remove(path) }
}
