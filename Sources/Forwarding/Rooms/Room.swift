public import Wire

/// One visit's room: up to 20 participants, each seeing and hearing the others in its slots.
///
/// Sans-IO: tell it of packets, commands and the time; then drain the sink, `nextEvent()` and
/// `nextWake`. Packets are given to it decrypted and authenticated, never otherwise. Participants
/// are named by their index, which stays theirs until they leave; an index that names nobody is
/// ignored.
public struct Room: ~Copyable {
  /// The most participants a room can hold.
  public static let maximumCapacity = 20
  /// The most encodings of one participant's picture that are told apart.
  public static let maximumLayers = 3

  /// How many participants it may hold.
  public let capacity: Int
  /// How many participants are in it.
  public private(set) var count = 0
  /// When `advance` wants to be called next; nil while nothing is ever due.
  public internal(set) var nextWake: MonotonicTime?

  let participants: FixedTable<Participant>
  /// The way to each participant.
  let paths: FixedTable<DownstreamPath>
  /// What each participant was told to send at most.
  let steerings: FixedTable<SenderSteering>
  let clock: RoomClock
  var generator: SeededGenerator
  var speakerDetector = SpeakerDetector()
  /// When to look at the speakers next; nil while nobody speaks.
  var speakersDueAt: MonotonicTime?
  var runs: StreamRewriter.SourceRun = 0
  var events = RoomEvents()

  /// An empty room for `capacity` participants (2 ... 20).
  ///
  /// `wallMilliseconds` is UTC since 1970 at `now`; the room's NTP times run on from there with the
  /// monotonic clock. `seed` starts its random numbers.
  public init(capacity: Int, seed: UInt64, now: MonotonicTime, wallMilliseconds: Int64) {
    self.capacity = min(max(capacity, 2), Self.maximumCapacity)
    participants = FixedTable(count: self.capacity) { _ in Participant() }
    paths = FixedTable(count: self.capacity) { _ in DownstreamPath() }
    steerings = FixedTable(count: self.capacity) { _ in SenderSteering() }
    clock = RoomClock(now: now, wallMilliseconds: wallMilliseconds)
    generator = SeededGenerator(seed: seed)
  }

  // MARK: Coming and going

  /// Lets a participant in and returns its index, which it keeps until it leaves.
  ///
  /// It gets media only after `setConnected(_:_:at:)`. The others get `slotsChanged` events; its own
  /// slots can be read at once.
  public mutating func join(
    _ media: SessionMedia, at now: MonotonicTime
  ) throws(RoomError) -> Int {
    guard let index = (0..<capacity).first(where: { !participants[$0].isPresent }) else {
      throw .full
    }
    participants[index] = Participant(media, now: now, using: &generator)
    beginPath(to: index, media, at: now)
    count += 1
    seatOthers(for: index)
    seatEverywhere(index)
    schedule(at: now)
    return index
  }

  /// Puts a new session in the place of the participant's old one (it joined again): its index, its
  /// place in the others' slots and, as far as they go, its own slots stay.
  public mutating func replace(_ index: Int, with media: SessionMedia, at now: MonotonicTime) {
    guard isPresent(index) else { return }
    let earlier = participants[index].seats
    participants[index] = Participant(media, now: now, using: &generator)
    beginPath(to: index, media, at: now)
    if speakerDetector.remove(index, now: now) { speakersChanged() }
    for slot in 0..<participants[index].slotCount {
      guard let occupant = earlier.occupant(of: slot) else { continue }
      _ = seat(occupant, for: index, preferred: slot)
    }
    seatOthers(for: index)
    reseat(index)
    schedule(at: now)
  }

  /// Applies a later offer of the same session (ICE restart): SSRCs, slots and counters stay.
  public mutating func update(_ index: Int, with media: SessionMedia, at now: MonotonicTime) {
    guard isPresent(index) else { return }
    participants[index].update(media, now: now)
    reseat(index)
    schedule(at: now)
  }

  /// Takes a participant out and gives its slots to whoever waits for one.
  public mutating func leave(_ index: Int, at now: MonotonicTime) {
    guard isPresent(index) else { return }
    participants[index] = Participant()
    paths[index] = DownstreamPath()
    steerings[index] = SenderSteering()
    count -= 1
    unseatEverywhere(index)
    if speakerDetector.remove(index, now: now) { events.append(.speaking) }
    schedule(at: now)
  }

