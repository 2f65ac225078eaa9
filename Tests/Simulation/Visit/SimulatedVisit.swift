public import MediaEngine
public import NetworkSimulation
public import Relay
import Transport
public import Wire

/// A relay, the people who use it and the networks between them, in one virtual time. An hour takes
/// seconds, and a seed repeats it.
///
/// The relay is the worker's own core; the people are the native client's own transport and media
/// (`Party`). Only three things are replaced: the clock, the sockets, and the codecs.
///
///     citizen  ══ access, with its troubles ══╗
///                                           relay
///     worker   ══ an office's access ═════════╝
public final class SimulatedVisit {
  /// Where the relay is.
  public static let relayAddress = SocketAddress(ipv4: 0xC633_6401, port: 5_000)
  private static let wallStart: Int64 = 1_790_000_000_000

  /// The time.
  public private(set) var now = MonotonicTime(nanoseconds: 1_000_000_000)
  /// Everybody's links.
  public var network: EmulatedNetwork
  /// Who takes part, in the order they were added.
  public private(set) var parties: [Party] = []
  /// What the relay told the service.
  public private(set) var relayEvents: [RelayEvent] = []
  /// Other people's traffic.
  public private(set) var flows: [GreedyFlow] = []
  /// Whether the service can be reached by those who want to join or restart.
  public var isSignallingCut = false
  /// Bytes that the relay has sent to addresses nobody has.
  public private(set) var strayBytes: [SocketAddress: Int] = [:]
  /// Called with every datagram that reaches the relay.
  public var tap: ((UnsafeRawBufferPointer) -> Void)?
  /// Called every 100 ms with the time: what a row of the table wants to look at.
  public var look: ((SimulatedVisit) -> Void)?

  private static let lookInterval = TimeSpan.milliseconds(100)

  private let clock = SimulatedClock()
  private var core: RelayCore
  private var random: SeededRandom
  private var timelines: [(timeline: Timeline, party: Party)] = []
  private var nextLook: MonotonicTime
  private var addresses: UInt32 = 0x0A00_0000
  /// Turns of the loop in which time stood still.
  private var standing = 0

  /// A relay without guests.
  public init(seed: UInt64) throws {
    random = SeededRandom(seed)
    SeededSecrets.begin(random.next())
    network = EmulatedNetwork(seed: random.next())
    core = RelayCore(
      configuration: RelayConfiguration(candidates: [Self.relayAddress]),
      identity: try DTLSIdentity(), random: .seeded(random.next()))
    nextLook = now
    clock.now = now
  }

  // MARK: Making it

  /// Adds somebody behind this access, over a line shared with others where one is given.
  @discardableResult
  public func add(
    _ name: String, access: AccessConditions, capacity: Int = 2,
    sharing lines: (up: EmulatedNetwork.LineID, down: EmulatedNetwork.LineID)? = nil,
    framing: StreamFraming = .length, sends configuration: MediaConfiguration? = nil
  ) throws -> Party {
    let party = try Party(
      name: name, address: newAddress(),
      up: network.addLink(access.up, over: lines?.up),
      down: network.addLink(access.down, over: lines?.down), framing: framing,
      configuration: configuration ?? .visit(source: UInt8(truncatingIfNeeded: parties.count + 1)),
      slots: capacity - 1, clock: clock,
      wallClock: WallClock(millisecondsAtZero: Self.wallStart), seed: random.next())
    parties.append(party)
    return party
  }

  /// Lets a scenario happen to somebody from now on.
  public func tell(_ scenario: Scenario, to party: Party) {
    timelines.append((Timeline(scenario, start: now), party))
  }

  /// Adds a download over a link.
  public func addGreedyFlow(over link: EmulatedNetwork.LinkID, returnTime: TimeSpan) {
    flows.append(GreedyFlow(over: link, returnTime: returnTime))
  }

  private func newAddress(port: UInt16 = clientPort) -> SocketAddress {
    addresses += 1
    return SocketAddress(ipv4: addresses, port: port)
  }

