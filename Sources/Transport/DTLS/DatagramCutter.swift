/// Cuts the DTLS records that OpenSSL writes one after the other into datagrams, between records.
struct DatagramCutter {
  private var waiting: [[UInt8]] = []
  private let datagramLimit: Int

  /// A DTLS record header: type, version, epoch, sequence number, length (RFC 6347 §4.1).
  private static let recordHeader = 13
  /// More than two flights; where the caller does not drain it, the timer makes it good.
  private static let mostWaiting = 64

  /// Datagrams of at most `datagramLimit` bytes, since OpenSSL writes no record that is longer.
  init(datagramLimit: Int) { self.datagramLimit = datagramLimit }

  /// Takes in records.
  mutating func append(_ records: UnsafeRawBufferPointer) {
    var start = 0
    var end = 0
    while let length = Self.recordLength(in: records, at: end) {
      if end + length - start > datagramLimit, end > start {
        finish(records[start..<end])
        start = end
      }
      end += length
    }
    if end > start { finish(records[start..<end]) }
  }

  /// Copies the oldest datagram into `buffer` and returns its length.
  mutating func nextDatagram(into buffer: UnsafeMutableRawBufferPointer) -> Int? {
    guard let datagram = waiting.first, datagram.count <= buffer.count else { return nil }
    waiting.removeFirst()
    buffer.copyBytes(from: datagram)
    return datagram.count
  }

  private mutating func finish(_ datagram: Slice<UnsafeRawBufferPointer>) {
    if waiting.count < Self.mostWaiting { waiting.append(Array(datagram)) }
  }

  /// The length, header included, of the record at `offset`; nil where no whole record is.
  private static func recordLength(in records: UnsafeRawBufferPointer, at offset: Int) -> Int? {
    guard offset + recordHeader <= records.count else { return nil }
    let length = recordHeader + (Int(records[offset + 11]) << 8 | Int(records[offset + 12]))
    return offset + length <= records.count ? length : nil
  }
}
