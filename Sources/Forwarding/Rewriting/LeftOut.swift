import Wire

/// Which of a source's packets are left out of an outgoing stream, and how the rest move up.
///
/// Pictures of higher temporal layers are left out whole, and the receiver must not see a gap: it would
/// ask for the packets again, and a VP8 receiver waits for missing picture ids (RFC 7741 §4.2). So the
/// packets after a picture left out move up by its packets, and their pictures by one:
///
///     source:    10 11 12 13 14 15 16        (12, 13 and 15 left out)
///     outgoing:  50 51       52    53
///
/// What is remembered are the runs of numbers that are kept, newest first, so that late packets and
/// requests find their numbers: about a second of a stream that loses every other picture.
struct LeftOut: BitwiseCopyable {
  /// Runs remembered besides the present one.
  private static let capacity = 32

  /// Numbers kept, one after another, and what they are moved by.
  struct Run: BitwiseCopyable, Equatable {
    /// The first source sequence number.
    var first: UInt64 = 0
    /// The one after the last; `.max` in the present run.
    var end: UInt64 = .max
    /// What sequence numbers are moved by.
    var sequenceDelta: UInt64 = 0
    /// What picture ids are moved by.
    var pictureDelta: UInt16 = 0

    /// Whether a source number is in the run.
    func holds(_ sequence: UInt64) -> Bool { sequence >= first && sequence < end }

    /// Whether an outgoing number is of the run.
    func gave(_ outgoing: UInt64) -> Bool {
      outgoing >= first &+ sequenceDelta && (end == .max || outgoing < end &+ sequenceDelta)
    }
  }

  /// The run that the next packet in order belongs to.
  private(set) var present = Run()
  private var earlier = InlineArray<32, Run>(repeating: Run())
  private var count = 0
  private var next = 0
  private var lastTimestamp: UInt32 = 0
  private var leavesOut = false

  /// Notes where what a packet in order needs of it lies.
  mutating func note(in places: inout MemoryPlaces) {
    places.add(&present)
    places.add(&leavesOut)
  }

  /// Starts with another source, whose first packet is `first`.
  mutating func begin(at first: UInt64, sequenceDelta: UInt64, pictureDelta: UInt16) {
    present = Run(first: first, sequenceDelta: sequenceDelta, pictureDelta: pictureDelta)
    count = 0
    next = 0
    leavesOut = false
  }

  /// Takes note that the newest packet is kept: the picture left out before it has ended.
  mutating func keep() { leavesOut = false }

  /// Leaves out the packet `sequence`, the newest so far, of the picture with this timestamp.
  mutating func leaveOut(_ sequence: UInt64, timestamp: UInt32) {
    let isSamePicture = leavesOut && timestamp == lastTimestamp
    // Numbers missing between two packets of one picture belong to it and are left out with it;
    // other missing numbers keep their places for when they come.
    let isNext = isSamePicture || sequence == present.first
    if isNext {
      present.sequenceDelta &-= sequence &+ 1 &- present.first
    } else {
      var closed = present
      closed.end = sequence
      earlier[next] = closed
      next = (next + 1) % Self.capacity
      count = min(count + 1, Self.capacity)
      present.sequenceDelta &-= 1
    }
    if !isSamePicture { present.pictureDelta &-= 1 }
    present.first = sequence &+ 1
    lastTimestamp = timestamp
    leavesOut = true
  }

  /// The run of a source number; nil where it was left out or is from before the source began.
  ///
  /// Mutating, though it changes nothing: all that is remembered would be copied for the call.
  @inline(__always)
  mutating func run(of sequence: UInt64) -> Run? {
    if sequence >= present.first { return present }
    return earlierRun(of: sequence)
  }

  @inline(never)
  private mutating func earlierRun(of sequence: UInt64) -> Run? { search { $0.holds(sequence) } }

  /// The run of an outgoing number; nil where that was given before the source began.
  func run(ofOutgoing outgoing: UInt64) -> Run? {
    if present.gave(outgoing) { return present }
    return search { $0.gave(outgoing) }
  }

  private func search(_ isWanted: (Run) -> Bool) -> Run? {
    var index = next
    for _ in 0..<count {
      index = (index + Self.capacity - 1) % Self.capacity
      if isWanted(earlier[index]) { return earlier[index] }
    }
    return nil
  }
}
