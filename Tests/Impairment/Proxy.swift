import CLinux
import Glibc
import NetworkSimulation
import Wire

/// The loop: sockets in, emulator, sockets out. One thread, one poll.
struct Proxy: ~Copyable {
  private var network: EmulatedNetwork
  private let up: EmulatedNetwork.LinkID
  private let down: EmulatedNetwork.LinkID
  private var datagrams: DatagramFlows
  private var streams: StreamFlows
  private var timeline: Timeline
  private var orders = OrderReader()
  private var rebinds = 0
  private let termination: Int32

  /// The longest wait in the loop.
  private static let longestWait = TimeSpan.milliseconds(500)

  init(udp: [Forwarding], tcp: [Forwarding], story: Scenario) throws {
    let termination = clinux_termination_descriptor()
    guard termination >= 0 else { throw ProxyError.call("signalfd", -termination) }
    let datagrams = try DatagramFlows(udp)
    let streams = try StreamFlows(tcp)
    var network = EmulatedNetwork(seed: story.seed)
    up = network.addLink(story.opening.up)
    down = network.addLink(story.opening.down)
    self.network = network
    self.datagrams = datagrams
    self.streams = streams
    self.termination = termination
    timeline = Timeline(story, start: Self.now)
  }

  deinit { close(termination) }

  /// Forwards until told to stop.
  mutating func run() {
    while wait() {
      let now = Self.now
      while let event = timeline.takeDue(at: now) { happen(event, at: now) }
      datagrams.receive(into: &network, up: up, down: down, at: now)
      streams.advance(&network, up: up, down: down, at: now)
      while let arrival = network.receive(at: Self.now) {
        let isUp = arrival.link == up
        if arrival.destination.high == 0 {
          datagrams.deliver(arrival, isUp: isUp)
        } else {
          streams.deliver(arrival, isUp: isUp)
        }
      }
    }
  }

  /// Waits for something to do, and carries out orders; false once told to stop.
  private mutating func wait() -> Bool {
    var wanted = [
      pollfd(fd: termination, events: Int16(POLLIN), revents: 0),
      pollfd(fd: orders.isClosed ? -1 : STDIN_FILENO, events: Int16(POLLIN), revents: 0),
    ]
    for descriptor in datagrams.descriptors {
      wanted.append(pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0))
    }
    wanted += streams.poll(network, up: up)
    let now = Self.now
    var until = now + Self.longestWait
    if let next = network.nextArrival { until = min(until, next) }
    if let next = timeline.nextWake { until = min(until, next) }
    // Rounded up, or the last millisecond would be spent turning round.
    let milliseconds = max(0, ((until - now).nanoseconds + 999_999) / 1_000_000)
    _ = poll(&wanted, nfds_t(wanted.count), Int32(milliseconds))
    if wanted[0].revents != 0 { return false }
    guard wanted[1].revents != 0 else { return true }
    return orders.read().allSatisfy { carryOut($0) }
  }

  /// Carries out an order; false where it is to stop.
  private mutating func carryOut(_ order: Order) -> Bool {
    let now = Self.now
    switch order {
    case .rebind: happen(.rebind, at: now)
    case .cut: happen(.cut, at: now)
    case .heal: happen(.heal, at: now)
    case .scenario(let scenario):
      happen(.become(scenario.opening), at: now)
      timeline = Timeline(scenario, start: now)
    case .set(let values):
      var access = AccessConditions(
        up: network.conditions(of: up), down: network.conditions(of: down))
      for (word, value) in values where !access.set(word, to: value) {
        Self.say("impair: cannot set \(word)", on: STDERR_FILENO)
      }
      happen(.become(access), at: now)
    case .stats: Self.say(figures)
    case .quit: return false
    }
    return true
  }

  private mutating func happen(_ event: Scenario.Event, at now: MonotonicTime) {
    switch event {
    case .become(let access): change(to: access, at: now)
    case .cut: setCut(up: true, down: true, at: now)
    case .cutUp: setCut(up: true, down: nil, at: now)
    case .cutDown: setCut(up: nil, down: true, at: now)
    case .heal: setCut(up: false, down: false, at: now)
    case .rebind: rebind()
    case .move(let access):
      // The client keeps its socket, since it is another program's; the target sees it move.
      change(to: access, at: now)
      rebind()
    }
  }

  private mutating func rebind() {
    rebinds += 1
    datagrams.rebind()
    streams.rebind()
  }

  private mutating func change(to access: AccessConditions, at now: MonotonicTime) {
    network.change(up, to: access.up, at: now)
    network.change(down, to: access.down, at: now)
  }

  private mutating func setCut(up isUpCut: Bool?, down isDownCut: Bool?, at now: MonotonicTime) {
    for (link, isCut) in [(up, isUpCut), (down, isDownCut)] {
      guard let isCut else { continue }
      network.change(link, to: network.conditions(of: link).with { $0.isCut = isCut }, at: now)
    }
  }

  /// What was forwarded so far, as JSON in a line.
  var figures: String {
    let ways = [("up", up), ("down", down)].map { name, link in
      let tally = network.tally(of: link)
      return """
        "\(name)": {"sent": \(tally.sent), "lost": \(tally.lost), \
        "overflowed": \(tally.overflowed), "delivered": \(tally.delivered), \
        "bytes": \(tally.bytes)}
        """
    }
    return """
      {\(ways.joined(separator: ", ")), "connections": \(streams.accepted), \
      "refused": \(streams.refused), "rebinds": \(rebinds)}
      """
  }

  /// Writes a line at once: somebody waits for it.
  static func say(_ line: String, on descriptor: Int32 = STDOUT_FILENO) {
    var bytes = Array((line + "\n").utf8)[...]
    while !bytes.isEmpty {
      let count = bytes.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
      guard count > 0 else { return }
      bytes = bytes.dropFirst(count)
    }
  }

  private static var now: MonotonicTime {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return MonotonicTime(nanoseconds: Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec))
  }
}
