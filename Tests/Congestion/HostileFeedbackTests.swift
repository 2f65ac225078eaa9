import Testing
import Wire

@testable import Congestion

/// Feedback comes from the other end: whatever it says, the controller stays within its bounds.
@Suite struct HostileFeedbackTests {
  private let configuration = CongestionConfiguration(
    startBitrate: 300_000, minimumBitrate: 50_000, maximumBitrate: 2_000_000)

  @Test(arguments: 1...8 as ClosedRange<UInt64>)
  func whateverIsToldTheEstimateStaysWithinItsBounds(seed: UInt64) {
    var random = Seeded(seed: seed)
    var controller = CongestionController(configuration: configuration, now: .zero)
    var now = MonotonicTime.zero
    var probe: ProbeCluster.ID?
    for _ in 0..<4000 {
      now = now + .milliseconds(Int64.random(in: 0...40, using: &random))
      for _ in 0..<Int.random(in: 0...5, using: &random) {
        _ = controller.willSend(
          bytes: Int.random(in: 0...1500, using: &random), probe: probe, at: now)
      }
      probe = controller.takeProbe(wanted: 5_000_000, at: now)?.id ?? probe
      var bytes = feedback(using: &random)
      // Often nearly right: the number of a packet that was sent.
      if Bool.random(using: &random) { bytes[12] = 0 }
      if let parsed = try? TransportWideFeedback(parsing: bytes.span.bytes) {
        controller.receive(parsed, in: bytes.span.bytes, at: now)
      }
      if Int.random(in: 0..<200, using: &random) == 0 { controller.pathChanged(at: now) }
      if Int.random(in: 0..<50, using: &random) == 0 {
        controller.note(
          roundTrip: TimeSpan(nanoseconds: Int64.random(in: .min ... .max, using: &random)))
      }
      controller.advance(to: now)
      let estimate = controller.estimate
      #expect((50_000...2_000_000).contains(estimate))
      let loss = controller.lossFraction
      #expect((0...1).contains(loss))
      let inFlight = controller.bytesInFlight
      #expect(inFlight >= 0)
      let pacing = controller.pacingRate
      #expect((0...3_000_000).contains(pacing))
    }
  }

  /// Feedback with random base, reference time, chunks and deltas, whose lengths agree.
  private func feedback(using random: inout Seeded) -> [UInt8] {
    let count = Int.random(in: 1...40, using: &random)
    var statuses: [UInt16] = []
    var deltas: [UInt8] = []
    for _ in 0..<count {
      let status = UInt16.random(in: 0...2, using: &random)
      statuses.append(status)
      for _ in 0..<status { deltas.append(UInt8.random(in: 0...255, using: &random)) }
    }
    var bytes: [UInt8] = [0x8F, 205, 0, 0, 0, 0, 0, 1, 0, 0, 0, 2]
    bytes += (0..<2).map { _ in UInt8.random(in: 0...255, using: &random) }
    bytes += [0, UInt8(count)]
    bytes += (0..<4).map { _ in UInt8.random(in: 0...255, using: &random) }
    for start in stride(from: 0, to: count, by: 7) {
      var chunk: UInt16 = 0xC000
      for (place, status) in statuses[start..<min(start + 7, count)].enumerated() {
        chunk |= status << UInt16(12 - 2 * place)
      }
      bytes += [UInt8(chunk >> 8), UInt8(chunk & 0xFF)]
    }
    bytes += deltas
    while bytes.count % 4 != 0 { bytes.append(0) }
    bytes[3] = UInt8(bytes.count / 4 - 1)
    return bytes
  }

  @Test func theReportersClockMayWrap() {
    // Twelve days of 64 ms are 24 bits; this reporter is two seconds before that.
    var controller = CongestionController(now: .zero)
    var recorder = ArrivalRecorder(isUsed: true)
    let wrap = MonotonicTime(nanoseconds: 0x100_0000 * 64_000_000 - 2_000_000_000)
    var now = MonotonicTime.zero
    for index in 0..<500 {
      now = now + .milliseconds(10)
      let number = controller.willSend(bytes: 500, at: now)
      recorder.note(number.rawValue, now: wrap + (now - .zero))
      guard index % 10 == 9 else { continue }
      var bytes = [UInt8](repeating: 0, count: 400)
      var span = bytes.mutableSpan
      var content = span.mutableBytes
      let length = recorder.writeFeedback(
        into: &content, at: 0, sender: SSRC(1), media: SSRC(2), now: wrap + (now - .zero))
      bytes.removeLast(400 - (length ?? 0))
      guard let feedback = try? TransportWideFeedback(parsing: bytes.span.bytes) else {
        Issue.record("unreadable")
        return
      }
      controller.receive(feedback, in: bytes.span.bytes, at: now)
    }
    let acknowledged = controller.acknowledged
    #expect(abs(acknowledged - 400_000) < 30_000)
    let queueing = controller.queueingDelay
    #expect(queueing < .milliseconds(2))
    let estimate = controller.estimate
    #expect(estimate >= 300_000)
  }
}
