/// Packets that wait to go out on a byte stream, each in its frame (RFC 4571 §2).
///
/// A byte stream must not be written to ahead of the network: what has been handed to it arrives, in
/// order, however late. So little is handed over at a time, the rest waits here, and of what waits,
/// sound goes first and picture is dropped first.
struct StreamQueue: Sendable {
  /// How much a packet matters.
  enum Urgency: Sendable {
    /// Sound, and everything that keeps the connection: checks, handshake, reports.
    case sound
    /// Picture. A lost one is asked for again, or a key frame is.
    case picture
  }

  /// The most that waits, in bytes: a second and a half of everything at 350 kbit/s.
  static let capacity = 64 << 10
  /// The most of it that is picture.
  static let pictureCapacity = 48 << 10

  private var sound = PacketLine()
  private var picture = PacketLine()
  /// Packets that were dropped, oldest picture first.
  private(set) var dropped = 0

  /// Whether nothing waits.
  var isEmpty: Bool { sound.packets.isEmpty && picture.packets.isEmpty }
  /// How much waits, in bytes.
  var bytes: Int { sound.bytes + picture.bytes }

  /// Adds a packet. Where there is no room for it, older picture makes room, then older sound: what is
  /// said now is worth more than what was said seconds ago.
  mutating func append(_ packet: [UInt8], _ urgency: Urgency) {
    switch urgency {
    case .sound: sound.append(packet)
    case .picture: picture.append(packet)
    }
    while picture.bytes > Self.pictureCapacity || bytes > Self.capacity, picture.drop() {
      dropped += 1
    }
    while bytes > Self.capacity, sound.drop() { dropped += 1 }
  }

  /// Takes the next packet to write.
  mutating func next() -> [UInt8]? { sound.take() ?? picture.take() }
}

/// Packets in order of their arrival.
private struct PacketLine: Sendable {
  private(set) var packets: [[UInt8]] = []
  private(set) var bytes = 0

  mutating func append(_ packet: [UInt8]) {
    packets.append(packet)
    bytes += packet.count
  }

  mutating func take() -> [UInt8]? {
    guard !packets.isEmpty else { return nil }
    let packet = packets.removeFirst()
    bytes -= packet.count
    return packet
  }

  /// Drops the oldest; false where there is none.
  mutating func drop() -> Bool { take() != nil }
}
