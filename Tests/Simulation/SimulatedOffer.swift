import Transport
import Wire

/// The least SDP a simulated client needs: an offer made of lines, an answer read by lines. On
/// purpose it does not use Wire's SDP: two ends that share a parser share its faults.
enum SimulatedOffer {
  static let opus: UInt8 = 111
  static let vp8: UInt8 = 96
  static let retransmission: UInt8 = 97
  static let audioLevelID: UInt8 = 1

  /// What a client says of its own streams.
  struct Streams {
    var audio: UInt32
    var video: UInt32
    var videoRetransmission: UInt32
  }

  /// An offer with own sound and picture and `slots` receive-only pairs.
  static func make(
    credentials: ICECredentials, fingerprint: [UInt8], streams: Streams, slots: Int
  ) -> String {
    var lines = [
      "v=0", "o=- 4611731400430051336 2 IN IP4 127.0.0.1", "s=-", "t=0 0",
      "a=group:BUNDLE " + (0..<(2 + 2 * slots)).map { "\($0)" }.joined(separator: " "),
      "a=msid-semantic: WMS",
    ]
    for index in 0..<(2 + 2 * slots) {
      let isAudio = index % 2 == 0
      lines += isAudio ? audio : video
      lines += [
        "c=IN IP4 0.0.0.0", "a=rtcp:9 IN IP4 0.0.0.0", "a=ice-ufrag:\(credentials.ufrag)",
        "a=ice-pwd:\(credentials.password)", "a=ice-options:trickle",
        "a=fingerprint:sha-256 \(hexadecimal(fingerprint))", "a=setup:actpass", "a=mid:\(index)",
        "a=rtcp-mux", "a=rtcp-rsize", index < 2 ? "a=sendonly" : "a=recvonly",
      ]
      guard index < 2 else { continue }
      if isAudio {
        lines += ["a=ssrc:\(streams.audio) cname:simulated"]
      } else {
        lines += [
          "a=ssrc-group:FID \(streams.video) \(streams.videoRetransmission)",
          "a=ssrc:\(streams.video) cname:simulated",
          "a=ssrc:\(streams.videoRetransmission) cname:simulated",
        ]
      }
    }
    return lines.joined(separator: "\r\n") + "\r\n"
  }

  private static let audio = [
    "m=audio 9 UDP/TLS/RTP/SAVPF \(opus)", "a=rtpmap:\(opus) opus/48000/2",
    "a=fmtp:\(opus) minptime=10;useinbandfec=1",
    "a=extmap:\(audioLevelID) urn:ietf:params:rtp-hdrext:ssrc-audio-level",
  ]

  private static let video = [
    "m=video 9 UDP/TLS/RTP/SAVPF \(vp8) \(retransmission)", "a=rtpmap:\(vp8) VP8/90000",
    "a=rtcp-fb:\(vp8) nack", "a=rtcp-fb:\(vp8) nack pli", "a=rtcp-fb:\(vp8) ccm fir",
    "a=rtpmap:\(retransmission) rtx/90000", "a=fmtp:\(retransmission) apt=\(vp8)",
  ]

  private static func hexadecimal(_ bytes: [UInt8]) -> String {
    bytes.map { byte in
      let digits = String(byte, radix: 16, uppercase: true)
      return digits.count == 1 ? "0" + digits : digits
    }.joined(separator: ":")
  }
}

/// What a simulated client reads from the relay's answer.
struct SimulatedAnswer {
  var credentials: ICECredentials
  var fingerprint: [UInt8]
  var candidates: [SocketAddress] = []
  /// The stream that each retransmission stream repairs.
  var repairs: [UInt32: UInt32] = [:]

  /// Reads an answer; nil where something that every answer must have is missing.
  init?(_ text: String) {
    var ufrag: String?
    var password: String?
    var fingerprint: [UInt8]?
    for line in text.split(whereSeparator: \.isNewline) {
      let words = line.split(whereSeparator: { $0 == " " || $0 == ":" }).map(String.init)
      switch words.first {
      case "a=ice-ufrag": ufrag = String(line.dropFirst("a=ice-ufrag:".count))
      case "a=ice-pwd": password = String(line.dropFirst("a=ice-pwd:".count))
      case "a=fingerprint": fingerprint = words.dropFirst(2).compactMap { UInt8($0, radix: 16) }
      case "a=candidate":
        // foundation, component, transport, priority, address, port.
        guard words.count > 6, let port = UInt16(words[6]) else { return nil }
        let bytes = words[5].split(separator: ".").compactMap { UInt32($0) }
        guard bytes.count == 4 else { continue }
        let address = SocketAddress(ipv4: bytes.reduce(0) { $0 << 8 | $1 }, port: port)
        if !candidates.contains(address) { candidates.append(address) }
      case "a=ssrc-group" where words.count == 4 && words[1] == "FID":
        if let media = UInt32(words[2]), let repair = UInt32(words[3]) { repairs[repair] = media }
      default: break
      }
    }
    guard let ufrag, let password, let fingerprint, fingerprint.count == 32 else { return nil }
    credentials = ICECredentials(ufrag: ufrag, password: password)
    self.fingerprint = fingerprint
  }
}
