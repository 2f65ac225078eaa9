import NetworkSimulation
import Testing
import Wire

@Suite("The emulated network itself")
struct NetworkTests {
  private let a = SocketAddress(ipv4: 0x0A00_0001, port: 1)
  private let b = SocketAddress(ipv4: 0x0A00_0002, port: 2)

  private func at(_ milliseconds: Double) -> MonotonicTime {
    MonotonicTime(nanoseconds: Int64(milliseconds * 1e6))
  }

  /// Sends `count` numbered datagrams 10 ms apart; what arrives, in order, with its time.
  private func run(
    _ conditions: LinkConditions, count: Int, size: Int = 4, every: Double = 10, seed: UInt64 = 1
  ) -> [(number: Int, time: MonotonicTime)] {
    var network = EmulatedNetwork(seed: seed)
    let link = network.addLink(conditions)
    for number in 0..<count {
      var bytes = [UInt8](repeating: 0, count: size)
      for index in 0..<4 { bytes[index] = UInt8(truncatingIfNeeded: number >> (24 - 8 * index)) }
      bytes.withUnsafeBytes {
        network.send($0, from: a, to: b, over: link, at: at(Double(number) * every))
      }
    }
    var arrived: [(Int, MonotonicTime)] = []
    while let time = network.nextArrival, let arrival = network.receive(at: time) {
      arrived.append((arrival.bytes.prefix(4).reduce(0) { $0 << 8 | Int($1) }, time))
    }
    return arrived
  }

  @Test("a perfect link delivers everything in order after exactly its delay")
  func perfect() {
    let arrived = run(.init(delay: .milliseconds(30)), count: 300)
    #expect(arrived.map(\.number) == Array(0..<300))
    #expect(arrived.enumerated().allSatisfy { $1.time == at(Double($0) * 10 + 30) })
  }

  @Test("nothing arrives before its time")
  func notEarly() {
    var network = EmulatedNetwork(seed: 1)
    let link = network.addLink(.init(delay: .milliseconds(30)))
    [UInt8]([1]).withUnsafeBytes { network.send($0, from: a, to: b, over: link, at: .zero) }
    let isEarly = network.receive(at: at(29.999)) != nil
    #expect(!isEarly)
    let due = network.receive(at: at(30))?.bytes.first
    #expect(due == 1)
  }

  @Test("the share lost is the share asked for, alone or in bursts", arguments: [1.0, 4.0])
  func loss(meanBurst: Double) {
    let model = LossModel.bursts(0.05, mean: meanBurst)
    #expect(abs(model.share - 0.05) < 1e-9)
    #expect(abs(model.meanBurst - meanBurst) < 1e-9)
    let arrived = Set(run(.init(delay: .zero, loss: model), count: 20_000).map(\.number))
    let lost = 1 - Double(arrived.count) / 20_000
    #expect(abs(lost - 0.05) < 0.01)
    let bursts = (1..<20_000).count { !arrived.contains($0) && arrived.contains($0 - 1) }
    let meanLength = Double(20_000 - arrived.count) / Double(max(bursts, 1))
    #expect(abs(meanLength - meanBurst) < meanBurst * 0.2)
  }

  @Test("the bad state may let some through and the good one lose some")
  func elliott() {
    let model = LossModel(shareInGood: 0.01, shareInBad: 0.5, toBad: 0.02, toGood: 0.1)
    let arrived = run(.init(delay: .zero, loss: model), count: 40_000)
    let lost = 1 - Double(arrived.count) / 40_000
    #expect(abs(lost - model.share) < 0.015)
    #expect(abs(model.share - (0.5 / 6 + 0.01 * 5 / 6)) < 1e-9)
  }

  @Test("jitter stays within its bound; a queue keeps the order, the air does not")
  func order() {
    var conditions = LinkConditions(delay: .milliseconds(50), jitter: .milliseconds(40))
    let queued = run(conditions, count: 1_000)
    #expect(queued.map(\.number) == Array(0..<1_000))
    #expect(queued.enumerated().allSatisfy { $1.time <= at(Double($0) * 10 + 90) })
    #expect(queued.enumerated().allSatisfy { $1.time >= at(Double($0) * 10 + 10) })
    conditions.keepsOrder = false
    let mixed = run(conditions, count: 1_000).map(\.number)
    #expect(mixed.sorted() == Array(0..<1_000))
    #expect(mixed != Array(0..<1_000))
  }

