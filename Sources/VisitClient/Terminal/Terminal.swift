import Glibc
import Synchronization

/// Standard output as a person sees it: whole lines, and below them, on a terminal, one line that is
/// drawn again and again.
public final class Terminal: Sendable {
  /// Whether a person is looking: the status line is drawn only then.
  public let isInteractive: Bool
  /// How many characters fit on a line.
  public let width: Int
  private let status = Mutex("")

  /// The process's standard output.
  public static let standard = Terminal()

  private init() {
    isInteractive = isatty(STDOUT_FILENO) == 1
    var size = winsize()
    let isKnown = ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size) == 0 && size.ws_col > 0
    // Output is laid out for 80 columns also where the window is wider: shorter lines read better.
    width = isKnown && isInteractive ? min(Int(size.ws_col), 80) : 80
    // A closed pipe must end the program with an error, not with a signal that skips hanging up.
    signal(SIGPIPE, SIG_IGN)
  }

  /// Prints a line, breaking it where it is too long.
  public func line(_ text: String = "") {
    print(lines: wrapped(text, width: width))
  }

  /// Prints lines as they are.
  public func print(lines: [String]) {
    status.withLock { status in
      let clear = status.isEmpty ? "" : "\r\u{1B}[K"
      write(clear + lines.joined(separator: "\n") + "\n" + status)
    }
  }

  /// Draws the status line; does nothing where nobody is looking.
  public func show(status text: String) {
    guard isInteractive else { return }
    let text = String(text.prefix(width - 1))
    status.withLock { status in
      guard status != text else { return }
      status = text
      write("\r\u{1B}[K" + text)
    }
  }

  /// Takes the status line away.
  public func clearStatus() {
    status.withLock { status in
      guard !status.isEmpty else { return }
      status = ""
      write("\r\u{1B}[K")
    }
  }

  /// Rings the terminal's bell.
  public func bell() {
    guard isInteractive else { return }
    status.withLock { _ in write("\u{07}") }
  }

  private func write(_ text: String) {
    var bytes = Array(text.utf8)[...]
    while !bytes.isEmpty {
      let written = bytes.withUnsafeBytes { Glibc.write(STDOUT_FILENO, $0.baseAddress, $0.count) }
      if written <= 0 {
        if written < 0 && errno == EINTR { continue }
        return
      }
      bytes = bytes.dropFirst(written)
    }
  }
}

/// Prints a line to standard error; nothing for an empty text.
public func printError(_ text: String) {
  guard !text.isEmpty else { return }
  for line in wrapped(text) {
    let bytes = Array((line + "\n").utf8)
    _ = bytes.withUnsafeBytes { Glibc.write(STDERR_FILENO, $0.baseAddress, $0.count) }
  }
}
