import Transport
import Wire

/// The offer that a client joins with and what it reads of the answer.
enum SessionText {
  /// Opus.
  static let opus = PayloadType(rawValue: 111)
  /// VP8.
  static let vp8 = PayloadType(rawValue: 96)
  /// The audio level's extension id.
  static let audioLevelID: UInt8 = 1
  /// The transport-wide sequence number's.
  static let transportSequenceID: UInt8 = 3

  /// An offer as a browser makes it for a two-person visit: own sound and picture, and one pair to
  /// receive, with all the feedback that the relay knows.
  static func offer(
    credentials: ICECredentials, fingerprint: [UInt8], source: MediaSource
  ) -> String {
    let bytes = fingerprint.map { byte in
      (byte < 16 ? "0" : "") + String(byte, radix: 16, uppercase: true)
    }
    let transport = [
      "c=IN IP4 0.0.0.0", "a=ice-ufrag:\(credentials.ufrag)", "a=ice-pwd:\(credentials.password)",
      "a=fingerprint:sha-256 \(bytes.joined(separator: ":"))", "a=setup:actpass", "a=rtcp-mux",
      "a=rtcp-rsize",
      "a=extmap:\(transportSequenceID) \(HeaderExtensionURI.transportSequence)",
    ]
    var lines = [
      "v=0", "o=- 1 2 IN IP4 127.0.0.1", "s=-", "t=0 0", "a=group:BUNDLE 0 1 2 3",
    ]
    for mid in 0..<4 {
      lines += mid % 2 == 0 ? sound : picture
      lines += transport + ["a=mid:\(mid)", mid < 2 ? "a=sendonly" : "a=recvonly"]
      if mid == 0 { lines.append("a=ssrc:\(source.audioSSRC.rawValue) cname:benchmark") }
      if mid == 1 { lines.append("a=ssrc:\(source.videoSSRC.rawValue) cname:benchmark") }
    }
    return lines.joined(separator: "\r\n") + "\r\n"
  }

  /// The relay's credentials and fingerprint; nil where the answer lacks one.
  static func read(answer: String) -> (credentials: ICECredentials, fingerprint: [UInt8])? {
    var ufrag: Substring?
    var password: Substring?
    var fingerprint: [UInt8] = []
    for line in answer.split(whereSeparator: \.isNewline) {
      guard let colon = line.firstIndex(of: ":") else { continue }
      let value = line[line.index(after: colon)...]
      switch line[..<colon] {
      case "a=ice-ufrag": ufrag = value
      case "a=ice-pwd": password = value
      case "a=fingerprint":
        fingerprint =
          value.split(separator: " ").last.map {
            $0.split(separator: ":").compactMap { UInt8($0, radix: 16) }
          } ?? []
      default: break
      }
    }
    guard let ufrag, let password, fingerprint.count == 32 else { return nil }
    return (ICECredentials(ufrag: String(ufrag), password: String(password)), fingerprint)
  }

  private static let sound = [
    "m=audio 9 UDP/TLS/RTP/SAVPF \(opus.rawValue)", "a=rtpmap:\(opus.rawValue) opus/48000/2",
    "a=fmtp:\(opus.rawValue) minptime=10;useinbandfec=1",
    "a=rtcp-fb:\(opus.rawValue) transport-cc",
    "a=extmap:\(audioLevelID) \(HeaderExtensionURI.audioLevel)",
  ]

  private static let picture = [
    "m=video 9 UDP/TLS/RTP/SAVPF \(vp8.rawValue) 97", "a=rtpmap:\(vp8.rawValue) VP8/90000",
    "a=rtcp-fb:\(vp8.rawValue) nack", "a=rtcp-fb:\(vp8.rawValue) nack pli",
    "a=rtcp-fb:\(vp8.rawValue) ccm fir", "a=rtcp-fb:\(vp8.rawValue) transport-cc",
    "a=rtpmap:97 rtx/90000", "a=fmtp:97 apt=\(vp8.rawValue)",
  ]
}
