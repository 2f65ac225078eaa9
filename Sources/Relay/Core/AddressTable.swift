import Wire

/// Which session each address belongs to: asked once for every datagram, hence no `Dictionary`, whose
/// hash function costs as much as all the rest of finding a packet's room.
///
/// Open addressing with linear probing; a removed entry's followers move up, so that there are no
/// graves. The hash is fast rather than strong: nobody enters an address here who has not shown a
/// session's password, and no session has more than a dozen.
struct AddressTable {
  private struct Entry: BitwiseCopyable {
    var high: UInt64 = 0
    var low: UInt64 = 0
    var port: UInt16 = 0
    /// Below 0 where the entry is empty.
    var session: Int32 = -1
  }

  /// A power of two of them, never more than half in use.
  private var entries: [Entry]
  /// Addresses held.
  private(set) var count = 0

  /// A table that has room for `capacity` addresses before it grows.
  init(capacity: Int) {
    var size = 16
    while size < capacity * 2 { size *= 2 }
    entries = Array(repeating: Entry(), count: size)
  }

  /// Whose address this is.
  func find(_ address: SocketAddress) -> Int32? {
    let session = entries[place(of: address)].session
    return session >= 0 ? session : nil
  }

  /// The address is a session's from now on; whose it was.
  mutating func set(_ address: SocketAddress, to session: Int32) -> Int32? {
    if (count + 1) * 2 > entries.count { grow() }
    let place = place(of: address)
    let previous = entries[place].session
    entries[place] = Entry(
      high: address.high, low: address.low, port: address.port, session: session)
    if previous >= 0 { return previous }
    count += 1
    return nil
  }

  /// The address is nobody's.
  mutating func remove(_ address: SocketAddress) {
    var hole = place(of: address)
    guard entries[hole].session >= 0 else { return }
    count -= 1
    var next = following(hole)
    while entries[next].session >= 0 {
      let home = home(entries[next].high, entries[next].low, entries[next].port)
      // It may move up unless its home lies behind the hole.
      if (next &- home) & (entries.count - 1) >= (next &- hole) & (entries.count - 1) {
        entries[hole] = entries[next]
        hole = next
      }
      next = following(next)
    }
    entries[hole] = Entry()
  }

  /// Where the address is, or the empty place where it would be put.
  private func place(of address: SocketAddress) -> Int {
    var place = home(address.high, address.low, address.port)
    while entries[place].session >= 0 {
      if entries[place].low == address.low, entries[place].port == address.port,
        entries[place].high == address.high
      {
        return place
      }
      place = following(place)
    }
    return place
  }

  private func following(_ place: Int) -> Int { (place &+ 1) & (entries.count - 1) }

  private func home(_ high: UInt64, _ low: UInt64, _ port: UInt16) -> Int {
    var hash = (low ^ high &* 0x9E37_79B9_7F4A_7C15) &+ UInt64(port) << 40
    hash = (hash ^ hash >> 32) &* 0xD6E8_FEB8_6659_FD93
    return Int(truncatingIfNeeded: hash >> 32) & (entries.count - 1)
  }

  @inline(never)
  private mutating func grow() {
    let old = entries
    entries = Array(repeating: Entry(), count: old.count * 2)
    for entry in old where entry.session >= 0 {
      let address = SocketAddress(high: entry.high, low: entry.low, port: entry.port)
      entries[place(of: address)] = entry
    }
  }
}
