import Wire

func exerciseSTUN(_ bytes: RawSpan) throws {
  try exerciseMessage(bytes)
  // The same bytes as attributes below a header that is right.
  let content = bytes.array(0..<(min(bytes.byteCount, 1400) & ~3))
  let header: [UInt8] = [
    0, 1, UInt8(content.count >> 8), UInt8(content.count & 0xFF), 0x21, 0x12, 0xA4, 0x42,
    1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12,
  ]
  let message = header + content
  try exerciseMessage(message.span.bytes)
}

private func exerciseMessage(_ bytes: RawSpan) throws {
  guard let message = try? STUNMessage(parsing: bytes) else { return }
  let key = HMACSHA1(password: "VOkJxbRl1RmTxUk/WvJxBt")
  _ = message.verifyIntegrity(key: key, in: bytes)
  _ = message.verifyFingerprint(in: bytes)
  var end = STUNMessage.headerLength
  var order = true
  message.forEachAttribute(in: bytes) { _, range in
    order = order && range.lowerBound >= end + 4 && range.upperBound <= bytes.byteCount
    end = range.upperBound
  }
  try require(order, "attributes follow each other inside the message")
  let username = message.username.map { bytes.array($0) }
  if let software = message.software { _ = bytes.string(software) }

  let copy = written { span in
    var writer = STUNWriter(
      message.messageClass, method: message.method, transactionID: message.transactionID,
      into: &span)
    if let username { writer.add(.username, value: username.span.bytes, to: &span) }
    if let priority = message.priority { writer.add(priority: priority, to: &span) }
    if message.usesCandidate { writer.addUseCandidate(to: &span) }
    if let number = message.iceControlling { writer.add(iceControlling: number, to: &span) }
    if let number = message.iceControlled { writer.add(iceControlled: number, to: &span) }
    if let address = message.mappedAddress { writer.add(mappedAddress: address, to: &span) }
    if let code = message.errorCode { writer.add(errorCode: code, reason: "fault", to: &span) }
    writer.addIntegrity(key: key, to: &span)
    writer.addFingerprint(to: &span)
    return writer.finish(in: &span)
  }
  guard let copy else { throw ExerciseFailure(claim: "a message fits") }
  let again = try STUNMessage(parsing: copy.span.bytes)
  try require(again.messageClass == message.messageClass, "the class survives")
  try require(again.method == message.method, "the method survives")
  try require(again.transactionID == message.transactionID, "the transaction survives")
  try require(again.username.map { copy.span.bytes.array($0) } == username, "USERNAME survives")
  try require(again.priority == message.priority, "PRIORITY survives")
  try require(again.usesCandidate == message.usesCandidate, "USE-CANDIDATE survives")
  try require(again.iceControlling == message.iceControlling, "ICE-CONTROLLING survives")
  try require(again.iceControlled == message.iceControlled, "ICE-CONTROLLED survives")
  try require(again.mappedAddress == message.mappedAddress, "XOR-MAPPED-ADDRESS survives")
  try require(again.errorCode == message.errorCode, "ERROR-CODE survives")
  try require(again.verifyIntegrity(key: key, in: copy.span.bytes), "what we sign verifies")
  try require(again.verifyFingerprint(in: copy.span.bytes), "what we fingerprint verifies")
}
