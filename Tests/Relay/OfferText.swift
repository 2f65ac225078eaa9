/// An offer as a client makes it: own sound and picture, and one receive-only pair.
enum OfferText {
  static let ufrag = "cLiE"
  static let password = "0123456789abcdefghijklmn"

  /// `fingerprint` is the SHA-256 of the client's certificate, `source` the SSRC that it says its
  /// sound has. A rich offer has what browsers offer besides: RED, header extensions, feedback of every
  /// kind, and three encodings of the picture.
  static func make(
    ufrag: String = Self.ufrag, fingerprint: [UInt8] = Array(0x10..<0x30), source: UInt32? = nil,
    slots: Int = 1, isRich: Bool = false
  ) -> String {
    let bytes = fingerprint.map { ($0 < 16 ? "0" : "") + String($0, radix: 16, uppercase: true) }
    let transport = [
      "c=IN IP4 0.0.0.0", "a=ice-ufrag:\(ufrag)", "a=ice-pwd:\(password)",
      "a=fingerprint:sha-256 \(bytes.joined(separator: ":"))", "a=setup:actpass", "a=rtcp-mux",
    ]
    var lines = ["v=0", "o=- 1 2 IN IP4 127.0.0.1", "s=-", "t=0 0"]
    lines.append(
      "a=group:BUNDLE " + (0..<(2 + 2 * slots)).map { "\($0)" }.joined(separator: " "))
    for index in 0..<(2 + 2 * slots) {
      if index % 2 == 0 {
        lines += ["m=audio 9 UDP/TLS/RTP/SAVPF 111", "a=rtpmap:111 opus/48000/2"]
      } else {
        lines += [
          "m=video 9 UDP/TLS/RTP/SAVPF 96 97", "a=rtpmap:96 VP8/90000", "a=rtcp-fb:96 nack",
          "a=rtcp-fb:96 nack pli", "a=rtpmap:97 rtx/90000", "a=fmtp:97 apt=96",
        ]
      }
      if isRich { enrich(&lines, isSound: index % 2 == 0, isSent: index < 2) }
      lines += transport + ["a=mid:\(index)", index < 2 ? "a=sendonly" : "a=recvonly"]
      if index == 0, let source { lines.append("a=ssrc:\(source) cname:client") }
    }
    return lines.joined(separator: "\r\n") + "\r\n"
  }

  private static func enrich(_ lines: inout [String], isSound: Bool, isSent: Bool) {
    let names = "urn:ietf:params:rtp-hdrext:"
    let wide = "http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01"
    lines += ["a=extmap:3 \(wide)", "a=extmap:4 \(names)sdes:mid", "a=rtcp-rsize"]
    guard isSound else {
      lines += [
        "a=extmap:10 \(names)sdes:rtp-stream-id", "a=extmap:11 \(names)sdes:repaired-rtp-stream-id",
        "a=rtcp-fb:96 goog-remb", "a=rtcp-fb:96 transport-cc", "a=rtcp-fb:96 ccm fir",
        "a=rtcp-xr:rcvr-rtt=all",
      ]
      if isSent {
        lines += ["a=rid:q send", "a=rid:h send", "a=rid:f send", "a=simulcast:send q;h;f"]
      }
      return
    }
    for index in lines.indices where lines[index] == "m=audio 9 UDP/TLS/RTP/SAVPF 111" {
      lines[index] += " 63"
    }
    lines += [
      "a=extmap:1 \(names)ssrc-audio-level", "a=rtpmap:63 red/48000/2", "a=fmtp:63 111/111",
      "a=rtcp-fb:111 transport-cc",
    ]
  }
}
