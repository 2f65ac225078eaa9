import Testing
import Wire

@testable import Transport

@Suite("TURN allocations")
struct TURNAllocationTests {
  @Test("an allocation says what it is")
  func allocate() throws {
    let probe = TURNProbe()
    let reply = try probe.allocate()
    #expect(reply.message.stun.mappedAddress == TURNProbe.client)
    #expect(reply.message.lifetime == 600)
    let relayed = SocketAddress(ipv4: TURNProbe.media.ipv4, port: 49_153)
    #expect(reply.message.relayedAddress == relayed)
    #expect(probe.server.allocation?.user == probe.user)
  }

  @Test("one allocation to a connection")
  func quota() throws {
    let probe = TURNProbe()
    #expect(try probe.allocate().isSuccess)
    #expect(try probe.allocate().code == 437)
    // Given back, it can be had again.
    let end = try probe.ask(.refresh) { $0.add(lifetime: 0, to: &$1) }
    #expect(end.isSuccess)
    #expect(end.message.lifetime == 0)
    #expect(probe.server.allocation == nil)
    #expect(try probe.ask(.refresh).code == 437)
    #expect(try probe.allocate().isSuccess)
  }

  @Test("another user's right credentials do not reach into an allocation")
  func otherUser() throws {
    let probe = TURNProbe()
    #expect(try probe.allocate().isSuccess)
    probe.user.session = "another"
    probe.password = probe.user.password(under: TURNProbe.secret)
    #expect(try probe.ask(.refresh) { $0.add(lifetime: 0, to: &$1) }.code == 441)
    #expect(try probe.permit(TURNProbe.media).code == 441)
    #expect(probe.server.allocation != nil)
  }

  @Test(
    "only UDP is relayed",
    arguments: [(nil, 400), (6, 442), (0, 442), (17, nil)] as [(UInt8?, UInt16?)])
  func transport(number: UInt8?, code: UInt16?) throws {
    let probe = TURNProbe()
    _ = try probe.ask(.allocate, signed: false)
    let reply = try probe.ask(.allocate) { writer, bytes in
      if let number { writer.add(requestedTransport: number, to: &bytes) }
    }
    #expect(reply.code == code)
  }

