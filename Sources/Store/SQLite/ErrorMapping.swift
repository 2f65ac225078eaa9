import GRDB
import Visits

extension StoreError {
  /// The store's word for whatever a transaction ended with.
  init(wrapping error: any Error) {
    switch error {
    case let error as StoreError: self = error
    case let refusal as Refusal: self = .refused(refusal)
    case is CancellationError: self = .cancelled
    case let error as DatabaseError: self.init(error)
    default: self = .failed(code: -1, message: String(describing: error))
    }
  }

  private init(_ error: DatabaseError) {
    switch error.resultCode {
    case .SQLITE_BUSY, .SQLITE_LOCKED: self = .busy
    case .SQLITE_FULL: self = .full
    case .SQLITE_CONSTRAINT: self = .conflict
    default:
      self = .failed(
        code: error.extendedResultCode.rawValue, message: error.message ?? "no message")
    }
  }
}

extension Row {
  /// A column's text as one of an enumeration's values. A value this release does not know comes
  /// from a newer one: an error, never a trap.
  func value<T: RawRepresentable<String>>(_ column: String, as type: T.Type) throws -> T {
    let text: String = self[column]
    guard let value = T(rawValue: text) else {
      throw StoreError.failed(code: -1, message: "unknown \(column) '\(text)'")
    }
    return value
  }

  /// A column as an id.
  func id<T: Identifier>(_ column: String, as type: T.Type = T.self) -> T {
    T(rawValue: self[column])
  }

  /// A column as an id, nil when NULL.
  func optionalID<T: Identifier>(_ column: String, as type: T.Type = T.self) -> T? {
    let text: String? = self[column]
    return text.map(T.init(rawValue:))
  }

  /// A column as a time.
  func time(_ column: String) -> UTCMilliseconds { UTCMilliseconds(rawValue: self[column]) }

  /// A column as a time, nil when NULL.
  func optionalTime(_ column: String) -> UTCMilliseconds? {
    let value: Int64? = self[column]
    return value.map(UTCMilliseconds.init(rawValue:))
  }
}
