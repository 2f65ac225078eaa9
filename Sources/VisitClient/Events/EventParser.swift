/// One server-sent event.
struct ServerEvent: Sendable, Equatable {
  /// The event's name; `message` where the stream gave none.
  var name: String
  /// The event's data, lines joined by a newline.
  var data: String
}

/// Splits a byte stream into server-sent events (WHATWG HTML §9.2.6).
///
/// Fed in pieces of any size: a line break or a character may be split between two of them.
struct EventParser: Sendable {
  /// The last id seen, to resume from; survives a broken connection.
  private(set) var lastEventID: String?
  /// The reconnection time that the stream asked for, in milliseconds.
  private(set) var retryMilliseconds: Int?

  private var line: [UInt8] = []
  private var name = ""
  /// The id of the event that is being read; it counts when the event is whole.
  private var id: String?
  private var data: [UInt8] = []
  private var hasData = false
  private var lastWasCarriageReturn = false
  private var isAtStart = true
  private var isOversized = false

  /// No line and no event of ours is longer; a longer one is skipped, not collected.
  static let largestEvent = 1 << 20

  init(lastEventID: String? = nil) {
    self.lastEventID = lastEventID
  }

  /// Forgets an unfinished event; the stream begins anew.
  mutating func restart() {
    self = EventParser(lastEventID: lastEventID)
  }

  /// Takes bytes and calls `emit` for every event they complete.
  mutating func consume(_ bytes: some Sequence<UInt8>, _ emit: (ServerEvent) -> Void) {
    for byte in bytes {
      switch byte {
      case 0x0A where lastWasCarriageReturn:
        // The second half of CR LF.
        lastWasCarriageReturn = false
      case 0x0A, 0x0D:
        lastWasCarriageReturn = byte == 0x0D
        endLine(emit)
      default:
        lastWasCarriageReturn = false
        if line.count < Self.largestEvent { line.append(byte) } else { isOversized = true }
      }
    }
  }

  private mutating func endLine(_ emit: (ServerEvent) -> Void) {
    defer { line.removeAll(keepingCapacity: true) }
    if isAtStart {
      isAtStart = false
      if line.starts(with: [0xEF, 0xBB, 0xBF]) { line.removeFirst(3) }
    }
    if line.isEmpty {
      lastEventID = id ?? lastEventID
      if hasData && !isOversized {
        let event = ServerEvent(
          name: name.isEmpty ? "message" : name, data: String(decoding: data, as: UTF8.self))
        emit(event)
      }
      name = ""
      data.removeAll(keepingCapacity: true)
      hasData = false
      isOversized = false
      return
    }
    let colon = line.firstIndex(of: UInt8(ascii: ":")) ?? line.endIndex
    // A line that begins with a colon is a comment: the heartbeat.
    guard colon != line.startIndex else { return }
    var valueStart = colon == line.endIndex ? colon : colon + 1
    if valueStart < line.endIndex, line[valueStart] == UInt8(ascii: " ") { valueStart += 1 }
    let value = line[valueStart...]
    switch String(decoding: line[..<colon], as: UTF8.self) {
    case "event":
      name = String(decoding: value, as: UTF8.self)
    case "data":
      if hasData { data.append(0x0A) }
      hasData = true
      if data.count + value.count <= Self.largestEvent {
        data.append(contentsOf: value)
      } else {
        isOversized = true
      }
    case "id":
      // An id with a NUL is ignored, as the specification says.
      if !value.contains(0) { id = String(decoding: value, as: UTF8.self) }
    case "retry":
      if !value.isEmpty, value.allSatisfy({ (0x30...0x39).contains($0) }) {
        retryMilliseconds = Int(String(decoding: value, as: UTF8.self))
      }
    default:
      break
    }
  }
}
