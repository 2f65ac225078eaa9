import CLinux
import Glibc
import Wire

/// What a relay process gives up for good once it has opened what it needs.
///
/// A hole in a parser or in OpenSSL must not become a hole in the machine: from then on no program can
/// be started, no file written, nobody else's memory read, no socket of another kind opened. What is
/// tried all the same fails with EPERM or EACCES.
///
/// Each layer is taken where the kernel has it; `Outcome` says what came of them, for the log.
struct ProcessSandbox {
  /// Kinds of socket that are still to be opened.
  struct Sockets: OptionSet, Sendable {
    let rawValue: UInt32
    static let datagram = Self(rawValue: UInt32(CLINUX_SOCKET_DATAGRAM))
    static let stream = Self(rawValue: UInt32(CLINUX_SOCKET_STREAM))
    static let unix = Self(rawValue: UInt32(CLINUX_SOCKET_UNIX))
    static let route = Self(rawValue: UInt32(CLINUX_SOCKET_ROUTE))
  }

  /// Sockets that may be opened later.
  var sockets: Sockets
  /// Files and folders that may be read later.
  var readable: [String] = []
  /// Folders from which files may be removed later: our own sockets, at the end.
  var removable: [String] = []
  /// The TCP ports that may be connected to.
  var ports: [UInt16] = []

  /// A worker: its sockets are open, and clients' streams are brought to it. Of UDP, which it may send
  /// anywhere by the sockets it has, it may open more.
  static func worker(controlPath: String) -> ProcessSandbox {
    ProcessSandbox(sockets: .datagram, removable: [folder(of: controlPath)])
  }

  /// The front: it connects to workers and to the HTTP server, looks up the machine's addresses, and
  /// reads a renewed certificate, which may be a link into another folder.
  static func front(_ options: FrontOptions) -> ProcessSandbox {
    let files = [options.certificateFile, options.privateKeyFile]
    return ProcessSandbox(
      sockets: [.unix, .stream, .route],
      readable: (files + files.compactMap(resolved)).map(folder),
      removable: [options.runDirectory], ports: [options.upstream.port])
  }

  /// What came of it.
  struct Outcome: Equatable {
    /// The errno with which the kernel refused the filter of system calls; 0 where it is in force.
    var filterError: Int32 = 0
    /// The version of Landlock in force; 0 where there is none.
    var landlock = 0

    /// One line for the operator.
    var explanation: String {
      let filter =
        filterError == 0
        ? "system calls are filtered" : "no filter of system calls (errno \(filterError))"
      let files =
        landlock > 0 ? "files are closed off" : "this kernel has no Landlock: files are open"
      return "\(filter); \(files)"
    }
  }

  /// Gives up everything else, in every thread for system calls, and in this one and those it starts
  /// for files. There is no way back.
  func enter() -> Outcome {
    var outcome = Outcome()
    let result = clinux_no_new_privileges()
    guard result == 0 else {
      outcome.filterError = -result
      return outcome
    }
    outcome.landlock = closeFiles()
    outcome.filterError = -clinux_seccomp(sockets.rawValue)
    return outcome
  }

  private func closeFiles() -> Int {
    let rules = clinux_landlock_begin()
    guard rules >= 0 else { return 0 }
    // What is not there cannot be allowed, and is not needed either.
    for path in readable { clinux_landlock_allow(rules, path, UInt64(CLINUX_LANDLOCK_READ)) }
    for path in removable { clinux_landlock_allow(rules, path, UInt64(CLINUX_LANDLOCK_REMOVE)) }
    for port in ports { clinux_landlock_allow_port(rules, port) }
    return clinux_landlock_enforce(rules) == 0 ? Int(clinux_landlock_version()) : 0
  }

  private static func folder(of path: String) -> String {
    guard let slash = path.lastIndex(of: "/") else { return "." }
    return slash == path.startIndex ? "/" : String(path[..<slash])
  }

  /// Where a path leads once every link in it is followed.
  private static func resolved(_ path: String) -> String? {
    guard let real = realpath(path, nil) else { return nil }
    defer { free(real) }
    return String(cString: real)
  }
}