  @Test("a share of packets is held back past those behind them, or comes twice")
  func reorderedAndRepeated() {
    var conditions = LinkConditions(delay: .milliseconds(5))
    conditions.reorder = 0.1
    let reordered = run(conditions, count: 1_000).map(\.number)
    #expect(reordered.sorted() == Array(0..<1_000))
    #expect(reordered != Array(0..<1_000))
    conditions.reorder = 0
    conditions.duplicate = 1
    #expect(run(conditions, count: 3).map(\.number) == [0, 0, 1, 1, 2, 2])
  }

  @Test("a narrow line spaces datagrams out and drops what its queue cannot hold")
  func bandwidth() {
    // One 972-byte datagram (1000 on the line) takes 20 ms and comes every 10 ms.
    let line = LineConditions(bitsPerSecond: 400_000, burstBytes: 0, queueBytes: 5_000)
    let arrived = run(.init(delay: .zero, line: line), count: 200, size: 972)
    let gaps = zip(arrived, arrived.dropFirst()).map { ($1.time - $0.time).milliseconds }
    #expect(gaps.allSatisfy { $0 >= 19.999 })
    #expect(abs(arrived.count - 100) < 10)
    // No packet waits for more than the queue and itself.
    #expect(arrived.allSatisfy { $0.time <= at(Double($0.number) * 10 + 120) })
  }

  @Test("a token bucket lets a burst pass at once, and then its rate")
  func burst() {
    let line = LineConditions(bitsPerSecond: 400_000, burstBytes: 3_000, queueBytes: 50_000)
    let arrived = run(.init(delay: .zero, line: line), count: 10, size: 972, every: 0)
    #expect(arrived.map(\.time).prefix(3).allSatisfy { $0 == .zero })
    #expect(arrived[3].time == at(20))
    #expect(arrived[9].time == at(140))
  }

  @Test("a datagram larger than the path takes never arrives, one that just fits does")
  func largest() {
    var conditions = LinkConditions(delay: .zero)
    conditions.largestPacket = 1_280
    #expect(run(conditions, count: 1, size: 1_252).count == 1)
    #expect(run(conditions, count: 1, size: 1_253).isEmpty)
  }

  @Test("two links share one line: each slows the other down")
  func shared() {
    var network = EmulatedNetwork(seed: 1)
    let line = network.addLine(.kilobits(400))
    let links = (0..<2).map { _ in network.addLink(.init(delay: .milliseconds(10)), over: line) }
    let bytes = [UInt8](repeating: 0, count: 972)
    for link in links {
      bytes.withUnsafeBytes { network.send($0, from: a, to: b, over: link, at: .zero) }
    }
    #expect(network.waiting(on: links[0], at: .zero) == .milliseconds(40))
    var times: [MonotonicTime] = []
    while let time = network.nextArrival, network.receive(at: time) != nil { times.append(time) }
    #expect(times == [at(30), at(50)])
  }

  @Test("what waits takes longer when the line becomes narrower")
  func narrower() {
    var network = EmulatedNetwork(seed: 1)
    var conditions = LinkConditions(delay: .zero, line: .kilobits(800))
    let link = network.addLink(conditions)
    let bytes = [UInt8](repeating: 0, count: 972)
    for _ in 0..<4 {
      bytes.withUnsafeBytes { network.send($0, from: a, to: b, over: link, at: .zero) }
    }
    #expect(network.waiting(on: link, at: .zero) == .milliseconds(40))
    conditions.line = .kilobits(200)
    network.change(link, to: conditions, at: .zero)
    #expect(network.waiting(on: link, at: .zero) == .milliseconds(160))
  }

  @Test("a greedy flow fills a line, gives way at a loss, and lets a second one in")
  func greedy() {
    var network = EmulatedNetwork(seed: 1)
    let line = network.addLine(.kilobits(1_000))
    var flows = (0..<2).map { _ in
      GreedyFlow(
        over: network.addLink(.init(delay: .milliseconds(20)), over: line),
        returnTime: .milliseconds(20))
    }
    var now = MonotonicTime.zero
    while now < at(120_000) {
      for index in flows.indices { flows[index].advance(to: now, over: &network) }
      now = flows.map(\.nextWake).min() ?? at(120_000)
    }
    let rates = flows.map { Double($0.deliveredBytes) * 8 / 120 }
    #expect((900_000...1_000_000).contains(rates.reduce(0, +)))
    #expect((rates.min() ?? 0) > 250_000)
  }

