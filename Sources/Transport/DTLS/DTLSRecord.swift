/// A DTLS record, as far as it can be told without keys.
///
///      0      1  2      3  4      5 … 10            11 12     13 …
///     | type | version | epoch | sequence number | length | fragment …       RFC 6347 §4.1
enum DTLSRecord {
  /// The header's length in bytes.
  static let header = 13
  /// The part of AES-GCM's nonce that travels with each record (RFC 5288 §3).
  static let explicitNonce = 8

  /// The length of the record that begins at `start`, with its header; nil where it is not whole.
  static func length(in datagram: UnsafeRawBufferPointer, at start: Int) -> Int? {
    guard start + header <= datagram.count else { return nil }
    let length = header + (Int(datagram[start + 11]) << 8 | Int(datagram[start + 12]))
    return length <= datagram.count - start ? length : nil
  }

  /// Whether the record that begins at `start`, which is whole, is in plaintext.
  static func isPlain(in datagram: UnsafeRawBufferPointer, at start: Int) -> Bool {
    datagram[start + 3] == 0 && datagram[start + 4] == 0
  }

  /// Whether a sealed record of a datagram is too short to be anybody's: shorter than a tag and the
  /// `nonce` bytes before it. RFC 6347 §4.1.2.7 has what does not verify dropped, but OpenSSL 3.0.19 (not
  /// 3.0.22) ends the association at such a record: one datagram from a forged address would end a call.
  static func isForged(_ datagram: UnsafeRawBufferPointer, nonce: Int) -> Bool {
    var start = 0
    while let length = length(in: datagram, at: start) {
      if !isPlain(in: datagram, at: start), length < header + nonce + GCMKey.tagLength {
        return true
      }
      start += length
    }
    return false
  }
}
