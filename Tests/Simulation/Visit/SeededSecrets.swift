import COpenSSL
import Glibc
import NetworkSimulation

/// Makes what OpenSSL draws on this thread follow from a seed: keys, nonces, the hellos' random bytes.
///
/// A signature is up to two bytes longer or shorter with its nonce, and two bytes on a narrow line are
/// enough for another hour: without this a seed would not repeat a run. Threads without a seed draw as
/// ever.
enum SeededSecrets {
  private static let key: pthread_key_t = {
    var key = pthread_key_t()
    precondition(pthread_key_create(&key) { free($0) } == 0, "no thread-specific memory")
    return key
  }()

  private static let isInstalled = besoeg_rand_draw_from { SeededSecrets.fill($0, $1) } == 1

  /// Begins the sequence of `seed` on this thread.
  static func begin(_ seed: UInt64) {
    precondition(isInstalled, "OpenSSL takes no other source of chance")
    if let state {
      state.pointee = SeededRandom(seed)
    } else {
      let fresh = malloc(MemoryLayout<SeededRandom>.size)!
      fresh.bindMemory(to: SeededRandom.self, capacity: 1).initialize(to: SeededRandom(seed))
      pthread_setspecific(key, fresh)
    }
  }

  private static var state: UnsafeMutablePointer<SeededRandom>? {
    pthread_getspecific(key)?.assumingMemoryBound(to: SeededRandom.self)
  }

  private static func fill(_ bytes: UnsafeMutablePointer<UInt8>?, _ count: Int32) -> Int32 {
    guard let bytes, let state else { return besoeg_rand_draw_usual(bytes, count) }
    for index in 0..<Int(count) {
      bytes[index] = UInt8(truncatingIfNeeded: state.pointee.next() >> 56)
    }
    return 1
  }
}
