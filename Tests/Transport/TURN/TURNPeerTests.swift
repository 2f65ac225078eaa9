import Testing
import Wire

@testable import Transport

/// An address that must not be reached.
struct Forbidden: CustomTestStringConvertible, Sendable {
  var testDescription: String
  var address: SocketAddress

  init(_ text: String, _ port: UInt16 = TURNProbe.media.port) {
    testDescription = "\(text) port \(port)"
    address = SocketAddress(ip: text, port: port) ?? SocketAddress(high: 0, low: 0, port: port)
  }

  static let all = [
    Forbidden("127.0.0.1"), Forbidden("127.0.0.1", 8_080), Forbidden("0.0.0.0"),
    Forbidden("255.255.255.255"), Forbidden("198.51.100.255"), Forbidden("224.0.0.1"),
    Forbidden("239.255.255.250", 1_900), Forbidden("169.254.169.254", 80),
    Forbidden("10.0.0.1"), Forbidden("192.168.1.1"), Forbidden("100.64.0.1"),
    Forbidden("198.51.100.11"), Forbidden("198.51.100.10", 50_000),
    Forbidden("198.51.100.10", 22), Forbidden("198.51.100.10", 0),
    Forbidden("::1"), Forbidden("::"), Forbidden("fe80::1"), Forbidden("ff02::1"),
    Forbidden("fd00::1"), Forbidden("2001:db8::11"), Forbidden("2001:db8::10", 50_000),
    Forbidden("64:ff9b::c633:640a"), Forbidden("2002:c633:640a::1"), Forbidden("::198.51.100.10"),
  ]
}

@Suite("TURN reaches our own media and nothing else")
struct TURNPeerTests {
  @Test("the worker's own media address is permitted")
  func permitted() throws {
    let probe = TURNProbe()
    _ = try probe.allocate()
    #expect(try probe.permit(TURNProbe.media).isSuccess)
    #expect(probe.indicate([1, 2, 3], to: TURNProbe.media) == [1, 2, 3])
  }

  @Test("every other address is forbidden, in every way to ask", arguments: Forbidden.all)
  func forbidden(peer: Forbidden) throws {
    for family: UInt8 in [1, 2] {
      let probe = TURNProbe()
      _ = try probe.allocate {
        $0.add(.requestedAddressFamily, value: [family, 0, 0, 0].span.bytes, to: &$1)
      }
      #expect(try probe.permit(peer.address).code == 403)
      #expect(try probe.bind(0x4000, to: peer.address).code == 403)
      #expect(probe.indicate([1], to: peer.address) == nil)
      #expect(probe.channel(0x4000, [1]) == nil)
      #expect(probe.wrap([1], from: peer.address) == nil)
    }
  }

  @Test("an IPv4 address in IPv6's mapped form is forbidden, even the right one")
  func mapped() throws {
    for address in [TURNProbe.media, SocketAddress(ipv4: 0x7F00_0001, port: 50_001)] {
      for family: UInt8 in [1, 2] {
        let probe = TURNProbe()
        _ = try probe.allocate {
          $0.add(.requestedAddressFamily, value: [family, 0, 0, 0].span.bytes, to: &$1)
        }
        #expect(try probe.permitMapped(address).code == 403)
        #expect(probe.indicate([1], to: address) == nil)
      }
    }
  }

  @Test("the media of another worker is forbidden")
  func otherWorker() throws {
    let probe = TURNProbe()
    _ = try probe.allocate()
    #expect(try probe.permit(TURNProbe.peers[0][0]).code == 403)
  }

  @Test("one forbidden peer among permitted ones spoils the request, and nothing is permitted")
  func together() throws {
    let probe = TURNProbe()
    _ = try probe.allocate()
    let loopback = SocketAddress(ipv4: 0x7F00_0001, port: 50_001)
    #expect(try probe.permit(TURNProbe.media, loopback).code == 403)
    #expect(probe.indicate([1], to: TURNProbe.media) == nil)
    #expect(try probe.permit().code == 400)
  }

  @Test("data is dropped, both ways, until there is a permission and when it is over")
  func permission() throws {
    let probe = TURNProbe()
    _ = try probe.allocate()
    #expect(probe.indicate([1], to: TURNProbe.media) == nil)
    #expect(probe.wrap([1], from: TURNProbe.media) == nil)
    _ = try probe.permit(TURNProbe.media)
    #expect(probe.indicate([1], to: TURNProbe.media) == [1])
    #expect(probe.wrap([1], from: TURNProbe.media) != nil)
    probe.pass(.seconds(299))
    #expect(probe.indicate([1], to: TURNProbe.media) == [1])
    probe.pass(.seconds(1))
    #expect(probe.indicate([1], to: TURNProbe.media) == nil)
    #expect(probe.wrap([1], from: TURNProbe.media) == nil)
    _ = try probe.permit(TURNProbe.media)
    #expect(probe.indicate([1], to: TURNProbe.media) == [1])
  }

