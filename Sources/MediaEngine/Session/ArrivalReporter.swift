import Congestion
import Wire

/// Tells the relay when its packets arrived, where the answer asks for that in the slots' sections.
struct ArrivalReporter: ~Copyable {
  /// Reports sent in one go at most; a long backlog takes several.
  private static let mostAtOnce = 4

  private let extensionID: UInt8?
  private let soundSources: [SSRC]
  private var recorder: ArrivalRecorder
  private var lastSource = SSRC(rawValue: 0)

  init(_ media: NegotiatedMedia) {
    let tracks = media.slots.flatMap { [$0.audio, $0.video].compactMap { $0 } }
    extensionID = tracks.lazy.compactMap(\.transportSequenceExtension).first
    soundSources = media.slots.compactMap { $0.audio?.ssrc }
    recorder = ArrivalRecorder(isUsed: extensionID != nil)
  }

  /// When a report is due; nil while there is nothing to tell.
  var dueAt: MonotonicTime? { recorder.dueAt }

  /// Notes a packet.
  mutating func note(_ header: RTPHeader, in packet: RawSpan, at now: MonotonicTime) {
    guard let extensionID else { return }
    var elements = HeaderExtensions(of: header)
    while let element = elements.next(in: packet) {
      guard element.id == extensionID, element.length >= 2 else { continue }
      recorder.note(
        packet.loadUInt16(at: element.offset), isSound: soundSources.contains(header.ssrc), now: now
      )
      lastSource = header.ssrc
      return
    }
  }

  /// Writes what is due into `buffer` and hands each report to `send`; from then on reports come as
  /// often as an uplink of `uplink` bit/s carries them easily, where it is known.
  mutating func send(
    at now: MonotonicTime, uplink: Int?, reporter: SSRC,
    into buffer: UnsafeMutableRawBufferPointer, send: (Int) -> Void
  ) {
    recorder.adapt(toRoom: uplink)
    guard let due = dueAt, due <= now else { return }
    for _ in 0..<Self.mostAtOnce {
      var bytes = UnsafeMutableRawBufferPointer(
        rebasing: buffer[..<OutgoingPacket.maximumLength]
      ).mutableBytes
      let length = recorder.writeFeedback(
        into: &bytes, at: 0, sender: reporter, media: lastSource, now: now)
      guard let length else { return }
      send(length)
    }
  }
}
