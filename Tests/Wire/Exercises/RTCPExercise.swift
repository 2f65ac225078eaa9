import Wire

func exerciseRTCP(_ bytes: RawSpan) throws {
  try exerciseCompound(bytes)
  // Most random bytes fail at the header. So the same bytes also serve as the content of each format
  // with a header that is right.
  let content = bytes.array(0..<(min(bytes.byteCount, 2000) & ~3))
  for (type, count) in formats {
    let words = UInt16(content.count / 4)
    let header: [UInt8] = [0x80 | count, type, UInt8(words >> 8), UInt8(words & 0xFF)]
    let packet = header + content
    try exerciseCompound(packet.span.bytes)
  }
}

/// Packet type and count or format of everything that is parsed.
private let formats: [(UInt8, UInt8)] = [
  (200, 0), (200, 1), (200, 31), (201, 0), (201, 1), (201, 31), (202, 1), (202, 2), (203, 1),
  (203, 31), (205, 1), (205, 15), (206, 1), (206, 4), (206, 15), (207, 0),
]

private func exerciseCompound(_ datagram: RawSpan) throws {
  guard var reader = try? CompoundReader(parsing: datagram) else { return }
  var end = 0
  while let packet = reader.next(in: datagram) {
    try require(packet.offset == end, "packets follow each other")
    end = packet.range.upperBound
    let bytes = datagram.extracting(packet.range)
    switch packet.kind {
    case .senderReport: try exerciseSenderReport(bytes)
    case .receiverReport: try exerciseReceiverReport(bytes)
    case .sourceDescription: try exerciseSourceDescription(bytes)
    case .goodbye: try exerciseGoodbye(bytes)
    case .genericNACK: try exerciseNACK(bytes)
    case .transportWideFeedback: try exerciseTransportWideFeedback(bytes)
    case .pictureLossIndication:
      if let indication = try? PictureLossIndication(parsing: bytes) {
        let copy = written { indication.write(into: &$0) }
        try require(
          try copy.map { try PictureLossIndication(parsing: $0.span.bytes) } == indication,
          "a PLI survives")
      }
    case .fullIntraRequest: try exerciseFullIntraRequest(bytes)
    case .receiverEstimatedMaximumBitrate: try exerciseBitrate(bytes)
    case .extendedReport: try exerciseExtendedReport(bytes)
    case .other: break
    }
  }
  try require(end == datagram.byteCount, "the packets make up the datagram")
}

private func exerciseSenderReport(_ bytes: RawSpan) throws {
  guard let report = try? SenderReport(parsing: bytes) else { return }
  guard let copy = written({ report.write(into: &$0) }) else {
    throw ExerciseFailure(claim: "a sender report fits")
  }
  try require(try SenderReport(parsing: copy.span.bytes) == report, "a sender report survives")
}

private func exerciseReceiverReport(_ bytes: RawSpan) throws {
  guard let report = try? ReceiverReport(parsing: bytes) else { return }
  guard let copy = written({ report.write(into: &$0) }) else {
    throw ExerciseFailure(claim: "a receiver report fits")
  }
  try require(try ReceiverReport(parsing: copy.span.bytes) == report, "a receiver report survives")
}

private func exerciseSourceDescription(_ bytes: RawSpan) throws {
  guard let description = try? SourceDescription(parsing: bytes) else { return }
  var items: [SourceDescription.Item] = []
  description.forEachItem(in: bytes) { items.append($0) }
  for item in items {
    try require(item.range.upperBound <= bytes.byteCount, "an item is in the packet")
    guard let name = description.canonicalName(of: item.ssrc, in: bytes), name.utf8.count <= 255
    else { continue }
    guard
      let copy = written({
        SourceDescription.write(
          ssrc: item.ssrc, canonicalName: name, into: &$0)
      })
    else { throw ExerciseFailure(claim: "a canonical name fits") }
    let again = try SourceDescription(parsing: copy.span.bytes)
    try require(
      again.canonicalName(of: item.ssrc, in: copy.span.bytes) == name, "a canonical name survives")
  }
}

private func exerciseGoodbye(_ bytes: RawSpan) throws {
  guard let goodbye = try? Goodbye(parsing: bytes) else { return }
  let sources = (0..<goodbye.sourceCount).map { goodbye.source($0, in: bytes) }
  if let range = goodbye.reasonRange { _ = bytes.string(range) }
  guard let copy = written({ Goodbye.write(sources: sources.span, into: &$0) }) else {
    throw ExerciseFailure(claim: "a goodbye fits")
  }
  let again = try Goodbye(parsing: copy.span.bytes)
  try require(again.sourceCount == sources.count, "a goodbye survives")
}

