import Testing
import Wire

@Suite("Datagram classification")
struct DatagramKindTests {
  @Test("every first byte is of the kind that RFC 7983 §7 says")
  func firstBytes() {
    for byte in UInt8.min...UInt8.max {
      let expected: DatagramKind =
        if byte <= 3 {
          .stun
        } else if byte >= 16 && byte <= 19 {
          .zrtp
        } else if byte >= 20 && byte <= 63 {
          .dtls
        } else if byte >= 64 && byte <= 79 {
          .turnChannel
        } else if byte >= 128 && byte <= 191 {
          .media
        } else {
          .unknown
        }
      #expect(DatagramKind.classify(firstByte: byte) == expected)
    }
    let nothing: [UInt8] = []
    #expect(DatagramKind.classify(nothing.span.bytes) == .unknown)
  }

  @Test(
    "RTCP is told from RTP by its second byte",
    arguments: [
      200: true, 192: true, 223: true, 191: false, 224: false, 111: false,
    ] as [UInt8: Bool])
  func rtcp(second: UInt8, isRTCP: Bool) {
    let packet: [UInt8] = [0x80, second, 0, 0]
    #expect(DatagramKind.isRTCP(packet.span.bytes) == isRTCP)
    let short: [UInt8] = [0x80]
    #expect(DatagramKind.isRTCP(short.span.bytes) == false)
  }
}
