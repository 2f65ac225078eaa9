import Wire

/// Turns a stream of Opus packets into an even flow of sound: reorders, waits, decodes, restores,
/// conceals, and keeps the delay no longer than the network makes it.
///
/// Time runs in blocks of 10 ms. Each packet has a time at which it is *due*: its arrival on the
/// fastest trip plus the target delay of `ArrivalDelays`. Where a packet is missing:
/// - and the sender had announced silence (DTX), comfort noise fills the time; nothing is lost;
/// - and a later one is there with FEC data, the missing frame is restored from it;
/// - otherwise libopus conceals, and those samples are counted (`concealedSamples`).
/// With no packet at all the place in the stream stands still, so that what is merely late is still
/// played; the delay this adds is worked off later by `TimeStretch`.
struct AudioPlayout: ~Copyable {
  /// What has been played. Units: samples of 48 kHz.
  struct Counters {
    var total: Int64 = 0
    var concealed: Int64 = 0
    var silentConcealed: Int64 = 0
    var corrected: Int64 = 0
    /// By time-stretching.
    var removed: Int64 = 0
    var inserted: Int64 = 0
    var decodedPackets: Int64 = 0
    var latePackets: Int64 = 0
  }

  /// Samples in a block: 10 ms.
  static let blockSamples = 480
  private static let block = TimeSpan.milliseconds(10)
  private static let frame = TimeSpan.milliseconds(20)
  /// Samples in the usual frame, and in the unit of FEC: 20 ms.
  private static let frameSamples = 960

  /// After this long without a packet the stream has stopped; silence is then nobody's loss.
  private static let longestWait = TimeSpan.seconds(3)
  /// A DTX sender refreshes every 400 ms (libopus); without one for this long, packets are lost.
  private static let longestSilence = TimeSpan.seconds(1)
  /// After a stall of the driver this long, playout starts over instead of catching up.
  private static let longestStall = TimeSpan.milliseconds(300)
  /// Concealed sound fades out within about this many samples: 100 ms.
  private static let audibleConcealment = 4_800
  /// So many late packets in a row are not late: the stream began anew with lower numbers
  /// (RFC 3550 §A.1 calls it a restart). Half a second.
  private static let mostLateInARow = 25
  /// A larger jump of the media time than 5 s is a new stream.
  private static let longestJump: Int64 = 240_000

  private var played = Counters()
  private(set) var delays = ArrivalDelays()
  private let decoder: any SoundDecoder
  private var packets = AudioPacketStore()
  private var queue = SampleQueue()

  private var isPlaying = false
  private var nextBlock = MonotonicTime.zero
  private var lastArrival = MonotonicTime.zero
  /// The packet that is played next.
  private(set) var nextSequence: Int64 = 0
  private var nextTimestamp: Int64 = 0
  private var isSilence = false
  /// Concealed samples since the last packet was played. Counted once another packet comes: the
  /// tail after a stream's last packet is nobody's loss.
  private var pendingConcealed = 0
  private var stretch = PlayoutStretch()
  private var lateInARow = 0
  /// The media time of the packet played last, and when it is heard.
  private(set) var heard: (timestamp: Int64, at: MonotonicTime)?

  init(decoder: any SoundDecoder) { self.decoder = decoder }

  /// What has been played.
  var counters: Counters {
    var all = played
    all.removed = stretch.removed
    all.inserted = stretch.inserted
    return all
  }

  /// When `play` has something to do next; nil while nothing is playing.
  var nextWake: MonotonicTime? { isPlaying ? nextBlock : nil }

  /// Whether a packet that comes at `arrival` can still be played: with the delay there is, or, where
  /// it may grow for that, with the longest.
  func canAwait(
    _ sequence: Int64, until arrival: MonotonicTime, growing: Bool, at now: MonotonicTime
  ) -> Bool {
    guard isPlaying, sequence >= nextSequence else { return false }
    let timestamp = nextTimestamp + (sequence - nextSequence) * Int64(Self.frameSamples)
    let spare = ArrivalDelays.mostForRepairs - delays.target(at: now)
    return arrival <= due(timestamp, at: now) + (growing ? spare : .zero)
  }

