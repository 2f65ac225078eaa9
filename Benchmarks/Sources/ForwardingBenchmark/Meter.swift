import CAllocationCounter
import Glibc

/// What one kind of work took.
struct Meter {
  /// Times it was done.
  private(set) var turns = 0
  /// Allocations in it, of any library in the process.
  private(set) var allocations: UInt64 = 0
  /// Frees.
  private(set) var frees: UInt64 = 0
  /// This thread's processor time in nanoseconds.
  private(set) var nanoseconds: Int64 = 0
  private var startedAt: Int64 = 0

  /// Nothing yet.
  init() {}

  /// The work begins.
  mutating func begin() {
    allocation_counter_begin()
    startedAt = Self.processorTime()
  }

  /// The work is done.
  mutating func end() {
    let now = Self.processorTime()
    let counts = allocation_counter_end()
    turns += 1
    allocations += counts.allocations
    frees += counts.frees
    nanoseconds += now - startedAt - Self.overhead
  }

  /// Forgets the instructions that callgrind, where it runs, has counted between begin and end.
  static func forgetInstructions() { allocation_counter_forget_instructions() }

  /// Adds what another meter measured.
  mutating func add(_ other: Meter) {
    turns += other.turns
    allocations += other.allocations
    frees += other.frees
    nanoseconds += other.nanoseconds
  }

  /// What an empty turn measures: asking the kernel for processor time costs a good part of what
  /// forwarding a packet does, and the turns of timers are short.
  private static let overhead: Int64 = {
    var shortest = Int64.max
    for _ in 0..<1_000 {
      let start = processorTime()
      allocation_counter_begin()
      _ = allocation_counter_end()
      shortest = min(shortest, processorTime() - start)
    }
    return shortest
  }()

  /// Whether the counter sees what Swift and C allocate: one that sees nothing would prove anything.
  static func countsAllocations() -> Bool {
    var swift = Meter()
    swift.begin()
    let array = makeArray(count: 100)
    swift.end()
    var library = Meter()
    library.begin()
    // An allocation made inside libc.
    free(makeText())
    library.end()
    return array.count == 100 && swift.allocations >= 1 && library.allocations >= 1
      && library.frees >= 1
  }

  // Both out of the optimiser's sight, which would put the array on the stack and leave out the text.
  @inline(never)
  @_optimize(none)
  private static func makeArray(count: Int) -> [Int] { Array(repeating: 1, count: count) }

  @inline(never)
  @_optimize(none)
  private static func makeText() -> UnsafeMutablePointer<CChar>? { strdup("counted") }

  /// Processor time, not the clock's: another process on the machine must not count.
  private static func processorTime() -> Int64 {
    var time = timespec()
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
    return Int64(time.tv_sec) &* 1_000_000_000 &+ Int64(time.tv_nsec)
  }
}
