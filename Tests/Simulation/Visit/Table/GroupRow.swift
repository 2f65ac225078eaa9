import MediaEngine
import NetworkSimulation
import Relay
import Wire

/// One weak line in a group is its owner's trouble alone.
///
/// Two of the six talk, the one on the weak line and one of the five; the others listen. Sound that
/// five people make at once would fill 300 kbit/s by itself.
extension QualityRow {
  static let group = QualityRow(
    "group", Scenario.group.summary, least: .seconds(20)
  ) { span, seed in
    let size = 6
    let visit = try SimulatedVisit(seed: Scenario.group.reseeded(by: seed).seed)
    for number in 0..<size {
      let source = UInt8(number)
      let party = try visit.add(
        "member\(number)", access: number == 0 ? Scenario.group.opening : .office, capacity: size,
        sends: number < 2 ? .visit(source: source) : .listener(source: source))
      try visit.join(party)
    }
    // Everybody must have met before anybody can miss anybody.
    visit.run(for: .seconds(5))
    let before = visit.parties.map { party in (ears: party.ears, slots: party.statistics.slots) }
    let begun = visit.now
    visit.run(for: span)
    let milliseconds = (visit.now - begun).milliseconds
    var (missed, frozen, weakMissed) = (0.0, 0.0, 0.0)
    for (number, party) in visit.parties.enumerated() {
      let after = party.statistics.slots
      for slot in 0..<size - 1 {
        let other = visit.occupant(of: slot, for: party)
        let heard = party.ears[slot].heardBlocks - before[number].ears[slot].heardBlocks
        let share = max(0, 1 - Double(heard) * 10 / milliseconds) * 100
        if number == 0 {
          if other == "member1" { weakMissed = share }
          continue
        }
        guard other != "member0" else { continue }
        if other == "member1" { missed = max(missed, share) }
        let freezes =
          after[slot].totalFreezesDurationMs - before[number].slots[slot].totalFreezesDurationMs
        let still = (visit.now - (party.eye(slot).lastShown ?? .zero)).milliseconds
        frozen = max(frozen, (Double(freezes) + (still > 500 ? still : 0)) / milliseconds * 100)
      }
    }
    return [
      QualityRecord("group", "the five: concealed sound", unit: "%", .below(0.1), measured: missed),
      QualityRecord("group", "the five: freeze ratio", unit: "%", .below(0.1), measured: frozen),
      QualityRecord(
        "group", "the sixth: concealed sound", unit: "%", .below(1), measured: weakMissed),
    ]
  }
}
