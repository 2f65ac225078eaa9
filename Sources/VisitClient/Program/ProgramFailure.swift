/// Why a program ends without having done what it was asked, in words for whoever asked.
public struct ProgramFailure: Error, Sendable, Equatable {
  /// What to print on standard error.
  public var text: String
  /// The exit status.
  public var status: Int32

  /// A failure.
  public init(_ text: String, status: Int32 = 1) {
    self.text = text
    self.status = status
  }
}

/// Exit statuses of the programs, beside 0 for what was asked.
public enum ExitStatus {
  /// It could not be done.
  public static let failed: Int32 = 1
  /// There was no conversation: no answer, a no, or a visit that was called off.
  public static let noConversation: Int32 = 2
  /// The command could not be understood (`EX_USAGE` of sysexits.h).
  public static let usage: Int32 = 64
}
