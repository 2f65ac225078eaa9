import MediaEngine
import Wire

/// A connection that is to take another one's place while both work. Used on the media thread only.
///
/// From when it is keyed, everything is sent on both, so that whoever has moved already hears us there
/// and whoever has not hears us here. The first sound that comes on it says that the other party
/// is there too, and can hear us there: only then is the old one left. Nothing is lost between the two.
final class MediaMove {
  /// Two connections are looked at in turn this often.
  static let interval = TimeSpan.milliseconds(5)
  /// Where nobody sends anything, the new one is taken after so long.
  private static let patience = TimeSpan.seconds(5)

  /// The connection.
  let link: MediaLink
  /// What was planned.
  let plan: MediaBoard.Plan
  /// Room for one datagram and what SRTP adds to it.
  private static let copySize = 2048

  private var securedAt: MonotonicTime?
  private let copy: UnsafeMutableRawBufferPointer
  private let sound: Set<SSRC>

  /// A move to `link`.
  init(to link: MediaLink, plan: MediaBoard.Plan) {
    self.link = link
    self.plan = plan
    sound = Set(plan.media.slots.compactMap { $0.audio?.ssrc })
    link.carries = false
    copy = .allocate(byteCount: Self.copySize, alignment: 16)
  }

  deinit { copy.deallocate() }

  /// Its path is keyed.
  func secured(at now: MonotonicTime) { securedAt = now }

  /// Whether it is time to take it though nothing has come.
  func isDue(at now: MonotonicTime) -> Bool {
    securedAt.map { now - $0 >= Self.patience } ?? false
  }

  /// Whether a packet of `source` shows that the other party is there.
  func isProved(by source: SSRC) -> Bool { sound.contains(source) }

  /// Sends media here too; it is left as it is for the other connection.
  func send(_ kind: MediaPacketKind, _ packet: UnsafeMutableRawBufferPointer, _ length: Int) {
    guard securedAt != nil, kind == .rtp,
      length + MediaSession.trailerRoom <= Self.copySize
    else { return }
    copy.copyMemory(from: UnsafeRawBufferPointer(rebasing: packet[..<length]))
    link.send(kind, copy, length)
  }
}
