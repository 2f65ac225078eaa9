import CLoad
import Glibc

/// What the figures belong to.
enum Machine {
  /// A line of `/proc/PID/status`, in KiB.
  static func status(of process: pid_t, _ key: String) -> Int? {
    guard let text = Files.read("/proc/\(process)/status") else { return nil }
    for line in text.split(separator: "\n") where line.hasPrefix(key) {
      return line.split(whereSeparator: { $0 == " " || $0 == "\t" }).dropFirst().first.flatMap {
        Int($0)
      }
    }
    return nil
  }

  /// Time that the host took from this machine since it started, and all time, in clock ticks summed
  /// over its cores (proc(5), `steal`).
  static var steal: (stolen: Int, total: Int) {
    let line = Files.read("/proc/stat")?.split(separator: "\n").first ?? ""
    let ticks = line.split(separator: " ").dropFirst().compactMap { Int($0) }
    guard ticks.count > 7 else { return (0, 0) }
    // guest and guest_nice are counted in user and nice already.
    return (ticks[7], ticks.prefix(8).reduce(0, +))
  }

  /// The machine in one paragraph.
  static func description() -> [String] {
    let lines = (Files.read("/proc/cpuinfo") ?? "").split(separator: "\n")
    let model = lines.first { $0.hasPrefix("model name") }?.split(separator: ":").last
    let processor = model.map { $0.trimmed } ?? "?"
    let release = Files.read("/proc/sys/kernel/osrelease")?.split(separator: "\n").first
    let kernel = release ?? "?"
    let cores = sysconf(Int32(_SC_NPROCESSORS_ONLN))
    return [
      "machine   \(processor), \(cores) cores, Linux \(kernel)",
      "libraries OpenSSL \(version("libssl3")), libsrtp2 \(version("libsrtp2-1")), "
        + "libnice \(version("libnice10")), janus \(version("janus"))",
      "pinned    what is measured to core \(Cores.system), the generator to core \(Cores.generator)",
    ]
  }

  /// The version of a Debian package.
  private static func version(_ package: String) -> String {
    let command = "dpkg-query -W -f '${Version}' \(package) 2>/dev/null"
    guard let pipe = popen(command, "r") else { return "?" }
    defer { pclose(pipe) }
    var buffer = [UInt8](repeating: 0, count: 256)
    let count = fread(&buffer, 1, buffer.count, pipe)
    return count > 0 ? String(decoding: buffer[..<count], as: UTF8.self) : "none"
  }
}

extension Substring {
  /// Without spaces and tabs at its ends.
  fileprivate var trimmed: String {
    String(drop { $0 == " " || $0 == "\t" }.reversed().drop { $0 == " " || $0 == "\t" }.reversed())
  }
}
