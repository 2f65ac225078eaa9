import Congestion
public import Wire

// What is fetched ahead of a packet's turn.
extension Room {
  /// Notes where what a packet from a participant needs lies, and what one to its only listener does; a
  /// group's listeners are too many to be fetched for one packet.
  public mutating func note(packetsFrom index: Int, in places: inout MemoryPlaces) {
    guard isPresent(index) else { return }
    places.add(&nextWake)
    places.add(&runs)
    places.add(&events)
    participants[index].note(in: &places)
    // Of a kind that nobody sends nothing is needed: many visits are sound alone.
    let heard = participants[index].kindsHeard
    for track in 0..<min(2, participants[index].tracks.count) where heard >> track & 1 != 0 {
      places.add(
        participants[index].tracks.pointer(to: track), bytes: MemoryLayout<IncomingTrack>.size)
    }
    guard capacity == 2, isPresent(1 - index) else { return }
    let receiver = 1 - index
    places.add(&participants[receiver].isConnected)
    places.add(&participants[receiver].seats)
    places.add(&participants[receiver].voices)
    for stream in 0..<min(2, participants[receiver].streams.count) where heard >> stream & 1 != 0 {
      participants[receiver].streams[stream].note(in: &places)
    }
    places.add(paths.pointer(to: receiver), bytes: MemoryLayout<DownstreamPath>.size)
    paths[receiver].note(in: &places)
  }

  /// Notes where a packet of `length` bytes from a participant will be written: unlike the rest, that moves
  /// on with each packet. Only pictures' packets are large.
  public mutating func note(rowsFor length: Int, from index: Int, in places: inout MemoryPlaces) {
    guard isPresent(index) else { return }
    participants[index].arrivals.noteNext(in: &places)
    let isPicture = length > 400 && participants[index].tracks.count > 1
    participants[index].tracks[isPicture ? Participant.track(.video) : Participant.track(.audio)]
      .noteNext(length, in: &places)
    guard capacity == 2, isPresent(1 - index) else { return }
    paths[1 - index].noteNext(in: &places)
  }
}
