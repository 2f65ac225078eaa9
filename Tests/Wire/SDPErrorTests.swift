import Testing
import Wire

@Suite("SDP that is refused")
struct SDPErrorTests {
  private static let top = "v=0\r\no=- 1 1 IN IP4 0.0.0.0\r\ns=-\r\nt=0 0\r\n"
  private static let audio = "m=audio 9 UDP/TLS/RTP/SAVPF 111\r\n"

  private func error(_ text: String) -> SDPError? {
    do {
      _ = try SessionDescription(parsing: text)
      return nil
    } catch {
      return error
    }
  }

  @Test(
    "faults at session level name their line",
    arguments: [
      ("", 0, SDPError.Reason.badVersion),
      ("hello", 1, .badVersion),
      ("v=1\r\n", 1, .badVersion),
      ("o=- 1 1 IN IP4 0.0.0.0\r\n", 1, .badVersion),
      ("v=0\r\ns=-\r\n", 2, .outOfOrder),
      ("v=0\r\no=- x 1 IN IP4 0.0.0.0\r\n", 2, .badOrigin),
      ("v=0\r\no=- 1 1 IN IP4\r\n", 2, .badOrigin),
      ("v=0\r\no=- 1 18446744073709551616 IN IP4 0\r\n", 2, .badOrigin),
      ("v=0\r\no=- 1 1 IN IP4 0.0.0.0\r\n", 2, .outOfOrder),
      ("v=0\r\no=- 1 1 IN IP4 0.0.0.0\r\nt=0 0\r\n", 3, .outOfOrder),
      (top + "v=0\r\n", 5, .outOfOrder),
      (top + "x=1\r\n", 5, .unknownType),
      (top + "A=1\r\n", 5, .notALine),
      (top + "a\r\n", 5, .notALine),
      (top + "aa=1\r\n", 5, .notALine),
      (top + "\r\na=x\r\n", 5, .notALine),
      (top + "a=x:\u{1}\r\n", 5, .notText),
      (top + "a=x:\ry\r\n", 5, .notText),
      (top + "a=x y:1\r\n", 5, .badAttribute),
      (top + "a=ice-ufrag:abc\r\n", 5, .badCredential),
      (top + "a=group:BUNDLE a,b\r\n", 5, .badAttribute),
    ])
  func session(text: String, line: Int, reason: SDPError.Reason) {
    #expect(error(text) == SDPError(line: line, reason: reason))
  }

  @Test(
    "faults in media lines name their line",
    arguments: [
      ("m=audio 9 UDP/TLS/RTP/SAVPF\r\n", SDPError.Reason.badMedia),
      ("m=audio x UDP/TLS/RTP/SAVPF 0\r\n", .badMedia),
      ("m=audio 65536 UDP/TLS/RTP/SAVPF 0\r\n", .badMedia),
      ("m=audio 9/2 UDP/TLS/RTP/SAVPF 0\r\n", .badMedia),
      ("m=audio 9 UDP/TLS/RTP/SAVPF 128\r\n", .badPayloadType),
      ("m=audio 9 UDP/TLS/RTP/SAVPF 200\r\n", .badPayloadType),
      ("m=audio 9 UDP/TLS/RTP/SAVPF 256\r\n", .badPayloadType),
      ("m=audio 9 UDP/TLS/RTP/SAVPF -1\r\n", .badPayloadType),
      ("m=audio 9 UDP/TLS/RTP/SAVPF x\r\n", .badPayloadType),
      ("m=audio 9 UDP/TLS/RTP/SAVPF 0 8 0\r\n", .duplicatePayloadType),
    ])
  func media(line: String, reason: SDPError.Reason) {
    #expect(error(Self.top + line) == SDPError(line: 5, reason: reason))
  }

