public import Visits

/// Why the store did not do what was asked.
public enum StoreError: Error, Hashable, Sendable {
  /// Somebody else holds the database and did not let go in time. Try again.
  case busy
  /// There is no room left. Nothing was written; what was there is intact and can be read.
  case full
  /// There is no such thing, or it belongs to another municipality: the two look the same.
  case notFound
  /// Something by that name exists already, or a constraint of the database forbids it.
  case conflict
  /// A rule says no, in words for whoever asked.
  case refused(Refusal)
  /// The task was cancelled before anything was written.
  case cancelled
  /// Anything else: the SQLite result code and its message, for the log and never for a person.
  case failed(code: Int32, message: String)

  /// Whether the same request may succeed later without anybody changing it.
  public var isTemporary: Bool {
    switch self {
    case .busy, .full: true
    case .failed(let code, _): Self.storageTrouble.contains(code & 0xff)
    case .notFound, .conflict, .refused, .cancelled: false
    }
  }

  /// Primary SQLite result codes that speak of the disk or memory and not of the request: NOMEM,
  /// READONLY, IOERR, CANTOPEN, PROTOCOL. What is wrong with the request itself, or with a row, will
  /// be wrong tomorrow.
  private static let storageTrouble: Set<Int32> = [7, 8, 10, 14, 15]
}
