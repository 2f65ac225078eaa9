import Store
import Synchronization
import Visits

/// What is known right now of who is there: when workers last did something, and which devices hold
/// a stream open. Kept in memory; what a restart must not lose is written down now and then.
final class PresenceBoard: Sendable {
  fileprivate struct PersonKey: Hashable {
    var tenant: TenantID
    var person: PersonID
  }

  fileprivate struct DeviceKey: Hashable {
    var tenant: TenantID
    var device: DeviceID
  }

  fileprivate struct State {
    var activity: [PersonKey: UTCMilliseconds] = [:]
    var away: [PersonKey: UTCMilliseconds] = [:]
    var devices: [DeviceKey: DevicePresence] = [:]
    /// Devices of which there is news since they were last written down.
    var unwritten: Set<DeviceKey> = []
  }

  private let state = Mutex(State())

  /// The caller asked for something.
  func acted(_ caller: Caller, at now: UTCMilliseconds) {
    state.withLock { state in
      if caller.role.givesSupport { state.activity[key(caller)] = now }
      state.change(device(caller)) { $0.seen(at: now) }
    }
  }

  /// The caller's device opened an event stream.
  func opened(_ caller: Caller, at now: UTCMilliseconds) {
    state.withLock { $0.change(device(caller)) { $0.opened(at: now) } }
  }

  /// A stream of the caller's device closed.
  func closed(_ caller: Caller, at now: UTCMilliseconds) {
    state.withLock { $0.change(device(caller)) { $0.closed(at: now) } }
  }

  /// The caller's device tested itself.
  func tested(_ caller: Caller, passed: Bool, at now: UTCMilliseconds) {
    state.withLock { $0.change(device(caller)) { $0.tested(passed: passed, at: now) } }
  }

  /// The caller says to be away until then; nil for being back.
  func setAway(_ caller: Caller, until: UTCMilliseconds?) {
    state.withLock { $0.away[key(caller)] = until }
  }

  /// A worker's presence.
  func presence(of record: WorkerRecord, at now: UTCMilliseconds) -> WorkerPresence {
    let key = PersonKey(tenant: record.worker.tenant, person: record.worker.id)
    let (last, away) = state.withLock { ($0.activity[key], $0.away[key]) }
    return WorkerActivity(
      lastActivityAt: last, awayUntil: away, inVisitSince: record.isInVisit ? now : nil,
      shifts: record.shifts.map(\.window)
    ).presence(at: now)
  }

  /// What is known of a device: what was written down, and what has been heard since.
  func presence(of record: DeviceRecord) -> DevicePresence {
    let key = DeviceKey(tenant: record.device.tenant, device: record.device.id)
    guard let live = state.withLock({ $0.devices[key] }) else { return record.presence }
    var both = record.presence
    both.openStreams = live.openStreams
    if let seen = live.lastSeenAt { both.seen(at: seen) }
    if let at = live.selfTestAt, let passed = live.selfTestPassed {
      both.tested(passed: passed, at: at)
    }
    return both
  }

  /// Whether a device would hear of something now: it holds a stream open, or is reconnecting.
  func isOnline(_ device: Device, at now: UTCMilliseconds) -> Bool {
    guard device.revokedAt == nil else { return false }
    let key = DeviceKey(tenant: device.tenant, device: device.id)
    return state.withLock { $0.devices[key]?.isOnline(at: now) } ?? false
  }

  /// The devices of which there is news, to be written down.
  func takeUnwritten() -> [SeenDevice] {
    state.withLock { state in
      let news = state.unwritten.compactMap { key in
        state.devices[key].map { SeenDevice(tenant: key.tenant, presence: $0) }
      }
      state.unwritten = []
      return news
    }
  }

  /// Puts back what could not be written.
  func putBack(_ devices: [SeenDevice]) {
    state.withLock { state in
      for one in devices {
        state.unwritten.insert(DeviceKey(tenant: one.tenant, device: one.presence.device))
      }
    }
  }

  private func key(_ caller: Caller) -> PersonKey {
    PersonKey(tenant: caller.tenant, person: caller.id)
  }

  private func device(_ caller: Caller) -> DeviceKey {
    DeviceKey(tenant: caller.tenant, device: caller.device)
  }
}

extension PresenceBoard.State {
  fileprivate mutating func change(
    _ key: PresenceBoard.DeviceKey, _ body: (inout DevicePresence) -> Void
  ) {
    var presence = devices[key] ?? DevicePresence(device: key.device)
    body(&presence)
    devices[key] = presence
    unwritten.insert(key)
  }
}
