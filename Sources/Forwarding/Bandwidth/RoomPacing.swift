import Congestion
import Wire

// When a picture's packets leave: at once while the path has room, else one by one as its pace
// allows. Sound never waits. What has waited too long is thrown away, and a keyframe starts anew.
extension Room {
  /// Sends a picture's packet to a receiver's slot, now or when its turn comes.
  mutating func pass(
    _ packet: SourcePacket, of track: Int, from index: Int, toSlot slot: Int, of receiver: Int,
    now: MonotonicTime, into sink: inout ForwardSink
  ) -> SlotStream.Outcome {
    guard paths[receiver].mustWait(at: now) else {
      return send(
        packet, of: track, from: index, toSlot: slot, of: receiver, now: now, into: &sink)
    }
    let stream = Participant.stream(.video, ofSlot: slot)
    guard !paths[receiver].isClosed, !participants[receiver].streams[stream].isHeld else {
      return .done
    }
    let run = participants[index].tracks[track].run
    // Of several encodings only what this receiver gets, or is to get next, is worth a place.
    if participants[index].layerCount > 1,
      !participants[receiver].streams[stream].isForwarding(run),
      !moment(of: packet, track: track, from: index, for: stream, of: receiver)
        .isWanted(participants[receiver].streams[stream].target)
    {
      return .done
    }
    if paths[receiver].queue.isEmpty, !packet.startsKeyframe,
      !participants[receiver].streams[stream].isForwarding(run)
    {
      return paths[receiver].isBlocked ? .done : .needsKeyframe
    }
    let isTaken = paths[receiver].queue.append(
      PacingQueue.Entry(
        packet: packet, run: run, source: Int8(index), track: Int8(track), slot: Int8(slot),
        cameAt: now))
    if !isTaken { dropWaiting(to: receiver) }
    if paths[receiver].queue.isLong {
      // Said again with every packet, as long as there is a queue.
      participants[index].tracks[track].keepFor(
        DownstreamPath.longestWait, for: PacketHistory.leastReach, at: now)
    }
    if let wake = paths[receiver].nextWake { schedule(at: wake) }
    return .done
  }

  /// Sends a picture's packet to a receiver's slot now.
  private mutating func send(
    _ packet: SourcePacket, of track: Int, from index: Int, toSlot slot: Int, of receiver: Int,
    now: MonotonicTime, into sink: inout ForwardSink
  ) -> SlotStream.Outcome {
    let stream = Participant.stream(.video, ofSlot: slot)
    let moment =
      participants[index].layerCount > 1
      ? moment(of: packet, track: track, from: index, for: stream, of: receiver) : .single
    return participants[receiver].streams[stream].forward(
      packet, run: participants[index].tracks[track].run, layers: moment, to: receiver,
      on: &paths[receiver], now: now, into: &sink)
  }

  /// Does what is due on the path to a receiver: lets go what waits, and fills probes.
  mutating func advancePath(to receiver: Int, now: MonotonicTime, into sink: inout ForwardSink) {
    if paths[receiver].isOverdue(at: now) { dropWaiting(to: receiver) }
    while let release = paths[receiver].nextRelease, release <= now {
      sendFirstWaiting(to: receiver, now: now, into: &sink)
    }
    // A probe of 6 Mbit/s is some twenty packets; whoever wants more in one go wants too much.
    for _ in 0..<32 {
      guard let length = paths[receiver].padding(at: now) else { break }
      if paths[receiver].fillsProbes {
        sendFirstWaiting(to: receiver, now: now, into: &sink)
      } else if !pad(length, to: receiver, now: now, into: &sink) {
        paths[receiver].abandonProbe()
      }
    }
    if let wake = paths[receiver].nextWake { schedule(at: wake) }
  }

  private mutating func sendFirstWaiting(
    to receiver: Int, now: MonotonicTime, into sink: inout ForwardSink
  ) {
    guard let entry = paths[receiver].queue.first else { return }
    paths[receiver].queue.removeFirst()
    let source = Int(entry.source)
    let track = Int(entry.track)
    guard participants[receiver].isConnected, isPresent(source),
      track < participants[source].tracks.count,
      participants[receiver].seats.occupant(of: Int(entry.slot)) == source,
      participants[source].tracks[track].run == entry.run,
      let stored = participants[source].tracks[track].history.find(
        entry.packet.numbers.sequence)
    else { return }
    var packet = entry.packet
    packet.payload = participants[source].tracks[track].history.payload(of: stored)
    let outcome = send(
      packet, of: track, from: source, toSlot: Int(entry.slot), of: receiver, now: now,
      into: &sink)
    settle(outcome, of: track, from: source, for: receiver, now: now)
  }

  /// Throws away what waits for a receiver; its pictures go on with a keyframe.
  private mutating func dropWaiting(to receiver: Int) {
    var slots: UInt32 = 0
    while let entry = paths[receiver].queue.first {
      slots |= 1 << UInt32(entry.slot)
      paths[receiver].queue.removeFirst()
    }
    paths[receiver].isClosed = paths[receiver].isBlocked
    for slot in 0..<participants[receiver].slotCount where slots & (1 << UInt32(slot)) != 0 {
      participants[receiver].streams[Participant.stream(.video, ofSlot: slot)].pause()
      // While the path is closed a keyframe would come too early.
      guard !paths[receiver].isClosed,
        let source = participants[receiver].seats.occupant(of: slot)
      else { continue }
      wantKeyframe(from: source, for: receiver)
    }
  }

  /// Sends a packet of nothing but padding; false where no stream of the receiver can carry it.
  private mutating func pad(
    _ length: Int, to receiver: Int, now: MonotonicTime, into sink: inout ForwardSink
  ) -> Bool {
    for slot in 0..<participants[receiver].slotCount {
      let stream = Participant.stream(.video, ofSlot: slot)
      if participants[receiver].streams[stream].pad(
        length, to: receiver, on: &paths[receiver], now: now, into: &sink)
      {
        return true
      }
    }
    return false
  }
}

extension DownstreamPath {
  /// When something is to be done on it.
  @inline(__always)
  var nextWake: MonotonicTime? {
    var next = dueAt
    if let first = queue.first {
      let overdue = first.cameAt + (isBlocked ? Self.longestWaitWhileBlocked : Self.longestWait)
      next = min(next, overdue)
      if let release = nextRelease { next = min(next, release) }
    }
    if let probe { next = min(next, probe.nextSend) }
    return next
  }
}
