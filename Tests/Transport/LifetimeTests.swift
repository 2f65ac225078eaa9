import Glibc
import Testing
import Wire

@testable import Transport

/// Everything OpenSSL, libsrtp and we hold for a path is given back with it. Measured on a whole
/// process of its own, so that no other test's memory counts, and with so many rounds that one
/// forgotten `deinit` stands out.
struct LifetimeTests {
  /// A handshake's OpenSSL state weighs over 60 KiB on the two ends.
  @Test func pathsGiveBackWhatTheyHeld() async {
    await #expect(processExitsWith: .success) {
      let grown = try growth(rounds: 300) {
        let pair = try SecurePair()
        #expect(pair.connect())
      }
      #expect(grown < 8 * mebibyte, "\(grown) bytes")
    }
  }

  @Test func refusedPathsGiveBackWhatTheyHeld() async {
    await #expect(processExitsWith: .success) {
      var options = SecurePair.Options()
      options.relayExpects = [UInt8](repeating: 1, count: 32)
      let grown = try growth(rounds: 300) {
        let pair = try SecurePair(options)
        #expect(!pair.connect(within: .milliseconds(500)))
      }
      #expect(grown < 8 * mebibyte, "\(grown) bytes")
    }
  }

  @Test func sessionsOverEVPGiveBackWhatTheyHeld() async {
    await #expect(processExitsWith: .success) {
      let grown = try growthOfSessions(.aeadAES128GCM, rounds: 20_000)
      #expect(grown < 8 * mebibyte, "\(grown) bytes")
    }
  }

  @Test func sessionsOverLibsrtpGiveBackWhatTheyHeld() async {
    await #expect(processExitsWith: .success) {
      let grown = try growthOfSessions(.aes128CMSHA1_80, rounds: 3_000)
      #expect(grown < 8 * mebibyte, "\(grown) bytes")
    }
  }

  /// OpenSSL lets go of the timer when the endpoint frees its `SSL`.
  @Test func anEndpointFreesItsSSL() throws {
    let identities = try #require(SecurePair.identities)
    let configuration = TransportConfiguration(
      role: .client, local: SecurePair.clientCredentials, remote: SecurePair.relayCredentials,
      remoteFingerprint: identities.relay.fingerprint)
    func timerOfADroppedEndpoint() -> RetransmissionTimer? {
      var endpoint = DTLSEndpoint(identity: identities.client, configuration: configuration)
      endpoint.start(now: .zero)
      let timer = endpoint.timer
      #expect(timer?.isAttached == true)
      return timer
    }
    let timer = try #require(timerOfADroppedEndpoint())
    #expect(!timer.isAttached)
  }
}

private let mebibyte = 1_024 * 1_024

private func growthOfSessions(_ profile: SRTPProfile, rounds: Int) throws -> Int {
  let keys = try SRTPPair.keys(profile)
  return try growth(rounds: rounds) {
    guard var session = SRTPSession(keys, role: .client) else { throw SRTPPair.Unavailable() }
    #expect(outcome(rtpPacket(1)) { session.openRTP($0, length: $1) } == .unauthenticated)
  }
}

/// By how much the process has grown after `rounds` of `work`, less what a few cost at first.
private func growth(rounds: Int, _ work: () throws -> Void) throws -> Int {
  for _ in 0..<rounds / 10 { try work() }
  let before = try residentBytes()
  for _ in 0..<rounds { try work() }
  return try residentBytes() - before
}

/// The process's resident set, from the second field of /proc/self/statm (proc(5)), in bytes.
private func residentBytes() throws -> Int {
  let file = try #require(fopen("/proc/self/statm", "r"))
  defer { fclose(file) }
  var line = [CChar](repeating: 0, count: 256)
  let count = fread(&line, 1, 255, file)
  let text = String(decoding: line[0..<count].map(UInt8.init(bitPattern:)), as: UTF8.self)
  let pages = try #require(text.split(separator: " ").dropFirst().first.flatMap { Int($0) })
  return pages * Int(sysconf(Int32(_SC_PAGESIZE)))
}
