import CLinux
import Glibc
import Transport
import Wire

/// The front's one thread: accepts, and gives each connection the events of its sockets.
struct FrontLoop: ~Copyable {
  /// What the epoll tags mean; those of connections are above.
  private enum Tag {
    static let control: UInt64 = 0
    static let connection: UInt64 = 1
    static let termination: UInt64 = 2
    static let firstListener: UInt64 = 16
    /// Tags of connections: this bit, 15 bits of generation, 32 of place, 8 of role.
    static let client: UInt64 = 1 << 63
  }

  /// The most connections at once.
  static let connectionLimit = 8_192
  /// The most of one client.
  static let clientLimit = 512
  /// Connections accepted in one turn, so that a flood does not starve those that are there.
  private static let acceptsPerTurn = 32
  /// How long accepting rests when the process is out of descriptors.
  private static let exhaustedRest = TimeSpan.milliseconds(200)
  /// How often every connection is told the time.
  private static let tick = TimeSpan.milliseconds(500)
  /// How often the machine's own addresses are looked up anew.
  private static let addressInterval = TimeSpan.seconds(30)
  /// Without a supervisor and without media for this long, nobody will come back.
  private static let orphanLimit = TimeSpan.seconds(60)
  /// How long a front that has a successor may go on for the calls it carries.
  private static let retirementLimit = TimeSpan.seconds(12 * 3_600)

  private let services: FrontServices
  private let termination: Int32
  private var listeners: [Int32]
  private var control: FrontControl
  private var controlListener: RestingListener
  private var certificates: CertificateWatch
  private var quota = ClientQuota(limit: Self.clientLimit)
  private var connections: [FrontConnection?] = []
  private var free: [Int] = []
  private var count = 0
  private var generation: UInt64 = 0
  private var log: WorkerLog
  private var nextTick: MonotonicTime
  private var nextAddresses: MonotonicTime
  private var acceptsAgain: MonotonicTime?
  private var supervisedAt: MonotonicTime
  private var retiresBy: MonotonicTime?
  private var isStopping = false

  /// A loop over sockets that are open.
  init(
    services: FrontServices, listeners: [Int32], control: consuming FrontControl,
    termination: Int32, log: WorkerLog
  ) {
    let now = SystemClock.monotonic
    self.services = services
    self.listeners = listeners
    self.control = control
    self.termination = termination
    self.log = log
    certificates = CertificateWatch(services.options, now: now)
    nextTick = now
    nextAddresses = now
    supervisedAt = now
    controlListener = RestingListener(
      self.control.listener, epoll: services.epoll, tag: Tag.control)
    if termination >= 0 {
      clinux_epoll_add(services.epoll, termination, clinux_epollin(), Tag.termination)
    }
    for (index, listener) in listeners.enumerated() {
      clinux_epoll_add(
        services.epoll, listener, clinux_epollin(), Tag.firstListener + UInt64(index))
    }
  }

  /// The ports that are listened on.
  var ports: [UInt16] {
    listeners.map { UInt16(truncatingIfNeeded: clinux_local_port($0)) }
  }

  deinit {
    for listener in listeners { close(listener) }
    for connection in connections { connection?.close() }
    close(services.epoll)
  }

  /// Runs until told to stop, or until nobody needs it any more.
  mutating func run() {
    var ready = [clinux_ready](repeating: clinux_ready(), count: 16)
    while !isStopping {
      let wait = max(0, (nextTick - SystemClock.monotonic).nanoseconds)
      let found = Int(clinux_epoll_wait(services.epoll, &ready, Int32(ready.count), wait))
      services.now = SystemClock.monotonic
      if services.now >= nextTick { advance() }
      for event in ready.prefix(max(0, found)) { serve(event) }
    }
    log.write("stopped", at: services.now)
  }

  private mutating func serve(_ event: clinux_ready) {
    if event.tag & Tag.client != 0 { return serveClient(event) }
    switch event.tag {
    case Tag.control: acceptControl()
    case Tag.connection: serveControl()
    case Tag.termination: isStopping = true
    default: accept(on: Int(event.tag - Tag.firstListener))
    }
  }

  // MARK: Clients

  private func serveClient(_ event: clinux_ready) {
    let place = Int(event.tag >> 8 & 0xFFFF_FFFF)
    guard place < connections.count, let connection = connections[place] else { return }
    let role = Self.role(of: event.tag)
    // An event that was on its way when its connection ended must not reach the next one there.
    guard connection.tag(role) == event.tag else { return }
    connection.ready(role, events: event.events)
  }

