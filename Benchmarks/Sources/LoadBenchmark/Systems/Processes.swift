import CLoad
import Dispatch
import Glibc
import Relay
import Synchronization

/// Starting programs, and waiting for what is asynchronous.
enum Processes {
  /// This program's path.
  static let own = RelaySupervisorConfiguration.ownExecutable

  /// Runs a program on the system's core, or at first on any, with its output in a file.
  static func spawn(_ line: [String], log: String, core: Int32 = Cores.system) throws -> pid_t {
    var arguments = line.map { strdup($0) }
    arguments.append(nil)
    defer { for argument in arguments { free(argument) } }
    let process = load_spawn(line[0], arguments, core, log)
    guard process > 0 else { throw BenchmarkError.failed("\(line[0]): errno \(-process)") }
    return process
  }

  /// The outcome of something asynchronous, for a thread that is not.
  static func wait<Value: Sendable>(_ body: @escaping @Sendable () async -> Value) -> Value {
    let done = DispatchSemaphore(value: 0)
    let outcome = Outcome<Value>()
    Task.detached {
      let value = await body()
      outcome.value.withLock { $0 = value }
      done.signal()
    }
    done.wait()
    return outcome.value.withLock { $0! }
  }

  private final class Outcome<Value: Sendable>: Sendable {
    let value = Mutex<Value?>(nil)
  }
}

/// Small text files, without Foundation.
enum Files {
  /// What a file holds; nil where it cannot be read.
  static func read(_ path: String) -> String? {
    guard let file = fopen(path, "r") else { return nil }
    defer { fclose(file) }
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 4_096)
    while case let count = fread(&buffer, 1, buffer.count, file), count > 0 {
      bytes += buffer[..<count]
    }
    return String(decoding: bytes, as: UTF8.self)
  }

  /// Writes a file anew; whether it could.
  @discardableResult
  static func write(_ text: String, to path: String) -> Bool {
    guard let file = fopen(path, "w") else { return false }
    defer { fclose(file) }
    return fputs(text, file) >= 0
  }

  /// What a folder holds.
  static func names(in path: String) -> [String] {
    guard let folder = opendir(path) else { return [] }
    defer { closedir(folder) }
    var names: [String] = []
    while let entry = readdir(folder) {
      let name = withUnsafePointer(to: &entry.pointee.d_name) {
        $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
      }
      if name != ".", name != ".." { names.append(name) }
    }
    return names
  }

  /// Removes a folder with what is in it.
  static func remove(_ path: String) {
    for name in names(in: path) where unlink(path + "/" + name) != 0 { remove(path + "/" + name) }
    rmdir(path)
  }
}