  /// Says whether packets can be sent to the participant now: its transport is secured and has
  /// consent. Turning it on asks for keyframes for all its slots.
  public mutating func setConnected(_ index: Int, _ isConnected: Bool, at now: MonotonicTime) {
    guard isPresent(index), participants[index].isConnected != isConnected else { return }
    participants[index].isConnected = isConnected
    guard isConnected else { return }
    participants[index].reportsDueAt = now
    paths[index].dueAt = now
    // What was not sent is not a gap: the streams go on where they stopped.
    for stream in 0..<participants[index].streams.count {
      participants[index].streams[stream].pause()
    }
    for slot in 0..<participants[index].slotCount {
      guard let occupant = participants[index].seats.occupant(of: slot) else { continue }
      wantKeyframe(from: occupant, for: index)
    }
    schedule(at: now)
  }

  /// Tells the round trip of the participant's path, which paces retransmission.
  public mutating func setRoundTrip(_ index: Int, _ roundTrip: TimeSpan) {
    guard isPresent(index), roundTrip >= .zero else { return }
    participants[index].roundTrip = min(roundTrip, .seconds(2))
    paths[index].note(roundTrip: roundTrip)
  }

  /// What was sent to a participant is asked for again after a round trip and the path's disorder.
  func keepSent(to index: Int, at now: MonotonicTime) {
    let reach = participants[index].roundTrip + MissingPackets.longestPatience * 2
    for slot in 0..<participants[index].slotCount {
      guard let source = participants[index].seats.occupant(of: slot), isPresent(source) else {
        continue
      }
      for track in 0..<participants[source].tracks.count {
        participants[source].tracks[track].keepFor(reach, at: now)
      }
    }
  }

  // MARK: Questions

  /// The next event, oldest first.
  public mutating func nextEvent() -> RoomEvent? { events.next() }

  /// How many slots a participant has.
  public func slotCount(of index: Int) -> Int {
    isPresent(index) ? participants[index].slotCount : 0
  }

  /// Who is in a participant's slot; nil while it is free.
  public func occupant(ofSlot slot: Int, of index: Int) -> Int? {
    isPresent(index) ? participants[index].seats.occupant(of: slot) : nil
  }

  /// Whose sound is in a participant's slot: who is in the slot, unless there are fewer audio slots
  /// than voices; nil where nobody's is.
  public func voice(inSlot slot: Int, of index: Int) -> Int? {
    isPresent(index) ? participants[index].voices.occupant(of: slot) : nil
  }

  /// Who is speaking: the dominant one first, then by loudness.
  public func speakers() -> [Int] {
    let detector = speakerDetector
    return (0..<capacity).filter { detector.isSpeaking($0) }.sorted {
      if Int(detector.dominant) == $0 || Int(detector.dominant) == $1 {
        return Int(detector.dominant) == $0
      }
      return detector.loudness(of: $0) > detector.loudness(of: $1)
    }
  }

  /// A participant's figures since it joined.
  public func statistics(of index: Int) -> ParticipantStatistics {
    guard isPresent(index) else { return ParticipantStatistics() }
    var statistics = ParticipantStatistics()
    statistics.inboundAudio = participants[index].tracks[0].statistics
    for track in Participant.track(.video)..<participants[index].tracks.count {
      statistics.inboundVideo.add(participants[index].tracks[track].statistics)
    }
    for stream in 0..<participants[index].streams.count {
      let figures = participants[index].streams[stream].statistics
      if stream % 2 == 0 {
        statistics.outboundAudio.add(figures)
      } else {
        statistics.outboundVideo.add(figures)
      }
    }
    statistics.discarded = participants[index].discarded
    addPath(of: index, to: &statistics)
    return statistics
  }

  // MARK: Helpers of the other files

  /// Whether an index names somebody.
  func isPresent(_ index: Int) -> Bool {
    index >= 0 && index < capacity && participants[index].isPresent
  }

  /// Asks to be woken at `time` at the latest.
  mutating func schedule(at time: MonotonicTime) {
    if let nextWake, nextWake <= time { return }
    nextWake = time
  }

  /// Sets when to be woken anew.
  mutating func reschedule(at time: MonotonicTime?) { nextWake = time }
}

@available(*, unavailable)
extension Room: Sendable {}