  /// Takes a packet that was lost and came again, as a copy in a later one or retransmitted.
  mutating func insertRepair(
    sequence: Int64, timestamp: Int64, payload: UnsafeRawBufferPointer, at now: MonotonicTime
  ) {
    guard payload.count > 0, isPlaying, abs(timestamp - nextTimestamp) <= Self.longestJump else {
      return
    }
    if let lateness = lateness(of: timestamp, at: now) { delays.noteRepair(lateness, at: now) }
    guard sequence >= nextSequence else { return }
    _ = packets.insert(sequence: sequence, timestamp: timestamp, payload: payload)
  }

  /// Takes a packet. `sequence` and `timestamp` are extended: they never wrap. Returns whether it
  /// corrects the one before, which has not come.
  @discardableResult
  mutating func insert(
    sequence: Int64, timestamp: Int64, payload: UnsafeRawBufferPointer, at now: MonotonicTime
  ) -> Bool {
    guard payload.count > 0 else { return false }
    if isPlaying, abs(timestamp - nextTimestamp) > Self.longestJump { stop() }
    delays.note(mediaTime: Self.span(samples: timestamp), at: now)
    lateInARow = isPlaying && sequence < nextSequence ? lateInARow + 1 : 0
    if lateInARow > Self.mostLateInARow { restart() }
    if isPlaying, sequence < nextSequence {
      played.latePackets += 1
      if let lateness = lateness(of: timestamp, at: now) { delays.noteTooLate(lateness, at: now) }
      return false
    }
    guard packets.insert(sequence: sequence, timestamp: timestamp, payload: payload) else {
      return false
    }
    lastArrival = now
    if !isPlaying { start(sequence: sequence, timestamp: timestamp, at: now) }
    return sequence > nextSequence && packets.first(from: sequence - 1)?.sequence == sequence
      && hasCorrection(payload)
  }

  /// Waits long enough for corrections: one is of use where its packet, of media time `timestamp`, is
  /// there when the packet before is due, a frame earlier than its own time.
  mutating func awaitCorrection(in timestamp: Int64, at now: MonotonicTime) {
    if let lateness = lateness(of: timestamp, at: now) {
      delays.noteRepair(lateness + Self.frame, at: now)
    }
  }

  private func hasCorrection(_ payload: UnsafeRawBufferPointer) -> Bool {
    guard let bytes = payload.baseAddress else { return false }
    return decoder.hasCorrection(
      bytes.assumingMemoryBound(to: UInt8.self), length: payload.count)
  }

  /// How much later than on the fastest trip a packet comes.
  private func lateness(of timestamp: Int64, at now: MonotonicTime) -> TimeSpan? {
    guard let fastest = delays.fastestOffset else { return nil }
    return now - MonotonicTime(nanoseconds: Self.span(samples: timestamp).nanoseconds) - fastest
  }

  /// Plays every block that is due at `now`: hands 480 samples and the time they are heard to
  /// `deliver`.
  mutating func play(
    at now: MonotonicTime, deliver: (UnsafePointer<Int16>, MonotonicTime) -> Void
  ) {
    if isPlaying, now - nextBlock > Self.longestStall { nextBlock = now }
    while isPlaying, nextBlock <= now {
      while isPlaying, queue.count < Self.blockSamples { produce(at: nextBlock) }
      guard isPlaying else { return }
      deliver(UnsafePointer(queue.samples), nextBlock)
      queue.remove(Self.blockSamples)
      played.total += Int64(Self.blockSamples)
      nextBlock = nextBlock + Self.block
    }
  }

  /// Forgets the stream but not the counters: the next packet begins a new one.
  mutating func restart() {
    stop()
    delays.restart()
  }

  private mutating func start(sequence: Int64, timestamp: Int64, at now: MonotonicTime) {
    isPlaying = true
    nextSequence = sequence
    nextTimestamp = timestamp
    isSilence = false
    nextBlock = max(due(timestamp, at: now), now)
    commitConcealment()
  }

  private mutating func stop() {
    isPlaying = false
    heard = nil
    packets.removeAll()
    queue.removeAll()
  }

  /// When the sample of a media time should be heard.
  private func due(_ timestamp: Int64, at now: MonotonicTime) -> MonotonicTime {
    guard let fastest = delays.fastestOffset else { return now }
    return MonotonicTime(nanoseconds: fastest.nanoseconds) + Self.span(samples: timestamp)
      + delays.target(at: now)
  }

