/// Names a piece of equipment.
public struct EquipmentID: Identifier {
  /// The id as text.
  public let rawValue: String
  /// Wraps an id.
  public init(rawValue: String) { self.rawValue = rawValue }
}

/// A tablet, a headset, a router that the municipality owns, and how it fares ("Udstyret er
/// afgørende", F8). Also the register of what is lent to whom (E22).
public struct Equipment: Hashable, Sendable, Codable {
  /// What it is.
  public enum Kind: String, Codable, Sendable, Hashable, CaseIterable {
    /// A tablet.
    case tablet
    /// A telephone.
    case phone
    /// A computer.
    case computer
    /// The screen with one button.
    case kiosk
    /// A headset.
    case headset
    /// A loudspeaker with a microphone.
    case speaker
    /// A router or a SIM card.
    case network
    /// Something else.
    case other
  }

  /// How it fares.
  public enum Condition: String, Codable, Sendable, Hashable, CaseIterable {
    /// It works.
    case good
    /// It works, not for long.
    case worn
    /// It does not work.
    case faulty
    /// Nobody knows where it is.
    case lost
  }

  /// The id.
  public var id: EquipmentID
  /// The municipality.
  public var tenant: TenantID
  /// What it is.
  public var kind: Kind
  /// What people call it ("Tablet 14").
  public var label: String
  /// The maker's number on it.
  public var serial: String?
  /// How it fares.
  public var condition: Condition
  /// Who has it; nil while it lies in the cupboard.
  public var holder: PersonID?
  /// Since when.
  public var lentAt: UTCMilliseconds?
  /// When somebody last tried it.
  public var checkedAt: UTCMilliseconds
  /// What they found.
  public var note: String?
  /// When it was given up; nil while it is in use.
  public var retiredAt: UTCMilliseconds?
  /// When it was last changed.
  public var changedAt: UTCMilliseconds

  /// The longest label and serial number, in characters.
  public static let longestLabel = 100
  /// How long after a check the next is due, in days: batteries and cables age in half a year.
  public static let checkDays: Int64 = 183

  /// A new piece, or why it cannot be entered.
  public init(
    id: EquipmentID, tenant: TenantID, kind: Kind, label: String, serial: String? = nil,
    by initiator: Initiator, at now: UTCMilliseconds
  ) throws(Refusal) {
    _ = try initiator.requireBooker()
    guard let label = try PersonalNumber.checked(label, longest: Self.longestLabel) else {
      throw .nothingWritten
    }
    self.id = id
    self.tenant = tenant
    self.kind = kind
    self.label = label
    if let serial {
      // A serial number may look like anything; a CPR number in it would be a coincidence.
      let trimmed = trimmingBlanks(serial)
      guard trimmed.count <= Self.longestLabel else {
        throw .noteTooLong(longest: Self.longestLabel)
      }
      self.serial = trimmed.isEmpty ? nil : trimmed
    }
    condition = .good
    checkedAt = now
    changedAt = now
  }

  /// Whether somebody should try it.
  public func isCheckDue(at now: UTCMilliseconds) -> Bool {
    retiredAt == nil && now.milliseconds(since: checkedAt) >= Self.checkDays * 86_400_000
  }

  /// The piece lent to somebody. Lent to the same again, nothing changes.
  public func lent(
    to person: PersonID, by initiator: Initiator, at now: UTCMilliseconds
  ) throws(Refusal) -> Equipment {
    _ = try initiator.requireBooker()
    try requireInUse()
    if holder == person { return self }
    guard holder == nil else { throw .equipmentIsLent }
    guard condition == .good || condition == .worn else { throw .equipmentIsFaulty }
    var piece = self
    piece.holder = person
    piece.lentAt = now
    piece.changedAt = now
    return piece
  }

  /// The piece after somebody tried it, or took it back.
  public func checked(
    _ condition: Condition, note: String?, isBack: Bool = false, by initiator: Initiator,
    at now: UTCMilliseconds
  ) throws(Refusal) -> Equipment {
    _ = try initiator.requireBooker()
    try requireInUse()
    var piece = self
    piece.condition = condition
    piece.note = try PersonalNumber.checked(note, longest: ScreenStart.longestNote)
    if isBack {
      piece.holder = nil
      piece.lentAt = nil
    }
    piece.checkedAt = now
    piece.changedAt = now
    return piece
  }

  /// The piece given up. Nobody has it any longer.
  public func retired(
    by initiator: Initiator, at now: UTCMilliseconds
  ) throws(Refusal) -> Equipment {
    _ = try initiator.requireBooker()
    if retiredAt != nil { return self }
    var piece = self
    piece.retiredAt = now
    piece.holder = nil
    piece.lentAt = nil
    piece.changedAt = now
    return piece
  }

  private func requireInUse() throws(Refusal) {
    guard retiredAt == nil else { throw .equipmentIsRetired }
  }
}
