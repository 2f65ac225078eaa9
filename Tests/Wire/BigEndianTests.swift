import Testing
import Wire

@Suite("Network byte order")
struct BigEndianTests {
  @Test("integers are stored and loaded most significant byte first, at any offset")
  func integers() {
    let bytes = written(capacity: 32) { bytes in
      bytes.storeUInt8(0x01, at: 0)
      bytes.storeUInt16(0x0203, at: 1)
      bytes.storeUInt24(0xFF04_0506, at: 3)
      bytes.storeUInt32(0x0708_090A, at: 6)
      bytes.storeUInt64(0x0B0C_0D0E_0F10_1112, at: 10)
      return 18
    }
    #expect(bytes == Array(1...18))
    let odd: [UInt8] = Array(0...18)
    #expect(odd.span.bytes.loadUInt8(at: 1) == 1)
    #expect(odd.span.bytes.loadUInt16(at: 1) == 0x0102)
    #expect(odd.span.bytes.loadUInt24(at: 1) == 0x01_0203)
    #expect(odd.span.bytes.loadUInt32(at: 1) == 0x0102_0304)
    #expect(odd.span.bytes.loadUInt64(at: 1) == 0x0102_0304_0506_0708)
  }

  @Test("room is judged without overflow")
  func room() {
    func hasRoom(for length: Int, at offset: Int) -> Bool {
      written(capacity: 10) { $0.hasRoom(for: length, at: offset) ? 0 : nil } != nil
    }
    #expect(hasRoom(for: 10, at: 0))
    #expect(hasRoom(for: 0, at: 10))
    #expect(!hasRoom(for: 1, at: 10))
    #expect(!hasRoom(for: 0, at: 11))
    #expect(!hasRoom(for: -1, at: 0))
    #expect(!hasRoom(for: .max, at: 1))
    #expect(!hasRoom(for: 1, at: .max))
    #expect(!hasRoom(for: 1, at: -1))
  }
}
