import Testing
import Wire

@testable import Transport

/// OpenSSL's state goes once both ends have their keys; the association can still be ended by either.
@Suite struct FarewellTests {
  /// A pair that has talked for a moment.
  private func talkingPair() throws -> SecurePair {
    let pair = try SecurePair()
    #expect(pair.connect())
    var sequence: UInt16 = 1
    _ = pair.talk(for: .milliseconds(200), from: &sequence)
    return pair
  }

  @Test func aCloseAfterMediaEndsTheRelay() throws {
    let pair = try talkingPair()
    pair.client.close()
    #expect(pair.run(for: .seconds(1)) { pair.relayEvents.contains(.closed) })
  }

  @Test func aCloseAfterMediaEndsTheClient() throws {
    let pair = try talkingPair()
    pair.relay.close()
    #expect(pair.run(for: .seconds(1)) { pair.clientEvents.contains(.closed) })
  }

  /// A relay that has not heard a packet yet keeps what OpenSSL needs; one that has does not.
  @Test func eitherEndMayHaveGivenItsStateBackAndTheOtherNot() throws {
    for speaker in [true, false] {
      let pair = try SecurePair()
      #expect(pair.connect())
      if speaker { pair.sendMediaFromClient(1) } else { pair.sendMediaFromRelay(1) }
      pair.run(for: .milliseconds(100))
      pair.client.close()
      #expect(pair.run(for: .seconds(1)) { pair.relayEvents.contains(.closed) })
    }
  }

  @Test func aForgedGoodbyeEndsNothing() throws {
    let pair = try talkingPair()
    let before = pair.sent.count
    pair.link = { _ in [] }
    pair.client.close()
    pair.drain()
    pair.link = { [($0, .zero)] }
    let goodbye = try #require(pair.sent[before...].last { $0.kind == .dtls })
    for position in goodbye.bytes.indices {
      var forged = goodbye
      forged.bytes[position] ^= 1
      pair.deliver(forged)
      pair.drain()
    }
    for length in 0..<goodbye.bytes.count {
      var cut = goodbye
      cut.bytes.removeLast(goodbye.bytes.count - length)
      pair.deliver(cut)
      pair.drain()
    }
    #expect(!pair.relayEvents.contains(.closed))
    pair.deliver(goodbye)
    pair.drain()
    #expect(pair.relayEvents.contains(.closed))
  }

  /// What was already said when OpenSSL's state went: a client that had not our last flight asks for
  /// it, and must get it, as it has sent nothing under the new keys.
  @Test func aLastFlightThatWasLostIsSentAgain() throws {
    let pair = try SecurePair()
    var lost = 0
    pair.link = { datagram in
      // ChangeCipherSpec of the relay's.
      if datagram.kind == .dtls, !datagram.isFromClient, datagram.bytes.first == 20, lost < 2 {
        lost += 1
        return []
      }
      return [(datagram, .zero)]
    }
    #expect(pair.connect())
    #expect(lost > 0)
  }
}
