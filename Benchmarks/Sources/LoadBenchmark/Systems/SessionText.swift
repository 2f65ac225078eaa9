import Transport
import Wire

/// The session descriptions that clients write.
enum SessionText {
  /// Opus.
  static let opus = PayloadType(rawValue: 111)
  /// VP8.
  static let vp8 = PayloadType(rawValue: 96)
  /// The audio level's extension id.
  static let audioLevelID: UInt8 = 1
  /// The transport-wide sequence number's.
  static let transportSequenceID: UInt8 = 3

  /// An offer as a browser makes it: own sound and picture, and a pair to receive for each of
  /// `receivers` others.
  static func offer(
    credentials: ICECredentials, fingerprint: [UInt8], sources: MediaSource, kinds: MediaKinds,
    receivers: Int, setup: String, candidate: String? = nil
  ) -> String {
    let count = 2 + 2 * receivers
    var lines = session(mids: (0..<count).map { "\($0)" })
    let transport = self.transport(
      credentials, fingerprint: fingerprint, setup: setup, candidate: candidate)
    for mid in 0..<count {
      lines += mid % 2 == 0 ? sound : picture
      lines += transport + ["a=mid:\(mid)", mid < 2 ? "a=sendonly" : "a=recvonly"]
      if mid == 0 { lines.append("a=ssrc:\(sources.audioSSRC.rawValue) cname:load") }
      if mid == 1 { lines.append("a=ssrc:\(sources.videoSSRC.rawValue) cname:load") }
    }
    return lines.joined(separator: "\r\n") + "\r\n"
  }

  /// An answer that takes everything that is offered, with the transport's lines once: Janus reads no
  /// more than 8 KiB from its Unix socket. Where twenty speak, transport-wide feedback, which costs
  /// Janus and not us, is left out for the same reason.
  static func answer(
    to offer: RemoteDescription, credentials: ICECredentials, fingerprint: [UInt8],
    candidate: String?
  ) -> String {
    var lines = session(mids: offer.media.map(\.mid))
    lines += transport(
      credentials, fingerprint: fingerprint, setup: "active", candidate: nil,
      transportSequenceID: 0)
    let hasFeedback = offer.media.count <= 8
    for media in offer.media {
      let short = media.isSound ? sound.prefix(2) : picture.prefix(4)
      lines += hasFeedback ? (media.isSound ? sound.prefix(4) : picture[...]) : short
      lines += ["a=mid:\(media.mid)", "a=recvonly", "a=rtcp-mux"]
      if hasFeedback, offer.transportSequenceID != 0 {
        lines.append(
          "a=extmap:\(offer.transportSequenceID) \(HeaderExtensionURI.transportSequence)")
      }
    }
    if let candidate { lines += ["a=candidate:\(candidate)", "a=end-of-candidates"] }
    return lines.joined(separator: "\r\n") + "\r\n"
  }

  private static func session(mids: [String]) -> [String] {
    [
      "v=0", "o=- 1 2 IN IP4 127.0.0.1", "s=-", "t=0 0",
      "a=group:BUNDLE " + mids.joined(separator: " "),
    ]
  }

  private static func transport(
    _ credentials: ICECredentials, fingerprint: [UInt8], setup: String, candidate: String?,
    transportSequenceID: UInt8 = Self.transportSequenceID
  ) -> [String] {
    let bytes = fingerprint.map { byte in
      (byte < 16 ? "0" : "") + String(byte, radix: 16, uppercase: true)
    }
    var lines = [
      "c=IN IP4 0.0.0.0", "a=ice-ufrag:\(credentials.ufrag)", "a=ice-pwd:\(credentials.password)",
      "a=fingerprint:sha-256 \(bytes.joined(separator: ":"))", "a=setup:\(setup)", "a=rtcp-mux",
    ]
    if transportSequenceID != 0 {
      lines.append("a=extmap:\(transportSequenceID) \(HeaderExtensionURI.transportSequence)")
    }
    if let candidate { lines += ["a=candidate:\(candidate)", "a=end-of-candidates"] }
    return lines
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

/// What a client reads of a session description.
struct RemoteDescription {
  /// A media section that was offered.
  struct Media {
    var mid: String
    var isSound: Bool
  }

  var credentials: ICECredentials
  var fingerprint: [UInt8]
  /// The first UDP candidate over IPv4.
  var address: SocketAddress
  /// The transport-wide sequence number's id; 0 where there is none.
  var transportSequenceID: UInt8 = 0
  var media: [Media] = []

  /// Reads a description; nil where it lacks what a path needs.
  init?(_ text: String) {
    var ufrag: Substring?
    var password: Substring?
    var fingerprint: [UInt8] = []
    var address: SocketAddress?
    for line in text.split(whereSeparator: \.isNewline) {
      if line.hasPrefix("m=") {
        media.append(Media(mid: "", isSound: line.hasPrefix("m=audio")))
        continue
      }
      guard let colon = line.firstIndex(of: ":") else { continue }
      let value = line[line.index(after: colon)...]
      switch line[..<colon] {
      case "a=ice-ufrag": ufrag = value
      case "a=ice-pwd": password = value
      case "a=mid": if !media.isEmpty { media[media.count - 1].mid = String(value) }
      case "a=fingerprint":
        fingerprint =
          value.split(separator: " ").last.map {
            $0.split(separator: ":").compactMap { UInt8($0, radix: 16) }
          } ?? []
      case "a=candidate":
        // foundation component transport priority address port …
        let parts = value.split(separator: " ")
        guard address == nil, parts.count > 5, parts[2].lowercased() == "udp",
          let port = UInt16(parts[5])
        else { continue }
        let bytes = parts[4].split(separator: ".").compactMap { UInt8($0) }
        guard bytes.count == 4 else { continue }
        address = SocketAddress(ipv4: bytes.reduce(0) { $0 << 8 | UInt32($1) }, port: port)
      case "a=extmap":
        let parts = value.split(separator: " ")
        if parts.count > 1, parts[1] == HeaderExtensionURI.transportSequence,
          let id = UInt8(parts[0].prefix { $0 != "/" })
        {
          transportSequenceID = id
        }
      default: break
      }
    }
    guard let ufrag, let password, fingerprint.count == 32, let address else { return nil }
    credentials = ICECredentials(ufrag: String(ufrag), password: String(password))
    self.fingerprint = fingerprint
    self.address = address
  }
}
