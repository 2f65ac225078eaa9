import Wire

/// A tenth of a second of everybody's media, in the order in which it arrives, made anew for every
/// tenth: a packet can be forwarded once only.
///
/// A tenth holds five sound packets and three pictures of each participant. Participants are spread
/// evenly over it and a picture's packets come together, as from real clients.
final class MediaTrace {
  /// One packet of the schedule.
  struct Entry {
    /// Whose it is.
    var participant: Int32
    /// Which packet of a picture; -1 for sound.
    var part: Int32
    /// When it arrives, in microseconds after the tenth's start.
    var offset: Int32
  }

  /// Milliseconds in the trace.
  static let milliseconds = 100
  /// Bytes of one packet's place.
  static let slotLength = 1_536

  /// Every packet, by time.
  let entries: [Entry]
  /// The first packet of each millisecond, and the number of packets.
  let millisecondStart: [Int]
  /// What each participant sends.
  private(set) var sources: [MediaSource]
  private let plain: UnsafeMutableRawPointer
  private let sealed: UnsafeMutableRawPointer
  private var lengths: [Int]
  private var sealedLengths: [Int]

  /// The media of `participants` participants.
  init(participants: Int) {
    var entries: [Entry] = []
    for index in 0..<participants {
      // Multiples of a large prime: neighbours are far apart, and the whole is even.
      let audioPhase = index * 7_919 % 20_000
      let videoPhase = index * 15_485_863 % 33_333
      for count in 0..<5 {
        entries.append(
          Entry(
            participant: Int32(index), part: -1, offset: Int32(audioPhase + count * 20_000)))
      }
      for count in 0..<3 {
        for part in 0..<MediaSource.packetsPerPicture {
          entries.append(
            Entry(
              participant: Int32(index), part: Int32(part),
              offset: Int32(videoPhase + count * 33_333)))
        }
      }
    }
    entries.sort { ($0.offset, $0.participant, $0.part) < ($1.offset, $1.participant, $1.part) }
    self.entries = entries
    millisecondStart = (0...Self.milliseconds).map { millisecond in
      entries.firstIndex { Int($0.offset) >= millisecond * 1_000 } ?? entries.count
    }
    sources = (0..<participants).map { MediaSource(index: $0) }
    lengths = Array(repeating: 0, count: entries.count)
    sealedLengths = lengths
    let size = entries.count * Self.slotLength
    plain = .allocate(byteCount: size, alignment: 64)
    plain.initializeMemory(as: UInt8.self, repeating: 0xA5, count: size)
    sealed = .allocate(byteCount: size, alignment: 64)
    sealed.initializeMemory(as: UInt8.self, repeating: 0, count: size)
  }

  deinit {
    plain.deallocate()
    sealed.deallocate()
  }

  /// Writes the next tenth of a second.
  func makeNext() throws(BenchmarkError) {
    for index in entries.indices {
      let entry = entries[index]
      let slot = UnsafeMutableRawBufferPointer(
        start: plain + index * Self.slotLength, count: Self.slotLength)
      let length =
        entry.part < 0
        ? sources[Int(entry.participant)].writeSound(into: slot)
        : sources[Int(entry.participant)].writePicture(part: Int(entry.part), into: slot)
      guard let length else { throw .packetTooLong }
      lengths[index] = length
    }
  }

  /// Seals this tenth, each packet by its sender.
  func seal(by clients: [BenchmarkClient]) throws(BenchmarkError) {
    for index in entries.indices {
      let slot = sealed + index * Self.slotLength
      slot.copyMemory(from: plain + index * Self.slotLength, byteCount: lengths[index])
      guard
        let length = clients[Int(entries[index].participant)].seal(slot, length: lengths[index])
      else { throw .notSealed }
      sealedLengths[index] = length
    }
  }

  /// The sealed packet at `index`.
  func packet(_ index: Int) -> UnsafeRawBufferPointer {
    UnsafeRawBufferPointer(start: sealed + index * Self.slotLength, count: sealedLengths[index])
  }
}

/// The one time of a benchmark, which only the benchmark moves.
enum VirtualTime {
  /// When everything begins.
  static let start = MonotonicTime(nanoseconds: 1_000_000_000)

  /// UTC in milliseconds at `now`.
  static func wallMilliseconds(_ now: MonotonicTime) -> Int64 {
    1_790_000_000_000 + now.nanoseconds / 1_000_000
  }
}

/// Why a benchmark cannot be held.
enum BenchmarkError: Error {
  /// A packet of the trace did not fit its place.
  case packetTooLong
  /// A client could not seal.
  case notSealed
  /// The relay refused a join, or its answer lacks something.
  case notJoined
  /// A path was not secured with AEAD_AES_128_GCM in time.
  case notSecured
  /// The floor could not open or seal a packet.
  case floorFailed
  /// TURN did not allow what it should.
  case notAllowed
  /// TURN did not pass a packet on.
  case notForwarded
}
