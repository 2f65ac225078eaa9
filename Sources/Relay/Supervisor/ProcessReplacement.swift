import CLinux
import Glibc

/// What a control process does when another release is installed: the program at its own path takes
/// its place, under the same process id, and takes the workers back.
public enum ProcessReplacement {
  /// Runs the program at our path with our arguments in place of this one. Returns the errno, and only
  /// where it fails. Nothing that matters may be going on: every descriptor is closed.
  public static func run(arguments: [String]) -> Int32 {
    let words: [UnsafeMutablePointer<CChar>?] = arguments.map { strdup($0) } + [nil]
    defer { for word in words { free(word) } }
    return -clinux_replace(RelaySupervisorConfiguration.ownExecutable, words)
  }

  /// Sends a service manager's socket a line; false where it does not take it.
  public static func notify(_ path: String, _ text: String) -> Bool {
    clinux_notify(path, text) == 0
  }
}