  @Test(
    "faults in attributes name their line",
    arguments: [
      ("a=rtpmap:128 opus/48000/2", SDPError.Reason.badPayloadType),
      ("a=rtpmap:111 opus", .badAttribute),
      ("a=rtpmap:111 opus/0", .badAttribute),
      ("a=rtpmap:111 opus/48000/2/3", .badAttribute),
      ("a=fmtp:300 x=1", .badPayloadType),
      ("a=rtcp-fb:111", .badAttribute),
      ("a=rtcp-fb:128 nack", .badPayloadType),
      ("a=extmap:0 urn:x", .badExtensionMap),
      ("a=extmap:256 urn:x", .badExtensionMap),
      ("a=extmap:5000 urn:x", .badExtensionMap),
      ("a=extmap:1/both urn:x", .badExtensionMap),
      ("a=extmap:1", .badExtensionMap),
      ("a=ssrc:4294967296 cname:x", .badAttribute),
      ("a=ssrc:1", .badAttribute),
      ("a=ssrc-group:FID x", .badAttribute),
      ("a=ice-pwd:tooshort", .badCredential),
      ("a=ice-ufrag:ab:cd", .badCredential),
      ("a=fingerprint:sha-256 00:11", .badFingerprint),
      ("a=fingerprint:sha-256", .badFingerprint),
      ("a=fingerprint:md2 0:1", .badFingerprint),
      ("a=fingerprint:md2 zz", .badFingerprint),
      ("a=setup:maybe", .badAttribute),
      ("a=msid:a b c", .badAttribute),
      ("a=mid:a b", .badAttribute),
      ("a=candidate:1 1 udp 1 192.0.2.1 99999 typ host", .badCandidate),
    ])
  func attributes(line: String, reason: SDPError.Reason) {
    #expect(
      error(Self.top + Self.audio + line + "\r\n") == SDPError(line: 6, reason: reason))
  }

  @Test("what may stand only once is refused the second time")
  func duplicates() {
    let twice = Self.top + Self.audio
    #expect(error(twice + "a=mid:0\na=mid:1\n") == SDPError(line: 7, reason: .duplicateAttribute))
    #expect(
      error(twice + "a=ice-ufrag:abcd\na=ice-ufrag:efgh\n")
        == SDPError(line: 7, reason: .duplicateAttribute))
    #expect(
      error(twice + "a=setup:active\na=setup:passive\n")
        == SDPError(line: 7, reason: .duplicateAttribute))
    #expect(
      error(twice + "a=mid:0\n" + Self.audio + "a=mid:0\n")
        == SDPError(line: 7, reason: .duplicateMid))
  }

  @Test("bytes, lines, sections and candidates are capped")
  func caps() {
    let filler = String(repeating: "x", count: SessionDescription.maximumBytes)
    #expect(error(Self.top + "a=x:" + filler) == SDPError(line: 0, reason: .tooManyBytes))
    let lines = String(repeating: "a=x\n", count: SessionDescription.maximumLines)
    #expect(
      error(Self.top + lines)
        == SDPError(line: SessionDescription.maximumLines + 1, reason: .tooManyLines))
    let sections = String(repeating: Self.audio, count: SessionDescription.maximumSections)
    #expect(error(Self.top + sections) == nil)
    #expect(
      error(Self.top + sections + Self.audio)
        == SDPError(line: 4 + SessionDescription.maximumSections + 1, reason: .tooManySections))
    let candidates = String(
      repeating: "a=candidate:1 1 udp 1 192.0.2.1 9 typ host\n",
      count: MediaSection.maximumCandidates)
    #expect(error(Self.top + Self.audio + candidates) == nil)
    #expect(
      error(Self.top + Self.audio + candidates + "a=candidate:1 1 udp 1 ::1 9 typ host\n")?
        .reason == .tooManyCandidates)
  }

  @Test("bytes that are no text name their line")
  func notText() {
    let bytes = Array(Self.top.utf8) + [0x61, 0x3D, 0xFF, 0x0A]
    #expect(throws: SDPError(line: 5, reason: .notText)) { try SessionDescription(parsing: bytes) }
  }

  @Test("a fault reads as its line and what is wrong with it")
  func description() {
    let fault = SDPError(line: 12, reason: .badPayloadType)
    #expect("\(fault)" == "line 12: payload type is not a number of 0 to 127")
  }

  @Test("a room of twenty as Chromium offers it is within the caps")
  func twentyParticipants() throws {
    // Nineteen slots of 196 lines and 6.1 kB, as measured.
    let offer = try #require(
      String(validating: Corpus.bytes("SDP/chromium-offer.sdp"), as: UTF8.self))
    let sections = offer.utf8.split(separator: UInt8(ascii: "\n")).map {
      String(Substring($0)) + "\n"
    }
    let start = try #require(sections.firstIndex { $0.hasPrefix("m=") })
    let audio = sections[286..<314]
    let video = sections[314..<482]
    #expect(audio.first?.hasPrefix("m=audio") == true)
    #expect(video.first?.hasPrefix("m=video") == true)
    var text = sections[..<start].joined()
    for slot in 0..<20 {
      for section in [audio, video] {
        let name = "a=mid:\(slot)\(section.first?.hasPrefix("m=audio") == true ? "a" : "v")\r\n"
        text += section.map { $0.hasPrefix("a=mid:") ? name : $0 }.joined()
      }
    }
    #expect(text.utf8.count > 100_000)
    #expect(try SessionDescription(parsing: text).media.count == 40)
  }
}
