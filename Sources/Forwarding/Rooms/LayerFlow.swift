/// Which of a sender's encodings flow.
///
/// A browser that is short of bits stops its larger encodings without a word. Time alone does not tell
/// that from a still screen that is sent once a second, so what counts is how many pictures the other
/// encodings have sent meanwhile.
struct LayerFlow: BitwiseCopyable {
  /// Pictures of the others after which an encoding has stopped: half a second of two others at 30
  /// pictures a second. A keyframe of the largest may take its sender half as long to send.
  static let patience: UInt8 = 30
  private static let never: UInt8 = .max

  private var missed = InlineArray<3, UInt8>(repeating: Self.never)
  private var pictures = InlineArray<3, UInt32>(repeating: 0)

  /// Takes note of a packet of an encoding's picture with this timestamp.
  mutating func note(_ layer: Int, timestamp: UInt32) {
    if pictures[layer] != timestamp || missed[layer] == Self.never {
      pictures[layer] = timestamp
      for other in 0..<Room.maximumLayers where other != layer && missed[other] < Self.patience {
        missed[other] += 1
      }
    }
    missed[layer] = 0
  }

  /// The encodings that flow, one bit each.
  var flowing: UInt8 {
    var flowing: UInt8 = 0
    for layer in 0..<Room.maximumLayers where missed[layer] < Self.patience {
      flowing |= 1 << UInt8(layer)
    }
    return flowing
  }
}
