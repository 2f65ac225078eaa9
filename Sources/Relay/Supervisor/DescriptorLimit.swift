import CLinux
import Glibc

/// How many files and connections this process, and those it starts, may have open
/// (`RLIMIT_NOFILE`).
public enum DescriptorLimit {
  /// Allows as many as the system does, and says how many that is: a terminal's soft limit of 1024 is
  /// for programs that use select(2). Refused, the old limit stays and connections beyond it wait.
  @discardableResult public static func raise() -> Int {
    let resource = __rlimit_resource_t(RLIMIT_NOFILE.rawValue)
    var limit = rlimit()
    guard getrlimit(resource, &limit) == 0 else { return 1024 }
    if limit.rlim_cur < limit.rlim_max {
      limit.rlim_cur = limit.rlim_max
      _ = setrlimit(resource, &limit)
      _ = getrlimit(resource, &limit)
    }
    return Int(clamping: limit.rlim_cur)
  }
}