  /// Where datagrams come from, and where streams do: one look tells them apart.
  private static let clientPort: UInt16 = 40_000
  private static let streamPort: UInt16 = 50_000

  // MARK: Signalling

  /// Lets somebody in. The request takes three round trips of its access before the answer is there:
  /// TCP, TLS, HTTP. Returns false where the relay refuses or cannot be reached.
  @discardableResult
  public func join(_ party: Party, room: String = "visit") throws -> Bool {
    let asked = now
    run(for: roundTrip(of: party) * 3)
    let offer = party.makeOffer(version: 1)
    guard !isSignallingCut,
      case .joined(let answer) = command(
        .join(
          JoinRequest(
            room: room, participant: party.name, capacity: party.slots + 1, offer: offer.sdp)))
    else { return false }
    if party.session != nil { party.signallingCount += 1 }
    party.session = answer.session
    party.firstSlots = answer.slots
    try party.accept(
      ClientAnswer(parsing: answer.answer, to: offer), startedAt: asked, at: now)
    party.openStreams(
      from: [newAddress(port: Self.streamPort), newAddress(port: Self.streamPort)],
      roundTrip: roundTrip(of: party), at: now)
    return true
  }

  /// Restarts ICE for somebody (`PATCH`). The old path carries the call meanwhile.
  @discardableResult
  public func restart(_ party: Party) throws -> Bool {
    guard let session = party.session else { return false }
    run(for: roundTrip(of: party))
    guard !isSignallingCut else { return false }
    party.prepareRestart()
    party.signallingCount += 1
    let offer = party.makeOffer(version: UInt64(party.signallingCount) + 1)
    guard case .joined(let answer) = command(.restart(session: session, offer: offer.sdp)) else {
      return false
    }
    party.acceptRestart(try ClientAnswer(parsing: answer.answer, to: offer), at: now)
    return true
  }

  /// Asks the relay something.
  @discardableResult
  public func command(_ command: RelayCommand) -> RelayReply {
    let reply = core.handle(command, at: turn)
    drainRelay()
    return reply
  }

  /// Sends bytes to the relay from anywhere, past the network.
  public func inject(_ bytes: [UInt8], from source: SocketAddress) {
    var bytes = bytes
    bytes.withUnsafeMutableBytes { core.receive($0, from: source, on: .only, at: turn) }
    drainRelay()
  }

  /// Sessions at the relay.
  public var sessionCount: Int { core.sessionCount }

  /// The relay's totals.
  public var counters: RelayCounters { core.counters }

  private func roundTrip(of party: Party) -> TimeSpan {
    network.conditions(of: party.up).delay + network.conditions(of: party.down).delay
  }

  // MARK: Time

  /// Lets virtual time pass.
  public func run(for span: TimeSpan) {
    let end = now + span
    while let next = nextWake, next <= end {
      turn(at: next)
    }
    now = max(now, end)
    clock.now = now
  }

  private var nextWake: MonotonicTime? {
    var wake = nextLook
    if let next = core.nextWake { wake = min(wake, next) }
    if let next = network.nextArrival { wake = min(wake, next) }
    for party in parties { if let next = party.nextWake { wake = min(wake, next) } }
    for flow in flows { wake = min(wake, flow.nextWake) }
    for entry in timelines { if let next = entry.timeline.nextWake { wake = min(wake, next) } }
    return wake
  }

  /// One turn of everybody's loop at once.
  private func turn(at next: MonotonicTime) {
    // Something that is due and stays due must not stop the clock.
    standing = next <= now ? standing + 1 : 0
    now = max(now, next) + (standing > 1_000 ? .milliseconds(1) : .zero)
    clock.now = now
    tellTimelines()
    while let arrival = network.receive(at: now) { deliver(arrival) }
    if let due = core.nextWake, due <= now {
      core.advance(to: turn)
      drainRelay()
    }
    for party in parties {
      if let due = party.nextWake, due <= now { party.advance(to: now, into: &network) }
    }
    for index in flows.indices where flows[index].nextWake <= now {
      flows[index].advance(to: now, over: &network)
    }
    if nextLook <= now {
      nextLook = now + Self.lookInterval
      look?(self)
    }
  }

