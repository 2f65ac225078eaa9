import Testing

@testable import Relay

@Suite("The control channel's frames")
struct ControlCodecTests {
  static let reference = SessionReference(session: "s1", room: "r1", participant: "p1")

  static let frames: [ControlFrame] = [
    .command(
      id: 7,
      .join(JoinRequest(room: "r1", participant: "p1", capacity: 2, offer: "v=0\r\no=æøå"))),
    .command(id: 8, .restart(session: "s1", offer: "")),
    .command(id: .max, .close(room: "r1")),
    .ping(id: 1, acknowledged: 99),
    .stop,
    .hello(
      WorkerHello(
        version: 1, worker: 3,
        sessions: [
          SessionListing(
            reference: reference,
            slots: [SlotState(slot: 0, audioMid: "2", videoMid: nil, participant: "p2")])
        ])),
    .reply(id: 7, .joined(JoinAnswer(session: "s1", answer: "v=0", slots: []))),
    .reply(id: 8, .failed(.invalidOffer(line: 12, reason: "no fingerprint"))),
    .pong(id: 1, WorkerLoad(sessions: 2, rooms: 1, counters: ["besoeg_relay_x_total": 5])),
    .event(sequence: 5, .connected(reference, profile: "AEAD_AES_128_GCM", milliseconds: 17)),
    .event(
      sequence: 6,
      .sample(
        reference,
        TransportSample(
          milliseconds: 1, intervalMilliseconds: 5_000, inbound: [.audio: StreamSample(packets: 9)],
          outbound: [.video: StreamSample(lost: 3)], roundTripMilliseconds: 12.5))),
    .event(
      sequence: .max,
      .sample(
        SessionReference(session: "", room: "r\"\\/\n\u{1}\u{7F}", participant: "æøå 🇩🇰"),
        TransportSample(
          milliseconds: .min, intervalMilliseconds: -1,
          inbound: [
            .audio: StreamSample(packets: .max, bytes: .min, jitterMilliseconds: 1e-9),
            .video: StreamSample(nacked: 1, retransmitted: 2, keyframeRequests: 3),
          ],
          outbound: [:], roundTripMilliseconds: nil, estimatedBitrate: 1_234_567,
          queueingMilliseconds: 1e21, pictureLevel: .fewerFrames))),
  ]

  @Test("a figure that is no number is refused, whoever writes the frame")
  func notANumber() {
    let sample = TransportSample(
      milliseconds: 1, intervalMilliseconds: 1, inbound: [:], outbound: [:],
      roundTripMilliseconds: .nan)
    #expect(throws: ControlCodecError.malformed) {
      try ControlCodec.encode(.event(sequence: 1, .sample(Self.reference, sample)))
    }
  }

  @Test("every frame comes back as it was sent", arguments: frames)
  func roundTrip(frame: ControlFrame) throws {
    var decoder = ControlFrameDecoder()
    let bytes = try ControlCodec.encode(frame)
    bytes.withUnsafeBytes { decoder.append($0) }
    #expect(try decoder.next() == frame)
    #expect(try decoder.next() == nil)
  }

  @Test("frames are found in a stream cut at every byte")
  func anyCut() throws {
    let stream = try Self.frames.flatMap { try ControlCodec.encode($0) }
    var decoder = ControlFrameDecoder()
    var found: [ControlFrame] = []
    for byte in stream {
      withUnsafeBytes(of: byte) { decoder.append($0) }
      while let frame = try decoder.next() { found.append(frame) }
    }
    #expect(found == Self.frames)
  }

  @Test("a length beyond the limit is refused before its bytes are awaited")
  func oversize() {
    var decoder = ControlFrameDecoder()
    [UInt8](repeating: 0xFF, count: 4).withUnsafeBytes { decoder.append($0) }
    #expect(throws: ControlCodecError.tooLong) { try decoder.next() }
  }

  @Test("bytes that are no frame are refused")
  func garbage() {
    var decoder = ControlFrameDecoder()
    ([0, 0, 0, 5] + Array("{\"x\":".utf8)).withUnsafeBytes { decoder.append($0) }
    #expect(throws: ControlCodecError.malformed) { try decoder.next() }
  }
}
