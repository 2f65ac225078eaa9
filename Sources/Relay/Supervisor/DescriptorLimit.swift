import Glibc

/// How many files and connections this process, and those it starts, may have open.
public enum DescriptorLimit {
  /// Allows as many as the system does: a terminal's soft limit of 1024 is for programs that use
  /// select(2). Where that is refused, the old limit stays and connections beyond it wait.
  public static func raise() {
    var limit = rlimit()
    guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return }
    limit.rlim_cur = limit.rlim_max
    setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
  }
}
