import Congestion
import Wire

// What of a path goes to which picture. Sound comes first and is not asked about; of the rest the
// dominant speaker's picture has its choice, then the others in the order of their claims.
extension Room {
  /// Shares the path to a receiver among the pictures in its slots.
  mutating func sharePath(to receiver: Int, now: MonotonicTime) {
    paths[receiver].sharedBitrate = paths[receiver].capacity(at: now) ?? 0
    // An outage says nothing about the room there is; what was decided before it stands.
    guard !paths[receiver].isSilent else { return }
    let isAudible = (0..<participants[receiver].slotCount).contains {
      participants[receiver].voices.occupant(of: $0) != nil
    }
    noteRedundancy(to: receiver, now: now)
    let room = paths[receiver].pictureRoom(isAudible: isAudible, at: now)
    let candidates = candidates(for: receiver, now: now)
    if candidates.count == 1, isOnlyReceiver(receiver, of: candidates[0]) {
      shareAlone(candidates[0], room: room, with: receiver, now: now)
    } else if candidates.count > 0 {
      share(candidates, room: room, with: receiver, now: now)
    }
  }

  /// The pictures in a receiver's slots, best claim first.
  private func candidates(for receiver: Int, now: MonotonicTime) -> Candidates {
    var candidates = Candidates()
    for slot in 0..<participants[receiver].slotCount {
      guard
        participants[receiver].streams[Participant.stream(.video, ofSlot: slot)].agreement
          != nil, let source = participants[receiver].seats.occupant(of: slot),
        isPresent(source), layerCount(of: source) > 0
      else { continue }
      paths[receiver].ladders[slot].follow(source, now: now)
      candidates.insert(.init(slot: slot, source: source)) {
        if Int(speakerDetector.dominant) == $0 || Int(speakerDetector.dominant) == $1 {
          return Int(speakerDetector.dominant) == $0
        }
        return speakerDetector.outranks($0, $1)
      }
    }
    return candidates
  }

  /// Whether nobody but the receiver is sent the candidate's picture, so that its sender can be
  /// steered to what this one path carries.
  private func isOnlyReceiver(_ receiver: Int, of candidate: Candidates.Element) -> Bool {
    guard layerCount(of: candidate.source) == 1 else { return false }
    for other in 0..<capacity where other != receiver && participants[other].isConnected {
      if participants[other].seats.place(of: candidate.source) != nil { return false }
    }
    return true
  }

  // MARK: One picture, one receiver

  private mutating func shareAlone(
    _ candidate: Candidates.Element, room: Int?, with receiver: Int, now: MonotonicTime
  ) {
    let rate = rate(of: candidate.source, spatial: 0, temporal: 3, at: now)
    let before = paths[receiver].ladders[candidate.slot].level
    guard paths[receiver].ladders[candidate.slot].note(room: room, rate: rate, now: now) else {
      return
    }
    let level = paths[receiver].ladders[candidate.slot].level
    setTarget(
      receiver: receiver, slot: candidate.slot, spatial: level.isMoving ? Self.everyLayer : -1,
      temporal: Self.everyLayer, at: now)
    events.append(
      .picture(
        participant: receiver, from: candidate.source, level, isRecovery: level > before))
  }

  // MARK: Several

  private static let everyLayer = 3

