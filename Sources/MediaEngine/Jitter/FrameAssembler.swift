import Wire

/// Puts VP8 frames together from their packets, in an order in which they can be decoded.
///
/// A frame is decodable when it is a key frame, when it follows the last decoded one without a gap (the
/// next sequence number, or the next picture id where the packets between carried only padding), or when
/// everything in the gap belonged to an upper temporal layer that it does not refer to: a base picture
/// after the last base picture, or one above that refers to that last base picture only.
struct FrameAssembler: ~Copyable {
  /// A complete frame's place among the packets.
  struct Frame: Equatable {
    var first: Int64
    var last: Int64
    var timestamp: UInt32
    var isKeyFrame: Bool
    /// Frames passed over because their packets never came.
    var skipped: Int
    /// Whether it waits behind packets that may still come: it can be shown without them.
    var passesOver = false
  }

  /// So many useless packets in a row mean that the stream began anew with lower numbers.
  private static let mostUselessInARow = 60

  private(set) var packets = VideoPacketBuffer()
  /// The sequence number after the last frame handed out; nil before the first key frame.
  private(set) var next: Int64?
  private var lastPictureID: Int32 = -1
  private var lastTimestamp: UInt32?
  /// TL0PICIDX of the last base picture that was decoded, or -1.
  private var lastBase: Int16 = -1
  private var uselessInARow = 0

  /// Takes a packet; false where it is of no use any more.
  mutating func insert(
    _ entry: VideoPacketBuffer.Entry, payload: UnsafeRawBufferPointer
  ) -> Bool {
    if let next, entry.sequence < next {
      uselessInARow += 1
      guard uselessInARow > Self.mostUselessInARow else { return false }
      removeAll()
    }
    uselessInARow = 0
    return packets.insert(entry, payload: payload)
  }

  /// The next frame that can be decoded, or nil. The frame counts as decoded from then on.
  mutating func nextFrame() -> Frame? {
    guard let frame = peekFrame() else { return nil }
    take(frame)
    return frame
  }

  /// The next frame that can be decoded, or nil.
  mutating func peekFrame() -> Frame? { nextInOrder() ?? nextByLayer() ?? nextKeyFrame() }

  /// Counts a frame as decoded.
  mutating func take(_ frame: Frame) {
    next = frame.last + 1
    lastTimestamp = frame.timestamp
    let entry = packets.entry(frame.first)
    lastPictureID = entry?.pictureID ?? -1
    if let entry, entry.temporalLayer == 0 { lastBase = entry.baseIndex }
  }

  /// Copies a frame's bytes; returns their number. `destination` must have room for `size(of:)`.
  func copy(_ frame: Frame, to destination: UnsafeMutableRawPointer) -> Int {
    var length = 0
    var sequence = frame.first
    while sequence <= frame.last {
      length += packets.copyPayload(sequence, to: destination + length)
      sequence += 1
    }
    return length
  }

  /// When the last of a frame's packets came.
  func arrival(of frame: Frame) -> MonotonicTime {
    var latest = MonotonicTime.zero
    var sequence = frame.first
    while sequence <= frame.last {
      if let entry = packets.entry(sequence) { latest = max(latest, entry.arrival) }
      sequence += 1
    }
    return latest
  }

  /// A frame's bytes at most.
  func size(of frame: Frame) -> Int {
    Int(frame.last - frame.first + 1) * VideoPacketBuffer.maximumLength
  }

  /// Waits for a key frame: what follows the last frame cannot be decoded.
  mutating func requireKeyFrame() {
    next = nil
    lastPictureID = -1
    lastBase = -1
  }

  /// Forgets the stream: the next packet begins another one.
  mutating func removeAll() {
    packets.removeAll()
    requireKeyFrame()
  }

  private mutating func nextInOrder() -> Frame? {
    guard var sequence = next else { return nil }
    while let entry = packets.entry(sequence), entry.length == 0 {
      // Padding, alone in its packet.
      sequence += 1
      next = sequence
    }
    if let frame = complete(from: sequence) { return frame }
    guard packets.entry(sequence) == nil, lastPictureID >= 0 else { return nil }
    // Something is missing. If it was only padding, the next picture id shows it.
    while sequence <= packets.newest {
      sequence += 1
      guard let entry = packets.entry(sequence), entry.isFirst else { continue }
      guard Self.follows(entry.pictureID, lastPictureID) else { return nil }
      return complete(from: sequence)
    }
    return nil
  }

  /// The first complete frame after a gap in which nothing was that it refers to.
  private func nextByLayer() -> Frame? {
    guard lastBase >= 0, let start = next else { return nil }
    var sequence = start + 1
    var starts = 0
    while sequence <= packets.newest {
      defer { sequence += 1 }
      guard let entry = packets.entry(sequence), entry.isFirst, entry.baseIndex >= 0 else {
        continue
      }
      let isNextBase = entry.temporalLayer == 0 && entry.baseIndex == (lastBase + 1) & 0xFF
      let isAbove =
        entry.temporalLayer > 0 && entry.refersToBaseOnly && entry.baseIndex == lastBase
      if isNextBase || isAbove, var frame = complete(from: sequence) {
        frame.skipped = starts + (packets.entry(start)?.isFirst == true ? 0 : 1)
        frame.passesOver = true
        return frame
      }
      // Beyond the next base picture nothing refers to the last one.
      if entry.temporalLayer == 0 { return nil }
      starts += 1
    }
    return nil
  }

  /// The first complete key frame after what cannot be decoded.
  private func nextKeyFrame() -> Frame? {
    guard packets.newest != .min else { return nil }
    let start = max(next ?? packets.oldest, packets.oldest)
    var sequence = start
    var starts = 0
    while sequence <= packets.newest {
      if let entry = packets.entry(sequence), entry.isFirst {
        if entry.startsKeyFrame, var frame = complete(from: sequence) {
          // Before the very first frame nothing was due, so nothing was skipped.
          frame.skipped = lastTimestamp == nil ? 0 : max(starts, next == nil ? 0 : 1)
          return frame
        }
        starts += 1
      }
      sequence += 1
    }
    return nil
  }

  /// The frame that begins at `first`, if all of its packets are there.
  private func complete(from first: Int64) -> Frame? {
    guard let start = packets.entry(first), start.isFirst else { return nil }
    var sequence = first
    while let entry = packets.entry(sequence), entry.timestamp == start.timestamp {
      if entry.isLast {
        return Frame(
          first: first, last: sequence, timestamp: start.timestamp,
          isKeyFrame: start.startsKeyFrame, skipped: 0)
      }
      sequence += 1
    }
    return nil
  }

  /// Whether picture id `a` comes right after `b`. Ids have 7 or 15 bits (RFC 7741 §4.2); which, one
  /// cannot tell from a small value, so both wraps count.
  private static func follows(_ a: Int32, _ b: Int32) -> Bool {
    a >= 0 && (a == b + 1 || (a == 0 && (b == 0x7F || b == 0x7FFF)))
  }
}
