import Wire

@testable import MediaEngine

/// Two sessions joined by a seeded lossy link in virtual time; each receives the other in slot 0.
final class VirtualCall {
  /// What the link does to packets, in both directions alike.
  struct Link {
    var delay = TimeSpan.milliseconds(30)
    /// Each packet is delayed by up to this much more; later ones may overtake.
    var jitter = TimeSpan.zero
    /// The share of packets lost, 0 ... 1.
    var loss = 0.0
    /// While it answers true nothing passes at all.
    var isDown: (MonotonicTime) -> Bool = { _ in false }
    /// Lets a test drop single packets; RTP plaintext.
    var drops: (MediaPacketKind, UnsafeRawBufferPointer) -> Bool = { _, _ in false }
  }

  private struct Flight {
    var arrival: MonotonicTime
    var order: Int
    var to: Int
    var kind: MediaPacketKind
    var bytes: [UInt8]
  }

  static let wallClock = WallClock(millisecondsAtZero: 1_790_000_000_123)
  let sessions: [MediaSession]
  var link: Link
  private(set) var now = MonotonicTime.zero
  private var flights: [Flight] = []
  private var generator: SplitMix64
  private var count = 0

  init(
    _ a: MediaConfiguration, _ b: MediaConfiguration, link: Link, seed: UInt64 = 1
  ) throws {
    self.link = link
    generator = SplitMix64(seed: seed)
    sessions = [
      try MediaSession(
        media: Self.media(own: 10, other: 20), configuration: a, wallClock: Self.wallClock,
        seed: seed, startedAt: .zero),
      try MediaSession(
        media: Self.media(own: 20, other: 10), configuration: b, wallClock: Self.wallClock,
        seed: seed &+ 1, startedAt: .zero),
    ]
    for session in sessions { session.isConnected = true }
  }

  /// What two such participants negotiate: sound `own`, picture `own + 1`, retransmission `own + 2`.
  static func media(own: UInt32, other: UInt32) -> NegotiatedMedia {
    NegotiatedMedia(
      audio: .init(
        ssrc: SSRC(rawValue: own), payloadType: PayloadType(rawValue: 111),
        audioLevelExtension: 2, transportSequenceExtension: 3, midExtension: 1, mid: "0"),
      video: .init(
        ssrc: SSRC(rawValue: own + 1), payloadType: PayloadType(rawValue: 96),
        retransmissionSSRC: SSRC(rawValue: own + 2),
        retransmissionPayloadType: PayloadType(rawValue: 97), transportSequenceExtension: 3,
        midExtension: 1, mid: "1"),
      slots: [
        .init(
          audio: .init(
            ssrc: SSRC(rawValue: other), payloadType: PayloadType(rawValue: 111), mid: "2"),
          video: .init(
            ssrc: SSRC(rawValue: other + 1), payloadType: PayloadType(rawValue: 96),
            retransmissionSSRC: SSRC(rawValue: other + 2),
            retransmissionPayloadType: PayloadType(rawValue: 97), mid: "3"))
      ],
      cname: "c\(own)")
  }

  /// Lets virtual time pass in ticks of 5 ms, the way a client's thread drives its session.
  func run(for span: TimeSpan) {
    let end = now + span
    while now < end {
      now = now + .milliseconds(5)
      flights.sort { ($0.arrival, $0.order) < ($1.arrival, $1.order) }
      while let first = flights.first, first.arrival <= now {
        flights.removeFirst()
        first.bytes.withUnsafeBytes { bytes in
          switch first.kind {
          case .rtp: sessions[first.to].receiveRTP(bytes, at: now)
          case .rtcp: sessions[first.to].receiveRTCP(bytes, at: now)
          }
        }
      }
      for from in sessions.indices {
        sessions[from].poll(at: now) { kind, buffer, length in
          transmit(kind, UnsafeRawBufferPointer(rebasing: buffer[..<length]), to: 1 - from)
        }
      }
    }
  }

  private func transmit(_ kind: MediaPacketKind, _ bytes: UnsafeRawBufferPointer, to: Int) {
    if link.isDown(now) || link.drops(kind, bytes) { return }
    if link.loss > 0, Double.random(in: 0..<1, using: &generator) < link.loss { return }
    var delay = link.delay
    if link.jitter > .zero {
      delay =
        delay
        + TimeSpan(
          nanoseconds: Int64.random(in: 0...link.jitter.nanoseconds, using: &generator))
    }
    count += 1
    flights.append(
      Flight(arrival: now + delay, order: count, to: to, kind: kind, bytes: Array(bytes)))
  }
}
