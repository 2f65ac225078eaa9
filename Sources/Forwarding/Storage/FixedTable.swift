/// A table of a fixed number of noncopyable elements in one allocation of its own.
///
/// `Array` cannot hold noncopyable elements, and its uniqueness check costs an atomic-free but real
/// load on every packet. Elements are mutated through a borrow of the table, so that one packet can
/// be read from one row while another row is written; no caller ever opens the same row twice.
struct FixedTable<Element: ~Copyable>: ~Copyable {
  private let base: UnsafeMutablePointer<Element>
  /// How many elements there are.
  let count: Int

  /// Makes `count` elements, in order.
  init(count: Int, _ make: (Int) -> Element) {
    base = .allocate(capacity: count)
    self.count = count
    for index in 0..<count { (base + index).initialize(to: make(index)) }
  }

  /// An empty table.
  init() {
    base = .allocate(capacity: 0)
    count = 0
  }

  deinit {
    base.deinitialize(count: count)
    base.deallocate()
  }

  /// Where the element at `index` lies.
  func pointer(to index: Int) -> UnsafeMutablePointer<Element> {
    precondition(index >= 0 && index < count, "row outside its table")
    return base + index
  }

  /// The element at `index`; traps outside the table, which no byte from the wire can cause.
  subscript(index: Int) -> Element {
    unsafeAddress {
      precondition(index >= 0 && index < count, "row outside its table")
      return UnsafePointer(base + index)
    }
    nonmutating unsafeMutableAddress {
      precondition(index >= 0 && index < count, "row outside its table")
      return base + index
    }
  }
}
