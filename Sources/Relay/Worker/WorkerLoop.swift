import CLinux
import Forwarding
import Glibc
import Transport
import Wire

/// The worker's one thread: waits for sockets or the time, feeds `RelayCore`, sends what it holds.
///
/// No lock, no task, no allocation per packet. The clock is read once per turn; a turn takes in a
/// bounded number of batches, so that the control channel is served however much media comes.
struct WorkerLoop: ~Copyable {
  /// What the epoll tags mean; a media socket's tag is its number above these, and from
  /// `StreamServer.firstTag` on they are the streams'.
  private enum Tag {
    static let listener: UInt64 = 0
    static let connection: UInt64 = 1
    static let termination: UInt64 = 2
    static let firstMedia: UInt64 = 16
  }

  /// Batches taken from one socket in one turn: 256 datagrams are about a millisecond of work.
  private static let batchesPerTurn = 4
  /// Reads from one stream in one turn: 32 KiB, some thirty packets.
  private static let readsPerTurn = 4
  /// Without a control process and without a call for this long, nobody will come back.
  private static let orphanLimit = TimeSpan.seconds(60)
  /// Events kept for a control process that is away: hours of ledger entries, minutes of samples.
  private static let eventCapacity = 4_096

  private let worker: Int
  private let epoll: Int32
  private let termination: Int32
  private var core: RelayCore
  private var sockets: Slab<MediaSocket>
  private var control: ControlServer
  private var streams: StreamServer
  private var events = EventBuffer(capacity: Self.eventCapacity)
  private var log: WorkerLog
  private let receiveSlots: UnsafeMutableRawPointer
  private let incoming: UnsafeMutableBufferPointer<clinux_datagram>
  private let outgoing: UnsafeMutableBufferPointer<clinux_datagram>
  private var sendRefused: Int64 = 0
  private var controlLostAt: MonotonicTime
  private var isStopping = false
  private var watchesWriting = false

  /// A loop over sockets that are open.
  init(
    worker: Int, core: consuming RelayCore, sockets: consuming Slab<MediaSocket>,
    control: consuming ControlServer, streamsPath: String, termination: Int32, log: WorkerLog
  ) throws(SystemError) {
    let epoll = epoll_create1(Int32(EPOLL_CLOEXEC))
    guard epoll >= 0 else { throw SystemError(number: errno) }
    do throws(SystemError) {
      streams = try StreamServer(path: streamsPath, epoll: epoll)
    } catch {
      close(epoll)
      throw error
    }
    self.epoll = epoll
    self.worker = worker
    self.core = core
    self.sockets = sockets
    self.control = control
    self.termination = termination
    self.log = log
    controlLostAt = SystemClock.monotonic
    let slot = RelayCore.datagramLimit
    receiveSlots = .allocate(byteCount: MediaSocket.batch * slot, alignment: 64)
    incoming = .allocate(capacity: MediaSocket.batch)
    incoming.initialize(repeating: clinux_datagram())
    for index in incoming.indices {
      incoming[index].bytes = receiveSlots + index * slot
      incoming[index].capacity = UInt32(slot)
    }
    outgoing = .allocate(capacity: MediaSocket.batch)
    outgoing.initialize(repeating: clinux_datagram())
    clinux_epoll_add(epoll, self.control.listener, clinux_epollin(), Tag.listener)
    if termination >= 0 { clinux_epoll_add(epoll, termination, clinux_epollin(), Tag.termination) }
    for number in 0..<self.sockets.limit {
      clinux_epoll_add(
        epoll, self.sockets[number].descriptor, clinux_epollin(), Tag.firstMedia + UInt64(number))
    }
  }

  deinit {
    close(epoll)
    receiveSlots.deallocate()
    incoming.deallocate()
    outgoing.deallocate()
  }