  @Test("a channel carries data both ways, and is a permission")
  func channel() throws {
    let probe = TURNProbe()
    _ = try probe.allocate()
    #expect(try probe.bind(0x4ABC, to: TURNProbe.media).isSuccess)
    let sent = try #require(probe.channel(0x4ABC, [1, 2, 3]))
    #expect(sent.0 == TURNProbe.media)
    #expect(sent.1 == [1, 2, 3])
    #expect(
      probe.wrap([9, 8, 7, 6, 5], from: TURNProbe.media)
        == [0x4A, 0xBC, 0, 5, 9, 8, 7, 6, 5, 0, 0, 0])
    #expect(probe.indicate([1], to: TURNProbe.media) == [1])
    #expect(probe.channel(0x4ABD, [1]) == nil)
  }

  @Test("without a channel, data comes as an indication")
  func indication() throws {
    let probe = TURNProbe()
    _ = try probe.allocate()
    _ = try probe.permit(TURNProbe.media)
    let bytes = try #require(probe.wrap([1, 2, 3], from: TURNProbe.media))
    let message = try TURNMessage(parsing: bytes.span.bytes)
    #expect(message.stun.messageClass == .indication)
    #expect(message.stun.method == .data)
    #expect(message.peers == [TURNPeer(address: TURNProbe.media, family: .ipv4)])
    #expect(message.data.map { Array(bytes[$0]) } == [1, 2, 3])
  }

  @Test("a channel leads to one peer and a peer has one channel")
  func rebinding() throws {
    let probe = TURNProbe { $0.peers[1].append(SocketAddress(ipv4: 0xC633_640B, port: 50_001)) }
    let second = SocketAddress(ipv4: 0xC633_640B, port: 50_001)
    _ = try probe.allocate()
    #expect(try probe.bind(0x4000, to: TURNProbe.media).isSuccess)
    #expect(try probe.bind(0x4000, to: TURNProbe.media).isSuccess, "prolonged")
    #expect(try probe.bind(0x4000, to: second).code == 400)
    #expect(try probe.bind(0x4001, to: TURNProbe.media).code == 400)
    #expect(try probe.bind(0x4001, to: second).isSuccess)
    for number: UInt16 in [0, 0x3FFF, 0x5000, 0x7FFF, 0xFFFF] {
      #expect(try probe.bind(number, to: TURNProbe.media).code == 400)
    }
    let withoutPeer = try probe.ask(.channelBind) { $0.add(channelNumber: 0x4002, to: &$1) }
    #expect(withoutPeer.code == 400)
  }

  @Test("a channel ends after ten minutes, and its permission after five")
  func channelLifetime() throws {
    let probe = TURNProbe()
    _ = try probe.allocate { $0.add(lifetime: 3_600, to: &$1) }
    _ = try probe.bind(0x4000, to: TURNProbe.media)
    probe.pass(.seconds(300))
    #expect(probe.channel(0x4000, [1]) == nil, "the permission is over")
    _ = try probe.permit(TURNProbe.media)
    #expect(probe.channel(0x4000, [1]) != nil)
    probe.pass(.seconds(299))
    #expect(probe.channel(0x4000, [1]) != nil)
    _ = try probe.permit(TURNProbe.media)
    probe.pass(.seconds(1))
    #expect(probe.channel(0x4000, [1]) == nil)
    #expect(probe.wrap([1], from: TURNProbe.media)?.first == 0, "an indication again")
    #expect(try probe.bind(0x4001, to: TURNProbe.media).isSuccess)
  }

  @Test("data that does not fit a frame is dropped")
  func tooLong() throws {
    let probe = TURNProbe()
    _ = try probe.allocate()
    _ = try probe.permit(TURNProbe.media)
    #expect(probe.wrap([UInt8](repeating: 1, count: 2_048), from: TURNProbe.media) != nil)
    #expect(probe.wrap([UInt8](repeating: 1, count: 4_000), from: TURNProbe.media) == nil)
  }

  @Test("any frame with bytes changed at random does no harm")
  func mutations() throws {
    let probe = TURNProbe()
    _ = try probe.allocate()
    _ = try probe.bind(0x4000, to: TURNProbe.media)
    var frames = [
      probe.request(.refresh) { $0.add(lifetime: 700, to: &$1) },
      probe.request(.createPermission) { $0.add(peerAddress: TURNProbe.media, to: &$1) },
      probe.request(.send, messageClass: .indication, signed: false) { writer, bytes in
        writer.add(peerAddress: TURNProbe.media, to: &bytes)
        writer.add(.data, value: [UInt8]([1, 2, 3]).span.bytes, to: &bytes)
      },
      [0x40, 0, 0, 3, 1, 2, 3, 0],
    ]
    var generator = SeededGenerator(seed: 3)
    frames.append((0..<200).map { _ in UInt8.random(in: 0...255, using: &generator) })
    for frame in frames {
      for _ in 0..<2_000 {
        var changed = frame
        for _ in 0..<Int.random(in: 1...3, using: &generator) {
          changed[Int.random(in: 0..<changed.count, using: &generator)] =
            [
              0, 0xFF, 0x40, UInt8.random(in: 0...255, using: &generator),
            ].randomElement(using: &generator) ?? 0
        }
        changed = Array(changed.prefix(Int.random(in: 0...changed.count, using: &generator)))
        // A copy each: what is tried must not add up to anything.
        let copy = TURNProbe(copying: probe)
        if case .forward(let peer, let range) = copy.send(changed).0 {
          #expect(peer == TURNProbe.media)
          #expect(range.upperBound <= changed.count)
        }
      }
    }
  }
}
