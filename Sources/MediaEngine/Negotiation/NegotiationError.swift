/// Why a relay's answer cannot be used.
public enum NegotiationError: Error, Sendable, Equatable {
  /// The answer is not SDP. `line` counts from 1; 0 where the fault is in no single line.
  case malformed(line: Int, reason: String)
  /// The answer has fewer media sections than the offer (RFC 3264 §6).
  case sectionsMissing
  /// The answer carries no ICE credentials or no SHA-256 fingerprint.
  case transportMissing
  /// The relay wants the client to be the DTLS server, which it never is.
  case wrongSetup
  /// The relay refused every section.
  case nothingAccepted
}
