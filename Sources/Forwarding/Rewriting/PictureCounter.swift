import Wire

/// Reads the numbers in a source's VP8 payloads (RFC 7741 §4.2) and finds where keyframes start.
struct PictureCounter: BitwiseCopyable {
  private var last: UInt16?

  /// Fills in the packet's numbers; a payload that is no VP8 (padding, an end-to-end encrypted one)
  /// leaves them alone.
  mutating func read(into packet: inout SourcePacket) {
    let payload = packet.payload.bytes
    guard let descriptor = try? VP8PayloadDescriptor(parsing: payload) else { return }
    packet.descriptor = descriptor
    packet.startsKeyframe = descriptor.startsKeyframe(in: payload)
    if let picture = descriptor.pictureID {
      packet.numbers.pictureID = descriptor.hasLongPictureID ? picture : extend(picture)
    }
    packet.numbers.temporalBase = descriptor.temporalBaseIndex ?? 0
  }

  /// Counts a picture id of seven bits on in fifteen, so that it compares like the others.
  private mutating func extend(_ picture: UInt16) -> UInt16 {
    guard let last else {
      self.last = picture
      return picture
    }
    // The short way round of seven bits, -64 ... 63.
    var step = (picture &- last) & 0x7F
    if step >= 64 { step |= 0xFF80 }
    let extended = (last &+ step) & 0x7FFF
    if step < 64 { self.last = extended }
    return extended
  }
}
