import Wire

/// The bytes as a stream, cut into pieces whose lengths the bytes themselves say: every way of cutting
/// must give the packets that one piece gives.
func exerciseFraming(_ bytes: RawSpan) throws {
  let whole = read(bytes, pieces: [bytes.byteCount])
  let cuts = (0..<min(bytes.byteCount, 64)).map { Int(bytes.loadUInt8(at: $0)) + 1 }
  for pieces in [[1], [3], cuts] where !pieces.isEmpty {
    let cut = read(bytes, pieces: pieces)
    try require(cut.packets == whole.packets, "cuts change no packet")
    try require(cut.failure == whole.failure, "cuts change no failure")
  }
  let framed = whole.packets.flatMap { packet in
    written(capacity: 2 + packet.count) { span in
      guard StreamFrame.writeHeader(length: packet.count, into: &span) else { return nil }
      span.storeBytes(packet.span.bytes, at: StreamFrame.headerLength)
      return 2 + packet.count
    } ?? []
  }
  let again = read(framed.span.bytes, pieces: [framed.count])
  try require(again.packets == whole.packets, "packets survive being framed again")
  try require(again.failure == nil && again.waiting == 0, "what we frame is whole")
  try require(
    whole.failure != nil || whole.waiting < StreamFrame.headerLength + StreamFrame.longestPacket,
    "no more waits than a part of one frame")
}

private struct Reading {
  var packets: [[UInt8]] = []
  var failure: FramingError?
  var waiting = 0
}

/// Reads `bytes` in pieces of these lengths, over and over.
private func read(_ bytes: RawSpan, pieces: [Int]) -> Reading {
  var reader = FramedStreamReader()
  var reading = Reading()
  var offset = 0
  var piece = 0
  while offset < bytes.byteCount {
    let end = min(bytes.byteCount, offset + pieces[piece % pieces.count])
    piece += 1
    while offset < end {
      offset += reader.append(bytes.extracting(offset..<end))
      do {
        while let packet = try reader.next() { reading.packets.append(Array(packet)) }
      } catch {
        reading.failure = error
        return reading
      }
    }
  }
  reading.waiting = reader.waiting
  return reading
}
