import CLoad
import Glibc
import Synchronization
import Transport
import Wire

/// The generator's thread: wakes six thousand times a second, takes in what has come, sends what is
/// due. It never waits for a socket, so that how it wakes does not depend on what it measures.
final class GeneratorLoop {
  /// Ticks a second: a sound packet every 120, a picture every 200.
  private static let ticksPerSecond = 6_000
  private static let tickLength: Int64 = 1_000_000_000 / 6_000
  private static let soundTicks = 120
  private static let pictureTicks = 200
  /// Ticks between a picture's packets where they are spread.
  private static let spreadTicks = 40
  /// Datagrams sent in one call: the stamp of the first must not be old when the last one leaves.
  private static let sendBatch = 8
  private static let slot = 2_048

  let owner: Generator
  let socket: Int32
  private let isSpread: Bool
  var legs: [Leg?] = []
  /// Whose the system's ports are, where legs share an address.
  var legOfPort = [Int32](repeating: 0, count: 1 << 16)
  private var sound = [[Int]](repeating: [], count: soundTicks)
  private var pictures = [[Int]](repeating: [], count: pictureTicks)
  private let memory: UnsafeMutableRawPointer
  let incoming: UnsafeMutableBufferPointer<load_datagram>
  private let outgoing: UnsafeMutableBufferPointer<load_datagram>
  private var outgoingCount = 0
  private var cursor = 0
  var measured = Measurement()
  var isMeasuring = false
  var timedLegs = Int.max
  private var beganAt: Int64 = 0
  private var beganCPU: Int64 = 0
  /// DTLS datagrams that wait for their turn, oldest first.
  var handshakes: [Handshake] = []
  /// CLOCK_REALTIME less CLOCK_MONOTONIC.
  let clockOffset = load_realtime() - load_monotonic()
  private var isHeld = false
  private var isStopping = false

  init(_ owner: Generator, socket: Int32, isSpread: Bool) {
    self.owner = owner
    self.socket = socket
    self.isSpread = isSpread
    let batch = Int(LOAD_BATCH)
    memory = .allocate(byteCount: (batch + Self.sendBatch) * Self.slot, alignment: 64)
    incoming = .allocate(capacity: batch)
    outgoing = .allocate(capacity: Self.sendBatch)
    for index in 0..<batch { incoming[index] = Self.datagram(memory + index * Self.slot) }
    for index in 0..<Self.sendBatch {
      outgoing[index] = Self.datagram(memory + (batch + index) * Self.slot)
    }
  }

  deinit {
    memory.deallocate()
    incoming.deallocate()
    outgoing.deallocate()
  }

  private static func datagram(_ bytes: UnsafeMutableRawPointer) -> load_datagram {
    load_datagram(
      bytes: bytes, length: 0, capacity: UInt32(slot), local: 0, remote: 0, remote_port: 0,
      nanoseconds: 0)
  }

  /// Runs until told to stop.
  func run() {
    var tick = 0
    var next = load_monotonic()
    while !isStopping {
      obey()
      receive()
      let now = load_monotonic()
      if isMeasuring { measured.latestTick = max(measured.latestTick, Double(now - next) / 1e6) }
      // A twentieth of a second behind, it gives up what it has missed, and the figures with it.
      if now - next > 50_000_000 {
        let missed = Int((now - next) / Self.tickLength)
        if isMeasuring { measured.skippedTicks += missed }
        tick += missed
        next += Int64(missed) * Self.tickLength
      }
      var turns = 0
      while next <= now, turns < 8 {
        if !isHeld { send(tick) }
        tick += 1
        turns += 1
        next += Self.tickLength
      }
      serveTimers(at: MonotonicTime(nanoseconds: now))
      flush()
      shakeHands()
      if next > load_monotonic() { load_sleep_until(next) }
    }
    for leg in legs { leg?.close() }
    for leg in legs { if let leg { drain(leg, at: MonotonicTime(nanoseconds: load_monotonic())) } }
    flush()
  }

  // MARK: Commands

  private func obey() {
    for command in owner.takeCommands() {
      switch command {
      case .add(let plan): add(plan)
      case .hold(let isHeld): self.isHeld = isHeld
      case .remove(let indices): for index in indices { remove(index) }
      case .begin(let limit): begin(below: limit)
      case .end: end()
      case .stop: isStopping = true
      }
    }
  }

  private func add(_ plan: LegPlan) {
    let now = MonotonicTime(nanoseconds: load_monotonic())
    while legs.count <= plan.index { legs.append(nil) }
    let leg = Leg(plan, identity: owner.identity, now: now)
    legs[plan.index] = leg
    if plan.sharedAddress != nil { legOfPort[Int(plan.remote.port)] = Int32(plan.index) }
    if leg.isReady { begin(leg) }
    drain(leg, at: now)
  }

  private func remove(_ index: Int) {
    guard let leg = legs[index] else { return }
    leg.close()
    drain(leg, at: MonotonicTime(nanoseconds: load_monotonic()))
    flush()
    legs[index] = nil
    for phase in sound.indices { sound[phase].removeAll { $0 == index } }
    for phase in pictures.indices { pictures[phase].removeAll { $0 == index } }
  }

