import Foundation
import Relay

/// Tells systemd how the server is doing (sd_notify(3)); nothing where it was not started by it.
enum ServiceManager {
  /// Calls can be taken.
  static func ready() { tell("READY=1\nSTATUS=Ready") }
  /// Another program takes the place of this one, with the calls going on.
  static func reloading() { tell("RELOADING=1\nSTATUS=Changing to the installed release") }
  /// No new calls are taken.
  static func stopping() { tell("STOPPING=1\nSTATUS=Waiting for calls to end") }

  private static func tell(_ text: String) {
    guard let path = ProcessInfo.processInfo.environment["NOTIFY_SOCKET"] else { return }
    // systemd does without what does not reach it, and says so in its own log.
    _ = ProcessReplacement.notify(path, text)
  }
}
