import Wire

/// How many earlier packets of sound each packet to one receiver carries along (RFC 2198), by what the
/// receiver loses.
///
/// Speech survives a packet lost here and there: Opus carries a coarse copy of the last packet and
/// conceals the rest. Beyond that whole copies help, at the price of the sound's own bits again for
/// each: bursts of loss are mended up to the depth. More is given as soon as loss is reported, and
/// taken back one step at a time once loss has been clearly lower for a while, so that it does not
/// flap where copies are what keeps the speech whole.
struct RedundancyPolicy: BitwiseCopyable {
  /// The most earlier packets carried along: 80 ms of speech.
  static let maximumDepth = 4
  /// Packets a receiver must have been sent for a share of them to mean anything.
  static let sample = 25
  /// How long loss must have been clearly lower before a copy is taken back.
  static let patience = TimeSpan.seconds(10)

  /// What the receiver's loss calls for.
  private(set) var wanted = 0
  /// What the bits allow, as the room is told.
  var limit = Self.maximumDepth
  /// The share of packets lost on the way to the receiver, smoothed, 0 ... 1.
  private(set) var loss = 0.0
  private var expected = 0
  private var lost = 0.0
  private var calmSince: MonotonicTime?

  /// How many earlier packets each packet carries along now.
  var depth: Int { min(wanted, limit) }

  /// Takes note of a receiver report: `fraction` of `packets` did not arrive, and of the source's own
  /// packets `upstream` never came to us. Copies sent from here cannot bring those back.
  mutating func note(fraction: Double, of packets: Int, upstream: Double, now: MonotonicTime) {
    guard packets > 0 else { return }
    let onTheWay = upstream >= 1 ? 0 : max(0, (fraction - upstream) / (1 - upstream))
    expected += packets
    lost += onTheWay * Double(packets)
    guard expected >= Self.sample else { return }
    note(loss: min(1, lost / Double(expected)), now: now)
    expected = 0
    lost = 0
  }

  /// Takes note of the share of packets lost on the way to the receiver since the last time.
  mutating func note(loss sample: Double, now: MonotonicTime) {
    loss += (sample - loss) * (sample > loss ? 0.7 : 0.2)
    let called = Self.depth(for: loss)
    if called > wanted {
      wanted = called
      calmSince = nil
      return
    }
    // A third below what called for the present depth.
    guard Self.depth(for: loss * 1.5) < wanted else {
      calmSince = nil
      return
    }
    guard let calmSince else {
      self.calmSince = now
      return
    }
    guard now - calmSince >= Self.patience else { return }
    wanted -= wanted > 2 ? 2 : 1
    self.calmSince = now
  }

  /// Sets the depth as if loss had called for it.
  mutating func set(_ depth: Int) {
    wanted = max(0, min(depth, Self.maximumDepth))
    calmSince = nil
  }

  private static func depth(for loss: Double) -> Int {
    // One copy leaves the square of the loss: at 5 % that is heard every few seconds. Two leave the cube.
    if loss > 0.12 { return 4 }
    if loss > 0.04 { return 2 }
    return loss > 0.02 ? 1 : 0
  }
}