  @Test("a stream loses nothing and keeps its order; a lost packet holds up those behind it")
  func stream() {
    var network = EmulatedNetwork(seed: 3)
    let link = network.addLink(.init(delay: .milliseconds(20), loss: .random(0.1)))
    var stream = StreamState(roundTrip: .milliseconds(40), isTLS: false)
    for number in 0..<500 {
      [UInt8(truncatingIfNeeded: number)].withUnsafeBytes {
        network.send(
          $0, from: a, to: b, over: link, in: &stream, at: at(Double(number) * 10))
      }
    }
    var numbers: [UInt8] = []
    var late = 0
    while let time = network.nextArrival, let arrival = network.receive(at: time) {
      if time > at(Double(numbers.count) * 10 + 20) { late += 1 }
      numbers.append(arrival.bytes[0])
    }
    #expect(numbers == (0..<500).map { UInt8(truncatingIfNeeded: $0) })
    // Every tenth is lost, and holds up the five behind it.
    #expect((150...350).contains(late))
  }

  @Test("on a stream to a TURN server every packet comes out of its frame as it went in")
  func framing() throws {
    let room = UnsafeMutableRawBufferPointer.allocate(byteCount: TURNFrame.longest, alignment: 16)
    defer { room.deallocate() }
    for count in [1, 20, 1_199, 1_200, 2_048] {
      let packet = (0..<count).map { UInt8(truncatingIfNeeded: $0) }
      var onStream: [UInt8] = []
      packet.withUnsafeBytes { bytes in
        StreamFraming.channel.wrap(bytes, in: room) { onStream = Array($0) }
      }
      // Four bytes before it, and up to three behind.
      #expect(onStream.count == 4 + (count + 3) / 4 * 4)
      let back = onStream.withUnsafeMutableBytes {
        StreamFraming.channel.unwrap($0).map(Array.init)
      }
      #expect(back == packet)
      onStream.removeLast()
      let cut = onStream.withUnsafeMutableBytes { StreamFraming.channel.unwrap($0).map(Array.init) }
      #expect(cut == nil)
      // The native client's packets are told apart by what the link counts for them.
      packet.withUnsafeBytes { bytes in
        StreamFraming.length.wrap(bytes, in: room) { #expect($0.count == count) }
      }
    }
  }

  @Test(
    "a firewall passes what it is said to pass",
    arguments: [
      (Passage.everything, [true, true, true]), (.streams, [false, true, true]),
      (.tls, [false, false, true]),
    ])
  func firewall(passage: Passage, passes: [Bool]) {
    var network = EmulatedNetwork(seed: 1)
    let link = network.addLink(LinkConditions(delay: .zero).with { $0.passage = passage })
    let bytes: [UInt8] = [1]
    var got: [Bool] = []
    bytes.withUnsafeBytes { network.send($0, from: a, to: b, over: link, at: .zero) }
    got.append(network.receive(at: .zero) != nil)
    for isTLS in [false, true] {
      var stream = StreamState(roundTrip: .zero, isTLS: isTLS)
      bytes.withUnsafeBytes {
        network.send($0, from: a, to: b, over: link, in: &stream, at: .zero)
      }
      got.append(network.receive(at: .zero) != nil)
      #expect(stream.isBroken != passes[isTLS ? 2 : 1])
    }
    #expect(got == passes)
  }

  @Test("a cut link delivers nothing, and one seed gives one run")
  func repeatable() {
    var conditions = LinkConditions(
      delay: .milliseconds(9), jitter: .milliseconds(9), loss: .random(0.3))
    let first = run(conditions, count: 500, seed: 7)
    let second = run(conditions, count: 500, seed: 7)
    let other = run(conditions, count: 500, seed: 8)
    #expect(first.map(\.number) == second.map(\.number))
    #expect(first.map(\.time) == second.map(\.time))
    #expect(first.map(\.number) != other.map(\.number))
    conditions.isCut = true
    #expect(run(conditions, count: 10).isEmpty)
  }
}
