import Foundation
import Glibc

/// Lines typed on standard input, without their line break.
public enum KeyLines {
  /// The lines from now on; ends with the input. Read on a thread of its own, since reading blocks.
  public static func stream() -> AsyncStream<String> {
    AsyncStream { continuation in
      let thread = Thread {
        while let line = readLine(strippingNewline: true) { continuation.yield(line) }
        continuation.finish()
      }
      thread.name = "besoeg-keys"
      thread.start()
    }
  }

  /// The keys pressed from now on, one by one, without Enter where a person types. The terminal is
  /// as it was when the stream is let go; a program in the background leaves it alone and sees none.
  public static func presses() -> AsyncStream<Character> {
    AsyncStream { continuation in
      var settings = termios()
      if isatty(STDIN_FILENO) == 1 {
        // -1 where the terminal is not the one that controls the program: then nobody minds.
        let front = tcgetpgrp(STDIN_FILENO)
        guard front == -1 || front == getpgrp(), tcgetattr(STDIN_FILENO, &settings) == 0 else {
          return continuation.finish()
        }
        let before = settings
        settings.c_lflag &= ~tcflag_t(ICANON | ECHO)
        tcsetattr(STDIN_FILENO, TCSANOW, &settings)
        continuation.onTermination = { _ in
          var settings = before
          tcsetattr(STDIN_FILENO, TCSANOW, &settings)
        }
      }
      let thread = Thread {
        var byte: UInt8 = 0
        while read(STDIN_FILENO, &byte, 1) == 1 {
          continuation.yield(Character(UnicodeScalar(byte)))
        }
        continuation.finish()
      }
      thread.name = "besoeg-keys"
      thread.start()
    }
  }

  /// Reads one secret line without echoing it on a terminal; nil at the end of input.
  public static func secret() -> String? {
    var settings = termios()
    guard isatty(STDIN_FILENO) == 1, tcgetattr(STDIN_FILENO, &settings) == 0 else {
      return readLine(strippingNewline: true)
    }
    var quiet = settings
    quiet.c_lflag &= ~tcflag_t(ECHO)
    tcsetattr(STDIN_FILENO, TCSANOW, &quiet)
    defer { tcsetattr(STDIN_FILENO, TCSANOW, &settings) }
    return readLine(strippingNewline: true)
  }
}
