import Foundation
import MediaEngine
import Synchronization
import Testing
import Wire

@testable import VisitClient

/// A connection that does what the test says and remembers what it was told.
private final class ScriptedConnection: CallConnection {
  private struct State {
    var told: [String] = []
    var waiter: CheckedContinuation<Void, Never>?
    var isEnded = false
  }

  private let progress: [CallProgress]
  private let state = Mutex(State())

  init(_ progress: [CallProgress]) { self.progress = progress }

  var told: [String] { state.withLock { $0.told } }
  var status: CallStatus { CallStatus() }

  func run(
    startedAt start: MonotonicTime, _ onProgress: @escaping @Sendable (CallProgress) -> Void
  ) async -> CallReport {
    for one in progress { onProgress(one) }
    await withCheckedContinuation { continuation in
      let isEnded = state.withLock { state in
        if !state.isEnded { state.waiter = continuation }
        return state.isEnded
      }
      if isEnded { continuation.resume() }
    }
    return CallReport(visit: "v1", participant: "anne")
  }

  func rejoin(session: String?) { note("rejoin \(session ?? "any")") }
  func move(session: String) { note("move \(session)") }
  func noteRoom(session: String) {}
  func handIn() async { note("handIn") }

  func end() {
    note("end")
    let waiter = state.withLock { state in
      state.isEnded = true
      defer { state.waiter = nil }
      return state.waiter
    }
    waiter?.resume()
  }

  private func note(_ text: String) { state.withLock { $0.told.append(text) } }
}

struct VisitCallTests {
  private func call(
    _ part: VisitPart, _ exchange: ScriptedExchange, _ connection: ScriptedConnection,
    signals: AsyncStream<StreamSignal>
  ) throws -> VisitCall {
    VisitCall(
      api: try .scripted(exchange), visit: .example(), me: part == .caller ? "anne" : "karen",
      part: part, signals: signals, connection: connection)
  }

  @Test func aCallerRingsConnectsAndHangsUp() async throws {
    let exchange = ScriptedExchange([.success(.json(202, "")), .success(.json(200, ""))])
    let connection = ScriptedConnection([.connected(profile: "AEAD_AES_128_GCM")])
    let (signals, feed) = AsyncStream.makeStream(of: StreamSignal.self)
    let call = try call(.caller, exchange, connection, signals: signals)
    feed.yield(.online)
    let result = await call.run { progress in
      switch progress {
      case .ringing: feed.yield(.event(.answered(.init(visit: "v1"))))
      case .call(.connected): call.hangUp()
      default: break
      }
    }
    #expect(result.outcome == .held(endedByOther: false))
    #expect(result.report != nil)
    #expect(
      exchange.requests.map(\.path) == ["/api/v1/visits/v1/ring", "/api/v1/visits/v1/hangup"])
    #expect(connection.told == ["handIn", "end"], "the last figures before the visit is ended")
  }

  @Test func anAnswererAnswersAndFollowsTheRelay() async throws {
    let exchange = ScriptedExchange([.success(.json(200, ""))])
    let connection = ScriptedConnection([.connected(profile: "AEAD_AES_128_GCM")])
    let (signals, feed) = AsyncStream.makeStream(of: StreamSignal.self)
    let call = try call(.answerer, exchange, connection, signals: signals)
    let result = await call.run { progress in
      guard case .call(.connected) = progress else { return }
      feed.yield(.event(.rejoin(.init(visit: "v1", session: "s1", cause: "worker-lost"))))
      feed.yield(.event(.ended(.init(visit: "v1", cause: "hung-up"))))
    }
    #expect(result.outcome == .held(endedByOther: true))
    #expect(exchange.requests.map(\.path) == ["/api/v1/visits/v1/answer"])
    #expect(connection.told == ["rejoin s1", "handIn", "end"])
  }

  @Test func aRefusedRingNeverConnects() async throws {
    let problem = ServiceReply.json(403, "{\"status\":403,\"detail\":\"Det må du ikke.\"}")
    let exchange = ScriptedExchange([.success(problem)])
    let connection = ScriptedConnection([])
    let (signals, feed) = AsyncStream.makeStream(of: StreamSignal.self)
    let call = try call(.caller, exchange, connection, signals: signals)
    feed.yield(.online)
    let result = await call.run { _ in }
    guard case .refused(let error) = result.outcome else {
      Issue.record("\(result.outcome)")
      return
    }
    #expect(error.text(in: .danish, server: "") == "Det må du ikke.")
    #expect(result.report == nil)
  }
}

