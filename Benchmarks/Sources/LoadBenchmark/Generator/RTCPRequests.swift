/// What a relay asks of a sender.
enum RTCPRequests {
  /// Whether a compound packet holds a PLI (RFC 4585 §6.3.1) or a FIR (RFC 5104 §4.3.1).
  static func wantsKeyframe(_ packet: UnsafeRawBufferPointer) -> Bool {
    var offset = 0
    while offset + 4 <= packet.count {
      let format = packet[offset] & 0x1F
      if packet[offset + 1] == 206, format == 1 || format == 4 { return true }
      offset += 4 * (1 + Int(packet[offset + 2]) << 8 + Int(packet[offset + 3]))
    }
    return false
  }
}
