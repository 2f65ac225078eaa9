import Foundation

// A meeting's floor and its guests in plain words.
extension GroupWords {
  /// How wide the bar of one who has had all the time is, in characters.
  private static let barWidth = 30

  /// The floor as whoever leads the meeting sees it: the round, hands, and shares of the time.
  public func floor(_ floor: FloorRecord, width: Int = 80) -> [String] {
    var lines = round(floor.round, width: width)
    let hands = floor.hands ?? []
    lines += wrapped(
      hands.isEmpty ? texts[.floorNoHands] : texts[.floorHands, ["names": names(hands)]],
      width: width)
    let shares = floor.shares ?? []
    guard !shares.isEmpty else { return lines }
    lines += ["", texts[.floorShares]]
    var table = TextTable([.init(""), .init("", .right), .init("", .right), .init("")])
    for share in shares {
      table.append([
        share.person.displayName, texts[.minutesShort, ["n": String((share.seconds + 30) / 60)]],
        texts[.percent, ["n": String(share.percent)]],
        String(repeating: "█", count: (share.percent * Self.barWidth + 50) / 100),
      ])
    }
    lines += table.lines(width: width - 2).map { "  " + $0 }
    if let quiet = floor.quiet {
      lines += wrapped(texts[.floorQuiet, ["name": quiet.displayName]], width: width)
    }
    return lines
  }

  /// Whose turn it is in a round, who comes after and who has had theirs.
  private func round(_ round: FloorRecord.Round?, width: Int) -> [String] {
    guard let round, let current = round.current else { return [texts[.floorNoRound]] }
    var lines = wrapped(
      round.question.map { texts[.floorRoundAbout, ["text": $0]] } ?? texts[.floorRound],
      width: width)
    lines += wrapped(
      "  " + texts[.floorTurn, ["name": current.displayName]], width: width)
    let next = round.left.dropFirst()
    if !next.isEmpty {
      lines += wrapped("  " + texts[.floorNext, ["names": names(next)]], width: width)
    }
    if !round.done.isEmpty {
      lines += wrapped("  " + texts[.floorDone, ["names": names(round.done)]], width: width)
    }
    return lines
  }

  /// Guests at a meeting: why each would like to come, and whom there is still to ask.
  public func observers(_ list: ObserverList, width: Int = 80) -> [String] {
    guard !list.observers.isEmpty else {
      return wrapped(texts[.guestsNone, ["group": list.groupName]], width: width)
    }
    return list.observers.flatMap { one -> [String] in
      let key: TextKey =
        switch one.consent {
        case "agreed": .guestAgreed
        case "declined": .guestDeclined
        default: .guestWaiting
        }
      return wrapped(
        texts[.guestLine, ["name": one.person.displayName, "text": one.purpose]], width: width)
        + wrapped(
          "  " + texts[key, ["names": names(one.waiting ?? [])]], width: width)
    }
  }

  private func names(_ people: some Sequence<PersonReference>) -> String {
    people.map(\.displayName).joined(separator: ", ")
  }
}
