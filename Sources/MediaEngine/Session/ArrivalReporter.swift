import Congestion
import Wire

/// Tells the relay when its packets arrived, where the answer asks for that in the slots' sections.
struct ArrivalReporter: ~Copyable {
  /// On an uplink of less than these bit/s, reports come at the longer intervals: each takes some 100
  /// bytes with everything around it, 16 kbit/s at twenty a second.
  private static let pauses: [(below: Int, pause: TimeSpan)] = [
    (120_000, .milliseconds(200)), (300_000, .milliseconds(100)),
  ]
  /// Reports sent in one go at most; a long backlog takes several.
  private static let mostAtOnce = 4

  private let extensionID: UInt8?
  private var recorder: ArrivalRecorder
  private var lastSource = SSRC(rawValue: 0)
  private var lastSent: MonotonicTime?

  init(_ media: NegotiatedMedia) {
    let tracks = media.slots.flatMap { [$0.audio, $0.video].compactMap { $0 } }
    extensionID = tracks.lazy.compactMap(\.transportSequenceExtension).first
    recorder = ArrivalRecorder(isUsed: extensionID != nil)
  }

  /// When a report is due on an uplink of so many bit/s; nil while there is nothing to tell.
  func dueAt(uplink: Int?) -> MonotonicTime? {
    guard let due = recorder.dueAt else { return nil }
    guard let lastSent, let uplink,
      let pause = Self.pauses.first(where: { uplink < $0.below })?.pause
    else { return due }
    return max(due, lastSent + pause)
  }

  /// Notes a packet.
  mutating func note(_ header: RTPHeader, in packet: RawSpan, at now: MonotonicTime) {
    guard let extensionID else { return }
    var elements = HeaderExtensions(of: header)
    while let element = elements.next(in: packet) {
      guard element.id == extensionID, element.length >= 2 else { continue }
      recorder.note(packet.loadUInt16(at: element.offset), now: now)
      lastSource = header.ssrc
      return
    }
  }

  /// Writes what is due into `buffer` and hands each report to `send`.
  mutating func send(
    at now: MonotonicTime, uplink: Int?, reporter: SSRC,
    into buffer: UnsafeMutableRawBufferPointer, send: (Int) -> Void
  ) {
    guard let due = dueAt(uplink: uplink), due <= now else { return }
    lastSent = now
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
