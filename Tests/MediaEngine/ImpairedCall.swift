import MediaEngine
import ModelCodecs
import Wire

/// Two sessions with model codecs, joined by a seeded pipe of delay, jitter, loss and bandwidth, in
/// virtual time. Each receives the other in slot 0 and reports on what arrived.
///
/// Driven by `nextWake` instead of ticks, it simulates an hour in seconds.
final class ImpairedCall {
  /// One direction's pipe.
  struct Pipe {
    var delay = TimeSpan.milliseconds(50)
    /// Each packet takes up to this much more or less; later ones may overtake.
    var jitter = TimeSpan.zero
    /// The share of packets lost, 0 ... 1.
    var loss = 0.0
    /// The mean length of a burst of lost packets (Gilbert–Elliott; everything is lost in a burst).
    var meanBurst = 1.0
    /// Bit/s including 28 bytes of UDP and IP a packet; nil has no limit.
    var bandwidth: Int?
    /// The queue before the limit, in time.
    var queue = TimeSpan.milliseconds(300)
    /// While it answers true nothing passes.
    var isDown: (MonotonicTime) -> Bool = { _ in false }
  }

  /// One of `Pipe`'s packets under way.
  private struct Flight {
    var arrival: MonotonicTime
    var order: Int
    var to: Int
    var kind: MediaPacketKind
    var bytes: [UInt8]
  }

  private struct State {
    var inBurst = false
    var freeAt = MonotonicTime.zero
  }

  let sessions: [MediaSession]
  var pipes: [Pipe]
  private(set) var now = MonotonicTime.zero
  /// Steps on each participant's own ladder.
  private(set) var changes: [[PictureChange]] = [[], []]
  /// The longest a packet waited before the limit since the last `takeQueueing`.
  private var queueing = [TimeSpan.zero, .zero]
  private var states = [State(), State()]
  private var flights: [Flight] = []
  private var generator: UInt64
  private var count = 0

  init(
    _ pipe: Pipe, back: Pipe? = nil, redundancy: Bool = true, feedback: Bool = true,
    seed: UInt64 = 1,
    configure: (inout MediaConfiguration) -> Void = { _ in }
  ) throws {
    pipes = [pipe, back ?? pipe]
    generator = seed &* 0x9E37_79B9_7F4A_7C15 | 1
    var configuration = MediaConfiguration(
      audio: .speech(ModelSound.speech), video: .counter(source: 1))
    configuration.codecs = .models
    configuration.measuresProof = false
    configure(&configuration)
    let wallClock = WallClock(millisecondsAtZero: 1_790_000_000_000)
    sessions = try [(UInt32(10), UInt32(20)), (20, 10)].map { own, other in
      try MediaSession(
        media: Self.media(
          own: own, other: other, redundancy: redundancy, feedback: feedback),
        configuration: configuration, wallClock: wallClock, seed: seed &+ UInt64(own),
        startedAt: .zero)
    }
    for (index, session) in sessions.enumerated() {
      session.output.pictureLevel = { [unowned self] in changes[index].append($0) }
      session.isConnected = true
    }
  }

  /// What two such participants negotiate: sound `own`, picture `own + 1`, their retransmissions after.
  static func media(
    own: UInt32, other: UInt32, redundancy: Bool, feedback: Bool
  ) -> NegotiatedMedia {
    let numbers: UInt8? = feedback ? 3 : nil
    let (opus, vp8) = (PayloadType(rawValue: 111), PayloadType(rawValue: 96))
    let red = redundancy ? PayloadType(rawValue: 63) : nil
    return NegotiatedMedia(
      audio: .init(
        ssrc: SSRC(rawValue: own), payloadType: opus, retransmissionSSRC: SSRC(rawValue: own + 3),
        retransmissionPayloadType: PayloadType(rawValue: 112), audioLevelExtension: 2,
        transportSequenceExtension: numbers, midExtension: 1, mid: "0", redundantPayloadType: red),
      video: .init(
        ssrc: SSRC(rawValue: own + 1), payloadType: vp8,
        retransmissionSSRC: SSRC(rawValue: own + 2),
        retransmissionPayloadType: PayloadType(rawValue: 97), transportSequenceExtension: numbers,
        midExtension: 1, mid: "1"),
      slots: [
        .init(
          audio: .init(
            ssrc: SSRC(rawValue: other), payloadType: opus,
            retransmissionSSRC: SSRC(rawValue: other + 3),
            retransmissionPayloadType: PayloadType(rawValue: 112), mid: "2",
            redundantPayloadType: red, transportSequenceExtension: numbers),
          video: .init(
            ssrc: SSRC(rawValue: other + 1), payloadType: vp8,
            retransmissionSSRC: SSRC(rawValue: other + 2),
            retransmissionPayloadType: PayloadType(rawValue: 97), mid: "3",
            transportSequenceExtension: numbers))
      ],
      cname: "c\(own)")
  }

