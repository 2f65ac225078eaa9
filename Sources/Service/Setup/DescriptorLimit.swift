import Glibc

/// How many files and connections this process may hold open (`RLIMIT_NOFILE`).
enum DescriptorLimit {
  /// Raises the limit to `wanted` as far as the system allows; what it is then. Most systems start
  /// programs with 1024 for the sake of those that use `select`, and let them ask for more.
  static func raise(to wanted: Int) -> Int {
    var limit = rlimit()
    guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return 1024 }
    if limit.rlim_cur < rlim_t(wanted) {
      limit.rlim_cur = min(rlim_t(wanted), limit.rlim_max)
      // Refused, the old limit stays; it is read again below.
      _ = setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
      _ = getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
    }
    return Int(clamping: limit.rlim_cur)
  }
}
