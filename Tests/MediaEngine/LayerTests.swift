import Testing
import Wire

@testable import MediaEngine

/// Two temporal layers, and the picture in two sizes.
@Suite struct LayerTests {
  @Test func everyOtherPictureCanBeLeftOut() throws {
    let encoder = try VP8Encoder(
      .init(width: 320, height: 180, bitrate: 200_000, temporalLayers: 2))
    let all = try VP8Decoder()
    let base = try VP8Decoder()
    var picture = CounterPicture(width: 320, height: 180)
    var shown = (all: 0, base: 0)
    for frame in 0..<40 {
      let code = CounterCode(frame: UInt16(frame), milliseconds: Int64(frame) * 50, source: 1)
      picture.draw(code)
      let isUpper = frame % 2 == 1
      let source = SourceFrame(
        code: code, timestamp: Int64(frame) * 4500, duration: 4500,
        temporalLayer: isUpper ? 1 : 0, pixels: picture.picture.view)
      try encoder.encode(source, keyFrame: frame == 0) { bytes, _ in
        func read(_ decoder: VP8Decoder) -> CounterCode? {
          var read: CounterCode?
          _ = decoder.decode(bytes) { read = $0.pixels.flatMap(CounterReader.read) }
          return read
        }
        if read(all) == code { shown.all += 1 }
        if !isUpper, read(base) == code { shown.base += 1 }
      }
    }
    #expect(shown.all == 40)
    #expect(shown.base == 20)
  }

  /// What a group's sender puts on the wire in three seconds at the given receiver's limit.
  private func packets(limit: UInt64?) throws -> [(RTPHeader, [UInt8])] {
    var media = VirtualCall.media(own: 10, other: 20)
    media.video?.layers = [
      .init(
        name: "h", divisor: 2, ssrc: SSRC(rawValue: 31), retransmissionSSRC: SSRC(rawValue: 32)),
      .init(
        name: "f", divisor: 1, ssrc: SSRC(rawValue: 11), retransmissionSSRC: SSRC(rawValue: 12)),
    ]
    media.video?.layerExtension = 4
    media.video?.repairedLayerExtension = 5
    let session = try MediaSession(
      media: media, configuration: MediaConfiguration(audio: .silence, video: .counter(source: 3)),
      wallClock: VirtualCall.wallClock, seed: 1, startedAt: .zero)
    session.isConnected = true
    if let limit { receive(session, limit: limit) }
    var packets: [(RTPHeader, [UInt8])] = []
    for tick in 1...600 {
      session.poll(at: .zero + .milliseconds(Int64(tick) * 5)) { kind, buffer, length in
        let bytes = Array(buffer[..<length])
        guard kind == .rtp, let header = try? RTPHeader(parsing: bytes.span.bytes) else { return }
        packets.append((header, bytes))
      }
    }
    return packets
  }

  private func receive(_ session: MediaSession, limit: UInt64) {
    var bytes = [UInt8](repeating: 0, count: 64)
    let written = bytes.withUnsafeMutableBytes { buffer -> Int? in
      var span = buffer.mutableBytes
      let sources = [SSRC(rawValue: 11)]
      return ReceiverEstimatedMaximumBitrate.write(
        senderSSRC: SSRC(rawValue: 1), bitrate: limit, sources: sources.span, into: &span)
    }
    bytes[..<(written ?? 0)].withUnsafeBytes { session.receiveRTCP($0, at: .zero) }
  }

  private func text(_ id: UInt8, of packet: (RTPHeader, [UInt8])) -> String? {
    let bytes = packet.1.span.bytes
    var elements = HeaderExtensions(of: packet.0)
    while let element = elements.next(in: bytes) {
      if element.id == id { return String(decoding: packet.1[element.range], as: UTF8.self) }
    }
    return nil
  }

  @Test func inAGroupThePictureIsSentInTwoNamedSizes() throws {
    let sent = try packets(limit: nil)
    for (ssrc, name, width) in [(31, "h", 320), (11, "f", 640)] as [(UInt32, String, Int)] {
      let own = sent.filter { $0.0.ssrc.rawValue == ssrc }
      #expect(own.count > 50)
      #expect(own.allSatisfy { text(4, of: $0) == name })
      let first = try #require(own.first)
      let payload = Array(first.1[first.0.payloadRange])
      let descriptor = try VP8PayloadDescriptor(parsing: payload.span.bytes)
      #expect(descriptor.temporalLayer == 0)
      let frame = Array(payload[descriptor.length...])
      #expect(try VP8FrameHeader(parsing: frame.span.bytes).width == width)
      let layers = try own.map {
        try VP8PayloadDescriptor(parsing: Array($0.1[$0.0.payloadRange]).span.bytes)
      }
      #expect(layers.contains { $0.temporalLayer == 1 && $0.isNonReference && $0.isLayerSync })
    }
  }

  @Test func whereThereIsLittleRoomOnlyTheSmallerSizeIsSent() throws {
    let sent = try packets(limit: 160_000)
    #expect(sent.contains { $0.0.ssrc.rawValue == 31 })
    #expect(!sent.contains { $0.0.ssrc.rawValue == 11 })
  }
}
