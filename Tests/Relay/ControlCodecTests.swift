import Foundation
import Testing

@testable import Relay

@Suite("The control channel's frames")
struct ControlCodecTests {
  static let reference = SessionReference(session: "s1", room: "r1", participant: "p1")

  static let frames: [ControlFrame] =
    [
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
      .event(
        sequence: 4,
        .moving(sessions: [reference], milliseconds: 1)),
    ] + written

  /// What a worker says so often that it is written by hand.
  static let written: [ControlFrame] = [
    .reply(
      id: 9,
      .joined(
        JoinAnswer(
          session: "s1", answer: "v=0\r\na=ice-pwd:a/+b\r\n",
          slots: [
            SlotState(slot: 0, audioMid: "2", videoMid: nil, participant: "p2"),
            SlotState(slot: 1, audioMid: nil, videoMid: "3", participant: nil),
          ],
          iceServers: [
            ICEServer(
              urls: ["turns:a:443", "turns:b:443"], username: "u", credential: "\\\"",
              expires: 1_800_000_000)
          ]))),
    .event(sequence: 5, .connected(reference, profile: "AEAD_AES_128_GCM", milliseconds: 17)),
    .event(sequence: 0, .firstMedia(reference, kind: .video, milliseconds: -1)),
    .event(sequence: 1, .interrupted(reference, cause: "silence", milliseconds: 2)),
    .event(sequence: 2, .resumed(reference, cause: "", milliseconds: 3)),
    .event(sequence: 3, .closed(reference, cause: "left", milliseconds: 4)),
    .event(sequence: 4, .slots(reference, [])),
    .event(
      sequence: 4,
      .slots(
        reference, [SlotState(slot: 3, audioMid: "a", videoMid: "v", participant: "\t\u{1F}")])),
    .event(sequence: 4, .speaking(room: "r1", participants: [])),
    .event(sequence: 4, .speaking(room: "r1", participants: ["p1", "p2"])),
    .event(
      sequence: 4,
      .picture(
        reference, from: "p2", level: .soundOnly, cause: "receiver-network", milliseconds: .max)),
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

  @Test(
    "what is said often is written by hand, and means what the general encoder says",
    arguments: written)
  func byHand(frame: ControlFrame) throws {
    let body = try #require(FrameWriter.body(of: frame))
    let general = try JSONEncoder().encode(frame)
    let ours = try JSONSerialization.jsonObject(with: Data(body)) as? NSDictionary
    #expect(ours == (try JSONSerialization.jsonObject(with: general) as? NSDictionary))
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
