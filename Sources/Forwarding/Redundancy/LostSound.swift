import Wire

/// The packets of sound that were lost and lie in a later one (RFC 2198), oldest first.
struct LostSound: BitwiseCopyable {
  /// One of them.
  struct Block: BitwiseCopyable {
    /// Its sequence number.
    var sequence: UInt16 = 0
    /// Its RTP timestamp.
    var timestamp: UInt32 = 0
    /// Where it lies in the later packet's payload.
    var offset = 0
    /// Its bytes.
    var length = 0
  }

  private var blocks = InlineArray<9, Block>(repeating: Block())
  /// How many there are.
  private(set) var count = 0

  /// Adds one; beyond what a packet can hold it is left out.
  mutating func append(_ block: Block) {
    guard count < RedundantAudio.maximumRedundant else { return }
    blocks[count] = block
    count += 1
  }

  /// The one at `index`.
  subscript(index: Int) -> Block { blocks[index] }
}
