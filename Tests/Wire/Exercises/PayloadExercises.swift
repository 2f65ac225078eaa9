import Wire

func exerciseVP8(_ payload: RawSpan) throws {
  _ = try? VP8FrameHeader(parsing: payload)
  guard let descriptor = try? VP8PayloadDescriptor(parsing: payload) else { return }
  try require(descriptor.length < payload.byteCount, "a byte of VP8 follows the descriptor")
  try require(descriptor.length <= VP8PayloadDescriptor.maximumLength, "descriptors are short")
  _ = descriptor.startsKeyframe(in: payload)
  let frame = payload.extracting(descriptor.length..<payload.byteCount)
  if let header = try? VP8FrameHeader(parsing: frame), header.isKeyframe {
    try require((0...0x3FFF).contains(header.width), "widths have 14 bits")
    try require((0...0x3FFF).contains(header.height), "heights have 14 bits")
  }

  let same = written(capacity: payload.byteCount) { span in
    span.storeBytes(payload, at: 0)
    descriptor.rewrite(
      pictureID: descriptor.pictureID ?? 0, temporalBaseIndex: descriptor.temporalBaseIndex ?? 0,
      in: &span, at: 0)
    return payload.byteCount
  }
  try require(same == payload.array(0..<payload.byteCount), "rewriting to the same changes nothing")

  let copy = written { span in
    guard let length = descriptor.write(into: &span) else { return nil }
    span.storeUInt8(0, at: length)
    return length + 1
  }
  guard let copy else { throw ExerciseFailure(claim: "a descriptor fits") }
  let again = try VP8PayloadDescriptor(parsing: copy.span.bytes)
  try require(again.startsPicture == descriptor.startsPicture, "the start survives")
  try require(again.isNonReference == descriptor.isNonReference, "N survives")
  try require(again.partitionIndex == descriptor.partitionIndex, "PID survives")
  try require(again.pictureID == descriptor.pictureID, "the picture id survives")
  try require(again.hasLongPictureID == descriptor.hasLongPictureID, "its size survives")
  try require(again.temporalBaseIndex == descriptor.temporalBaseIndex, "TL0PICIDX survives")
  try require(again.temporalLayer == descriptor.temporalLayer, "TID survives")
  try require(again.isLayerSync == descriptor.isLayerSync, "Y survives")
  try require(again.keyIndex == descriptor.keyIndex, "KEYIDX survives")
}

func exerciseOpus(_ packet: RawSpan) throws {
  guard let toc = try? OpusTOC(parsing: packet) else { return }
  try require((120...OpusTOC.maximumSamples).contains(toc.samples), "2.5 to 120 ms")
  try require((1...48).contains(toc.frameCount), "1 to 48 frames")
  _ = toc.mode
}

func exerciseRedundantAudio(_ payload: RawSpan) throws {
  guard let audio = try? RedundantAudio(parsing: payload) else { return }
  try require(audio.primary.range.upperBound == payload.byteCount, "the primary ends the payload")
  var blocks: [RedundantAudio.Block] = []
  audio.forEachRedundant(in: payload) { blocks.append($0) }
  try require(blocks.count == audio.redundantCount, "every block is told of")
  try require(
    blocks.allSatisfy { $0.range.upperBound <= audio.primary.offset }, "blocks precede the primary")
  let copy = written(capacity: payload.byteCount) { span in
    RedundantAudio.write(primary: audio.primary, redundant: blocks.span, of: payload, into: &span)
  }
  try require(copy == payload.array(0..<payload.byteCount), "a payload survives byte for byte")
}
