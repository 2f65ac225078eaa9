import Testing
import Wire

@Suite("STUN writer")
struct STUNWriterTests {
  private let id = STUNTransactionID(high: 0xB7E7_A701, low: 0xBC34_D686_FA87_DFAE)

  @Test("a response written as RFC 5769 §2.2 describes it verifies")
  func response() throws {
    let key = HMACSHA1(password: STUNMessageTests.password)
    let address = SocketAddress(ipv4: 0xC000_0201, port: 32853)
    let bytes = try #require(
      written { bytes in
        var writer = STUNWriter(.success, transactionID: id, into: &bytes)
        writer.add(software: "test vector", to: &bytes)
        writer.add(mappedAddress: address, to: &bytes)
        writer.addIntegrity(key: key, to: &bytes)
        writer.addFingerprint(to: &bytes)
        return writer.finish(in: &bytes)
      })
    // The RFC pads SOFTWARE with a space where we put a zero: all before the padding and between it
    // and the integrity is the same.
    #expect(bytes.count == STUNMessageTests.ipv4Response.count)
    #expect(bytes[..<35] == STUNMessageTests.ipv4Response[..<35])
    #expect(bytes[36..<52] == STUNMessageTests.ipv4Response[36..<52])
    let message = try STUNMessage(parsing: bytes.span.bytes)
    #expect(message.isSigned(with: key, bytes))
    #expect(message.isFingerprinted(bytes))
    #expect(message.mappedAddress == address)
  }

  @Test("a check carries what ICE needs, and IPv6 addresses survive")
  func check() throws {
    let key = HMACSHA1(password: "0123456789012345678901")
    let address = try #require(SocketAddress(ip: "2001:db8::17", port: 5004))
    let bytes = try #require(
      written { bytes in
        bytes.storeZeros(4, at: 0)
        var writer = STUNWriter(.request, transactionID: id, into: &bytes, at: 4)
        writer.add(username: "relay:client", to: &bytes)
        writer.add(priority: 0x6E7F_1EFF, to: &bytes)
        writer.addUseCandidate(to: &bytes)
        writer.add(iceControlling: 42, to: &bytes)
        writer.add(iceControlled: 43, to: &bytes)
        writer.add(mappedAddress: address, to: &bytes)
        writer.add(errorCode: 487, reason: "Role Conflict", to: &bytes)
        writer.addIntegrity(key: key, to: &bytes)
        writer.addFingerprint(to: &bytes)
        return writer.finish(in: &bytes).map { $0 + 4 }
      })
    let datagram = Array(bytes[4...])
    let message = try STUNMessage(parsing: datagram.span.bytes)
    #expect(message.transactionID == id)
    #expect(message.username.map { datagram.span.bytes.string($0) } == "relay:client")
    #expect(message.priority == 0x6E7F_1EFF)
    #expect(message.usesCandidate)
    #expect(message.iceControlling == 42)
    #expect(message.iceControlled == 43)
    #expect(message.mappedAddress == address)
    #expect(message.errorCode == 487)
    #expect(message.isSigned(with: key, datagram))
    #expect(message.isFingerprinted(datagram))
  }

  @Test("class and method are interleaved as §5 says")
  func types() throws {
    for (kind, method, type) in [
      (STUNClass.request, UInt16(1), [UInt8(0x00), 0x01]), (.indication, 1, [0x00, 0x11]),
      (.success, 1, [0x01, 0x01]), (.error, 1, [0x01, 0x11]), (.error, 0xFFF, [0x3F, 0xFF]),
      (.request, 0x0A5, [0x02, 0x45]),
    ] {
      let bytes = try #require(
        written { bytes in
          var writer = STUNWriter(
            kind, method: STUNMethod(rawValue: method), transactionID: id, into: &bytes)
          return writer.finish(in: &bytes)
        })
      #expect(Array(bytes[..<2]) == type)
      let message = try STUNMessage(parsing: bytes.span.bytes)
      #expect(message.messageClass == kind)
      #expect(message.method.rawValue == method)
    }
  }

  @Test("what does not fit gives nil at every size, and nothing traps")
  func overflow() {
    let key = HMACSHA1(password: "0123456789012345678901")
    func write(_ capacity: Int) -> [UInt8]? {
      written(capacity: capacity) { bytes in
        var writer = STUNWriter(.request, transactionID: id, into: &bytes)
        writer.add(username: "abc:def", to: &bytes)
        writer.addIntegrity(key: key, to: &bytes)
        writer.addFingerprint(to: &bytes)
        return writer.finish(in: &bytes)
      }
    }
    for capacity in 0..<64 { #expect(write(capacity) == nil, "\(capacity) bytes") }
    #expect(write(64) != nil)
  }

  @Test("an error code outside 300 to 699 cannot be sent")
  func badErrorCode() {
    let bytes = written { bytes in
      var writer = STUNWriter(.error, transactionID: id, into: &bytes)
      writer.add(errorCode: 200, reason: "", to: &bytes)
      return writer.finish(in: &bytes)
    }
    #expect(bytes == nil)
  }
}