  private func deliver(_ arrival: EmulatedNetwork.Arrival) {
    if arrival.destination == Self.relayAddress {
      // The relay's streams arrive under a name of their own; here it is our end's address.
      let isDatagram = arrival.source.port == Self.clientPort
      let sender = parties.first { $0.owns(arrival.source) }
      let packet =
        isDatagram ? arrival.bytes : sender?.unwrap(arrival.bytes, from: arrival.source)
      guard let bytes = packet else { return }
      tap?(UnsafeRawBufferPointer(bytes))
      core.receive(
        bytes, from: arrival.source, on: isDatagram ? .only : .streams, at: turn)
      drainRelay()
    } else if let party = parties.first(where: { $0.owns(arrival.destination) }) {
      party.receive(
        arrival.bytes, from: arrival.source, at: arrival.destination, now: now, into: &network)
    }
    // Whoever had that address is elsewhere now.
  }

  /// Puts what the core wants sent on the network, and keeps what it tells.
  private func drainRelay() {
    for index in 0..<core.outgoingCount {
      let datagram = core.outgoing(at: index)
      let bytes = UnsafeRawBufferPointer(start: datagram.bytes, count: datagram.length)
      guard let party = parties.first(where: { $0.owns(datagram.destination) }) else {
        strayBytes[datagram.destination, default: 0] += datagram.length
        continue
      }
      if datagram.local == LocalPath.streams.rawValue {
        party.receiveLater(bytes, on: datagram.destination, at: now, into: &network)
      } else {
        network.send(
          bytes, from: Self.relayAddress, to: datagram.destination, over: party.down, at: now)
      }
    }
    core.removeAllOutgoing()
    while let event = core.nextEvent() {
      // Figures come every five seconds from everybody; nobody looks at them here.
      if case .sample = event { continue }
      relayEvents.append(event)
    }
  }

  private var turn: TurnTime {
    TurnTime(now: now, wallMilliseconds: Self.wallStart + now.nanoseconds / 1_000_000)
  }

  // MARK: Scenarios

  private func tellTimelines() {
    for index in timelines.indices {
      while let event = timelines[index].timeline.takeDue(at: now) {
        happen(event, to: timelines[index].party)
      }
    }
  }

  private func happen(_ event: Scenario.Event, to party: Party) {
    switch event {
    case .become(let access):
      network.change(party.up, to: access.up, at: now)
      network.change(party.down, to: access.down, at: now)
    case .cut: setCut(party, up: true, down: true)
    case .cutUp: setCut(party, up: true)
    case .cutDown: setCut(party, down: true)
    case .heal: setCut(party, up: false, down: false)
    case .rebind: party.rebind(to: newAddress())
    case .move(let access):
      party.move(
        to: newAddress(), up: network.addLink(access.up), down: network.addLink(access.down),
        at: now)
    }
  }

  /// Cuts or heals somebody's directions; nil leaves one as it is.
  public func setCut(_ party: Party, up: Bool? = nil, down: Bool? = nil) {
    for (link, isCut) in [(party.up, up), (party.down, down)] {
      guard let isCut else { continue }
      var conditions = network.conditions(of: link)
      conditions.isCut = isCut
      network.change(link, to: conditions, at: now)
    }
  }
}

extension SimulatedVisit {
  /// Who sits in a slot of somebody's, as the relay told last.
  public func occupant(of slot: Int, for party: Party) -> String? {
    var told = party.firstSlots
    for event in relayEvents {
      if case .slots(let reference, let slots) = event, reference.session == party.session {
        told = slots
      }
    }
    return slot < told.count ? told[slot].participant : nil
  }
}
