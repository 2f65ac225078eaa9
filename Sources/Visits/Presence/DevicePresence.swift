/// What is known of a citizen's device.
public struct DevicePresence: Hashable, Sendable, Codable {
  /// How well the device can be trusted to ring.
  public enum Health: String, Codable, Sendable, Hashable, CaseIterable {
    /// Online, and its last self-test passed recently.
    case ready
    /// Online, but not tested for long.
    case testDue = "test-due"
    /// Online, but the last self-test failed.
    case testFailed = "test-failed"
    /// Not online now, though seen within a day.
    case offline
    /// Not seen for more than a day: somebody should ring the citizen or go there.
    case lost
    /// Never seen since it was given access.
    case neverSeen = "never-seen"
  }

  /// The device.
  public var device: DeviceID
  /// Open event streams. Several for a moment when a device reconnects before the old connection is
  /// noticed dead.
  public var openStreams: Int
  /// When anything was last heard from it.
  public var lastSeenAt: UTCMilliseconds?
  /// When it last tested itself.
  public var selfTestAt: UTCMilliseconds?
  /// Whether that test passed.
  public var selfTestPassed: Bool?

  /// Nothing known.
  public init(
    device: DeviceID, openStreams: Int = 0, lastSeenAt: UTCMilliseconds? = nil,
    selfTestAt: UTCMilliseconds? = nil, selfTestPassed: Bool? = nil
  ) {
    self.device = device
    self.openStreams = openStreams
    self.lastSeenAt = lastSeenAt
    self.selfTestAt = selfTestAt
    self.selfTestPassed = selfTestPassed
  }

  /// How long a device whose stream broke still counts as online, in milliseconds: it is
  /// reconnecting.
  public static let graceMilliseconds: Int64 = 30_000
  /// How old a self-test may be, in milliseconds: one is made every night, and one may be missed.
  public static let testMilliseconds: Int64 = 50 * 3_600_000
  /// How long a device may be silent before it counts as lost, in milliseconds.
  public static let lostMilliseconds: Int64 = 24 * 3_600_000

  /// The device opened an event stream.
  public mutating func opened(at now: UTCMilliseconds) {
    openStreams += 1
    seen(at: now)
  }

  /// An event stream closed.
  public mutating func closed(at now: UTCMilliseconds) {
    openStreams = max(0, openStreams - 1)
    seen(at: now)
  }

  /// Something was heard from the device. An older report changes nothing.
  public mutating func seen(at now: UTCMilliseconds) {
    lastSeenAt = max(lastSeenAt ?? now, now)
  }

  /// The device tested itself. An older report changes nothing.
  public mutating func tested(passed: Bool, at now: UTCMilliseconds) {
    seen(at: now)
    if let selfTestAt, selfTestAt > now { return }
    selfTestAt = now
    selfTestPassed = passed
  }

  /// Whether a ring would reach it.
  public func isOnline(at now: UTCMilliseconds) -> Bool {
    if openStreams > 0 { return true }
    guard let lastSeenAt else { return false }
    return now.milliseconds(since: lastSeenAt) < Self.graceMilliseconds
  }

  /// How old the last self-test is, in milliseconds; nil when there was none.
  public func selfTestAge(at now: UTCMilliseconds) -> Int64? {
    selfTestAt.map { max(0, now.milliseconds(since: $0)) }
  }

  /// How well the device can be trusted to ring.
  public func health(at now: UTCMilliseconds) -> Health {
    guard let lastSeenAt else { return .neverSeen }
    guard isOnline(at: now) else {
      return now.milliseconds(since: lastSeenAt) < Self.lostMilliseconds ? .offline : .lost
    }
    if selfTestPassed == false { return .testFailed }
    guard let age = selfTestAge(at: now), age < Self.testMilliseconds else { return .testDue }
    return .ready
  }
}
