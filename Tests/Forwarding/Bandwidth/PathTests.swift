import Congestion
import Testing
import Wire

@testable import Forwarding

@Suite("What leaves on a path") struct PathTests {
  @Test("carries one series of numbers, whatever it is")
  func numbers() throws {
    let driver = RoomDriver()
    for number in 0..<2 {
      try driver.join(number) { media in
        for slot in media.slots.indices {
          media.slots[slot].video?.extensions.transportSequence = TestMedia.transportID
        }
      }
    }
    driver.settle()
    var out: [RoomDriver.Sent] = []
    for index: UInt16 in 0..<10 {
      out += driver.rtp(TestPacket.audio(0, sequence: index), from: 0).rtp(to: 1)
      out += driver.rtp(
        TestPacket.video(0, sequence: index, keyframe: index == 0), from: 0
      ).rtp(to: 1)
    }
    let asked = try #require(out[5].header?.sequenceNumber.rawValue)
    out += driver.rtcp(TestPacket.nack([asked], of: TestMedia.slotSSRC(1, 0, .video)), from: 1)
      .rtp(to: 1)
    #expect(out.count == 21)
    var numbers: [UInt16] = []
    for bytes in out.map(\.bytes) {
      let header = try RTPHeader(parsing: bytes.span.bytes)
      let number = header.transportSequence(id: TestMedia.transportID, in: bytes.span.bytes)
      numbers.append(try #require(number).rawValue)
    }
    #expect(numbers == (0..<21).map { numbers[0] &+ UInt16($0) })
    // The level is still there beside it.
    let bytes = out[0].bytes
    let first = try RTPHeader(parsing: bytes.span.bytes)
    let level = first.audioLevel(id: TestMedia.levelID, in: bytes.span.bytes)
    #expect(level?.negativeDecibels == 60)
  }

  @Test("is not numbered where that was not agreed")
  func withoutNumbers() throws {
    let driver = RoomDriver()
    for number in 0..<2 {
      try driver.join(number) { media in
        for slot in media.slots.indices {
          media.slots[slot].audio?.extensions = HeaderExtensionIDs()
        }
      }
    }
    let out = driver.rtp(TestPacket.audio(0, sequence: 1), from: 0).rtp(to: 1)
    #expect(out.first?.header?.headerLength == RTPHeader.fixedLength)
  }
}

@Suite("What a receiver's own reports say of its path") struct ReportedCapacityTests {
  private func at(_ milliseconds: Int64) -> MonotonicTime {
    .zero + .milliseconds(10_000 + milliseconds)
  }

  @Test("no report, no limit; REMB is one until it is stale")
  func receiverEstimate() {
    var capacity = ReportedCapacity()
    #expect(capacity.bitrate(at: at(0)) == nil)
    capacity.note(receiverEstimate: 200_000, at: at(0))
    #expect(capacity.bitrate(at: at(9_000)) == 200_000)
    #expect(capacity.bitrate(at: at(10_000)) == nil)
    capacity.note(receiverEstimate: .max, at: at(11_000))
    #expect(capacity.bitrate(at: at(11_000)) == .max)
    capacity.note(receiverEstimate: 0, at: at(12_000))
    #expect(capacity.bitrate(at: at(12_000)) == ReportedCapacity.floor)
  }

  @Test("heavy loss takes away, light loss gives back until nothing limits any more")
  func loss() throws {
    var capacity = ReportedCapacity()
    var time: Int64 = 0
    func report(_ fraction: UInt8) {
      capacity.note(fractionLost: fraction, sent: 400_000, at: at(time))
      time += 1000
    }
    report(10)
    #expect(capacity.bitrate(at: at(time)) == nil)
    for _ in 0..<4 { report(77) }
    // Each time by half the loss of 30 %.
    let low = try #require(capacity.bitrate(at: at(time)))
    #expect((200_000..<220_000).contains(low))
    report(15)
    #expect(capacity.bitrate(at: at(time)) == low)
    for _ in 0..<5 { report(0) }
    #expect((low * 14 / 10..<low * 16 / 10).contains(capacity.bitrate(at: at(time)) ?? 0))
    for _ in 0..<20 { report(0) }
    #expect(capacity.bitrate(at: at(time)) == nil)
  }
}

@Suite("What a sender is told") struct SenderSteeringTests {
  private func at(_ milliseconds: Int64) -> MonotonicTime {
    .zero + .milliseconds(10_000 + milliseconds)
  }

  @Test("a change at once, anything else once a second, and the end of a limit once")
  func told() {
    var steering = SenderSteering()
    #expect(steering.take(nil, now: at(0)) == nil)
    #expect(steering.take(300_000, now: at(0)) == 300_000)
    #expect(steering.take(310_000, now: at(100)) == nil)
    #expect(steering.take(280_000, now: at(200)) == 280_000)
    #expect(steering.take(281_000, now: at(1100)) == nil)
    #expect(steering.take(281_000, now: at(1200)) == 281_000)
    #expect(steering.take(nil, now: at(1300)) == SenderSteering.unlimited)
    #expect(steering.take(nil, now: at(5000)) == nil)
  }
}

@Suite("The queue of a path") struct PacingQueueTests {
  private func entry(_ number: UInt64) -> PacingQueue.Entry {
    PacingQueue.Entry(
      packet: SourcePacket(
        numbers: .init(sequence: number, timestamp: 0),
        payload: UnsafeRawBufferPointer(start: nil, count: 0)),
      run: 1, source: 0, track: 1, slot: 0, cameAt: .zero)
  }

  @Test("first in, first out, around its end; full is full")
  func order() {
    var queue = PacingQueue(isUsed: true)
    var next: UInt64 = 0
    var expected: UInt64 = 0
    for round in 0..<5 {
      while queue.append(entry(next)) { next += 1 }
      let count = queue.count
      #expect(count == PacingQueue.capacity)
      for _ in 0..<(100 + round) {
        let first = queue.first?.packet.numbers.sequence
        #expect(first == expected)
        queue.removeFirst()
        expected += 1
      }
    }
    queue.removeAll()
    let isEmpty = queue.isEmpty && queue.first == nil
    #expect(isEmpty)
    var unused = PacingQueue(isUsed: false)
    let isTaken = unused.append(entry(1))
    #expect(!isTaken)
  }
}