  private mutating func share(
    _ candidates: Candidates, room: Int?, with receiver: Int, now: MonotonicTime
  ) {
    let affordable = choose(among: candidates, room: room, now: now)
    let comfortable = choose(
      among: candidates, room: room.map { $0 * 100 / (100 + PictureLadder.margin) }, now: now)
    for index in 0..<candidates.count {
      let slot = candidates[index].slot
      let source = candidates[index].source
      let choice = paths[receiver].ladders[slot].note(
        affordable: affordable.choices[index], comfortable: comfortable.choices[index],
        room: affordable.room[index], now: now)
      paths[receiver].ladders[slot].granted = room == nil ? nil : affordable.room[index]
      setTarget(
        receiver: receiver, slot: slot, spatial: choice.spatial,
        temporal: choice.isWhole ? Self.everyLayer : 0, at: now)
      let before = paths[receiver].ladders[slot].level
      let level = level(of: choice, source: source, room: room)
      // Which of many pictures is the larger one changes with whoever speaks; what is told is
      // whether a picture stops or moves again.
      if paths[receiver].ladders[slot].setLevel(level), level.isMoving != before.isMoving {
        events.append(
          .picture(participant: receiver, from: source, level, isRecovery: level > before))
      }
    }
  }

  private func level(of choice: LayerChoice, source: Int, room: Int?) -> PictureLevel {
    guard choice != .none else {
      return (room ?? .max) < PictureLevel.held.floor ? .soundOnly : .held
    }
    guard choice.spatial >= layerCount(of: source) - 1 else { return .smaller }
    return choice.isWhole ? .full : .fewerFrames
  }

  /// What of each picture fits: first the least of each, in order, then the best of each.
  private func choose(among candidates: Candidates, room: Int?, now: MonotonicTime) -> Choices {
    var result = Choices()
    var left = room ?? .max / 200
    for index in 0..<candidates.count {
      let source = candidates[index].source
      result.room[index] = left
      result.choices[index] = least(of: source, within: left, now: now)
      left -= cost(of: result.choices[index], source: source, now: now)
    }
    for index in 0..<candidates.count where result.choices[index] != .none {
      let source = candidates[index].source
      let present = cost(of: result.choices[index], source: source, now: now)
      for layer in (0..<layerCount(of: source)).reversed() {
        let choice = LayerChoice(spatial: layer, isWhole: true)
        guard choice.rawValue > result.choices[index].rawValue else { break }
        let more = cost(of: choice, source: source, now: now) - present
        guard more <= left else { continue }
        result.choices[index] = choice
        left -= more
        break
      }
    }
    return result
  }

  private func least(of source: Int, within room: Int, now: MonotonicTime) -> LayerChoice {
    let whole = LayerChoice(spatial: 0, isWhole: true)
    if cost(of: whole, source: source, now: now) <= room { return whole }
    let base = LayerChoice(spatial: 0, isWhole: false)
    let hasLess =
      cost(of: base, source: source, now: now) < cost(of: whole, source: source, now: now)
    return hasLess && cost(of: base, source: source, now: now) <= room ? base : .none
  }

  /// What a choice takes in bit/s; a layer that does not come takes nothing.
  private func cost(of choice: LayerChoice, source: Int, now: MonotonicTime) -> Int {
    guard choice != .none else { return 0 }
    // Headers and the SRTP tag are some 4 % of a picture's packets.
    return rate(
      of: source, spatial: choice.spatial, temporal: choice.isWhole ? Self.everyLayer : 0, at: now)
      * 104 / 100
  }
}

/// The pictures that share a path, best claim first.
struct Candidates: BitwiseCopyable {
  /// One of them.
  struct Element: BitwiseCopyable {
    var slot = 0
    var source = 0
  }

  private var elements = InlineArray<20, Element>(repeating: Element())
  private(set) var count = 0

  subscript(index: Int) -> Element { elements[index] }

  /// Puts one in behind those of at least its claim.
  mutating func insert(_ element: Element, outranks: (Int, Int) -> Bool) {
    guard count < 20 else { return }
    var place = count
    while place > 0, outranks(element.source, elements[place - 1].source) {
      elements[place] = elements[place - 1]
      place -= 1
    }
    elements[place] = element
    count += 1
  }
}

/// What of each candidate fits, and the room there was for it.
struct Choices: BitwiseCopyable {
  var choices = InlineArray<20, LayerChoice>(repeating: .none)
  var room = InlineArray<20, Int>(repeating: 0)
}
