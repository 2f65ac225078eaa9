public import Visits

/// Messages to somebody outside: partners a citizen has named (H3), and the journal (H11).
///
/// They are made in the transaction of what they tell, and sent as reminders are.
public protocol PostStore: Sendable {
  /// What the journal is to be told.
  func journalChoice(tenant: TenantID) async throws(StoreError) -> JournalChoice
  /// Decides it, with a line in the audit log. What happened before is not told.
  func setJournalChoice(
    _ choice: JournalChoice, tenant: TenantID, by initiator: Initiator, at now: UTCMilliseconds
  ) async throws(StoreError)

  /// Every message about a citizen, oldest first.
  func posts(about citizen: PersonID, tenant: TenantID) async throws(StoreError) -> [Post]
  /// Messages that did not arrive or have been waiting for long, oldest first, at most `limit`.
  func troubledPosts(tenant: TenantID, limit: Int) async throws(StoreError) -> [Post]
  /// Sends one that failed for good once more, with a line in the audit log.
  func sendAgain(
    _ key: PostKey, tenant: TenantID, by initiator: Initiator, at now: UTCMilliseconds
  ) async throws(StoreError) -> Post

  /// Takes up at most `limit` messages of all municipalities that are due, for this sender alone;
  /// the journal's only where there is something to reach it by.
  func takeDuePosts(
    at now: UTCMilliseconds, limit: Int, withJournal: Bool
  ) async throws(StoreError) -> [Post]
  /// Writes what became of a message; returns it as it is then, or nil where the news changes
  /// nothing.
  @discardableResult
  func tell(
    _ news: MessageNews, ofPost key: PostKey, tenant: TenantID, at now: UTCMilliseconds
  ) async throws(StoreError) -> Post?
}