private func exerciseNACK(_ bytes: RawSpan) throws {
  guard let nack = try? GenericNACK(parsing: bytes) else { return }
  var lost: [SequenceNumber] = []
  nack.forEachLost(in: bytes) { lost.append($0) }
  try require(lost.count <= nack.entryCount * 17, "17 numbers per entry")
  let copy = written(capacity: 12 + lost.count * 4) { span in
    GenericNACK.write(
      senderSSRC: nack.senderSSRC, mediaSSRC: nack.mediaSSRC, lost: lost.span, into: &span)
  }
  guard let copy else { throw ExerciseFailure(claim: "a NACK fits") }
  let again = try GenericNACK(parsing: copy.span.bytes)
  var found: Set<SequenceNumber> = []
  again.forEachLost(in: copy.span.bytes) { found.insert($0) }
  try require(found == Set(lost), "the lost numbers survive")
}

private func exerciseFullIntraRequest(_ bytes: RawSpan) throws {
  guard let request = try? FullIntraRequest(parsing: bytes) else { return }
  for index in 0..<request.entryCount {
    let entry = request.entry(index, in: bytes)
    let copy = written { span in
      FullIntraRequest.write(senderSSRC: request.senderSSRC, entry: entry, into: &span)
    }
    guard let copy else { throw ExerciseFailure(claim: "a FIR fits") }
    let again = try FullIntraRequest(parsing: copy.span.bytes)
    try require(again.entry(0, in: copy.span.bytes) == entry, "a FIR survives")
  }
}

private func exerciseBitrate(_ bytes: RawSpan) throws {
  guard let estimate = try? ReceiverEstimatedMaximumBitrate(parsing: bytes) else { return }
  let sources = (0..<estimate.sourceCount).map { estimate.source($0, in: bytes) }
  let copy = written { span in
    ReceiverEstimatedMaximumBitrate.write(
      senderSSRC: estimate.senderSSRC, bitrate: estimate.bitrate, sources: sources.span, into: &span
    )
  }
  guard let copy else { throw ExerciseFailure(claim: "an estimate fits") }
  let again = try ReceiverEstimatedMaximumBitrate(parsing: copy.span.bytes)
  try require(again == estimate, "an estimate survives")
}

private func exerciseExtendedReport(_ bytes: RawSpan) throws {
  guard let report = try? ExtendedReport(parsing: bytes) else { return }
  let answers = (0..<report.answerCount).map { report.answer($0, in: bytes) }
  let copy = written(capacity: bytes.byteCount + 64) { span in
    ExtendedReport.write(
      ssrc: report.ssrc, referenceTime: report.referenceTime, answers: answers.span, into: &span)
  }
  guard let copy else { throw ExerciseFailure(claim: "an extended report fits") }
  let again = try ExtendedReport(parsing: copy.span.bytes)
  try require(again.referenceTime == report.referenceTime, "the reference time survives")
  let found = (0..<again.answerCount).map { again.answer($0, in: copy.span.bytes) }
  try require(found == answers, "the answers survive")
}

private func exerciseTransportWideFeedback(_ bytes: RawSpan) throws {
  guard let feedback = try? TransportWideFeedback(parsing: bytes) else { return }
  var arrivals: [TransportWideFeedback.Arrival] = []
  feedback.forEach(in: bytes) { arrivals.append($0) }
  try require(arrivals.count == feedback.statusCount, "every packet's fate is told")
  let times = arrivals.map(\.time)
  // The writer counts from its own clock's zero and knows nothing earlier.
  guard times.allSatisfy({ $0.map { $0.nanoseconds >= 0 } ?? true }),
    times.contains(where: { $0 != nil })
  else { return }
  var result: TransportWideFeedback.Written?
  let copy = written(capacity: 20 + 2 * arrivals.count + 2 * arrivals.count + 8) { span in
    result = TransportWideFeedback.write(
      senderSSRC: feedback.senderSSRC, mediaSSRC: feedback.mediaSSRC,
      feedbackCount: feedback.feedbackCount, base: feedback.baseSequenceNumber,
      count: arrivals.count, into: &span
    ) { index in times[index].map { MonotonicTime(nanoseconds: $0.nanoseconds) } }
    return result?.length
  }
  guard let copy, let result else { throw ExerciseFailure(claim: "feedback fits") }
  try require(result.statusCount == arrivals.count, "all of the feedback fits")
  let again = try TransportWideFeedback(parsing: copy.span.bytes)
  var found: [TransportWideFeedback.Arrival] = []
  again.forEach(in: copy.span.bytes) { found.append($0) }
  // Reference times are modulo 2^24 units; the sums of deltas may have gone beyond.
  let cycle = TransportWideFeedback.referenceUnit.nanoseconds << 24
  let shift =
    (found.first { $0.time != nil }?.time?.nanoseconds ?? 0)
    - (arrivals.first { $0.time != nil }?.time?.nanoseconds ?? 0)
  try require(shift % cycle == 0, "the reference time survives")
  let moved = arrivals.map { arrival in
    TransportWideFeedback.Arrival(
      sequenceNumber: arrival.sequenceNumber,
      time: arrival.time.map { TimeSpan(nanoseconds: $0.nanoseconds + shift) })
  }
  try require(found == moved, "the arrivals survive")
}