  /// Adds sound to the queue for the block that is heard at `now`.
  private mutating func produce(at now: MonotonicTime) {
    let heard = now + Self.span(samples: Int64(queue.count))
    guard let packet = packets.first(from: nextSequence) else {
      if now - lastArrival > Self.longestWait { return stop() }
      if isSilence, now - lastArrival <= Self.longestSilence {
        fillSilence()
      } else {
        stretch.starve(at: now)
        conceal()
      }
      return
    }
    let gap = packet.timestamp - nextTimestamp
    let early = due(packet.timestamp, at: now) - heard
    if gap >= Int64(Self.frameSamples), packet.sequence > nextSequence,
      early > .milliseconds(-60), early < .milliseconds(30),
      decoder.hasCorrection(packet.payload, length: packet.length)
    {
      correct(from: packet)
    } else if gap <= 0 || early < Self.block {
      decode(packet, heardAt: heard)
    } else if packet.sequence == nextSequence {
      // The sender left the time out; nothing is missing.
      fillSilence()
    } else if isSilence {
      fillSilence()
    } else {
      conceal()
    }
  }

  private mutating func decode(_ packet: AudioPacketStore.Packet, heardAt heard: MonotonicTime) {
    let decoded = decoder.decode(packet.payload, length: packet.length, into: queue.prepareTail())
    packets.removeAll(before: packet.sequence + 1)
    // What is not Opus counts as lost: the place in the stream stays before it.
    guard let decoded else { return conceal() }
    commitConcealment(before: packet)
    isSilence = OpusPacket.isDiscontinuous(length: packet.length)
    nextSequence = packet.sequence + 1
    nextTimestamp = packet.timestamp + Int64(decoded)
    self.heard = (packet.timestamp, heard)
    played.decodedPackets += 1
    queue.commit(decoded)
    stretch.adjust(
      &queue, early: due(packet.timestamp, at: heard) - heard,
      isLast: packets.first(from: nextSequence) == nil, at: heard)
  }

  /// Restores the frame before `packet` from the FEC data in it.
  private mutating func correct(from packet: AudioPacketStore.Packet) {
    let restored = decoder.decodeCorrection(
      in: packet.payload, length: packet.length, count: Self.frameSamples,
      into: queue.prepareTail())
    guard let restored else { return conceal() }
    commitConcealment(before: packet)
    queue.commit(restored)
    played.corrected += Int64(restored)
    nextSequence = packet.sequence
    nextTimestamp = packet.timestamp
    isSilence = false
  }

  /// Adds 10 ms of comfort noise.
  private mutating func fillSilence() {
    let noise = decoder.conceal(count: Self.blockSamples, into: queue.prepareTail())
    queue.commit(noise ?? Self.blockSamples)
  }

  /// Adds 10 ms of invented sound.
  private mutating func conceal() {
    let tail = queue.prepareTail()
    let invented = decoder.conceal(count: Self.blockSamples, into: tail)
    if invented == nil { tail.update(repeating: 0, count: Self.blockSamples) }
    queue.commit(invented ?? Self.blockSamples)
    pendingConcealed += invented ?? Self.blockSamples
  }

  /// Counts what was concealed before `packet`. Where more time than lost packets lies between the
  /// last packet and this one, a packet that announced silence was among the lost: the rest of the
  /// time was silence and is not counted.
  private mutating func commitConcealment(before packet: AudioPacketStore.Packet) {
    let lost = (packet.sequence - nextSequence) * Int64(Self.frameSamples)
    let silence = max(packet.timestamp - nextTimestamp - lost, 0)
    pendingConcealed = Int(max(Int64(pendingConcealed) - silence, 0))
    commitConcealment()
  }

  private mutating func commitConcealment() {
    played.concealed += Int64(pendingConcealed)
    played.silentConcealed += Int64(max(pendingConcealed - Self.audibleConcealment, 0))
    pendingConcealed = 0
  }

  /// The time that `samples` of 48 kHz take: 20 833⅓ ns each.
  static func span(samples: Int64) -> TimeSpan {
    TimeSpan(nanoseconds: samples &* 62_500 / 3)
  }
}
