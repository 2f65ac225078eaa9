/// Packets on their way, in slots of one size that are used again: after the first seconds of a run
/// nothing is allocated, however many hours it lasts. A slot never moves.
struct PacketSlab: ~Copyable {
  /// Longer than any datagram that a relay or a client sends.
  static let slotBytes = 2_048
  private static let slotsPerBlock = 128

  private var blocks: [UnsafeMutableRawPointer] = []
  private var free: [Int32] = []

  init() {}

  deinit { for block in blocks { block.deallocate() } }

  /// Copies `bytes` into a slot and returns its number.
  mutating func insert(_ bytes: UnsafeRawBufferPointer) -> Int32 {
    precondition(bytes.count <= Self.slotBytes, "longer than a datagram of ours")
    if free.isEmpty { grow() }
    let slot = free.removeLast()
    if let source = bytes.baseAddress {
      address(of: slot).copyMemory(from: source, byteCount: bytes.count)
    }
    return slot
  }

  /// The first `count` bytes of a slot.
  func bytes(of slot: Int32, count: Int) -> UnsafeMutableRawBufferPointer {
    UnsafeMutableRawBufferPointer(start: address(of: slot), count: count)
  }

  /// Gives a slot back.
  mutating func remove(_ slot: Int32) { free.append(slot) }

  private func address(of slot: Int32) -> UnsafeMutableRawPointer {
    blocks[Int(slot) / Self.slotsPerBlock] + Int(slot) % Self.slotsPerBlock * Self.slotBytes
  }

  private mutating func grow() {
    let first = blocks.count * Self.slotsPerBlock
    blocks.append(
      .allocate(byteCount: Self.slotsPerBlock * Self.slotBytes, alignment: 16))
    free.append(contentsOf: (first..<first + Self.slotsPerBlock).reversed().map { Int32($0) })
  }
}
