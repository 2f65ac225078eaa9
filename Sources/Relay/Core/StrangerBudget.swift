import Wire

/// How much work addresses that have shown no password may make a worker do.
///
/// To find out whether a check knows a session's password is an HMAC over it, and whether a stray
/// packet has a session's key is opening it: microseconds, which anybody may ask for who has seen a
/// user fragment or an SSRC go by. So each address may fail so often in a second, and all together so
/// often. What turns out to be genuine costs nothing: it is given back.
///
/// Of fixed size: addresses share a few places, by a hash whose seed nobody outside knows. Each place
/// is a time, as in the generic cell rate algorithm (ITU-T I.371 annex A): the time until which what
/// was tried is paid for. It runs ahead of the clock by at most `burst`.
struct StrangerBudget: ~Copyable {
  /// One address: a hundred tries a second, a hundred at once.
  private static let interval = TimeSpan.milliseconds(10)
  /// All addresses: four thousand tries a second, under one hundredth of a core.
  private static let totalInterval = TimeSpan(nanoseconds: 250_000)
  /// How far ahead of the clock a place may be.
  private static let burst = TimeSpan.seconds(1)
  private static let places = 1_024

  private let paidUntil: UnsafeMutablePointer<MonotonicTime>
  private var totalPaidUntil = MonotonicTime.zero
  private let seed: UInt64

  /// A budget that nobody has drawn on.
  init(seed: UInt64) {
    self.seed = seed
    paidUntil = .allocate(capacity: Self.places)
    paidUntil.initialize(repeating: .zero, count: Self.places)
  }

  deinit { paidUntil.deallocate() }

  /// Takes one try of `address`; false where it, or everybody together, has none left.
  mutating func take(_ address: SocketAddress, at now: MonotonicTime) -> Bool {
    let place = place(of: address)
    let own = max(paidUntil[place], now) + Self.interval
    let total = max(totalPaidUntil, now) + Self.totalInterval
    guard own - now <= Self.burst, total - now <= Self.burst else { return false }
    paidUntil[place] = own
    totalPaidUntil = total
    return true
  }

  /// Gives a try of `address` back: it was genuine.
  mutating func giveBack(_ address: SocketAddress) {
    let place = place(of: address)
    paidUntil[place] = paidUntil[place] - Self.interval
    totalPaidUntil = totalPaidUntil - Self.totalInterval
  }

  /// An IPv4 address, or an IPv6 network of 64 bits: one household has a whole one.
  private func place(of address: SocketAddress) -> Int {
    var z = (address.high ^ seed) &* 0x9E37_79B9_7F4A_7C15
    if address.isIPv4 { z ^= address.low }
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return Int(truncatingIfNeeded: (z ^ (z >> 31)) & UInt64(Self.places - 1))
  }
}
