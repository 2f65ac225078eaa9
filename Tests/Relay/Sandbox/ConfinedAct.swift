import CLinux
import Glibc

/// Something that nobody in a relay process has any business doing, and whether the kernel let it
/// happen. It works for who is not confined, which the tests look at first.
struct ConfinedAct {
  /// What is tried.
  let name: String
  /// Tries it.
  let succeeds: () -> Bool

  private init(_ name: String, _ succeeds: @escaping () -> Bool) {
    self.name = name
    self.succeeds = succeeds
  }

  /// Which process it is.
  enum Process {
    case worker
    case front
  }

  /// What neither of them may do. `folder` is one of our own.
  static func everywhere(in folder: String) -> [ConfinedAct] {
    [
      ConfinedAct("start a program", startsProgram),
      ConfinedAct("write a file") {
        let file = open(folder + "/file", O_WRONLY | O_CREAT, 0o600)
        return file >= 0 && close(file) == 0
      },
      ConfinedAct("make a folder") {
        mkdir(folder + "/made", 0o700) == 0 && rmdir(folder + "/made") == 0
      },
      ConfinedAct("change a file's mode") { chmod(folder, 0o700) == 0 },
      ConfinedAct("rename a file") { rename(folder, folder) == 0 },
      ConfinedAct("link to a file") {
        symlink("/etc/passwd", folder + "/link") == 0 && unlink(folder + "/link") == 0
      },
      ConfinedAct("make memory that can be executed") {
        let memory = mmap(nil, 4_096, PROT_READ | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)
        return memory != MAP_FAILED && munmap(memory, 4_096) == 0
      },
      ConfinedAct("signal another process") { kill(getppid(), 0) == 0 },
      ConfinedAct("set its own limits") {
        var limit = rlimit(rlim_cur: 0, rlim_max: 0)
        return setrlimit(__rlimit_resource_t(RLIMIT_CORE.rawValue), &limit) == 0
      },
      ConfinedAct("make a pair of sockets") {
        var pair: [Int32] = [-1, -1]
        return socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0, &pair) == 0
          && close(pair[0]) == 0 && close(pair[1]) == 0
      },
    ]
  }

  /// Sockets that it may not open.
  static func sockets(of process: Process) -> [ConfinedAct] {
    switch process {
    case .worker:
      [
        ConfinedAct("open a TCP socket") { opens(AF_INET, SOCK_STREAM) },
        ConfinedAct("open a Unix socket") { opens(AF_UNIX, SOCK_STREAM) },
        ConfinedAct("open a routing socket") { opens(AF_NETLINK, SOCK_RAW) },
      ]
    case .front: [ConfinedAct("open a UDP socket") { opens(AF_INET, SOCK_DGRAM) }]
    }
  }

  /// Files that a worker may not even read, its own data folder's neighbours among them.
  static func reading(_ folder: String) -> [ConfinedAct] {
    ["/etc/passwd", "/proc/self/environ", folder + "/file"].map { path in
      ConfinedAct("read \(path)") { reads(path) }
    }
  }

  /// Whether such a socket can be opened.
  static func opens(_ family: Int32, _ type: __socket_type) -> Bool {
    let descriptor = socket(family, Int32(type.rawValue), 0)
    return descriptor >= 0 && close(descriptor) == 0
  }

  /// Whether a file can be opened for reading.
  static func reads(_ path: String) -> Bool {
    let descriptor = open(path, O_RDONLY)
    return descriptor >= 0 && close(descriptor) == 0
  }

  private static func startsProgram() -> Bool {
    var process: pid_t = 0
    var arguments: [UnsafeMutablePointer<CChar>?] = [strdup("true"), nil]
    defer { free(arguments[0]) }
    guard posix_spawn(&process, "/bin/true", nil, nil, &arguments, nil) == 0 else { return false }
    return waitpid(process, nil, 0) == process
  }
}
