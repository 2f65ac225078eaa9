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
  enum Tag {
    static let listener: UInt64 = 0
    static let connection: UInt64 = 1
    static let termination: UInt64 = 2
    static let firstMedia: UInt64 = 16
  }

  /// Events kept for a control process that is away: hours of ledger entries, minutes of samples.
  private static let eventCapacity = 4_096

  /// The least time from turn to turn while datagrams come: no ear hears it.
  private static let leastTurn = TimeSpan.microseconds(400)

  /// How much of a turn handshakes may have, or the one that is begun.
  private static let handshakeTime = TimeSpan.microseconds(500)

  /// How long the control process has to take in what is said at the end.
  private static let lastWords = TimeSpan.seconds(1)

  let worker: Int
  let digest: UInt64
  let epoll: Int32
  let termination: Int32
  var core: RelayCore
  var sockets: Slab<MediaSocket>
  var control: ControlServer
  var controlListener: RestingListener
  var streams: StreamServer
  var events = EventBuffer(capacity: Self.eventCapacity)
  var log: WorkerLog
  let inbox: MediaInbox
  let outgoing: UnsafeMutableBufferPointer<clinux_datagram>
  var sendRefused: Int64 = 0
  var controlLostAt: MonotonicTime
  var isStopping = false
  /// When to stop though there are calls: nil until told to end (SIGTERM).
  var leavesAt: MonotonicTime?
  var watchesWriting = false
  /// Whether there may be commands that have been read and not carried out.
  var hasCommands = false
  /// Whether more may wait on the sockets, media or a flood, than was taken in at once the last time.
  var mediaWaits = false
  private var backlog = Backlog()
  var commands = LongWork()
  private var handshakes = LongWork()
  private var density = TurnDensity(turn: Self.leastTurn)
  private var heapTrim = HeapTrim()
  /// What time it is: read once per turn, and again after what takes long.
  private(set) var time = SystemClock.turn

  /// A loop over sockets that are open.
  init(
    worker: Int, digest: UInt64 = 0, core: consuming RelayCore,
    sockets: consuming Slab<MediaSocket>,
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
    self.digest = digest
    self.core = core
    self.sockets = sockets
    self.control = control
    self.termination = termination
    self.log = log
    controlLostAt = SystemClock.monotonic
    inbox = MediaInbox(longest: RelayCore.datagramLimit)
    outgoing = .allocate(capacity: MediaSocket.batch)
    outgoing.initialize(repeating: clinux_datagram())
    controlListener = RestingListener(
      self.control.listener, epoll: epoll, tag: Tag.listener)
    if termination >= 0 { clinux_epoll_add(epoll, termination, clinux_epollin(), Tag.termination) }
    for number in 0..<self.sockets.limit {
      clinux_epoll_add(
        epoll, self.sockets[number].descriptor, clinux_epollin(), Tag.firstMedia + UInt64(number))
    }
  }

  deinit {
    close(epoll)
    outgoing.deallocate()
  }

  /// Runs until told to stop, or until nobody needs it any more.
  mutating func run() {
    var ready = [clinux_ready](repeating: clinux_ready(), count: 16)
    clinux_tighten_timers()
    while !isStopping {
      let count = Int(clinux_epoll_wait(epoll, &ready, Int32(ready.count), waitNanoseconds()))
      let began = readClock()
      // Media first, in whatever order the kernel tells.
      mediaWaits = false
      for index in 0..<max(0, count) where isMedia(ready[index].tag) {
        receiveMedia(on: Int(ready[index].tag - Tag.firstMedia), at: time)
      }
      if hasCommands { serveControl() }
      for index in 0..<max(0, count) where !isMedia(ready[index].tag) {
        serve(ready[index].tag, isWritable: ready[index].events & clinux_epollout() != 0, at: time)
      }
      core.isBehind = backlog.isMedia(
        isLeft: mediaWaits, datagrams: core.counters.datagramsReceived,
        media: core.counters.rtpReceived)
      core.advanceTimers(to: time)
      sendOutgoing(at: time.now)
      shakeHands()
      streams.table.flush(at: time.now)
      endStreams(at: time)
      controlListener.advance(to: time.now)
      tellEvents()
      checkOrphanage(at: time.now)
      trimHeap(at: time.now)
      density.add(core.counters.datagramsReceived, at: began)
      if density.isDense, count > 0, !core.hasHandshakes, !hasCommands { gather(since: began) }
    }
    readClock()
    core.endAll(cause: "left", at: time)
    sendOutgoing(at: time.now)
    streams.table.flush(at: time.now)
    tellEvents()
    // A thousand calls' ends are more than the socket holds.
    control.connection?.drain(within: Self.lastWords)
    log.write("stopped", at: time.now)
  }

  /// Goes on with handshakes while there is time for them: the fewer turns they wait, the fewer of them
  /// are sent again. Media that came meanwhile waits for one step only.
  private mutating func shakeHands() {
    guard core.hasHandshakes else { return }
    var left = Self.handshakeTime
    var now = SystemClock.monotonic
    while core.hasHandshakes, left > .zero,
      handshakes.isAllowed(mediaWaits: mediaWaits, at: now)
    {
      core.shakeHands(at: time)
      sendOutgoing(at: time.now)
      let start = now
      now = SystemClock.monotonic
      handshakes.note(at: now)
      left = left - (now - start)
      receiveMediaBetween()
      now = time.now
    }
  }

  /// Lets datagrams come together before the next turn: what a turn costs besides its datagrams, and
  /// finding the caches cold, is shared by all that come in this time. Under load a turn takes longer
  /// than this by itself, and nothing is waited for; with few visits a wait would only be one more time to
  /// wake up (`TurnDensity`).
  private func gather(since start: MonotonicTime) {
    let rest = Self.leastTurn - (SystemClock.monotonic - start)
    if rest > .microseconds(50) { clinux_sleep(rest.nanoseconds) }
  }

  private mutating func trimHeap(at now: MonotonicTime) {
    let isDue = heapTrim.isDue(
      connected: core.counters.sessionsConnected, sessions: core.sessionCount,
      halfOpen: core.halfOpen, at: now)
    if isDue { clinux_trim_heap() }
  }

  /// Reads the clock; gives the time.
  @discardableResult
  mutating func readClock() -> MonotonicTime {
    time = SystemClock.turn
    return time.now
  }

  private func isMedia(_ tag: UInt64) -> Bool {
    tag >= Tag.firstMedia && tag < StreamServer.firstTag
  }

  private func waitNanoseconds() -> Int64 {
    // Once a second at least, for the orphan check.
    let longest: Int64 = 1_000_000_000
    guard !hasCommands else { return 0 }
    guard let wake = core.nextWake else { return longest }
    return min(longest, max(0, (wake - SystemClock.monotonic).nanoseconds))
  }

  private mutating func serve(_ tag: UInt64, isWritable: Bool, at time: TurnTime) {
    switch tag {
    case StreamServer.firstTag...: serveStreams(tag, isWritable: isWritable, at: time)
    case Tag.listener: acceptControl(at: time)
    case Tag.connection: serveControl()
    case Tag.termination: leave(at: time)
    default: break
    }
  }
}