struct QualityMeterTests {
  private func statistics(
    packets: Int64, lost: Int64 = 0, concealed: Int64 = 0, samples: Int64 = 0,
    frozenMs: Int64 = 0, roundTripMs: Double? = nil
  ) -> MediaStatistics {
    var slot = SlotStatistics()
    slot.packetsReceived = packets
    slot.packetsLost = lost
    slot.concealedSamples = concealed
    slot.totalSamples = samples
    slot.totalFreezesDurationMs = frozenMs
    var statistics = MediaStatistics()
    statistics.slots = [slot]
    statistics.roundTripMs = roundTripMs
    return statistics
  }

  private func judged(_ steps: [MediaStatistics]) -> ConnectionQuality {
    var meter = QualityMeter()
    meter.update(statistics(packets: 0))
    for step in steps { meter.update(step) }
    return meter.quality
  }

  @Test func aCleanIntervalIsGood() {
    #expect(judged([statistics(packets: 500, lost: 4)]) == .good)
  }

  @Test(arguments: [(Int64(25), ConnectionQuality.fair), (100, .poor)])
  func lossIsWeakThenPoor(lost: Int64, expected: ConnectionQuality) {
    #expect(judged([statistics(packets: 500, lost: lost)]) == expected)
  }

  @Test func inventedSoundAndFreezesCount() {
    #expect(
      judged([statistics(packets: 500, concealed: 7200, samples: 240_000)]) == .fair)
    #expect(judged([statistics(packets: 500, frozenMs: 1500)]) == .poor)
    #expect(judged([statistics(packets: 500, roundTripMs: 500)]) == .fair)
  }

  @Test func nothingHeardIsSilenceUntilSomethingIsHeard() {
    let same = statistics(packets: 500)
    #expect(judged([same, same]) == .silent)
    #expect(judged([same, same, statistics(packets: 1000)]) == .good)
  }

  @Test func worseIsSaidAtOnceAndBetterAfterTwoIntervals() {
    let bad = statistics(packets: 1000, lost: 200)
    let good = statistics(packets: 1500, lost: 200)
    let better = statistics(packets: 2000, lost: 200)
    #expect(judged([statistics(packets: 500), bad]) == .poor)
    #expect(judged([statistics(packets: 500), bad, good]) == .poor)
    #expect(judged([statistics(packets: 500), bad, good, better]) == .good)
  }
}

struct ProofFileTests {
  @Test func theOtherPartysProofIsAtTheTop() throws {
    var report = CallReport(visit: "v1", participant: "anne")
    var proof = ReceiverProof(slot: 0)
    proof.framesSeen = 120
    proof.framesDecoded = 121
    report.proofs = [ReceiverProof(slot: 1), proof]
    report.srtpProfile = "AEAD_AES_128_GCM"
    report.attempts = [AttemptRecord(attempt: 1, cause: .first, startedMs: 0)]
    let data = try JSONEncoder().encode(ProofFile(report))
    let members = try #require(JSONSerialization.jsonObject(with: data) as? [String: Any])
    #expect(members["framesSeen"] as? Int == 120)
    #expect(members["srtpProfile"] as? String == "AEAD_AES_128_GCM")
    #expect((members["slots"] as? [Any])?.count == 2)
    let attempts = members["attempts"] as? [[String: Any]]
    #expect(attempts?.first?["cause"] as? String == "first")
  }

  @Test func aDiaryWritesJoinsAndBreaks() {
    let start = MonotonicTime.zero + .seconds(100)
    var diary = CallDiary(report: CallReport(visit: "v1", participant: "anne"), start: start)
    diary.joining(1, .first, at: start)
    diary.joined(1, session: "s1")
    diary.connected(1, profile: "AEAD_AES_128_GCM", at: start + .milliseconds(300))
    diary.interrupted(.relayLost, at: start + .seconds(5))
    diary.joining(2, .relayLost, at: start + .seconds(5))
    diary.failed(2, "unreachable")
    diary.joining(3, .joinFailed, at: start + .seconds(6))
    diary.joined(3, session: "s2")
    diary.connected(3, profile: "AEAD_AES_128_GCM", at: start + .seconds(7))
    diary.resumed(after: .seconds(2))
    let report = diary.finish(MediaBoard.Measured(), at: start + .milliseconds(20_300))
    #expect(diary.joins == 2)
    #expect(report.connectedMs == 20_000)
    #expect(report.attempts.map(\.session) == ["s1", nil, "s2"])
    #expect(report.attempts.map(\.connectedMs) == [300, nil, 7000])
    #expect(report.attempts[1].failure == "unreachable")
    #expect(
      report.interruptions
        == [InterruptionRecord(cause: .relayLost, startedMs: 5000, mendedAfterMs: 2000)])
  }
}