  private mutating func accept(on index: Int) {
    for _ in 0..<Self.acceptsPerTurn {
      guard index < listeners.count else { return }
      var (high, low, port) = (UInt64(0), UInt64(0), UInt16(0))
      let accepted = clinux_tcp_accept(listeners[index], &high, &low, &port)
      guard accepted >= 0 else {
        if RestingListener.isExhausted(accepted) { restAccepting() }
        return
      }
      let address = SocketAddress(high: high, low: low, port: port)
      guard count < Self.connectionLimit, quota.enter(address) else {
        close(accepted)
        continue
      }
      add(accepted, from: address)
    }
  }

  private mutating func add(_ descriptor: Int32, from address: SocketAddress) {
    generation = generation &+ 1 & 0x7FFF
    let place = free.popLast() ?? connections.count
    let base = Tag.client | generation << 48 | UInt64(place) << 8
    let connection = FrontConnection(descriptor, from: address, services: services) { role in
      base | Self.number(of: role)
    }
    if place < connections.count {
      connections[place] = connection
    } else {
      connections.append(connection)
    }
    count += 1
  }

  private static func number(of role: FrontConnection.Role) -> UInt64 {
    switch role {
    case .client: 0
    case .upstream: 1
    case .peer(let index): 2 + UInt64(index)
    }
  }

  private static func role(of tag: UInt64) -> FrontConnection.Role {
    switch tag & 0xFF {
    case 0: .client
    case 1: .upstream
    case let number: .peer(Int(number) - 2)
    }
  }

  /// A listener with connections that cannot be accepted would wake the loop without end.
  private mutating func restAccepting() {
    log.write("out of descriptors; accepting rests", at: services.now)
    acceptsAgain = services.now + Self.exhaustedRest
    for (index, listener) in listeners.enumerated() {
      clinux_epoll_change(services.epoll, listener, 0, Tag.firstListener + UInt64(index))
    }
  }

  // MARK: Time

  private mutating func advance() {
    let now = services.now
    nextTick = now + Self.tick
    for place in connections.indices {
      guard let connection = connections[place] else { continue }
      connection.advance(to: now)
      guard connection.isOver else { continue }
      quota.leave(connection.address)
      connections[place] = nil
      free.append(place)
      count -= 1
    }
    controlListener.advance(to: now)
    if let again = acceptsAgain, now >= again {
      acceptsAgain = nil
      for (index, listener) in listeners.enumerated() {
        clinux_epoll_change(
          services.epoll, listener, clinux_epollin(), Tag.firstListener + UInt64(index))
      }
    }
    if now >= nextAddresses {
      nextAddresses = now + Self.addressInterval
      services.turn.peers = services.options.mediaPeers
    }
    switch certificates.check(now: now) {
    case .unchanged: break
    case .replaced(let identity):
      services.identity = identity
      log.write("new certificate in use", at: now)
    case .unusable(let error):
      log.write("the new certificate cannot be used: \(error)", at: now)
    }
    checkEnd(at: now)
  }

  private mutating func checkEnd(at now: MonotonicTime) {
    if let retiresBy {
      if count == 0 || now >= retiresBy { isStopping = true }
      return
    }
    if control.connection >= 0 || connections.contains(where: { $0?.carriesMedia == true }) {
      supervisedAt = now
    } else if now - supervisedAt >= Self.orphanLimit {
      log.write("no supervisor and no call; ending", at: now)
      isStopping = true
    }
  }

  // MARK: Control

  private mutating func acceptControl() {
    let isNew = control.accept()
    if control.isExhausted { controlListener.pause(at: services.now) }
    guard isNew else { return }
    clinux_epoll_add(services.epoll, control.connection, clinux_epollin(), Tag.connection)
  }

  private mutating func serveControl() {
    for byte in control.receive() ?? [] {
      switch byte {
      case FrontProtocol.ping: control.say([byte])
      case FrontProtocol.retire: retire()
      case FrontProtocol.stop: isStopping = true
      default: break
      }
    }
  }

  private mutating func retire() {
    guard retiresBy == nil else { return }
    for listener in listeners {
      clinux_epoll_remove(services.epoll, listener)
      close(listener)
    }
    listeners = []
    controlListener.stop()
    control.retire()
    control.say([FrontProtocol.retire])
    retiresBy = services.now + Self.retirementLimit
    log.write("has a successor; \(count) connections go on", at: services.now)
  }

  private func close(_ descriptor: Int32) { Glibc.close(descriptor) }
}
