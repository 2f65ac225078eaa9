import Relay
import Transport
import Wire

/// A participant of a fuzzed worker: the real transport, sealing what the input makes up.
final class FuzzedClient {
  /// One certificate for all inputs: making it costs more than a call does.
  static let identity = try? DTLSIdentity()

  /// Its session, while it has one.
  private(set) var session: String
  /// Its user name fragment, and the relay's for it.
  let credentials: (ours: ICECredentials, relays: ICECredentials)
  /// Where it sends from.
  let address: SocketAddress
  /// Its secure path.
  var transport: SecureTransport
  /// Transactions of the relay's last checks: what answers must name.
  private var asked: [STUNTransactionID] = []
  private var sequence: UInt16 = 1_000
  private let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 2_048, alignment: 16)

  /// The client that `answer` was given to.
  init(_ answer: JoinAnswer, address: SocketAddress, relay: SocketAddress, now: MonotonicTime)
    throws
  {
    guard let identity = Self.identity else { throw BrokenClaim(claim: "a certificate is made") }
    let lines = answer.answer.split(whereSeparator: \.isNewline)
    func value(_ name: String) -> String {
      String(lines.first { $0.hasPrefix(name) }?.dropFirst(name.count) ?? "")
    }
    let ours = ICECredentials(ufrag: OfferText.ufrag, password: OfferText.password)
    let relays = ICECredentials(ufrag: value("a=ice-ufrag:"), password: value("a=ice-pwd:"))
    session = answer.session
    credentials = (ours, relays)
    self.address = address
    transport = SecureTransport(
      configuration: TransportConfiguration(
        role: .client, local: ours, remote: relays,
        remoteFingerprint: value("a=fingerprint:sha-256 ").split(separator: ":")
          .compactMap { UInt8($0, radix: 16) }),
      identity: identity, seed: UInt64(address.port), now: now)
    transport.addRemoteCandidate(relay, now: now)
  }

  deinit { buffer.deallocate() }

  /// Copies, since closures take none of what cannot be copied.
  var isSecured: Bool { transport.isSecured }

  /// What it has to send now.
  func drain() -> [[UInt8]] {
    var sent: [[UInt8]] = []
    while let transmit = transport.nextTransmit(into: buffer) {
      sent.append(Array(buffer[..<transmit.length]))
    }
    while transport.nextEvent() != nil {}
    return sent
  }

  /// Takes what the relay sent it.
  func receive(_ datagram: [UInt8], from relay: SocketAddress, at now: MonotonicTime) {
    if let message = try? STUNMessage(parsing: datagram.span.bytes),
      message.messageClass == .request
    {
      asked.append(message.transactionID)
      if asked.count > 4 { asked.removeFirst() }
    }
    var bytes = datagram
    bytes.withUnsafeMutableBytes { _ = transport.receive($0, from: relay, at: now) }
  }

  // MARK: What the input makes up

  /// A check, right unless the input says otherwise.
  func check(_ input: inout FuzzInput) -> [UInt8] {
    let flaws = input.byte()
    let relays = credentials.relays
    let name = flaws & 1 == 0 ? relays.ufrag : String(decoding: input.string(), as: UTF8.self)
    let key = HMACSHA1(password: flaws & 2 == 0 ? relays.password : OfferText.password)
    let extra = flaws & 4 == 0 ? [] : input.string()
    return written { bytes in
      var writer = STUNWriter(
        .request, transactionID: STUNTransactionID(high: input.word(), low: 7), into: &bytes)
      writer.add(username: "\(name):\(self.credentials.ours.ufrag)", to: &bytes)
      writer.add(priority: 1, to: &bytes)
      if flaws & 8 == 0 {
        writer.add(iceControlling: 1, to: &bytes)
      } else {
        writer.add(iceControlled: 1, to: &bytes)
      }
      if flaws & 16 != 0 { writer.addUseCandidate(to: &bytes) }
      if !extra.isEmpty {
        writer.add(
          STUNAttribute(rawValue: input.short()), value: extra.span.bytes, to: &bytes)
      }
      if flaws & 32 == 0 { writer.addIntegrity(key: key, to: &bytes) }
      if flaws & 64 == 0 { writer.addFingerprint(to: &bytes) }
      return writer.finish(in: &bytes)
    }
  }

  /// An answer to a check of the relay's, or to none.
  func answer(_ input: inout FuzzInput) -> [UInt8] {
    let flaws = input.byte()
    let made = STUNTransactionID(high: input.word(), low: 0)
    let transaction = flaws & 1 == 0 ? asked.last ?? made : made
    let key = HMACSHA1(
      password: flaws & 2 == 0 ? credentials.ours.password : credentials.relays.password)
    return written { bytes in
      var writer = STUNWriter(
        flaws & 4 == 0 ? .success : .error, transactionID: transaction, into: &bytes)
      if flaws & 4 == 0 {
        writer.add(mappedAddress: self.address, to: &bytes)
      } else {
        writer.add(errorCode: 300 + UInt16(flaws), reason: "no", to: &bytes)
      }
      writer.addIntegrity(key: key, to: &bytes)
      writer.addFingerprint(to: &bytes)
      return writer.finish(in: &bytes)
    }
  }

  /// An RTP packet under the real keys; nil while there are none.
  func rtp(_ input: inout FuzzInput) -> [UInt8]? {
    let choice = input.byte()
    let types: [UInt8] = [111, 63, 96, 97]
    let type = choice & 4 == 0 ? types[Int(choice & 3)] : input.byte() & 0x7F
    let source = choice & 8 == 0 ? UInt32(address.port) + UInt32(type & 1) : input.word()
    sequence = choice & 16 == 0 ? sequence &+ 1 : input.short()
    var packet: [UInt8] = [choice & 32 == 0 ? 0x80 : 0x90, type | choice & 0x80]
    packet += [UInt8(sequence >> 8), UInt8(sequence & 0xFF)]
    for word in [input.word(), source] { packet += Self.bytes(word) }
    if choice & 32 != 0 {
      let elements = input.take(Int(input.byte() & 0x1F) * 4)
      packet += [0xBE, 0xDE, 0, UInt8(elements.count / 4)] + elements.prefix(elements.count & ~3)
    }
    packet += choice & 64 == 0 ? input.string() : input.string() + Self.filler(input.short())
    return seal(packet) { self.transport.protectRTP($0, length: $1) }
  }

  /// A compound RTCP packet of any kinds under the real keys; nil while there are none.
  func rtcp(_ input: inout FuzzInput) -> [UInt8]? {
    let kinds: [(UInt8, UInt8)] = [
      (200, 0), (200, 1), (201, 0), (201, 1), (202, 1), (203, 1), (205, 1), (205, 15), (206, 1),
      (206, 4), (206, 15), (207, 0),
    ]
    var packet: [UInt8] = []
    repeat {
      let choice = input.byte()
      let kind = kinds[Int(choice & 0x1F) % kinds.count]
      var body = Self.bytes(UInt32(address.port))
      // REMB's own mark, without which nothing of it is read.
      if choice & 0x20 != 0 { body += Self.bytes(input.word()) }
      if kind == (206, 15), choice & 0x40 != 0 { body += Array("REMB".utf8) }
      body += input.string()
      while body.count % 4 != 0 { body.append(0) }
      let words = UInt16(body.count / 4)
      let count = choice & 0x80 == 0 ? kind.1 : input.byte() & 0x1F
      packet += [0x80 | count, kind.0, UInt8(words >> 8), UInt8(words & 0xFF)] + body
    } while input.byte() & 1 == 1 && packet.count < 1_000
    return seal(packet) { self.transport.protectRTCP($0, length: $1) }
  }

  private func seal(
    _ packet: [UInt8], _ protect: (UnsafeMutableRawPointer, Int) -> Int?
  ) -> [UInt8]? {
    guard packet.count <= 1_600 else { return nil }
    var bytes = packet + [UInt8](repeating: 0, count: SecureTransport.trailerLength)
    let length = bytes.withUnsafeMutableBytes { buffer in
      buffer.baseAddress.flatMap { protect($0, packet.count) }
    }
    return length.map { Array(bytes[..<$0]) }
  }

  private func written(_ body: (inout MutableRawSpan) -> Int?) -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: 1_500)
    var length: Int?
    do {
      var span = bytes.mutableSpan
      var raw = span.mutableBytes
      length = body(&raw)
    }
    return Array(bytes[..<(length ?? 0)])
  }

  private static func bytes(_ word: UInt32) -> [UInt8] {
    [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: word >> UInt32($0)) }
  }

  private static func filler(_ count: UInt16) -> [UInt8] {
    [UInt8](repeating: 0x5A, count: Int(count % 1_400))
  }
}
