import Wire

/// The latest of what is remembered under numbers that count up: a ring of rows, a power of two of them.
///
/// Memory of its own rather than an array. Every packet of every call asks for a row, and an array would
/// look up its count, and whether anybody else holds it, in one more line of memory that has long left the
/// caches.
struct NumberedRing<Row: BitwiseCopyable>: ~Copyable {
  private var rows: UnsafeMutablePointer<Row>
  /// How many rows there are, a power of two.
  private(set) var count: Int

  /// A ring of `count` rows, a power of two, all of them `empty`.
  init(count: Int, empty: Row) {
    precondition(count > 0 && count & (count - 1) == 0, "not a power of two")
    rows = .allocate(capacity: count)
    rows.initialize(repeating: empty, count: count)
    self.count = count
  }

  deinit { rows.deallocate() }

  /// The row that `number` shares with those a multiple of `count` away.
  subscript(number: UInt64) -> Row {
    unsafeAddress { UnsafePointer(rows + place(of: number)) }
    unsafeMutableAddress { rows + place(of: number) }
  }

  /// Makes it `count` rows, a power of two, more than there are, and moves those to their new places that
  /// `number` finds a number in.
  @inline(never)
  mutating func grow(to count: Int, empty: Row, number: (Row) -> UInt64?) {
    var larger = NumberedRing(count: count, empty: empty)
    for place in 0..<self.count {
      if let number = number(rows[place]) { larger[number] = rows[place] }
    }
    swap(&rows, &larger.rows)
    swap(&self.count, &larger.count)
  }

  /// Notes where the row of `number` lies.
  func note(_ number: UInt64, in places: inout MemoryPlaces) {
    unsafe places.add(rows + place(of: number), bytes: MemoryLayout<Row>.size)
  }

  private func place(of number: UInt64) -> Int {
    Int(truncatingIfNeeded: number & UInt64(truncatingIfNeeded: count &- 1))
  }
}

// It alone holds its rows.
extension NumberedRing: @unchecked Sendable where Row: Sendable {}
