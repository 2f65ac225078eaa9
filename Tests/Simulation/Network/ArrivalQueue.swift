import Wire

/// Packets by the time they arrive: a binary heap of small trivial values; equal times come out in the
/// order the packets were sent.
struct ArrivalQueue {
  /// A packet in the slab and where it is going.
  struct Entry: BitwiseCopyable {
    var arrival: MonotonicTime
    var order: UInt64
    var source: SocketAddress
    var destination: SocketAddress
    var slot: Int32
    var length: Int32
    var link: Int32
  }

  private var heap: [Entry] = []

  var first: Entry? { heap.first }

  mutating func insert(_ entry: Entry) {
    heap.append(entry)
    var child = heap.count - 1
    while child > 0 {
      let parent = (child - 1) / 2
      guard precedes(child, parent) else { break }
      heap.swapAt(child, parent)
      child = parent
    }
  }

  mutating func removeFirst() {
    let last = heap.removeLast()
    guard !heap.isEmpty else { return }
    heap[0] = last
    var parent = 0
    while true {
      var least = parent
      let left = 2 * parent + 1
      if left < heap.count, precedes(left, least) { least = left }
      if left + 1 < heap.count, precedes(left + 1, least) { least = left + 1 }
      guard least != parent else { return }
      heap.swapAt(least, parent)
      parent = least
    }
  }

  private func precedes(_ a: Int, _ b: Int) -> Bool {
    heap[a].arrival == heap[b].arrival
      ? heap[a].order < heap[b].order : heap[a].arrival < heap[b].arrival
  }
}
