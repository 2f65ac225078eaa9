public import Wire

// Encodings and temporal layers: what a sender has of its picture, and what each receiver gets.
extension Room {
  /// How many encodings of its picture a participant may send; 0 where it sends no picture.
  public func layerCount(of index: Int) -> Int {
    guard isPresent(index), participants[index].tracks[Participant.track(.video)].agreement != nil
    else { return 0 }
    return participants[index].layerCount
  }

  /// Whether an encoding of a participant's picture flows now. A browser stops the larger ones where
  /// its network cannot carry them.
  public func isFlowing(_ layer: Int, of index: Int) -> Bool {
    guard isPresent(index), layer >= 0, layer < participants[index].layerCount else { return false }
    guard participants[index].layerCount > 1 else {
      return participants[index].tracks[Participant.track(.video)].ssrc != nil
    }
    return participants[index].flow.flowing & (1 << UInt8(layer)) != 0
  }

  /// What an encoding of a participant's picture takes in bit/s up to a temporal layer, headers of the
  /// network not counted; 0 where it does not come.
  public func rate(
    of index: Int, spatial: Int, temporal: Int, at now: MonotonicTime
  ) -> Int {
    guard isPresent(index), spatial >= 0, spatial < participants[index].layerCount else { return 0 }
    return participants[index].tracks[Participant.track(.video, layer: spatial)].rates
      .rate(upTo: temporal, now: now)
  }

  /// Says how much of the picture in a slot its receiver is to get at most: `spatial` is the highest
  /// encoding (0 for the smallest, below 0 for none at all), `temporal` the highest temporal layer (3
  /// for every picture there is).
  ///
  /// Temporal layers go at the next picture and come back where a picture allows it. Another encoding
  /// begins with its next keyframe, which is asked for; until it comes the present one goes on, at its
  /// fewest pictures where it is too large.
  public mutating func setTarget(
    receiver index: Int, slot: Int, spatial: Int, temporal: Int, at now: MonotonicTime
  ) {
    guard isPresent(index), slot >= 0, slot < participants[index].slotCount else { return }
    let stream = Participant.stream(.video, ofSlot: slot)
    let target = LayerTarget(
      spatial: Int8(max(-1, min(spatial, Self.maximumLayers - 1))),
      temporal: Int8(max(0, min(temporal, Int(TemporalFilter.all)))))
    let earlier = participants[index].streams[stream].target
    guard target != earlier else { return }
    participants[index].streams[stream].setTarget(target)
    guard target.spatial != earlier.spatial, target.spatial >= 0,
      let source = participants[index].seats.occupant(of: slot)
    else { return }
    let wanted = LayerMoment.wanted(of: participants[source].flowing, target: target)
    guard wanted >= 0, wanted != presentLayer(of: stream, to: index, from: source) else { return }
    wantKeyframe(from: source, layer: Int(wanted))
  }

  /// The encoding that the receiver of a slot is getting; nil while it gets no picture there.
  public func layer(inSlot slot: Int, of index: Int) -> Int? {
    guard isPresent(index), slot >= 0, slot < participants[index].slotCount,
      let source = participants[index].seats.occupant(of: slot), isPresent(source)
    else { return nil }
    let layer = presentLayer(
      of: Participant.stream(.video, ofSlot: slot), to: index, from: source)
    return layer >= 0 ? Int(layer) : nil
  }

  /// Which of a source's encodings a stream forwards; below 0 where none.
  func presentLayer(of stream: Int, to index: Int, from source: Int) -> Int8 {
    let layer = participants[index].streams[stream].layer
    guard layer >= 0, Int(layer) < participants[source].layerCount,
      participants[index].streams[stream].isForwarding(
        participants[source].tracks[Participant.track(.video, layer: Int(layer))].run)
    else { return -1 }
    return layer
  }

  /// The participant and track that a stream to `index` is being forwarded from; nil where it is not.
  func origin(of stream: Int, to index: Int) -> (participant: Int, track: Int)? {
    let isSound = stream % 2 == 0
    let occupant =
      isSound
      ? participants[index].voices.occupant(of: stream / 2)
      : participants[index].seats.occupant(of: stream / 2)
    guard let occupant, isPresent(occupant) else { return nil }
    guard !isSound else {
      let track = Participant.track(.audio)
      let isForwarding = participants[index].streams[stream].isForwarding(
        participants[occupant].tracks[track].run)
      return isForwarding ? (occupant, track) : nil
    }
    let layer = presentLayer(of: stream, to: index, from: occupant)
    return layer >= 0 ? (occupant, Participant.track(.video, layer: Int(layer))) : nil
  }

  /// What a packet of an encoding is to a receiver.
  func moment(
    of source: SourcePacket, track: Int, from index: Int, for stream: Int, of receiver: Int
  ) -> LayerMoment {
    let layer = track - Participant.track(.video)
    let flowing = participants[index].flowing
    var moment = LayerMoment(layer: Int8(layer), flowing: flowing)
    let present = presentLayer(of: stream, to: receiver, from: index)
    guard present >= 0 else { return moment }
    if flowing & (1 << UInt8(present)) != 0 { moment.present = present }
    if source.startsKeyframe, present != moment.layer {
      moment.aligned = aligned(
        source.numbers.timestamp, of: layer, to: Int(present), from: index)
    }
    return moment
  }

  /// A timestamp of one encoding in the clock of another, by their sender reports: each has an offset
  /// of its own (RFC 3550 §5.1).
  private func aligned(
    _ timestamp: UInt32, of layer: Int, to other: Int, from index: Int
  ) -> UInt32? {
    let rate = TrackKind.video.clockRate
    let theirs = participants[index].tracks[Participant.track(.video, layer: layer)].reported
      .moment(of: timestamp, clockRate: rate)
    return theirs.flatMap {
      participants[index].tracks[Participant.track(.video, layer: other)].reported
        .timestamp(at: $0, clockRate: rate)
    }
  }

  /// Notes that somebody needs a keyframe of one encoding of the participant's picture.
  mutating func wantKeyframe(from index: Int, layer: Int) {
    let track = Participant.track(.video, layer: layer)
    guard isPresent(index), layer < participants[index].layerCount,
      participants[index].tracks[track].agreement != nil
    else { return }
    participants[index].tracks[track].keyframes.want()
    if let due = participants[index].tracks[track].keyframes.dueAt { schedule(at: due) }
  }

  /// Notes that a receiver needs a keyframe of the participant's picture: of the encoding it is
  /// getting, or else of the one it should get.
  mutating func wantKeyframe(from index: Int, for receiver: Int) {
    guard isPresent(index), let place = participants[receiver].seats.place(of: index) else {
      return
    }
    let stream = Participant.stream(.video, ofSlot: place)
    let present = presentLayer(of: stream, to: receiver, from: index)
    let flowing = participants[index].flowing
    let target = participants[receiver].streams[stream].target
    guard target.spatial >= 0 else { return }
    if present >= 0, flowing & (1 << UInt8(present)) != 0 {
      return wantKeyframe(from: index, layer: Int(present))
    }
    wantKeyframe(from: index, layer: max(0, Int(LayerMoment.wanted(of: flowing, target: target))))
  }

}
