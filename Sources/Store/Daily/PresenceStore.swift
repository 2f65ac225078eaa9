public import Visits

/// What is known of a device, with whose it is.
public struct DeviceRecord: Hashable, Sendable {
  /// The device.
  public var device: Device
  /// Whose it is.
  public var person: Person
  /// What was known of it when it was last written down.
  public var presence: DevicePresence
}

/// What the store knows of a worker's day.
public struct WorkerRecord: Hashable, Sendable {
  /// The worker.
  public var worker: Person
  /// The rota around now; empty where none is kept for the worker.
  public var shifts: [DutyShift]
  /// Whether a visit of theirs rings or is going on.
  public var isInVisit: Bool
}

/// A device's state to be written down.
public struct SeenDevice: Hashable, Sendable {
  /// The municipality.
  public var tenant: TenantID
  /// The state. Open streams are not kept: after a restart there are none.
  public var presence: DevicePresence

  /// A state.
  public init(tenant: TenantID, presence: DevicePresence) {
    self.tenant = tenant
    self.presence = presence
  }
}

/// Who can be reached: the rota, and what devices last told of themselves (E5).
public protocol PresenceStore: Sendable {
  /// Writes down what is known of devices, all in one transaction. Older news than is stored
  /// changes nothing.
  func saveDevices(_ devices: [SeenDevice]) async throws(StoreError)
  /// Devices that are not revoked: of citizens that the worker's team has visited lately or will
  /// soon, or of all citizens where `worker` is nil.
  func devices(
    tenant: TenantID, servedBy worker: PersonID?, at now: UTCMilliseconds
  ) async throws(StoreError) -> [DeviceRecord]
  /// Everybody who gives support, by name: of the worker's teams, or all where `worker` is nil or
  /// belongs to no team.
  func workers(
    tenant: TenantID, colleaguesOf worker: PersonID?, at now: UTCMilliseconds
  ) async throws(StoreError) -> [WorkerRecord]

  /// Puts shifts on the rota, with a line in the audit log each. One that stands there already is
  /// left as it is.
  func addShifts(
    _ shifts: [DutyShift], tenant: TenantID, by initiator: Initiator, at now: UTCMilliseconds
  ) async throws(StoreError)
  /// Takes a shift off the rota; nothing happens where there is none.
  func removeShift(
    _ shift: DutyShift, tenant: TenantID, by initiator: Initiator, at now: UTCMilliseconds
  ) async throws(StoreError)
  /// Shifts that overlap a span of time, by start.
  func shifts(
    tenant: TenantID, from: UTCMilliseconds, to: UTCMilliseconds
  ) async throws(StoreError) -> [DutyShift]
}