  /// Runs until told to stop, or until nobody needs it any more.
  mutating func run() {
    var ready = [clinux_ready](repeating: clinux_ready(), count: 16)
    while !isStopping {
      let count = Int(clinux_epoll_wait(epoll, &ready, Int32(ready.count), waitNanoseconds()))
      let time = TurnTime(
        now: SystemClock.monotonic, wallMilliseconds: SystemClock.wallMilliseconds)
      for index in 0..<max(0, count) {
        serve(ready[index].tag, isWritable: ready[index].events & clinux_epollout() != 0, at: time)
      }
      core.advance(to: time)
      sendOutgoing(at: time.now)
      streams.table.flush(at: time.now)
      endStreams(at: time)
      tellEvents()
      checkOrphanage(at: time.now)
    }
    let time = TurnTime(
      now: SystemClock.monotonic, wallMilliseconds: SystemClock.wallMilliseconds)
    core.endAll(cause: "left", at: time)
    sendOutgoing(at: time.now)
    streams.table.flush(at: time.now)
    tellEvents()
    log.write("stopped", at: time.now)
  }

  private func waitNanoseconds() -> Int64 {
    // Once a second at least, for the orphan check.
    let longest: Int64 = 1_000_000_000
    guard let wake = core.nextWake else { return longest }
    return min(longest, max(0, (wake - SystemClock.monotonic).nanoseconds))
  }

  private mutating func serve(_ tag: UInt64, isWritable: Bool, at time: TurnTime) {
    switch tag {
    case StreamServer.firstTag...: serveStreams(tag, isWritable: isWritable, at: time)
    case Tag.listener: acceptControl(at: time)
    case Tag.connection: serveControl(at: time)
    case Tag.termination: isStopping = true
    default: receiveMedia(on: Int(tag - Tag.firstMedia), at: time)
    }
  }

  // MARK: Media

  private mutating func receiveMedia(on socket: Int, at time: TurnTime) {
    guard sockets.contains(socket) else { return }
    let local = LocalPath(rawValue: UInt8(truncatingIfNeeded: socket))
    for _ in 0..<Self.batchesPerTurn {
      let count = sockets[socket].receive(incoming)
      for index in 0..<count where incoming[index].length > 0 {
        let datagram = incoming[index]
        core.receive(
          UnsafeMutableRawBufferPointer(start: datagram.bytes, count: Int(datagram.length)),
          from: SocketAddress(high: datagram.high, low: datagram.low, port: datagram.port),
          on: local, at: time)
        if core.isOutgoingNearlyFull { sendOutgoing(at: time.now) }
      }
      sendOutgoing(at: time.now)
      if count < incoming.count { return }
    }
  }

  private mutating func sendOutgoing(at now: MonotonicTime) {
    var next = 0
    while next < core.outgoingCount {
      let local = core.outgoing(at: next).local
      if local == LocalPath.streams.rawValue {
        streams.table.queue(core.outgoing(at: next), at: now)
        next += 1
        continue
      }
      // As long a run for one socket as there is room for.
      var count = 0
      while count < outgoing.count, next + count < core.outgoingCount {
        let datagram = core.outgoing(at: next + count)
        guard datagram.local == local else { break }
        outgoing[count].bytes = datagram.bytes
        outgoing[count].length = UInt32(truncatingIfNeeded: datagram.length)
        outgoing[count].high = datagram.destination.high
        outgoing[count].low = datagram.destination.low
        outgoing[count].port = datagram.destination.port
        count += 1
      }
      if sockets.contains(Int(local)) {
        let refused = sockets[Int(local)].send(
          UnsafeMutableBufferPointer(rebasing: outgoing[..<count]))
        sendRefused &+= Int64(refused)
      }
      next += count
    }
    core.removeAllOutgoing()
  }

  // MARK: Streams

  private mutating func serveStreams(_ tag: UInt64, isWritable: Bool, at time: TurnTime) {
    switch StreamServer.source(of: tag) {
    case .listener: streams.accept(now: time.now)
    case .greeting(let connection):
      streams.greet(connection, now: time.now, core: core)
    case .stream(let number):
      if isWritable { streams.table.write(number, at: time.now) }
      receiveStream(number, at: time)
    }
  }

