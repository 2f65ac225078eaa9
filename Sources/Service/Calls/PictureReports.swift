import Relay
import Visits

/// A step on the picture's ladder: to where, in which direction of a participant's network, and
/// whether for want of room or because there is room again.
struct PictureChange: Hashable, Sendable {
  /// Which way through the participant's network.
  enum Direction: String, Hashable, Sendable, Codable {
    /// What the participant sees.
    case receiving
    /// What the participant sends.
    case sending
  }

  /// Why the picture changed, as the interfaces say it.
  enum Cause: String, Hashable, Sendable, CaseIterable, Codable {
    /// The network of whoever should see it has too little room.
    case receiverNetwork = "receiver-network"
    /// The network of whoever sends it has.
    case senderNetwork = "sender-network"
    /// There is room again.
    case recovered
  }

  var level: PictureLevel
  var direction: Direction
  var isRecovery: Bool

  var cause: Cause {
    if isRecovery { return .recovered }
    return direction == .receiving ? .receiverNetwork : .senderNetwork
  }

  /// A step to `level`.
  init(to level: PictureLevel, _ direction: Direction, isRecovery: Bool) {
    self.level = level
    self.direction = direction
    self.isRecovery = isRecovery
  }

  /// The step that a ledger entry's cause stands for; nil where it stands for none.
  init?(_ cause: LedgerCause) {
    let parts = cause.rawValue.split(separator: ":")
    guard parts.count == 3, let level = PictureLevel(rawValue: String(parts[0])),
      let direction = Direction(rawValue: String(parts[1])),
      let cause = Cause(rawValue: String(parts[2]))
    else { return nil }
    self.init(to: level, direction, isRecovery: cause == .recovered)
  }

  /// As it stands in the ledger: `held:receiving:receiver-network`.
  var ledgerCause: LedgerCause {
    LedgerCause(rawValue: "\(level.rawValue):\(direction.rawValue):\(cause.rawValue)")
  }
}

/// What has been reported of one participant's picture, so that the ledger gets each step once and
/// no client can fill it.
struct PictureReports: Sendable, Equatable {
  /// The most steps of one session that a client may have written down: an hour of one every ten
  /// seconds, which no ladder with hysteresis takes.
  private static let mostOfClient = 360

  private var received = PictureLevel.full
  private var sent = PictureLevel.full
  private var written = 0

  /// Takes a step that the relay or the participant reports; whether it is news to be written down.
  mutating func take(_ change: PictureChange) -> Bool {
    switch change.direction {
    case .receiving:
      guard change.level != received else { return false }
      received = change.level
    case .sending:
      guard change.level != sent, written < Self.mostOfClient else { return false }
      sent = change.level
      written += 1
    }
    return true
  }
}

extension LiveCall {
  /// The relay sees that the participant's network has room for so much picture.
  mutating func picture(
    _ reference: SessionReference, _ change: PictureChange, at time: UTCMilliseconds
  ) -> [Action] {
    guard let person = current(reference, at: time) else { return [] }
    return ownPicture(of: person, change, at: time)
  }

  /// The participant itself says so. Nothing where it has no live session.
  mutating func ownPicture(
    of person: PersonID, _ change: PictureChange, at time: UTCMilliseconds
  ) -> [Action] {
    guard let session = participants[person]?.session,
      participants[person]?.picture.take(change) == true, let one = participants[person]
    else { return [] }
    return [one.report(.picture, person, change.ledgerCause, session: session, at: time)]
  }
}
