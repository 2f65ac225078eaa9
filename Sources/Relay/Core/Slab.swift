/// Noncopyable elements under stable small numbers, with a fixed most of them.
///
/// One allocation when made, none after. An element is mutated where it lies through a borrow of
/// the slab, so that one may be read while another is written; no caller opens one element twice.
struct Slab<Element: ~Copyable>: ~Copyable {
  private let base: UnsafeMutablePointer<Element>
  private let occupied: UnsafeMutablePointer<Bool>
  /// The most elements.
  let capacity: Int
  /// How many there are.
  private(set) var count = 0
  /// One more than the highest number in use: where a walk may stop.
  private(set) var limit = 0

  /// An empty slab.
  init(capacity: Int) {
    self.capacity = capacity
    base = .allocate(capacity: max(capacity, 1))
    occupied = .allocate(capacity: max(capacity, 1))
    occupied.initialize(repeating: false, count: max(capacity, 1))
  }

  deinit {
    for index in 0..<limit where occupied[index] { (base + index).deinitialize(count: 1) }
    base.deallocate()
    occupied.deallocate()
  }

  /// Whether `index` names an element.
  func contains(_ index: Int) -> Bool { index >= 0 && index < limit && occupied[index] }

  /// The number that the next element will get, which must exist: see `count`.
  var lowestFree: Int {
    precondition(count < capacity, "the slab is full")
    var index = 0
    while occupied[index] { index += 1 }
    return index
  }

  /// Puts an element in under the lowest free number.
  mutating func insert(_ element: consuming Element) -> Int {
    let index = lowestFree
    (base + index).initialize(to: element)
    occupied[index] = true
    count += 1
    limit = max(limit, index + 1)
    return index
  }

  /// Ends the element at `index`.
  mutating func remove(_ index: Int) {
    precondition(contains(index), "no such element")
    (base + index).deinitialize(count: 1)
    occupied[index] = false
    count -= 1
    while limit > 0, !occupied[limit - 1] { limit -= 1 }
  }

  /// Where the element at `index` lies until it is removed: for the caller that at the same time
  /// changes a neighbour of the slab, which the compiler cannot see is another place.
  func pointer(to index: Int) -> UnsafeMutablePointer<Element> {
    precondition(contains(index), "no such element")
    return base + index
  }

  /// The element at `index`; traps where there is none, which no byte from the wire can cause.
  subscript(index: Int) -> Element {
    unsafeAddress {
      precondition(contains(index), "no such element")
      return UnsafePointer(base + index)
    }
    nonmutating unsafeMutableAddress {
      precondition(contains(index), "no such element")
      return base + index
    }
  }
}
