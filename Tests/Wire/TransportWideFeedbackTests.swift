import Testing
import Wire

@Suite("Transport-wide feedback")
struct TransportWideFeedbackTests {
  private func arrivals(_ packet: [UInt8]) throws -> [(UInt16, Int64?)] {
    let feedback = try TransportWideFeedback(parsing: packet.span.bytes)
    var found: [(UInt16, Int64?)] = []
    feedback.forEach(in: packet.span.bytes) { arrival in
      found.append((arrival.sequenceNumber.rawValue, arrival.time.map { $0.nanoseconds / 1000 }))
    }
    return found
  }

  @Test("a run: seven packets, 1 ms apart, from the reference time on")
  func run() throws {
    let packet = hex("8fcd0007 0000000a 0000000b 0064 0007 000010 01 2007 04040404040404 000000")
    let found = try arrivals(packet)
    #expect(found.map(\.0) == Array(100...106))
    // Reference 16 × 64 ms.
    #expect(found.map(\.1) == (1...7).map { 1_024_000 + $0 * 1000 })
  }

  @Test("vectors: one bit and two bits per packet, lost ones, a packet overtaken by another")
  func vectors() throws {
    // 1 0 1 … as one bit each, then small, lost, large(-1 ms).
    let packet = hex(
      "8fcd0007 0000000a 0000000b fffe 0011 000001 00 a800 d200 04 04 04 fffc 0000 00")
    let found = try arrivals(packet)
    #expect(found.count == 17)
    #expect(found[0].0 == 65534)
    #expect(found[0].1 == 65_000)
    #expect(found[1].1 == nil)
    #expect(found[2].0 == 0)
    #expect(found[2].1 == 66_000)
    #expect(found[3...13].allSatisfy { $0.1 == nil })
    #expect(found[14].1 == 67_000)
    #expect(found[15].1 == nil)
    #expect(found[16].1 == 66_000)
  }

  @Test(
    "counts that contradict each other are refused",
    arguments: [
      // A run of 8191 lost ones for seven packets; a run of none; missing chunks; missing deltas; a reserved
      // status; no packets at all.
      ("8fcd0005 0000000a 0000000b 0064 0007 000010 01 1fff0000", ParseError.inconsistentLength),
      ("8fcd0005 0000000a 0000000b 0064 0007 000010 01 20000000", .invalidField),
      ("8fcd0005 0000000a 0000000b 0064 ffff 000010 01 00070008", .inconsistentLength),
      ("8fcd0005 0000000a 0000000b 0064 0007 000010 01 20070101", .inconsistentLength),
      ("8fcd0005 0000000a 0000000b 0064 0003 000010 01 f0000101", .invalidField),
      ("8fcd0005 0000000a 0000000b 0064 0003 000010 01 60030101", .invalidField),
      ("8fcd0005 0000000a 0000000b 0064 0000 000010 01 00000000", .invalidField),
      ("8fcd0003 0000000a 0000000b 0064 0000", .truncated),
    ])
  func refused(packet: String, error: ParseError) {
    let bytes = hex(packet)
    #expect(throws: error) { try TransportWideFeedback(parsing: bytes.span.bytes) }
  }

  /// Writes `times` (µs; nil for lost) from `base` on, and returns what a peer would read.
  private func roundTrip(
    base: UInt16, times: [Int64?], capacity: Int = 1200
  ) throws -> (TransportWideFeedback.Written, [(UInt16, Int64?)])? {
    var result: TransportWideFeedback.Written?
    let packet = written(capacity: capacity) { bytes in
      result = TransportWideFeedback.write(
        senderSSRC: SSRC(10), mediaSSRC: SSRC(11), feedbackCount: 3, base: SequenceNumber(base),
        count: times.count, into: &bytes
      ) { index in times[index].map { MonotonicTime(nanoseconds: $0 * 1000) } }
      return result?.length
    }
    guard let packet, let result else { return nil }
    return (result, try arrivals(packet))
  }

  @Test(
    "what is written is read, to a quarter of a millisecond, for any pattern of loss and disorder")
  func roundTrips() throws {
    var generator = SeededGenerator(seed: 15)
    for round in 0..<300 {
      let count = Int.random(in: 1...200, using: &generator)
      let loss = [0.0, 0.02, 0.5, 0.97][round & 3]
      var clock = Int64.random(in: 0...5_000_000_000, using: &generator)
      var times: [Int64?] = (0..<count).map { _ in
        clock += Int64.random(in: 0...40_000, using: &generator)
        let late = round & 4 == 0 ? 0 : Int64.random(in: 0...60_000, using: &generator)
        return Double.random(in: 0..<1, using: &generator) < loss ? nil : clock + late
      }
      times[Int.random(in: 0..<count, using: &generator)] = clock
      let base = UInt16.random(in: 0...UInt16.max, using: &generator)
      let (result, found) = try #require(try roundTrip(base: base, times: times))
      #expect(result.statusCount == count)
      #expect(result.length.isMultiple(of: 4))
      let first = try #require(found.first { $0.1 != nil }?.1)
      let cycle: Int64 = 64_000 << 24
      let wraps = (times.compactMap { $0 }[0] - first + cycle / 2) / cycle * cycle
      for (index, arrival) in found.enumerated() {
        #expect(arrival.0 == base &+ UInt16(index))
        switch (arrival.1, times[index]) {
        case (nil, nil): break
        case (let read?, let sent?): #expect(abs(sent - read - wraps) <= 250)
        default: Issue.record("packet \(index) changed its fate")
        }
      }
    }
  }

  @Test("runs are packed as runs")
  func packsRuns() throws {
    let times: [Int64?] = (0..<100).map { Int64($0) * 20_000 }
    let (result, _) = try #require(try roundTrip(base: 0, times: times))
    // 20 bytes, one chunk, 100 deltas, rounded up to a word.
    #expect(result.length == 124)
  }

  @Test("feedback that would not fit reports on fewer packets and says how many")
  func truncates() throws {
    let times: [Int64?] = (0..<400).map { Int64($0) * 100_000 }
    let (result, found) = try #require(try roundTrip(base: 9, times: times, capacity: 101))
    #expect(result.length <= 100)
    #expect(result.statusCount == found.count)
    #expect((30..<40).contains(result.statusCount))
    #expect(try roundTrip(base: 9, times: [1], capacity: 20) == nil)
  }

  @Test("a gap too long for a delta ends the report before it")
  func longGap() throws {
    let (result, found) = try #require(
      try roundTrip(base: 0, times: [1000, nil, 9_000_000, 9_001_000]))
    #expect(result.statusCount == 2)
    #expect(found.count == 2)
  }

  @Test("where nothing arrived there is nothing to write")
  func nothing() throws {
    #expect(try roundTrip(base: 0, times: [nil, nil]) == nil)
    #expect(try roundTrip(base: 0, times: []) == nil)
  }
}
