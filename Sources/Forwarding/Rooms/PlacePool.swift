/// Which participant is in which of one receiver's places.
///
/// Places are kept: a participant stays where it is until it leaves, or until all places are taken
/// and somebody with a better claim has none. A face that moves about the screen is a face lost.
struct PlacePool: BitwiseCopyable {
  private var occupants = InlineArray<20, Int8>(repeating: -1)
  private var placeOf = InlineArray<20, Int8>(repeating: -1)
  private let places: UInt32

  /// Places numbered by the bits set in `places`.
  init(places: UInt32) { self.places = places & 0xF_FFFF }

  /// Who is in a place.
  func occupant(of place: Int) -> Int? {
    guard place >= 0, place < 20, occupants[place] >= 0 else { return nil }
    return Int(occupants[place])
  }

  /// Which place a participant is in.
  func place(of participant: Int) -> Int? {
    placeOf[participant] >= 0 ? Int(placeOf[participant]) : nil
  }

  /// Gives the participant a free place, `preferred` where that is free. True where it got one now.
  mutating func seat(_ participant: Int, preferred: Int?) -> Bool {
    guard place(of: participant) == nil else { return false }
    if let preferred, preferred < 20, places & (1 << UInt32(preferred)) != 0,
      occupants[preferred] < 0
    {
      put(participant, in: preferred)
      return true
    }
    for place in 0..<20 where places & (1 << UInt32(place)) != 0 && occupants[place] < 0 {
      put(participant, in: place)
      return true
    }
    return false
  }

  /// Gives the participant the place of the occupant with the weakest claim, where it outranks that
  /// one; `preferred` is taken before others of equal claim. True where it got one now.
  mutating func contend(
    _ participant: Int, preferred: Int?, speakers: SpeakerDetector
  ) -> Bool {
    guard place(of: participant) == nil else { return false }
    var weakest = -1
    for place in 0..<20 where places & (1 << UInt32(place)) != 0 && occupants[place] >= 0 {
      let occupant = Int(occupants[place])
      guard speakers.outranks(participant, occupant) else { continue }
      if weakest < 0 || speakers.outranks(Int(occupants[weakest]), occupant)
        || (place == preferred && !speakers.outranks(occupant, Int(occupants[weakest])))
      {
        weakest = place
      }
    }
    guard weakest >= 0 else { return false }
    placeOf[Int(occupants[weakest])] = -1
    put(participant, in: weakest)
    return true
  }

  /// Takes the participant out. True where it had a place.
  mutating func remove(_ participant: Int) -> Bool {
    guard let place = place(of: participant) else { return false }
    occupants[place] = -1
    placeOf[participant] = -1
    return true
  }

  private mutating func put(_ participant: Int, in place: Int) {
    occupants[place] = Int8(participant)
    placeOf[participant] = Int8(place)
  }
}
