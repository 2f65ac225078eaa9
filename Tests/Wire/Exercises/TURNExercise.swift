import Wire

func exerciseTURN(_ bytes: RawSpan) throws {
  try exerciseFrames(bytes)
  try exerciseTURNMessage(bytes)
  // The same bytes as attributes below an Allocate request's header that is right.
  let content = bytes.array(0..<(min(bytes.byteCount, 1400) & ~3))
  let header: [UInt8] = [
    0, 3, UInt8(content.count >> 8), UInt8(content.count & 0xFF), 0x21, 0x12, 0xA4, 0x42,
    1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12,
  ]
  let message = header + content
  try exerciseTURNMessage(message.span.bytes)
}

/// Goes through the bytes as a stream of frames, as far as they are.
private func exerciseFrames(_ bytes: RawSpan) throws {
  var offset = 0
  while let frame = try? TURNFrame(startOf: bytes.extracting(offset..<bytes.byteCount)) {
    try require(frame.length >= 4 && frame.length <= TURNFrame.longest, "a frame has a length")
    try require(frame.length & 3 == 0, "frames are whole words")
    guard offset + frame.length <= bytes.byteCount else { return }
    if case .channelData(let channel, let count, let length) = frame {
      let data = bytes.array((offset + 4)..<(offset + 4 + count))
      let copy = written(capacity: TURNFrame.longest) {
        TURNFrame.write(data.span.bytes, on: channel, into: &$0)
      }
      try require(copy?.count == length, "a frame is written as long as it was")
      let original = bytes.array(offset..<(offset + 4 + count))
      try require(copy?.prefix(4 + count) == original[...], "data survives")
    }
    offset += frame.length
  }
}

private func exerciseTURNMessage(_ bytes: RawSpan) throws {
  guard let message = try? TURNMessage(parsing: bytes) else { return }
  for range in [message.realm, message.nonce, message.data, message.stun.username] {
    if let range { try require(range.upperBound <= bytes.byteCount, "texts lie inside") }
  }
  try require(message.peers.count <= TURNMessage.maximumPeers, "peers are bounded")
  let data = message.data.map { bytes.array($0) }
  let copy = written(capacity: 4_096) { span in
    var writer = STUNWriter(
      message.stun.messageClass, method: message.stun.method,
      transactionID: message.stun.transactionID, into: &span)
    for peer in message.peers { writer.add(peerAddress: peer.address, to: &span) }
    if let lifetime = message.lifetime { writer.add(lifetime: lifetime, to: &span) }
    if let number = message.channelNumber { writer.add(channelNumber: number, to: &span) }
    if let number = message.requestedTransport {
      writer.add(requestedTransport: number, to: &span)
    }
    if let address = message.relayedAddress { writer.add(relayedAddress: address, to: &span) }
    if let data { writer.add(.data, value: data.span.bytes, to: &span) }
    return writer.finish(in: &span)
  }
  guard let copy else { throw ExerciseFailure(claim: "a message fits") }
  let again = try TURNMessage(parsing: copy.span.bytes)
  try require(again.peers.map(\.address) == message.peers.map(\.address), "peers survive")
  try require(again.lifetime == message.lifetime, "LIFETIME survives")
  try require(again.channelNumber == message.channelNumber, "CHANNEL-NUMBER survives")
  try require(again.requestedTransport == message.requestedTransport, "the transport survives")
  try require(again.relayedAddress == message.relayedAddress, "XOR-RELAYED-ADDRESS survives")
  try require(again.data.map { copy.span.bytes.array($0) } == data, "DATA survives")
}

func exerciseOpening(_ bytes: RawSpan) throws {
  // What has been decided once must not change when more bytes come.
  var decided: StreamOpening?
  for length in 0...min(bytes.byteCount, StreamOpening.longest) {
    let opening = StreamOpening(bytes.extracting(0..<length))
    if let decided {
      try require(opening == decided, "a decision stands")
    } else if opening != .undecided {
      decided = opening
    }
    if case .frames(let username) = opening {
      try require(username.upperBound <= length, "the name has come")
    }
  }
  try require(
    decided != nil || bytes.byteCount < StreamOpening.longest, "it is decided in time")
}