  /// A leg is ready: it sends from now on, at moments of its own.
  private func begin(_ leg: Leg) {
    owner.secured.add(1, ordering: .relaxed)
    if leg.profile == .aeadAES128GCM { owner.securedGCM.add(1, ordering: .relaxed) }
    guard let kinds = leg.plan.sends else { return }
    // Steps of the golden ratio spread any number of legs evenly.
    let phase = (Double(leg.plan.index) * 0.618_033_988_75).truncatingRemainder(dividingBy: 1)
    sound[Int(phase * Double(Self.soundTicks))].append(leg.plan.index)
    if kinds == .soundAndPicture {
      pictures[Int(phase * Double(Self.pictureTicks))].append(leg.plan.index)
    }
  }

  private func begin(below limit: Int) {
    measured = Measurement()
    timedLegs = limit
    for leg in legs { leg?.streams.beginWindow() }
    isMeasuring = true
    beganAt = load_monotonic()
    beganCPU = load_thread_cpu()
  }

  private func end() {
    isMeasuring = false
    let elapsed = load_monotonic() - beganAt
    measured.seconds = Double(elapsed) / 1e9
    measured.generatorShare = Double(load_thread_cpu() - beganCPU) / Double(max(1, elapsed))
    for leg in legs {
      measured.lost += leg?.streams.lost ?? 0
      if let leg, leg.heardAt != nil, leg.isWithoutKeyframe { measured.withoutKeyframe += 1 }
    }
    owner.finish(measured)
  }

  // MARK: Sending

  private func send(_ tick: Int) {
    for index in sound[tick % Self.soundTicks] {
      guard let leg = legs[index] else { continue }
      sendMedia(leg) { leg.source.writeSound(into: $0, at: $1) }
    }
    guard isSpread else {
      for index in pictures[tick % Self.pictureTicks] {
        for part in 0..<MediaSource.packetsPerPicture { sendPicture(index, part: part) }
      }
      return
    }
    for part in 0..<MediaSource.packetsPerPicture {
      let phase = (tick - part * Self.spreadTicks) % Self.pictureTicks
      for index in pictures[phase < 0 ? phase + Self.pictureTicks : phase] {
        sendPicture(index, part: part)
      }
    }
  }

  private func sendPicture(_ index: Int, part: Int) {
    guard let leg = legs[index] else { return }
    sendMedia(leg) { leg.source.writePicture(part: part, into: $0, at: $1) }
  }

  private func sendMedia(
    _ leg: Leg, _ write: (UnsafeMutableRawBufferPointer, Int64) -> Int?
  ) {
    let slot = nextSlot
    guard let base = slot.baseAddress, let length = write(slot, load_realtime()),
      let sealed = leg.seal(base, length: length)
    else { return }
    enqueue(sealed, from: leg)
    if isMeasuring { measured.sent += 1 }
  }

  private var nextSlot: UnsafeMutableRawBufferPointer {
    UnsafeMutableRawBufferPointer(start: outgoing[outgoingCount].bytes, count: Self.slot)
  }

  private func enqueue(_ length: Int, from leg: Leg) {
    outgoing[outgoingCount].length = UInt32(length)
    outgoing[outgoingCount].local = leg.plan.address
    outgoing[outgoingCount].remote = leg.plan.remote.ipv4
    outgoing[outgoingCount].remote_port = leg.plan.remote.port
    outgoingCount += 1
    if outgoingCount == Self.sendBatch { flush() }
  }

  func flush() {
    guard outgoingCount > 0 else { return }
    _ = load_send(socket, outgoing.baseAddress, Int32(outgoingCount))
    outgoingCount = 0
  }

  // MARK: Timers

  /// Looks at each leg once in ten milliseconds.
  private func serveTimers(at now: MonotonicTime) {
    guard !legs.isEmpty else { return }
    let share = (legs.count + 59) / 60
    for _ in 0..<share {
      cursor = cursor + 1 < legs.count ? cursor + 1 : 0
      guard let leg = legs[cursor] else { continue }
      leg.advance(to: now)
      drain(leg, at: now)
      if let length = leg.writeFeedback(into: nextSlot, at: now) { sendReports(length, of: leg) }
      guard let kinds = leg.plan.sends, leg.isReady, leg.nextReport <= now else { continue }
      leg.nextReport = now + .seconds(1)
      let realtime = now.nanoseconds + clockOffset
      if let length = leg.source.writeReports(into: nextSlot, kinds: kinds, at: realtime) {
        sendReports(length, of: leg)
      }
    }
  }

  private func sendReports(_ length: Int, of leg: Leg) {
    guard let base = nextSlot.baseAddress, let sealed = leg.sealReports(base, length: length)
    else { return }
    enqueue(sealed, from: leg)
  }

  func drain(_ leg: Leg, at now: MonotonicTime) {
    while let length = leg.nextTransmit(into: nextSlot) { enqueue(length, from: leg) }
    while let event = leg.nextEvent() {
      switch event {
      case .secured: begin(leg)
      case .failed: owner.failed.add(1, ordering: .relaxed)
      default: break
      }
    }
  }
}