  /// Lets virtual time pass.
  func run(for span: TimeSpan) {
    let end = now + span
    while true {
      var next = min(sessions[0].nextWake, sessions[1].nextWake)
      if let first = flights.first { next = min(next, first.arrival) }
      guard next <= end else { break }
      now = max(next, now)
      while let first = flights.first, first.arrival <= now { deliver(takeFirst()) }
      for from in sessions.indices where sessions[from].nextWake <= now {
        sessions[from].poll(at: now) { kind, buffer, length in
          transmit(kind, UnsafeRawBufferPointer(rebasing: buffer[..<length]), from: from)
        }
      }
    }
    now = end
  }

  /// The longest a packet from a participant waited before the limit since the last call.
  func takeQueueing(from: Int) -> TimeSpan {
    defer { queueing[from] = .zero }
    return queueing[from]
  }

  private func deliver(_ flight: Flight) {
    flight.bytes.withUnsafeBytes { bytes in
      switch flight.kind {
      case .rtp: sessions[flight.to].receiveRTP(bytes, at: now)
      case .rtcp: sessions[flight.to].receiveRTCP(bytes, at: now)
      }
    }
  }

  private func transmit(_ kind: MediaPacketKind, _ bytes: UnsafeRawBufferPointer, from: Int) {
    let pipe = pipes[from]
    if pipe.isDown(now) || isLost(pipe, from) { return }
    var leaves = now
    if let bandwidth = pipe.bandwidth {
      let waits = max(states[from].freeAt, now)
      if waits - now > pipe.queue { return }
      // The tag, UDP and IP: 44 bytes.
      leaves =
        waits
        + TimeSpan(nanoseconds: Int64((bytes.count + 44) * 8) * 1_000_000_000 / Int64(bandwidth))
      states[from].freeAt = leaves
      queueing[from] = max(queueing[from], waits - now)
    }
    var delay = pipe.delay
    if pipe.jitter > .zero {
      let spread = Double(pipe.jitter.nanoseconds) * (random() * 2 - 1)
      delay = max(delay + TimeSpan(nanoseconds: Int64(spread)), .zero)
    }
    count += 1
    add(
      Flight(arrival: leaves + delay, order: count, to: 1 - from, kind: kind, bytes: Array(bytes)))
  }

  private func isLost(_ pipe: Pipe, _ from: Int) -> Bool {
    guard pipe.loss > 0 else { return false }
    guard pipe.meanBurst > 1 else { return random() < pipe.loss }
    // Stationary share of the bad state is `loss`, its mean length `meanBurst`.
    let leave = 1 / pipe.meanBurst
    let enter = leave * pipe.loss / (1 - pipe.loss)
    states[from].inBurst = random() < (states[from].inBurst ? 1 - leave : enter)
    return states[from].inBurst
  }

  /// xorshift64*, 0 ..< 1.
  private func random() -> Double {
    generator ^= generator >> 12
    generator ^= generator << 25
    generator ^= generator >> 27
    return Double((generator &* 0x2545_F491_4F6C_DD1D) >> 11) / Double(1 << 53)
  }

  // A binary heap by arrival.

  private static func isBefore(_ a: Flight, _ b: Flight) -> Bool {
    a.arrival == b.arrival ? a.order < b.order : a.arrival < b.arrival
  }

  private func add(_ flight: Flight) {
    flights.append(flight)
    var child = flights.count - 1
    while child > 0 {
      let parent = (child - 1) / 2
      guard Self.isBefore(flights[child], flights[parent]) else { return }
      flights.swapAt(child, parent)
      child = parent
    }
  }

  private func takeFirst() -> Flight {
    flights.swapAt(0, flights.count - 1)
    let first = flights.removeLast()
    var parent = 0
    while true {
      var least = parent
      for child in [2 * parent + 1, 2 * parent + 2] where child < flights.count {
        if Self.isBefore(flights[child], flights[least]) { least = child }
      }
      guard least != parent else { return first }
      flights.swapAt(parent, least)
      parent = least
    }
  }
}

extension SlotStatistics {
  /// The share of sound that had to be invented.
  var concealedShare: Double { Double(concealedSamples) / Double(max(totalSamples, 1)) }

  /// The share of `span` in which the picture stood still unasked.
  func freezeShare(of span: TimeSpan) -> Double {
    Double(totalFreezesDurationMs) / max(span.milliseconds, 1)
  }
}
