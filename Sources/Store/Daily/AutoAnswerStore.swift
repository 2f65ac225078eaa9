public import Visits

/// Citizens' consents to calls being answered by themselves (E1): the register that every ring is
/// held against.
public protocol AutoAnswerStore: Sendable {
  /// Records an agreement, in place of an older one for the device, with a line in the audit log.
  func recordAutoAnswer(
    _ agreement: AutoAnswerAgreement, tenant: TenantID, by initiator: Initiator,
    at now: UTCMilliseconds
  ) async throws(StoreError) -> AutoAnswerAgreement
  /// The agreement for a device, withdrawn or not; nil where there has never been one.
  func autoAnswer(
    of device: DeviceID, tenant: TenantID
  ) async throws(StoreError) -> AutoAnswerAgreement?
  /// Takes the consent back, at once and without a reason. Doing so twice changes nothing.
  func withdrawAutoAnswer(
    of device: DeviceID, tenant: TenantID, by initiator: Initiator, at now: UTCMilliseconds
  ) async throws(StoreError)
}
