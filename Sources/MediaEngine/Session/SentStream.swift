import Wire

/// What one sent stream remembers between packets, for its sender reports (RFC 3550 §6.4.1).
struct SentStream {
  /// The next packet's sequence number.
  private(set) var sequence: SequenceNumber
  private(set) var packets: UInt32 = 0
  private(set) var octets: UInt32 = 0
  private let clockRate: Int64
  private let firstTimestamp: UInt32
  private var lastTimestamp: UInt32
  private var lastCapture: MonotonicTime?

  /// A stream of a media clock. The first sequence number is below 2^15 (RFC 3711 §3.3.1: so that a
  /// lost first packet cannot make the receiver guess the roll-over counter wrong).
  init(clockRate: Int64, using generator: inout some RandomNumberGenerator) {
    self.clockRate = clockRate
    sequence = SequenceNumber(rawValue: UInt16.random(in: 0..<0x8000, using: &generator))
    firstTimestamp = UInt32.random(in: .min ... .max, using: &generator)
    lastTimestamp = firstTimestamp
  }

  /// Whether anything was sent.
  var hasSent: Bool { packets > 0 }

  /// The timestamp `units` of the media clock after the stream's start.
  func timestamp(after units: Int64) -> RTPTimestamp {
    RTPTimestamp(rawValue: firstTimestamp &+ UInt32(truncatingIfNeeded: units))
  }

  /// Takes the next sequence number.
  mutating func takeSequence() -> SequenceNumber {
    defer { sequence = sequence.next }
    return sequence
  }

  /// Notes that a packet went out, captured at `capture`.
  mutating func note(payload: Int, timestamp: RTPTimestamp, capture: MonotonicTime) {
    packets &+= 1
    octets &+= UInt32(truncatingIfNeeded: payload)
    lastTimestamp = timestamp.rawValue
    lastCapture = capture
  }

  /// The media timestamp of `now`, extrapolated from the last packet.
  func timestamp(at now: MonotonicTime) -> RTPTimestamp {
    guard let lastCapture else { return RTPTimestamp(rawValue: lastTimestamp) }
    let units = (now - lastCapture).nanoseconds / 1000 &* clockRate / 1_000_000
    return RTPTimestamp(rawValue: lastTimestamp &+ UInt32(truncatingIfNeeded: units))
  }
}
