extension SessionDescription {
  /// The description as text, every line ended by CRLF, in the order of RFC 8829 §5.2.
  ///
  /// Control characters in values are left out: no value can add a line.
  public func serialized() -> String {
    var writer = SDPWriter()
    writer.line("v", "0")
    writer.line(
      "o", "\(origin.username) \(origin.sessionID) \(origin.version) \(origin.address)")
    writer.line("s", name.isEmpty ? "-" : name)
    if let connection { writer.line("c", connection) }
    writer.line("t", "0 0")
    for group in bundleGroups {
      writer.attribute("group", "BUNDLE" + group.map { " " + $0 }.joined())
    }
    if iceLite { writer.attribute("ice-lite") }
    if allowsMixedExtensions { writer.attribute("extmap-allow-mixed") }
    for attribute in attributes { writer.attribute(attribute.name, attribute.value) }
    for section in media { writer.section(section) }
    return writer.text
  }
}

/// Writes the lines of a session description.
private struct SDPWriter {
  var text = ""

  mutating func line(_ type: String, _ value: String) {
    text += type
    text += "="
    if value.utf8.contains(where: { $0 < 0x20 && $0 != 0x09 }) {
      let clean = value.utf8.filter { $0 >= 0x20 || $0 == 0x09 }
      text += String(decoding: clean, as: UTF8.self)
    } else {
      text += value
    }
    text += "\r\n"
  }

  mutating func attribute(_ name: String, _ value: String? = nil) {
    line("a", value.map { "\(name):\($0)" } ?? name)
  }

  mutating func section(_ section: MediaSection) {
    let formats = section.payloadTypes.map(\.description) + section.otherFormats
    line(
      "m",
      "\(section.kind.name) \(section.port) \(section.transportProtocol) "
        + formats.joined(separator: " "))
    if let connection = section.connection { line("c", connection) }
    for bandwidth in section.bandwidths { line("b", bandwidth) }
    if let mid = section.mid { attribute("mid", mid) }
    attribute(section.direction.rawValue)
    for msid in section.msids {
      attribute("msid", msid.stream + (msid.track.map { " " + $0 } ?? ""))
    }
    if section.isBundleOnly { attribute("bundle-only") }
    transport(section)
    formatLines(section)
    for attribute in section.attributes { self.attribute(attribute.name, attribute.value) }
  }

  private mutating func transport(_ section: MediaSection) {
    if let ufrag = section.iceUfrag { attribute("ice-ufrag", ufrag) }
    if let password = section.icePassword { attribute("ice-pwd", password) }
    if !section.iceOptions.isEmpty {
      attribute("ice-options", section.iceOptions.joined(separator: " "))
    }
    for fingerprint in section.fingerprints { attribute("fingerprint", fingerprint.sdp) }
    if let setup = section.setup { attribute("setup", setup.rawValue) }
    for candidate in section.candidates { attribute("candidate", candidate.sdp) }
    if section.hasEndOfCandidates { attribute("end-of-candidates") }
  }

  private mutating func formatLines(_ section: MediaSection) {
    if section.rtcpMux { attribute("rtcp-mux") }
    if section.rtcpMuxOnly { attribute("rtcp-mux-only") }
    if section.rtcpReducedSize { attribute("rtcp-rsize") }
    for map in section.extensionMaps {
      var value = "\(map.id)"
      if let direction = map.direction { value += "/\(direction.rawValue)" }
      value += " \(map.uri)"
      if let attributes = map.attributes { value += " \(attributes)" }
      attribute("extmap", value)
    }
    for map in section.rtpMaps {
      let channels = map.channels.map { "/\($0)" } ?? ""
      attribute("rtpmap", "\(map.payloadType) \(map.encoding)/\(map.clockRate)\(channels)")
    }
    for feedback in section.rtcpFeedback {
      attribute("rtcp-fb", "\(feedback.payloadType?.description ?? "*") \(feedback.value)")
    }
    for format in section.formatParameters {
      attribute("fmtp", "\(format.payloadType) \(format.parameters)")
    }
    for rid in section.rids { attribute("rid", rid) }
    if let simulcast = section.simulcast { attribute("simulcast", simulcast) }
    for group in section.sourceGroups {
      attribute(
        "ssrc-group", ([group.semantics] + group.ssrcs.map(\.description)).joined(separator: " "))
    }
    for source in section.sources {
      attribute(
        "ssrc", "\(source.ssrc) \(source.name)" + (source.value.map { ":" + $0 } ?? ""))
    }
  }
}
