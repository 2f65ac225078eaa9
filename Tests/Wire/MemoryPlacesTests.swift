import Testing
import Wire

@Suite("Places in memory")
struct MemoryPlacesTests {
  @Test("every line that a value touches is noted, once where neighbours share it")
  func linesOfValues() {
    let bytes = UnsafeMutableRawPointer.allocate(byteCount: 256, alignment: 64)
    defer { bytes.deallocate() }
    var places = MemoryPlaces()
    places.add(bytes + 60, bytes: 8)
    #expect(places.count == 2)
    #expect(places.lines[0] == UInt(bitPattern: bytes))
    #expect(places.lines[1] == UInt(bitPattern: bytes + 64))
    places.add(bytes + 72, bytes: 8)
    #expect(places.count == 2)
    places.add(bytes + 128, bytes: 64)
    #expect(places.count == 3)
  }

  @Test("nothing is noted of nothing, and what has no room is left out")
  func bounds() {
    let size = (MemoryPlaces.capacity + 10) * 64
    let bytes = UnsafeMutableRawPointer.allocate(byteCount: size, alignment: 64)
    defer { bytes.deallocate() }
    var places = MemoryPlaces()
    places.add(nil, bytes: 8)
    places.add(bytes, bytes: 0)
    places.add(elementsOf: [Int]())
    #expect(places.count == 0)
    places.add(bytes, bytes: size)
    #expect(places.count == MemoryPlaces.capacity)
  }

  @Test("an array's elements are noted with what stands before them, up to a limit")
  func arrays() {
    let numbers = [UInt64](repeating: 1, count: 64)
    var all = MemoryPlaces()
    all.add(elementsOf: numbers)
    #expect((9...10).contains(all.count))
    var first = MemoryPlaces()
    first.add(elementsOf: numbers, limit: 8)
    #expect((1...2).contains(first.count))
  }
}
