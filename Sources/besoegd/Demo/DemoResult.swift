import Foundation
import MediaEngine
import VisitClient

/// What a demo came to: the service's verdict beside what the receivers themselves can prove.
struct DemoResult: Encodable, Sendable {
  /// One party.
  struct Side: Encodable, Sendable {
    var name: String
    var role: Role
    var firstSoundMs: Int64?
    var firstPictureMs: Int64?
    var framesDecoded: Int
    var lossPercent: Double?
    var freezeCount: Int?
    var longestFreezeMs: Int64?
    var concealedPercent: Double?
    var mos: Double?
    var srtpProfile: String?
    var attempts: [AttemptRecord]
    var interruptions: [InterruptionRecord]
    var proof: ReceiverProof
    /// Connected time in whole seconds.
    var seconds: Int
  }

  var visit: String
  var sides: [Side]
  var verdict: Verdict
  var ledger: [LedgerLine]

  /// One line of the ledger, for the JSON file.
  struct LedgerLine: Encodable, Sendable {
    var sequence: Int
    var kind: String
    var cause: String?
  }

  /// Why the demo did not succeed; nil where sound and picture arrived both ways.
  func failure(texts: Texts) -> String? {
    let dates = DateText(texts)
    return sides.allSatisfy { $0.faults(texts: texts, dates: dates).isEmpty } && sides.count == 2
      ? nil : texts[.demoFailedProof]
  }

  func write(to path: String, texts: Texts) throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    do {
      try encoder.encode(self).write(to: URL(fileURLWithPath: path), options: .atomic)
    } catch {
      throw ProgramFailure(texts[.demoFailedWrite, ["file": path]])
    }
  }
}

extension DemoResult.Side {
  /// Speech has pauses: this share of the time must be audible, at this level in dBFS.
  private static let leastAudible = 0.3
  private static let leastLevel = -45.0
  /// Sound that is mostly invented is not theirs. A break of some seconds must still pass.
  private static let mostConcealed = 0.3
  /// Counters that must have been read, per second: a break of some seconds must still pass.
  private static let leastCounters = 3

  init(
    _ member: ExampleMunicipality.Member, _ report: CallReport,
    _ figures: Verdict.ParticipantFigures?
  ) {
    let proof = report.proof
    let received = report.statistics.received
    self.init(
      name: member.person.displayName, role: member.person.role,
      firstSoundMs: figures?.firstSoundMs ?? received.firstSoundMs,
      firstPictureMs: figures?.firstPictureMs ?? received.firstPictureMs,
      framesDecoded: proof.framesDecoded, lossPercent: figures?.lossPercent,
      freezeCount: figures?.freezeCount.map { Int($0) } ?? proof.freezeCount,
      longestFreezeMs: figures?.longestFreezeMs ?? Int64(proof.longestFreezeMs),
      concealedPercent: figures?.concealedPercent ?? proof.concealedShare * 100,
      mos: figures?.mos, srtpProfile: figures?.srtpProfile ?? report.srtpProfile,
      attempts: report.attempts, interruptions: report.interruptions, proof: proof,
      seconds: Int(report.connectedMs / 1000))
  }

  /// What did not arrive, in plain words; empty where everything did.
  func faults(texts: Texts, dates: DateText) -> [String] {
    var faults: [String] = []
    let isAudible =
      proof.provesSound && Double(proof.audibleMs) >= Double(seconds) * 1000 * Self.leastAudible
      && (proof.audioEnergyDbfs ?? -200) >= Self.leastLevel
    if !isAudible {
      faults.append(texts[.demoFailNoSound])
    } else if proof.concealedShare > Self.mostConcealed {
      let percent = texts[.percent, ["n": dates.decimal(proof.concealedShare * 100)]]
      faults.append(texts[.demoFailConcealed, ["percent": percent]])
    }
    if proof.framesDecoded == 0 {
      faults.append(texts[.demoFailNoPicture])
    } else if proof.framesSeen < max(seconds * Self.leastCounters, 2) {
      faults.append(texts[.demoFailStill])
    }
    return faults
  }
}
