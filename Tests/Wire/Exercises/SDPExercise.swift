import Wire

func exerciseSDP(_ bytes: RawSpan) throws {
  let text = bytes.array(0..<bytes.byteCount)
  let description: SessionDescription
  do {
    description = try SessionDescription(parsing: text)
  } catch {
    let lines = text.reduce(1) { $0 + ($1 == 0x0A ? 1 : 0) }
    try require((0...lines).contains(error.line), "an error names a line there is")
    return
  }
  for section in description.media { try exerciseSection(section) }
  let serialized = description.serialized()
  let again = try SessionDescription(parsing: serialized)
  try require(again.withoutLines == description.withoutLines, "a description survives")
  try require(again.serialized() == serialized, "writing twice writes the same")
}

private func exerciseSection(_ section: MediaSection) throws {
  for type in section.payloadTypes {
    try require(type.rawValue <= 127, "payload types have seven bits")
    _ = section.retransmissionType(of: type)
    _ = section.accepts(feedback: "nack pli", type)
    _ = section.parameters(type)?.value("minptime")
  }
  for ssrc in section.ssrcs {
    _ = section.retransmissionSSRC(of: ssrc)
    _ = section.sourceValue("cname", of: ssrc)
  }
  for rid in section.restrictionIDs {
    try require(RestrictionID(sdp: rid.sdp) == rid, "an encoding's name survives")
  }
  if let simulcast = section.simulcast.flatMap({ Simulcast(sdp: $0) }) {
    try require(Simulcast(sdp: simulcast.sdp) == simulcast, "simulcast survives")
  }
  for type in section.payloadTypes { _ = section.simulcastNames(sendingIn: type) }
  _ = section.payloadType(encoding: "VP8", clockRate: 90_000)
  _ = section.sha256Fingerprint
}

extension SessionDescription {
  /// The description without the numbers of the lines it was read from.
  var withoutLines: SessionDescription {
    var copy = self
    for index in copy.media.indices { copy.media[index].line = 0 }
    return copy
  }
}

func exerciseCandidate(_ bytes: RawSpan) throws {
  let text = bytes.string(0..<bytes.byteCount)
  if let candidate = ICECandidate(parsing: text) {
    _ = candidate.isUsableUDP
    _ = candidate.value("ufrag")
    try require(ICECandidate(parsing: candidate.sdp) == candidate, "a candidate survives")
  }
  if let address = SocketAddress(ip: text, port: 7) {
    try require(SocketAddress(ip: address.addressText, port: 7) == address, "an address survives")
  }
}
