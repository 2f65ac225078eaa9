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

/// The folder of this run's sockets and configurations, removed at the end.
final class RunFolder {
  let path: String

  init() throws {
    var template = Array("/tmp/besoeg-bench-XXXXXX".utf8CString)
    guard template.withUnsafeMutableBufferPointer({ mkdtemp($0.baseAddress!) != nil }) else {
      throw BenchmarkError.failed("no folder in /tmp")
    }
    path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }

  deinit { Files.remove(path) }
}