  private mutating func receiveStream(_ number: Int, at time: TurnTime) {
    guard streams.table.contains(number) else { return }
    let (name, client) = streams.table.names(of: number)
    for _ in 0..<Self.readsPerTurn {
      let hasMore = streams.table.fill(number)
      while let packet = streams.table.next(number) {
        core.receive(packet, from: name, on: .streams, mapped: client, at: time)
        if core.isOutgoingNearlyFull { sendOutgoing(at: time.now) }
      }
      guard hasMore else { return }
    }
  }

  private mutating func endStreams(at time: TurnTime) {
    streams.advance(to: time.now)
    while let name = streams.table.closeNext(now: time.now, core: core) {
      core.streamClosed(name, at: time)
    }
    sendOutgoing(at: time.now)
  }

  // MARK: Control

  private mutating func acceptControl(at time: TurnTime) {
    guard control.accept(), let descriptor = control.connection?.descriptor else { return }
    clinux_epoll_add(epoll, descriptor, clinux_epollin(), Tag.connection)
    watchesWriting = false
    log.write("control process connected", at: time.now)
    // What is in the core's own queue belongs behind the hello as well.
    while let event = core.nextEvent() { _ = events.append(event) }
    control.connection?.send(
      .hello(
        WorkerHello(
          version: WorkerHello.currentVersion, worker: worker, sessions: core.listings)))
    for entry in events.entries {
      control.connection?.send(.event(sequence: entry.sequence, entry.event))
    }
    watchWriting()
  }

  private mutating func serveControl(at time: TurnTime) {
    control.connection?.flush()
    control.connection?.receive()
    while let frame = control.connection?.next() {
      switch frame {
      case .command(let id, let command):
        let reply = core.handle(command, at: time)
        control.connection?.send(.reply(id: id, reply))
        tellEvents()
      case .ping(let id, let acknowledged):
        events.acknowledge(through: acknowledged)
        let load = load
        control.connection?.send(.pong(id: id, load))
      case .stop:
        isStopping = true
      case .hello, .reply, .pong, .event:
        control.connection = nil
      }
    }
    if control.connection?.isBroken == true {
      control.connection = nil
      controlLostAt = time.now
      log.write("control process gone; calls go on", at: time.now)
    }
    watchWriting()
  }

  private mutating func tellEvents() {
    while let event = core.nextEvent() {
      let entry = events.append(event)
      control.connection?.send(.event(sequence: entry.sequence, entry.event))
    }
    watchWriting()
  }

  /// Asks for writability only while bytes wait.
  private mutating func watchWriting() {
    guard let descriptor = control.connection?.descriptor else { return }
    let wants = control.connection?.wantsToWrite == true
    guard wants != watchesWriting else { return }
    watchesWriting = wants
    let events = clinux_epollin() | (wants ? clinux_epollout() : 0)
    clinux_epoll_change(epoll, descriptor, events, Tag.connection)
  }

  private var load: WorkerLoad {
    var counters = core.counters.byMetricName
    counters["besoeg_relay_send_refused_total"] = sendRefused
    counters["besoeg_relay_events_dropped_total"] = events.dropped
    counters.merge(streams.table.counters.byMetricName) { $1 }
    return WorkerLoad(sessions: core.sessionCount, rooms: core.roomCount, counters: counters)
  }

  private mutating func checkOrphanage(at now: MonotonicTime) {
    guard control.connection == nil, core.sessionCount == 0 else {
      if control.connection != nil { controlLostAt = now }
      // A call without a control process keeps the worker; the time counts from its end.
      if core.sessionCount > 0 { controlLostAt = now }
      return
    }
    if now - controlLostAt >= Self.orphanLimit {
      log.write("no control process and no call; ending", at: now)
      isStopping = true
    }
  }
}
