import Wire

func exerciseRTP(_ packet: RawSpan) throws {
  _ = DatagramKind.classify(packet)
  _ = DatagramKind.isRTCP(packet)
  guard let header = try? RTPHeader(parsing: packet) else { return }
  try require(
    header.headerLength + header.payloadLength + header.paddingLength == packet.byteCount,
    "header, payload and padding make up the packet")
  try require(header.payloadRange.upperBound <= packet.byteCount, "the payload is in the packet")
  for index in 0..<header.csrcCount { _ = header.contributingSource(index, in: packet) }

  var elements: [HeaderExtensions.Element] = []
  header.extensions.forEach(in: packet) { elements.append($0) }
  var end = header.extensionOffset
  for element in elements {
    try require(element.offset > end, "elements do not overlap")
    end = element.offset + element.length
    try require(end <= header.headerLength, "elements are in the header")
    try require(
      header.extensions.find(id: element.id, in: packet) != nil, "what is listed can be found")
  }
  for id in UInt8(0)...15 {
    _ = header.audioLevel(id: id, in: packet)
    _ = header.transportSequence(id: id, in: packet)
    _ = header.absoluteSendTime(id: id, in: packet)
  }
  if header.extensionProfile == HeaderExtensions.oneByteProfile || !header.hasExtension {
    try rewrite(header, elements, of: packet)
  }
}

/// Writes the header anew, as forwarding does, and compares.
private func rewrite(
  _ header: RTPHeader, _ elements: [HeaderExtensions.Element], of packet: RawSpan
) throws {
  let copy = written(capacity: packet.byteCount + 64) { bytes in
    var writer = RTPHeaderWriter(
      payloadType: header.payloadType, sequenceNumber: header.sequenceNumber,
      timestamp: header.timestamp, ssrc: header.ssrc, marker: header.marker, into: &bytes)
    for element in elements {
      writer.add(bytes: packet.extracting(element.range), id: element.id, to: &bytes)
    }
    guard let length = writer.finish(in: &bytes) else { return nil }
    bytes.storeBytes(packet.extracting(header.payloadRange), at: length)
    return length + header.payloadLength
  }
  guard let copy else { throw ExerciseFailure(claim: "a parsed header can be written") }
  let again = try RTPHeader(parsing: copy.span.bytes)
  try require(again.sequenceNumber == header.sequenceNumber, "the sequence number survives")
  try require(again.timestamp == header.timestamp, "the timestamp survives")
  try require(again.payloadLength == header.payloadLength, "the payload survives")
  var found: [[UInt8]] = []
  again.extensions.forEach(in: copy.span.bytes) { found.append(copy.span.bytes.array($0.range)) }
  try require(found == elements.map { packet.array($0.range) }, "the elements survive")
}
