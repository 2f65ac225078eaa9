import Forwarding
import Wire

/// Which session a datagram belongs to: by its source address once that has authenticated itself,
/// before that by the user name in its STUN request.
///
/// Addresses enter only when a transport says so, after it has verified a STUN request's integrity,
/// and it bounds how many it holds: nobody can make this table grow without a session's password.
///
/// Media from an address that is nobody's may be a client's whose NAT gave it another one, which it
/// does not notice and a browser would not tell for seconds. The SSRCs that offers declare say whose
/// it claims to be; the transport verifies that, and whether the address answers.
struct RouteTable {
  /// A local ICE user fragment of up to 16 bytes, compared without making a String of it.
  struct UserFragment: Hashable, BitwiseCopyable {
    private var high: UInt64 = 0
    private var low: UInt64 = 0
    private var count: UInt8 = 0

    /// The empty fragment, to be appended to.
    init() {}

    /// A fragment's text; nil where it is empty or too long to be one of ours.
    init?(_ text: String) {
      for byte in text.utf8 {
        guard append(byte) else { return nil }
      }
      if isEmpty { return nil }
    }

    /// Whether there is nothing in it.
    var isEmpty: Bool { count == 0 }

    /// Takes another byte; false where it is then too long to be one of ours.
    mutating func append(_ byte: UInt8) -> Bool {
      guard count < 16 else { return false }
      high = high << 8 | low >> 56
      low = low << 8 | UInt64(byte)
      count += 1
      return true
    }
  }

  private var addresses: AddressTable
  private var fragments: [UserFragment: Int32]
  private var sources: [SSRC: Int32]
  /// Each session's addresses.
  private var held: [[SocketAddress]]

  /// A table for `capacity` sessions.
  init(capacity: Int) {
    addresses = AddressTable(capacity: capacity * 2)
    fragments = Dictionary(minimumCapacity: capacity)
    sources = Dictionary(minimumCapacity: capacity * 2)
    held = Array(repeating: [], count: capacity)
  }

  /// Addresses held in all.
  var addressCount: Int { addresses.count }

  /// Whose address this is.
  func session(of address: SocketAddress) -> Int? { addresses.find(address).map { Int($0) } }

  /// Whose user fragment this is.
  func session(of fragment: UserFragment) -> Int? { fragments[fragment].map { Int($0) } }

  /// Who has declared to send with `source`; of two that have, the later one.
  func session(ofSource source: SSRC) -> Int? { sources[source].map { Int($0) } }

  /// Session `session` sends what its offer declared in `media`.
  mutating func add(sourcesOf media: SessionMedia, of session: Int) {
    for incoming in [media.audio, media.video] {
      guard let ssrc = incoming?.ssrc else { continue }
      sources[ssrc] = Int32(truncatingIfNeeded: session)
    }
  }

  /// Forgets what session `session` declared in `media`, where nobody else has since.
  mutating func remove(sourcesOf media: SessionMedia, of session: Int) {
    for incoming in [media.audio, media.video] {
      guard let ssrc = incoming?.ssrc, self.session(ofSource: ssrc) == session else { continue }
      sources[ssrc] = nil
    }
  }

  /// Session `session` is known by `fragment` from now on.
  mutating func add(_ fragment: UserFragment, of session: Int) {
    fragments[fragment] = Int32(truncatingIfNeeded: session)
  }

  /// The fragment is no longer anybody's.
  mutating func remove(_ fragment: UserFragment) { fragments[fragment] = nil }

  /// `address` is `session`'s now, whoever's it was: its user may have joined again on one socket.
  mutating func learn(_ address: SocketAddress, of session: Int) {
    if let previous = addresses.set(address, to: Int32(truncatingIfNeeded: session)) {
      held[Int(previous)].removeAll { $0 == address }
    }
    held[session].append(address)
  }

  /// `address` is no longer `session`'s. It may be another's by now, and stays so.
  mutating func forget(_ address: SocketAddress, of session: Int) {
    guard self.session(of: address) == session else { return }
    addresses.remove(address)
    held[session].removeAll { $0 == address }
  }

  /// Forgets all of a session's addresses.
  mutating func forgetAll(of session: Int) {
    for address in held[session] { addresses.remove(address) }
    held[session].removeAll(keepingCapacity: true)
  }
}
