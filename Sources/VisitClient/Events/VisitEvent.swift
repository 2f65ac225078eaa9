public import FoundationEssentials

/// What the service tells a device as it happens.
public enum VisitEvent: Sendable, Equatable {
  /// A visit was booked, moved, called off, or changed its state.
  case visit(Visit)
  /// Somebody rings.
  case ring(Ring)
  /// It no longer rings.
  case ringStopped(RingStopped)
  /// The ring was answered.
  case answered(Answered)
  /// Who is in the room and in which slot.
  case room(RoomState)
  /// The relay's end of a session is gone: join again now.
  case rejoin(Rejoin)
  /// Who is speaking, loudest first.
  case speaking(Speaking)
  /// A line was added to a visit's ledger.
  case ledger(LedgerLine)
  /// The picture was cut back or came back, because of somebody's network.
  case picture(Picture)
  /// A talk in the queue has lasted for nearly as long as it is meant to, or longer.
  case softTimer(SoftTimer)
  /// How a meeting's time to speak is shared changed: a hand, a turn.
  case floor(FloorRecord)
  /// A visit is over.
  case ended(Ended)
  /// A visit begins later than agreed.
  case delay(Said)
  /// The citizen was not reached, in kind words.
  case missedYou(Said)
  /// A citizen asks to be called, or what has become of it.
  case callback(Callback)
  /// A question about passing something on was asked, answered or taken back.
  case disclosure(DisclosureRecord)

  /// Somebody rings.
  public struct Ring: Codable, Sendable, Equatable {
    /// The visit's id.
    public var visit: String
    /// Who rings.
    public var from: PersonReference
    /// When it stops by itself.
    public var expiresAt: Date
    /// The devices that answer by themselves unless somebody says no.
    public var autoAnswer: [AutoAnswer]?

    /// A device that answers by itself.
    public struct AutoAnswer: Codable, Sendable, Equatable {
      /// The device.
      public var device: String
      /// When.
      public var at: Date
    }

    /// When `device` answers by itself; nil where it does not.
    public func answersByItself(on device: String?) -> Date? {
      autoAnswer?.first { $0.device == device }?.at
    }
  }

  /// It no longer rings.
  public struct RingStopped: Codable, Sendable, Equatable {
    /// The visit's id.
    public var visit: String
    /// Why: `answered`, `declined`, `missed` or `cancelled`.
    public var reason: String
    /// The device that answered, where one did.
    public var device: String?
  }

  /// The ring was answered.
  public struct Answered: Codable, Sendable, Equatable {
    /// The visit's id.
    public var visit: String
  }

  /// Who is in the room and in which slot.
  public struct RoomState: Codable, Sendable, Equatable {
    /// The visit's id.
    public var visit: String
    /// The session whose slots these are.
    public var session: String?
    /// The slots.
    public var slots: [SlotState]?
    /// Everyone in the room.
    public var participants: [PersonReference]?
  }

  /// The relay's end of a session is gone, or soon will be.
  public struct Rejoin: Codable, Sendable, Equatable {
    /// The visit's id.
    public var visit: String
    /// The session that is gone; nil means whichever it was.
    public var session: String?
    /// Why.
    public var cause: String?

    /// Whether the session goes on until there is another.
    public var isMove: Bool { cause == "relay-moved" }
  }

  /// Who is speaking.
  public struct Speaking: Codable, Sendable, Equatable {
    /// The visit's id.
    public var visit: String
    /// Their ids, loudest first.
    public var participants: [String]
  }

  /// A line was added to a visit's ledger.
  public struct LedgerLine: Codable, Sendable, Equatable {
    /// The visit's id.
    public var visit: String
    /// The line.
    public var entry: LedgerEntry
  }

  /// The picture was cut back or came back.
  public struct Picture: Codable, Sendable, Equatable {
    /// The visit's id.
    public var visit: String
    /// Whose network it is.
    public var participant: String
    /// `full`, `fewer-frames`, `smaller`, `held` or `sound-only`.
    public var level: String
    /// `receiving` where it is what the participant sees, `sending` where it is what it sends.
    public var direction: String?
    /// `receiver-network`, `sender-network` or `recovered`.
    public var cause: String?

    /// Whether no picture moves.
    public var isHeld: Bool { PictureStep.heldLevels.contains(level) }
  }

  /// A talk's length beside what it is meant to take.
  public struct SoftTimer: Codable, Sendable, Equatable {
    /// The visit's id.
    public var visit: String
    /// Whole minutes talked.
    public var minutes: Int
    /// What it is meant to take.
    public var softMinutes: Int
    /// `within`, `nearing` or `over`.
    public var phase: String
  }

  /// A visit is over.
  public struct Ended: Codable, Sendable, Equatable {
    /// The visit's id.
    public var visit: String
    /// Why.
    public var cause: String?
  }

  /// Something said about a visit, in both languages.
  public struct Said: Codable, Sendable, Equatable {
    /// The visit's id.
    public var visit: String
    /// The agreed start that a delay is about.
    public var start: Date?
    /// What the citizen reads.
    public var notice: Callback.Notice
  }

  /// An event from the stream; nil for names and shapes of a newer service, which are skipped.
  init?(_ event: ServerEvent) {
    func decode<Value: Decodable>(_ type: Value.Type) -> Value? {
      try? ServiceJSON.decode(type, from: Data(event.data.utf8))
    }
    let decoded: VisitEvent? =
      switch event.name {
      case "visit": decode(Visit.self).map { .visit($0) }
      case "ring": decode(Ring.self).map { .ring($0) }
      case "ring-stopped": decode(RingStopped.self).map { .ringStopped($0) }
      case "answered": decode(Answered.self).map { .answered($0) }
      case "room": decode(RoomState.self).map { .room($0) }
      case "rejoin": decode(Rejoin.self).map { .rejoin($0) }
      case "speaking": decode(Speaking.self).map { .speaking($0) }
      case "ledger": decode(LedgerLine.self).map { .ledger($0) }
      case "picture": decode(Picture.self).map { .picture($0) }
      case "soft-timer": decode(SoftTimer.self).map { .softTimer($0) }
      case "floor": decode(FloorRecord.self).map { .floor($0) }
      case "ended": decode(Ended.self).map { .ended($0) }
      case "delay": decode(Said.self).map { .delay($0) }
      case "we-missed-you": decode(Said.self).map { .missedYou($0) }
      case "callback": decode(Callback.self).map { .callback($0) }
      case "disclosure": decode(DisclosureRecord.self).map { .disclosure($0) }
      default: nil
      }
    guard let decoded else { return nil }
    self = decoded
  }

  /// The visit that the event is about; empty where it is about none.
  public var visitID: String {
    switch self {
    case .visit(let visit): visit.id
    case .ring(let ring): ring.visit
    case .ringStopped(let stopped): stopped.visit
    case .answered(let answered): answered.visit
    case .room(let room): room.visit
    case .rejoin(let rejoin): rejoin.visit
    case .speaking(let speaking): speaking.visit
    case .ledger(let line): line.visit
    case .picture(let picture): picture.visit
    case .softTimer(let timer): timer.visit
    case .floor(let floor): floor.visit
    case .ended(let ended): ended.visit
    case .delay(let said), .missedYou(let said): said.visit
    case .callback, .disclosure: ""
    }
  }
}
