import Congestion
import Wire

/// What a sender was last told to send at most.
struct SenderSteering: BitwiseCopyable {
  /// How often it is told again; a lost one must not matter for long.
  static let interval = TimeSpan.seconds(1)
  /// A change larger than this is told at once, in per cent.
  static let step = 5
  /// What is told once nothing limits it any more, in bit/s.
  static let unlimited = 10_000_000

  private var told: Int?
  private var toldAt = MonotonicTime.zero

  /// What to tell now where the sender may send `limit` bit/s, nil for as much as it likes; nil where
  /// nothing is to be told.
  mutating func take(_ limit: Int?, now: MonotonicTime) -> Int? {
    guard let limit else {
      guard told != nil else { return nil }
      told = nil
      return Self.unlimited
    }
    if let told, abs(limit - told) * 100 <= told * Self.step, now - toldAt < Self.interval {
      return nil
    }
    told = limit
    toldAt = now
    return limit
  }
}

// Senders are steered to what their receivers can take: nothing is encoded and sent up only to be
// held back here. REMB says it (draft-alvestrand-rmcat-remb-03). libwebrtc takes it as a ceiling over
// its own transport-wide estimate, whether or not it was negotiated.
extension Room {
  /// Tells the senders whose pictures a receiver is sent what they may send.
  mutating func steerSenders(
    seenBy receiver: Int, now: MonotonicTime, into sink: inout ForwardSink
  ) {
    for slot in 0..<participants[receiver].slotCount {
      guard let sender = participants[receiver].seats.occupant(of: slot), isPresent(sender),
        participants[sender].isConnected
      else { continue }
      if let bitrate = steerings[sender].take(limit(of: sender, at: now), now: now) {
        sendLimit(bitrate, to: sender, into: &sink)
      }
    }
  }

  /// Opus' least that is still whole speech, with its headers, in bit/s.
  private static var leastLimit: Int { 36_000 }

  /// What a sender should send at most in bit/s, sound included: what the best of its receivers can
  /// take. Nil where nothing limits it, or where it sends encodings to choose from.
  private func limit(of sender: Int, at now: MonotonicTime) -> Int? {
    guard layerCount(of: sender) == 1 else { return nil }
    var most = 0
    for receiver in 0..<capacity where receiver != sender && participants[receiver].isConnected {
      guard let place = participants[receiver].seats.place(of: sender) else { continue }
      guard let granted = paths[receiver].ladders[place].granted else { return nil }
      var room = DownstreamPath.soundReserve + max(PictureLevel.held.floor, granted * 95 / 100)
      // Where there is not even room for a still picture, the sound has to make itself small.
      if granted < PictureLevel.held.floor, !paths[receiver].isSilent,
        let capacity = paths[receiver].capacity(at: now)
      {
        room = min(room, capacity)
      }
      most = max(most, room)
    }
    return max(most, Self.leastLimit)
  }

  private mutating func sendLimit(
    _ bitrate: Int, to sender: Int, into sink: inout ForwardSink
  ) {
    guard let slot = sink.reserve() else { return }
    var sources = InlineArray<2, SSRC>(repeating: SSRC(0))
    var count = 0
    for track in 0..<2 {
      guard let ssrc = participants[sender].tracks[track].ssrc else { continue }
      sources[count] = ssrc
      count += 1
    }
    var bytes = slot.mutableBytes
    let start = openCompound(for: sender, in: &bytes)
    guard
      let length = ReceiverEstimatedMaximumBitrate.write(
        senderSSRC: participants[sender].reportSSRC, bitrate: UInt64(max(0, bitrate)),
        sources: sources.span.extracting(0..<count), into: &bytes, at: start)
    else { return }
    sink.commit(to: sender, kind: .rtcp, length: start + length)
  }
}
