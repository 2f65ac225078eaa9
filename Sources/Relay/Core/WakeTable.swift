import Wire

/// When each of a number of machines wants to be called: a wheel, whose slots are ticks.
///
/// Times are rounded up to a tick that all machines share: a thousand calls' timers then fall together
/// in at most `1 s / tick` wake-ups, each of which does the work of many, where every one of their own
/// would cost a wake-up and a system call to send what it brings forth.
///
/// Nothing here looks at all machines. Each is in the list of one slot, that of its time or an earlier
/// one: nearly every packet puts its room's time off, and then a store is all there is to do; the slot
/// finds out when its turn comes, and files the machine anew.
struct WakeTable {
  /// The common measure of all timers. Pictures' packets that are held back wait so much longer; the
  /// burst that pacing allows (`PacingBudget`) is longer still.
  static let tick = TimeSpan.milliseconds(2)

  /// Slots, a power of two: a second. Who wants to be called later is looked at once a second.
  private static let slots: Int64 = 512
  private static let never = MonotonicTime(nanoseconds: .max)
  private static let none: Int32 = -1

  private struct Place: BitwiseCopyable {
    /// What the machine wants.
    var time = WakeTable.never
    /// The tick it is filed under; `.max` while it is in no slot.
    var tick = Int64.max
    var previous = WakeTable.none
    var next = WakeTable.none
  }

  private var places: [Place]
  private var heads: [Int32]
  /// Which slots hold anybody, a bit each.
  private var filled: [UInt64]
  /// The first tick that is not over.
  private var cursor: Int64 = 0
  private var due: [Int32] = []

  /// A table for `capacity` machines, none of which wants anything.
  init(capacity: Int) {
    places = Array(repeating: Place(), count: capacity)
    heads = Array(repeating: Self.none, count: Int(Self.slots))
    filled = Array(repeating: 0, count: Int(Self.slots / 64))
    due.reserveCapacity(capacity)
  }

  /// When to call `takeDue` next; nil while nobody wants anything. Never too late.
  var nextWake: MonotonicTime? {
    let first = Int(cursor & (Self.slots - 1))
    for step in 0...filled.count {
      let word = (first / 64 + step) % filled.count
      var bits = filled[word]
      // Of the first word the slots from the cursor on, and when it comes round again the others.
      let passed = UInt64(1) << UInt64(first & 63) &- 1
      if step == 0 { bits &= ~passed }
      if step == filled.count { bits &= passed }
      guard bits != 0 else { continue }
      let slot = Int64(word * 64 + bits.trailingZeroBitCount)
      let tick = cursor &+ ((slot &- cursor) & (Self.slots - 1))
      return MonotonicTime(nanoseconds: tick &* Self.tick.nanoseconds)
    }
    return nil
  }

  /// Machine `index` wants to be called at `time`, or at the end of the tick it lies in.
  mutating func set(_ index: Int, to time: MonotonicTime?) {
    guard let time else {
      places[index].time = Self.never
      if places[index].tick != .max { unfile(index) }
      return
    }
    let tick = Self.tick.nanoseconds
    let number = (time.nanoseconds &+ tick &- 1) / tick
    places[index].time = MonotonicTime(nanoseconds: number &* tick)
    if number < places[index].tick { file(index, at: number) }
  }

  /// Takes out who is due; they want nothing until they are set again.
  mutating func takeDue(at now: MonotonicTime) -> [Int32] {
    due.removeAll(keepingCapacity: true)
    let last = now.nanoseconds / Self.tick.nanoseconds
    guard last >= cursor else { return due }
    // After a long sleep every slot's turn has come once.
    var left = min(last &- cursor, Self.slots - 1) &+ 1
    var tick = cursor
    cursor = last
    while left > 0 {
      serve(slot: Int(tick & (Self.slots - 1)), now: now)
      tick &+= 1
      left -= 1
    }
    return due
  }

  private mutating func serve(slot: Int, now: MonotonicTime) {
    guard filled[slot / 64] & (1 << UInt64(slot & 63)) != 0 else { return }
    var machine = heads[slot]
    while machine != Self.none {
      let index = Int(machine)
      machine = places[index].next
      unfile(index)
      let time = places[index].time
      if time <= now {
        places[index].time = Self.never
        due.append(Int32(truncatingIfNeeded: index))
      } else {
        file(index, at: time.nanoseconds / Self.tick.nanoseconds)
      }
    }
  }

  /// Puts a machine into the slot of a tick, or into the last one there is before it.
  @inline(never)
  private mutating func file(_ index: Int, at wanted: Int64) {
    if places[index].tick != .max { unfile(index) }
    let tick = min(max(wanted, cursor), cursor &+ Self.slots &- 1)
    let slot = Int(tick & (Self.slots - 1))
    places[index].tick = tick
    places[index].previous = Self.none
    places[index].next = heads[slot]
    if heads[slot] != Self.none {
      places[Int(heads[slot])].previous = Int32(truncatingIfNeeded: index)
    }
    heads[slot] = Int32(truncatingIfNeeded: index)
    filled[slot / 64] |= 1 << UInt64(slot & 63)
  }

  private mutating func unfile(_ index: Int) {
    let place = places[index]
    let slot = Int(place.tick & (Self.slots - 1))
    if place.previous == Self.none {
      heads[slot] = place.next
      if place.next == Self.none { filled[slot / 64] &= ~(1 << UInt64(slot & 63)) }
    } else {
      places[Int(place.previous)].next = place.next
    }
    if place.next != Self.none { places[Int(place.next)].previous = place.previous }
    places[index].tick = .max
  }
}
