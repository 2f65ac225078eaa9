import Glibc
import Wire

/// Packets that were sent before, on a stream of their own (RFC 4588).
struct RetransmissionStream {
  private var next: SequenceNumber

  /// A stream from a random number on.
  init(using generator: inout some RandomNumberGenerator) {
    next = SequenceNumber(rawValue: UInt16.random(in: 0..<0x8000, using: &generator))
  }

  /// Writes the packet `sequence` again and returns its length: with the original sequence number in
  /// front of the payload (RFC 4588 §4), or as it was where no such stream was negotiated.
  mutating func write(
    _ sequence: SequenceNumber, from history: borrowing PacketHistory,
    track: NegotiatedMedia.SendTrack, ssrc: SSRC?, layer: String? = nil,
    into buffer: UnsafeMutableRawBufferPointer
  ) -> Int? {
    guard let packet = history.packet(sequence), let from = packet.baseAddress,
      let bytes = buffer.baseAddress, let header = try? RTPHeader(parsing: packet.bytes)
    else { return nil }
    guard let ssrc, let payloadType = track.retransmissionPayloadType else {
      memcpy(bytes, from, packet.count)
      return packet.count
    }
    let length = OutgoingPacket.writeHeader(
      track, sequence: next, timestamp: header.timestamp, marker: header.marker, level: nil,
      ssrc: ssrc, payloadType: payloadType, repairing: layer, into: buffer)
    guard let length, length + 2 + header.payloadLength <= buffer.count else { return nil }
    next = next.next
    buffer[length] = UInt8(sequence.rawValue >> 8)
    buffer[length + 1] = UInt8(sequence.rawValue & 0xFF)
    memcpy(bytes + length + 2, from + header.headerLength, header.payloadLength)
    return length + 2 + header.payloadLength
  }

  /// Writes a packet of nothing but `padding` bytes, with which a path is probed; returns its length.
  mutating func writePadding(
    _ padding: Int, timestamp: RTPTimestamp, track: NegotiatedMedia.SendTrack, ssrc: SSRC?,
    layer: String? = nil, into buffer: UnsafeMutableRawBufferPointer
  ) -> Int? {
    guard let ssrc, let payloadType = track.retransmissionPayloadType else { return nil }
    let length = OutgoingPacket.writeHeader(
      track, sequence: next, timestamp: timestamp, marker: false, level: nil, ssrc: ssrc,
      payloadType: payloadType, repairing: layer, into: buffer)
    guard let length, let bytes = buffer.baseAddress else { return nil }
    // RFC 3550 §5.1: the last byte counts the padding, itself included.
    let count = min(max(padding - length, 1), 255)
    next = next.next
    memset(bytes + length, 0, count)
    buffer[0] |= 0x20
    buffer[length + count - 1] = UInt8(count)
    return length + count
  }
}
