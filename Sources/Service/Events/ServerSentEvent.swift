import NIOCore

/// One server-sent event (WHATWG HTML §9.2).
struct ServerSentEvent: Sendable, Equatable {
  /// The id to resume after; nil for an event that is not stored and cannot be resumed from.
  var id: Int64?
  /// The event's name.
  var name: String
  /// Its JSON text, on one line.
  var data: String

  /// The event's bytes on the wire.
  func write(into buffer: inout ByteBuffer) {
    if let id { buffer.writeString("id: \(id)\n") }
    buffer.writeString("event: \(name)\ndata: \(data)\n\n")
  }

  /// A comment: keeps proxies from closing an idle stream, and shows the reader that it lives.
  static let heartbeat = ByteBuffer(string: ": hb\n\n")
}
