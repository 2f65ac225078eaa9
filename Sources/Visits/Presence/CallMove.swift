/// A person's part in a live call, and its move from one of their devices to another (E5).
///
/// The new device joins before the old one leaves, so that nothing is lost on the way: until sound
/// comes from the new one, the old one carries the call. A move that is not taken changes nothing.
public struct CallMove: Hashable, Sendable, Codable {
  /// The visit.
  public var visit: VisitID
  /// Whose part.
  public var person: PersonID
  /// The device that carries it.
  public var device: DeviceID
  /// The device it is being moved to; nil when it is not.
  public var target: DeviceID?
  /// When an unfinished move is forgotten.
  public var expiresAt: UTCMilliseconds?

  /// How long the new device has to take the call, in milliseconds.
  public static let moveMilliseconds: Int64 = 30_000

  /// A call carried by `device`.
  public init(visit: VisitID, person: PersonID, device: DeviceID) {
    self.visit = visit
    self.person = person
    self.device = device
  }

  /// Begins a move, pushed from the old device or pulled by the new one. `devices` are those that
  /// the person has access on now.
  public mutating func begin(
    to target: DeviceID, devices: Set<DeviceID>, by initiator: Initiator, at now: UTCMilliseconds
  ) throws(Refusal) {
    guard initiator.person == person else { throw .notYourVisit }
    guard devices.contains(target) else { throw .notYourDevice }
    advance(to: now)
    if target == device || target == self.target { return }
    self.target = target
    expiresAt = now.adding(milliseconds: Self.moveMilliseconds)
  }

  /// Whether a device may send and receive in the room now.
  public func admits(_ device: DeviceID, at now: UTCMilliseconds) -> Bool {
    if device == self.device { return true }
    guard let expiresAt, now < expiresAt else { return false }
    return device == target
  }

  /// Sound came from a device. Returns the device that is to hang up now; nil when none is.
  public mutating func connected(_ device: DeviceID, at now: UTCMilliseconds) -> DeviceID? {
    guard device != self.device, admits(device, at: now) else { return nil }
    let old = self.device
    self.device = device
    target = nil
    expiresAt = nil
    return old
  }

  /// Gives the move up, at the person's wish.
  public mutating func abandon() {
    target = nil
    expiresAt = nil
  }

  /// Forgets a move whose time is up.
  public mutating func advance(to now: UTCMilliseconds) {
    if let expiresAt, now >= expiresAt { abandon() }
  }
}

/// Where a citizen's ringing back leads (E23). There is always somewhere.
public enum RingBack: Hashable, Sendable {
  /// The worker is there: ring them.
  case ringWorker(PersonID)
  /// Ask the team to call back; opening hours are on.
  case askTeam(TeamID)
  /// It is after hours: ask the team, and show the number that is answered now.
  case afterHours(TeamID, emergencyNumber: String?)

  /// The way back to whoever rang.
  ///
  /// - Parameters:
  ///   - presence: Of the worker who rang.
  ///   - isOpen: Whether the team's contact hours are on.
  ///   - emergencyNumber: The akuttelefon, where there is one.
  public static func route(
    to worker: PersonID, presence: WorkerPresence, team: TeamID, isOpen: Bool,
    emergencyNumber: String?
  ) -> RingBack {
    if presence == .available { return .ringWorker(worker) }
    return isOpen ? .askTeam(team) : .afterHours(team, emergencyNumber: emergencyNumber)
  }
}
