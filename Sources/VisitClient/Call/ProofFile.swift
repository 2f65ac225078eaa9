import Foundation
import MediaEngine

/// A call's proof as a JSON file: the other party's `ReceiverProof` at the top level, and beside it
/// how the connection fared.
public struct ProofFile: Encodable, Sendable {
  /// The call.
  public var report: CallReport

  /// The proof of a call.
  public init(_ report: CallReport) { self.report = report }

  private enum CodingKeys: String, CodingKey {
    case visit, participant, srtpProfile, connectedMs, attempts, interruptions, slots
    case restarts, path, addressChanges, pathMoves
    case packetsReceived, packetsLost, roundTripMs, packetsSent, framesEncoded
  }

  /// Writes the members.
  public func encode(to encoder: any Encoder) throws {
    try report.proof.encode(to: encoder)
    var members = encoder.container(keyedBy: CodingKeys.self)
    try members.encode(report.visit, forKey: .visit)
    try members.encode(report.participant, forKey: .participant)
    try members.encodeIfPresent(report.srtpProfile, forKey: .srtpProfile)
    try members.encode(report.connectedMs, forKey: .connectedMs)
    try members.encode(report.attempts, forKey: .attempts)
    try members.encode(report.interruptions, forKey: .interruptions)
    try members.encode(report.restarts, forKey: .restarts)
    try members.encodeIfPresent(report.path.kind, forKey: .path)
    try members.encode(report.path.addressChanges, forKey: .addressChanges)
    try members.encode(report.path.moves, forKey: .pathMoves)
    try members.encode(report.proofs, forKey: .slots)
    let received = report.statistics.received
    try members.encode(received.packetsReceived, forKey: .packetsReceived)
    try members.encode(received.packetsLost, forKey: .packetsLost)
    try members.encodeIfPresent(report.statistics.roundTripMs, forKey: .roundTripMs)
    try members.encode(report.statistics.sent.packetsSent, forKey: .packetsSent)
    try members.encode(report.statistics.sent.framesEncoded, forKey: .framesEncoded)
  }

  /// Writes the file, replacing what was there.
  public func write(to path: String) throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    try encoder.encode(self).write(to: URL(fileURLWithPath: path), options: .atomic)
  }
}
