import Wire

// Who is in whose slots. Seats change when somebody comes or goes, and when somebody speaks who has
// no place.
extension Room {
  /// Gives `other` a slot of `receiver` if one is free. True where it got one now.
  mutating func seat(_ other: Int, for receiver: Int, preferred: Int? = nil) -> Bool {
    guard other != receiver, isPresent(other), participants[other].sendsMedia else { return false }
    let changed = participants[receiver].seats.seat(other, preferred: preferred)
    if participants[other].sendsSound {
      let place = participants[receiver].seats.place(of: other)
      _ = participants[receiver].voices.seat(other, preferred: place)
    }
    if changed { wantKeyframe(from: other, for: receiver) }
    return changed
  }

  /// Gives everybody who has none a slot of `receiver`, best claim first, as far as slots go. True
  /// where anybody got one.
  @discardableResult
  mutating func seatOthers(for receiver: Int) -> Bool {
    var changed = false
    var waiting: UInt32 = 0
    for other in 0..<capacity where other != receiver && isPresent(other) {
      waiting |= 1 << UInt32(other)
    }
    while waiting != 0 {
      var best = waiting.trailingZeroBitCount
      for other in 0..<capacity where waiting & (1 << UInt32(other)) != 0 {
        if speakerDetector.outranks(other, best) { best = other }
      }
      waiting &= ~(1 << UInt32(best))
      if seat(best, for: receiver) { changed = true }
    }
    return changed
  }

  /// Gives the participant a slot of everybody else.
  mutating func seatEverywhere(_ index: Int) {
    for receiver in 0..<capacity where receiver != index && isPresent(receiver) {
      if seat(index, for: receiver) { events.append(.slotsChanged(participant: receiver)) }
    }
  }

  /// Takes the participant out of everybody's slots and gives those to whoever waits.
  mutating func unseatEverywhere(_ index: Int) {
    for receiver in 0..<capacity where receiver != index && isPresent(receiver) {
      let wasSeated = participants[receiver].seats.remove(index)
      _ = participants[receiver].voices.remove(index)
      let filled = seatOthers(for: receiver)
      if wasSeated || filled { events.append(.slotsChanged(participant: receiver)) }
    }
  }

  /// Puts right the participant's places after what it sends may have changed.
  mutating func reseat(_ index: Int) {
    guard participants[index].sendsMedia else { return unseatEverywhere(index) }
    if !participants[index].sendsSound {
      for receiver in 0..<capacity where receiver != index && isPresent(receiver) {
        if participants[receiver].voices.remove(index) { seatOthers(for: receiver) }
      }
    }
    seatEverywhere(index)
  }

  /// Reports a change of speakers, and gives those who speak without a place one.
  mutating func speakersChanged() {
    events.append(.speaking)
    let speaking = speakerDetector.speaking
    for speaker in 0..<capacity where speaking & (1 << UInt32(speaker)) != 0 {
      for receiver in 0..<capacity where receiver != speaker && isPresent(receiver) {
        giveWay(to: speaker, at: receiver)
      }
    }
  }

  private mutating func giveWay(to speaker: Int, at receiver: Int) {
    guard isPresent(speaker), participants[speaker].sendsMedia else { return }
    if participants[receiver].seats.place(of: speaker) == nil {
      let earlier = participants[receiver].seats
      if participants[receiver].seats.contend(speaker, preferred: nil, speakers: speakerDetector),
        let place = participants[receiver].seats.place(of: speaker)
      {
        moveVoice(at: place, of: receiver, from: earlier.occupant(of: place), to: speaker)
        wantKeyframe(from: speaker, for: receiver)
        events.append(.slotsChanged(participant: receiver))
      }
    }
    guard participants[speaker].sendsSound else { return }
    let place = participants[receiver].seats.place(of: speaker)
    _ = participants[receiver].voices.contend(
      speaker, preferred: place, speakers: speakerDetector)
  }

  /// Keeps sound with picture where a slot changes hands; who had the slot keeps its voice only
  /// where there is another audio slot free.
  private mutating func moveVoice(at place: Int, of receiver: Int, from old: Int?, to new: Int) {
    guard participants[new].sendsSound, let old,
      participants[receiver].voices.occupant(of: place) == old,
      participants[receiver].voices.place(of: new) == nil
    else { return }
    _ = participants[receiver].voices.remove(old)
    _ = participants[receiver].voices.seat(new, preferred: place)
    _ = participants[receiver].voices.seat(old, preferred: nil)
  }
}
