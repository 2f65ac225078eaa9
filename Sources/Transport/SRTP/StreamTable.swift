import Wire

/// One SSRC's place in the packet index space, both for SRTP and for SRTCP.
struct StreamState: BitwiseCopyable {
  /// The table's tick when it was last used.
  var lastUsed: UInt64 = 0
  /// SRTP indices used.
  var rtp = ReplayWindow()
  /// SRTCP indices used.
  var rtcp = ReplayWindow()

  /// The bytes of it, from its start, that a packet of media needs.
  static var mediaLength: Int { MemoryLayout<UInt64>.stride + MemoryLayout<ReplayWindow>.stride }

  /// The SRTP index that `sequence` stands for; nil where it lies beyond the last. Inlined, or both
  /// windows would be copied for the call.
  @inline(__always)
  func index(of sequence: UInt16) -> UInt64? {
    rtp.isStarted ? PacketIndex.estimate(sequence, highest: rtp.highest) : UInt64(sequence)
  }
}

/// What is known per SSRC in one direction, bounded. Scanned linearly: one participant has a handful
/// of SSRCs, and their numbers lie side by side.
struct StreamTable {
  /// What happens when there is no room for one more SSRC.
  enum WhenFull {
    /// Refuse it. For sending: forgetting an SSRC's indices could use a nonce twice.
    case refuse
    /// Forget the one unused for longest. For receiving, where an authenticated peer that uses more
    /// than its share gives up its own replay protection and nobody else's.
    case evictOldest
  }

  /// What `insert` did.
  struct Insertion {
    /// Where the SSRC is now.
    var place: Int
    /// The SSRC that had to make room.
    var evicted: UInt32?
  }

  private(set) var states: [StreamState] = []
  private var ssrcs: [UInt32] = []
  private var tick: UInt64 = 0
  private let capacity: Int
  private let whenFull: WhenFull

  /// A table of at most `capacity` SSRCs.
  init(capacity: Int, whenFull: WhenFull) {
    self.capacity = capacity
    self.whenFull = whenFull
    // Sound, picture and its retransmissions, and the reports' own: more come by need.
    ssrcs.reserveCapacity(4)
    states.reserveCapacity(4)
  }

  /// Notes where that lies which a packet of sound or picture needs: they are the first two.
  func note(in places: inout MemoryPlaces) {
    places.add(elementsOf: ssrcs)
    places.add(elementsOf: states, limit: StreamState.mediaLength)
    states.withUnsafeBufferPointer {
      guard let base = $0.baseAddress, $0.count > 1 else { return }
      places.add(base + 1, bytes: StreamState.mediaLength)
    }
  }

  /// How many SSRCs are known.
  var count: Int { ssrcs.count }

  /// Whether an SSRC that is not known would be taken in.
  var hasRoom: Bool { whenFull == .evictOldest || ssrcs.count < capacity }

  /// The place of `ssrc`, if it is known.
  func find(_ ssrc: UInt32) -> Int? {
    for place in 0..<ssrcs.count where ssrcs[place] == ssrc { return place }
    return nil
  }

  /// Takes in an SSRC that is not known. Only after a tag verified: forgeries leave no state.
  @inline(never)
  mutating func insert(_ ssrc: UInt32) -> Insertion {
    guard ssrcs.count >= capacity else {
      ssrcs.append(ssrc)
      states.append(StreamState())
      return Insertion(place: ssrcs.count - 1, evicted: nil)
    }
    var oldest = 0
    for place in 1..<states.count where states[place].lastUsed < states[oldest].lastUsed {
      oldest = place
    }
    let evicted = ssrcs[oldest]
    ssrcs[oldest] = ssrc
    states[oldest] = StreamState()
    return Insertion(place: oldest, evicted: evicted)
  }

  /// Marks an SRTP index as used. Only after its tag verified.
  mutating func commitRTP(_ index: UInt64, at place: Int) {
    touch(place)
    states[place].rtp.commit(index)
  }

  /// Marks an SRTCP index as used. Only after its tag verified.
  mutating func commitRTCP(_ index: UInt32, at place: Int) {
    touch(place)
    states[place].rtcp.commit(UInt64(index))
  }

  /// Marks an SSRC as used now.
  mutating func touch(_ place: Int) {
    tick &+= 1
    states[place].lastUsed = tick
  }
}
