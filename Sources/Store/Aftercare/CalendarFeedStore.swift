public import Visits

/// Private calendar feeds: one per person, behind an unguessable address.
public protocol CalendarFeedStore: Sendable {
  /// Gives a person's feed a new address, which takes the old one back; with a line in the audit
  /// log. What is stored is the address's fingerprint: it cannot be read from the database.
  func openFeed(
    of person: PersonID, fingerprint: String, tenant: TenantID, by initiator: Initiator,
    at now: UTCMilliseconds
  ) async throws(StoreError)
  /// Takes the address back, with a line in the audit log. Doing so twice changes nothing.
  func closeFeed(
    of person: PersonID, tenant: TenantID, by initiator: Initiator, at now: UTCMilliseconds
  ) async throws(StoreError)
  /// Whether a person has a feed, and since when.
  func feedOpened(
    of person: PersonID, tenant: TenantID
  ) async throws(StoreError) -> UTCMilliseconds?
  /// The appointments of the feed at an address: visits that began after `from`, called-off ones
  /// among them, by start. `.notFound` where there is none.
  func feed(
    fingerprint: String, from: UTCMilliseconds
  ) async throws(StoreError) -> [ICalendarEvent]
}
