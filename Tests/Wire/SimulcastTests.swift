import Testing
import Wire

@Suite struct SimulcastTests {
  @Test("an encoding's name is read with its direction and restrictions")
  func restrictionIDs() throws {
    let plain = try #require(RestrictionID(sdp: "q send"))
    #expect(plain.id == "q" && plain.direction == .send && plain.restrictions == nil)
    #expect(plain.allows(PayloadType(96)))
    let narrow = try #require(RestrictionID(sdp: "hi-res recv max-width=1280; pt=96,98"))
    #expect(narrow.direction == .receive)
    #expect(narrow.allows(PayloadType(98)) && !narrow.allows(PayloadType(9)))
    #expect(RestrictionID(sdp: narrow.sdp) == narrow)
  }

  @Test(
    "an ill-formed name is none",
    arguments: ["", "q", "q sendrecv", "~q send", "a/b send", "seventeenletters1 send", "ø send"])
  func badRestrictionIDs(_ text: String) { #expect(RestrictionID(sdp: text) == nil) }

  @Test("streams, alternatives and pauses survive")
  func simulcast() throws {
    let text = "send q;~h,h2;f recv a"
    let simulcast = try #require(Simulcast(sdp: text))
    #expect(simulcast.send.map { $0.map(\.id) } == [["q"], ["h", "h2"], ["f"]])
    #expect(simulcast.send[1][0].isPaused && !simulcast.send[1][1].isPaused)
    #expect(simulcast.receive == [[.init(id: "a")]])
    #expect(simulcast.sdp == text)
  }

  @Test(
    "ill-formed simulcast is no simulcast",
    arguments: [
      "", "send", "send ", "send q;", "send ;q", "send q,", "both q", "send q send h",
      "send q recv",
      "send ~", "send rid=q", "recv q extra",
      "send " + (0..<17).map(String.init).joined(separator: ";"),
    ])
  func badSimulcast(_ text: String) { #expect(Simulcast(sdp: text) == nil) }

  @Test("a section tells the encodings it sends, in order, each once, as far as they are described")
  func names() {
    var section = MediaSection(kind: .video, mid: "1")
    section.rids = ["q send", "h send pt=97", "f send", "f recv", "rubbish"]
    section.simulcast = "send q;h,f;f;x"
    #expect(section.simulcastNames(sendingIn: PayloadType(96)) == ["q", "f"])
    #expect(section.simulcastNames(sendingIn: PayloadType(97)) == ["q", "h", "f"])
    section.simulcast = nil
    #expect(section.simulcastNames(sendingIn: PayloadType(96)).isEmpty)
  }

  @Test("a packet's stream id is compared byte for byte")
  func streamID() throws {
    let packet = RTPTestPacket.named("h", id: 10)
    let header = try RTPHeader(parsing: packet.span.bytes)
    func isNamed(_ name: String, _ id: UInt8) -> Bool {
      header.isNamed(name, id: id, in: packet.span.bytes)
    }
    #expect(isNamed("h", 10))
    #expect(!isNamed("hh", 10))
    #expect(!isNamed("", 10))
    #expect(!isNamed("h", 11))
    #expect(!isNamed("h", 0))
  }
}

private enum RTPTestPacket {
  static func named(_ name: String, id: UInt8) -> [UInt8] {
    var packet = [UInt8](repeating: 0, count: 64)
    let length = packet.withUnsafeMutableBytes { buffer in
      var bytes = buffer.mutableBytes
      var writer = RTPHeaderWriter(
        payloadType: PayloadType(96), sequenceNumber: SequenceNumber(1),
        timestamp: RTPTimestamp(rawValue: 2), ssrc: SSRC(3), into: &bytes)
      writer.add(text: name, id: id, to: &bytes)
      return writer.finish(in: &bytes) ?? 0
    }
    return [UInt8](packet[..<length]) + [1, 2, 3]
  }
}
