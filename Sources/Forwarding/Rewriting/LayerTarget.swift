/// The most that one receiver is to get of one sender's picture.
struct LayerTarget: BitwiseCopyable, Equatable {
  /// The highest spatial layer, 0 for the smallest picture; below 0 for no picture at all.
  var spatial: Int8
  /// The highest temporal layer, 0 for the fewest pictures a second.
  var temporal: Int8

  /// All there is.
  static let all = LayerTarget(spatial: Int8(Room.maximumLayers - 1), temporal: TemporalFilter.all)
}

/// The layers of a sender's picture at the moment one of its packets comes, as one receiver sees them.
struct LayerMoment: BitwiseCopyable {
  /// The layer of the packet.
  var layer: Int8 = 0
  /// The layers that flow, one bit each.
  var flowing: UInt8 = 1
  /// The layer this receiver is getting; below 0 where none, or one that flows no more.
  var present: Int8 = -1
  /// The packet's timestamp in the clock of the layer this receiver is getting, where both are known.
  var aligned: UInt32?

  /// A picture without layers.
  static let single = LayerMoment()

  /// The layer a receiver with `target` should get: the best up to its target, else the least there is.
  static func wanted(of flowing: UInt8, target: LayerTarget) -> Int8 {
    guard flowing != 0, target.spatial >= 0 else { return -1 }
    let within = flowing & (UInt8(truncatingIfNeeded: 2 << Int(min(target.spatial, 6))) &- 1)
    return Int8(within != 0 ? 7 - within.leadingZeroBitCount : flowing.trailingZeroBitCount)
  }

  /// Whether the packet's layer is the one a receiver with `target` should get.
  func isWanted(_ target: LayerTarget) -> Bool {
    layer == Self.wanted(of: flowing, target: target)
  }

  /// Whether the packet's layer serves better than the present one until the wanted one comes.
  func isBetter(_ target: LayerTarget) -> Bool {
    guard target.spatial >= 0 else { return false }
    guard present >= 0 else { return true }
    // Too large is worse than too small, and more so the larger.
    func worth(_ layer: Int8) -> Int8 { layer <= target.spatial ? layer : -layer }
    return worth(layer) > worth(present)
  }
}
