import Testing
import Wire

@Suite("Places in memory")
struct MemoryPlacesTests {
  @Test("every line that a value touches is noted, once where neighbours share it")
  func linesOfValues() {
    let bytes = UnsafeMutableRawPointer.allocate(byteCount: 512, alignment: 64)
    defer { bytes.deallocate() }
    var places = MemoryPlaces()
    places.add(bytes + 60, bytes: 8)
    #expect(places.count == 1)
    #expect(places.runs[0].start == UnsafeRawPointer(bytes) && places.runs[0].bytes == 128)
    places.add(bytes + 72, bytes: 8)
    #expect(places.count == 1 && places.runs[0].bytes == 128)
    // What follows makes the run longer; what does not is another.
    places.add(bytes + 128, bytes: 64)
    #expect(places.count == 1 && places.runs[0].bytes == 192)
    places.add(bytes + 400, bytes: 1)
    #expect(places.count == 2)
    #expect(places.runs[1].start == UnsafeRawPointer(bytes + 384) && places.runs[1].bytes == 64)
  }

  @Test("nothing is noted of nothing, and what has no room is left out")
  func bounds() {
    // A run has 64 lines at most.
    let run = 64 * MemoryPlaces.line
    let size = (MemoryPlaces.capacity + 2) * run
    let bytes = UnsafeMutableRawPointer.allocate(byteCount: size, alignment: 64)
    defer { bytes.deallocate() }
    var places = MemoryPlaces()
    places.add(nil, bytes: 8)
    places.add(bytes, bytes: 0)
    places.add(elementsOf: [Int]())
    #expect(places.count == 0)
    places.add(bytes, bytes: run + 1)
    #expect(places.count == 2)
    #expect(places.runs[0].bytes == run && places.runs[1].bytes == MemoryPlaces.line)
    places.add(bytes, bytes: size)
    #expect(places.count == MemoryPlaces.capacity)
  }

  @Test("an array's elements are noted with what stands before them, up to a limit")
  func arrays() {
    let numbers = [UInt64](repeating: 1, count: 64)
    var all = MemoryPlaces()
    all.add(elementsOf: numbers)
    #expect(all.count == 1 && (9...10).contains(all.runs[0].bytes / MemoryPlaces.line))
    var first = MemoryPlaces()
    first.add(elementsOf: numbers, limit: 8)
    #expect(first.count == 1 && (1...2).contains(first.runs[0].bytes / MemoryPlaces.line))
  }
}
