import Congestion
import Wire

@testable import Forwarding

/// A room whose participants sit behind lines, in virtual time and without transport.
final class LineVisit {
  private enum Load {
    case up(client: Int, bytes: [UInt8], isRTP: Bool)
    case down(client: Int, bytes: [UInt8], isRTP: Bool)
  }

  /// A step on the picture's ladder, and when it was taken.
  struct Step: Equatable {
    var milliseconds: Int64
    var receiver: Int
    var from: Int
    var level: PictureLevel
    var isRecovery: Bool
  }

  let driver: RoomDriver
  private(set) var clients: [LineClient] = []
  private(set) var steps: [Step] = []
  /// The longest queue before each participant, sampled, since it was last asked.
  private(set) var queues: [TimeSpan] = []
  private var underway: [(at: MonotonicTime, order: Int, load: Load)] = []
  private var sentCount = 0
  private var generator: SeededLineGenerator
  private let start: MonotonicTime
  private var nextTick: MonotonicTime

  init(
    _ count: Int, seed: UInt64 = 1, adjust: (inout SessionMedia, Int) -> Void = { _, _ in }
  ) throws {
    driver = RoomDriver(capacity: max(2, count), seed: seed)
    generator = SeededLineGenerator(seed)
    start = driver.now
    nextTick = start
    for number in 0..<count {
      try driver.join(number, slots: max(1, count - 1)) { media in
        for slot in media.slots.indices {
          media.slots[slot].video?.extensions.transportSequence = TestMedia.transportID
        }
        adjust(&media, number)
      }
      clients.append(LineClient(number, now: start))
      driver.room.setRoundTrip(number, .milliseconds(45))
    }
    queues = Array(repeating: .zero, count: count)
  }

  /// Milliseconds since the start.
  var milliseconds: Int64 { (driver.now - start).nanoseconds / 1_000_000 }

  /// Lets time pass.
  func run(_ seconds: Double) {
    let end = driver.now + TimeSpan(nanoseconds: Int64(seconds * 1e9))
    while true {
      var next = min(nextTick, end)
      if let wake = driver.room.nextWake { next = min(next, wake) }
      if let first = underway.first { next = min(next, first.at) }
      driver.now = max(driver.now, next)
      while let first = underway.first, first.at <= driver.now {
        underway.removeFirst()
        deliver(first.load)
      }
      if let wake = driver.room.nextWake, wake <= driver.now {
        driver.room.advance(to: driver.now, into: &driver.sink)
        carry(driver.take())
      }
      if nextTick <= driver.now { tick() }
      if driver.now >= end { break }
    }
    collectSteps()
  }

  /// The longest queue before a participant since the last call.
  func takeLongestQueue(_ client: Int) -> TimeSpan {
    defer { queues[client] = .zero }
    return queues[client]
  }

  private func tick() {
    nextTick = nextTick + .milliseconds(5)
    for index in clients.indices {
      for packet in clients[index].media(at: driver.now) { send(packet, from: index, isRTP: true) }
      for packet in clients[index].feedback(at: driver.now) {
        send(packet, from: index, isRTP: false)
      }
      queues[index] = max(queues[index], clients[index].down.queue(at: driver.now))
    }
    collectSteps()
  }

  private func deliver(_ load: Load) {
    switch load {
    case .up(let client, let bytes, let isRTP):
      carry(isRTP ? driver.rtp(bytes, from: client) : driver.rtcp(bytes, from: client))
    case .down(let client, let bytes, true):
      clients[client].receive(bytes, at: driver.now)
    case .down(let client, let bytes, false):
      for answer in clients[client].receiveRTCP(bytes) { send(answer, from: client, isRTP: true) }
    }
  }

  private func send(_ packet: [UInt8], from client: Int, isRTP: Bool) {
    let at = clients[client].up.send(packet.count + 16, at: driver.now, using: &generator)
    if let at { put(.up(client: client, bytes: packet, isRTP: isRTP), at: at) }
  }

  private func carry(_ sent: [RoomDriver.Sent]) {
    for packet in sent {
      let client = packet.receiver
      let at = clients[client].down.send(
        packet.bytes.count + 16, at: driver.now, using: &generator)
      guard let at else { continue }
      put(.down(client: client, bytes: packet.bytes, isRTP: packet.kind == .rtp), at: at)
    }
    driver.forget()
  }

  private func put(_ load: Load, at: MonotonicTime) {
    sentCount += 1
    var place = underway.count
    while place > 0, underway[place - 1].at > at { place -= 1 }
    underway.insert((at, sentCount, load), at: place)
  }

  private func collectSteps() {
    for event in driver.events() {
      if case .picture(let receiver, let from, let level, let isRecovery) = event {
        steps.append(
          Step(
            milliseconds: milliseconds, receiver: receiver, from: from, level: level,
            isRecovery: isRecovery))
      }
    }
  }
}