  @Test("what is not offered is refused by its name")
  func options() throws {
    func code(_ options: [(STUNAttribute, [UInt8])]) throws -> (UInt16?, [UInt8]?) {
      let probe = TURNProbe()
      let reply = try probe.allocate { writer, bytes in
        for (type, value) in options { writer.add(type, value: value.span.bytes, to: &bytes) }
      }
      #expect((reply.code == nil) == (probe.server.allocation != nil))
      return (reply.code, reply.value(of: .unknownAttributes))
    }
    let token = [UInt8](repeating: 1, count: 8)
    let ipv6: [UInt8] = [2, 0, 0, 0]
    #expect(try code([(.evenPort, [0x80])]).0 == 508)
    #expect(try code([(.reservationToken, token)]).0 == 508)
    #expect(try code([(.reservationToken, token), (.evenPort, [0])]).0 == 400)
    #expect(try code([(.reservationToken, token), (.requestedAddressFamily, ipv6)]).0 == 400)
    #expect(try code([(.additionalAddressFamily, [1, 0, 0, 0])]).0 == 400)
    #expect(
      try code([(.additionalAddressFamily, ipv6), (.requestedAddressFamily, ipv6)]).0 == 400)
    #expect(try code([(.requestedAddressFamily, [3, 0, 0, 0])]).0 == 440)
    let dontFragment = try code([(.dontFragment, [])])
    #expect(dontFragment.0 == 420)
    #expect(dontFragment.1 == [0x00, 0x1A])
    #expect(try code([(STUNAttribute(rawValue: 0x7777), [1])]).0 == 420)
    #expect(try code([(STUNAttribute(rawValue: 0xC777), [1])]).0 == nil, "may be ignored")
  }

  @Test("both families can be asked for where the worker has both")
  func families() throws {
    let probe = TURNProbe()
    let reply = try probe.allocate {
      $0.add(.requestedAddressFamily, value: [UInt8]([2, 0, 0, 0]).span.bytes, to: &$1)
    }
    #expect(reply.message.relayedAddress?.isIPv4 == false)
    #expect(try probe.permit(TURNProbe.media6).isSuccess)
    #expect(try probe.permit(TURNProbe.media).code == 443)
    // Worker 0 has no IPv6.
    let other = TURNProbe()
    other.user.worker = 0
    other.password = other.user.password(under: TURNProbe.secret)
    let refusal = try other.allocate {
      $0.add(.requestedAddressFamily, value: [UInt8]([2, 0, 0, 0]).span.bytes, to: &$1)
    }
    #expect(refusal.code == 440)
    // Asked for both, it gives one and says so.
    let additional = try other.allocate {
      $0.add(.additionalAddressFamily, value: [UInt8]([2, 0, 0, 0]).span.bytes, to: &$1)
    }
    #expect(additional.isSuccess)
    #expect(additional.value(of: .addressErrorCode)?.prefix(4) == [2, 0, 4, 40])
  }

  @Test("a lifetime is at least ten minutes and at most an hour, and ends when it is over")
  func lifetime() throws {
    for (wanted, given) in [(1, 600), (700, 700), (100_000, 3_600)] as [(UInt32, UInt32)] {
      let probe = TURNProbe()
      #expect(try probe.allocate { $0.add(lifetime: wanted, to: &$1) }.message.lifetime == given)
      #expect(probe.server.nextWake == probe.now + .seconds(Int64(given)))
      probe.pass(.seconds(Int64(given)) - .milliseconds(1))
      probe.server.advance(to: probe.now)
      #expect(probe.server.allocation != nil)
      probe.pass(.milliseconds(1))
      probe.server.advance(to: probe.now)
      #expect(probe.server.allocation == nil)
      #expect(probe.server.nextWake == nil)
    }
  }

  @Test("a refresh prolongs")
  func refresh() throws {
    let probe = TURNProbe()
    probe.user.expires += 3_600
    probe.password = probe.user.password(under: TURNProbe.secret)
    _ = try probe.allocate()
    probe.pass(.seconds(599))
    #expect(try probe.ask(.refresh).message.lifetime == 600)
    probe.pass(.seconds(599))
    #expect(try probe.permit(TURNProbe.media).isSuccess)
    probe.pass(.seconds(1))
    #expect(try probe.permit(TURNProbe.media).code == 437)
    #expect(probe.indicate([1], to: TURNProbe.media) == nil)
    #expect(probe.wrap([1], from: TURNProbe.media) == nil)
  }

  @Test("nothing works before there is an allocation")
  func before() throws {
    let probe = TURNProbe()
    _ = try probe.ask(.allocate, signed: false)
    #expect(try probe.permit(TURNProbe.media).code == 437)
    #expect(try probe.bind(0x4000, to: TURNProbe.media).code == 437)
    #expect(probe.indicate([1], to: TURNProbe.media) == nil)
    #expect(probe.channel(0x4000, [1]) == nil)
    #expect(probe.wrap([1], from: TURNProbe.media) == nil)
  }

  @Test("a Binding request is answered with the client's address")
  func binding() throws {
    let probe = TURNProbe()
    #expect(try probe.ask(.binding, signed: false).message.stun.mappedAddress == TURNProbe.client)
  }

  @Test("what is no request of TURN's is not answered")
  func unanswered() throws {
    let probe = TURNProbe()
    _ = try probe.allocate()
    for messageClass in [STUNClass.success, .error] {
      let frame = probe.request(.allocate, messageClass: messageClass)
      #expect(probe.send(frame).0 == .nothing)
    }
    #expect(probe.send(probe.request(STUNMethod(rawValue: 0x00A))).0 == .nothing, "RFC 6062")
    #expect(probe.send(probe.request(.data, messageClass: .indication)).0 == .nothing)
    #expect(probe.send([0, 1, 0, 0]).0 == .nothing)
    #expect(probe.send([]).0 == .nothing)
  }
}
