import Wire

// Sound with earlier sound in it (RFC 2198), packed for one receiver from the source's history.
extension SlotStream {
  /// The longest payload that is packed, in bytes: with headers it fits every path (RFC 8200 §5).
  static let longestRedundantPayload = 1_100

  /// The earlier packets that go along with one, newest first.
  private struct Copies {
    var entries = InlineArray<4, PacketHistory.Entry>(repeating: PacketHistory.Entry())
    var count = 0
    /// Bytes of their headers and payloads.
    var length = 0
  }

  /// Writes the payload of a packet that carries up to `depth` earlier ones along at `offset`, and
  /// returns where it ends; nil where none of those is at hand, or it does not fit.
  ///
  /// Only packets sent in this stream since its source began go along, and none older than the 14 bits
  /// of its timestamp offset say: 341 ms.
  mutating func packRedundant(
    _ packet: SourcePacket, depth: Int, from history: borrowing PacketHistory,
    type: PayloadType, into slot: UnsafeMutableRawBufferPointer, at offset: Int
  ) -> Int? {
    let copies = copies(for: packet, depth: depth, from: history)
    let length = copies.length + 1 + packet.payload.count
    guard copies.count > 0, let start = slot.baseAddress, let primary = packet.payload.baseAddress,
      length <= slot.count - offset
    else { return nil }
    var bytes = slot.mutableBytes
    var header = offset
    var data = offset + copies.count * RedundantAudio.redundantHeaderLength + 1
    for index in stride(from: copies.count - 1, through: 0, by: -1) {
      let entry = copies.entries[index]
      let age = packet.numbers.timestamp &- entry.timestamp
      guard
        RedundantAudio.writeRedundantHeader(
          payloadType: type, timestampOffset: Int(age), length: Int(entry.length), into: &bytes,
          at: header)
      else { return nil }
      let payload = history.payload(of: entry)
      guard let from = payload.baseAddress else { return nil }
      (start + data).copyMemory(from: from, byteCount: payload.count)
      header += RedundantAudio.redundantHeaderLength
      data += payload.count
    }
    bytes.storeUInt8(type.rawValue & 0x7F, at: header)
    (start + data).copyMemory(from: primary, byteCount: packet.payload.count)
    return offset + length
  }

  private mutating func copies(
    for packet: SourcePacket, depth: Int, from history: borrowing PacketHistory
  ) -> Copies {
    var copies = Copies()
    let room = Self.longestRedundantPayload - 1 - packet.payload.count
    for distance in 1...UInt64(max(1, min(depth, RedundancyPolicy.maximumDepth))) {
      let sequence = packet.numbers.sequence &- distance
      guard hasSent(sequence), let entry = history.find(sequence) else { continue }
      let age = packet.numbers.timestamp &- entry.timestamp
      let length = RedundantAudio.redundantHeaderLength + Int(entry.length)
      guard age > 0, age <= UInt32(RedundantAudio.maximumTimestampOffset),
        entry.length <= Int32(RedundantAudio.maximumBlockLength), copies.length + length <= room
      else { break }
      copies.entries[copies.count] = entry
      copies.count += 1
      copies.length += length
    }
    return copies
  }
}
