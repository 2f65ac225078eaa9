import Wire

/// Which paths there are: every socket of ours with every address of the peer's, every byte stream
/// with the one peer it leads to, and what checks from elsewhere have taught (RFC 8445 §6.1.2).
struct CandidatePairs: ~Copyable {
  /// A learned path that does not answer and is not heard from is forgotten after this.
  private static let forgetAfter = TimeSpan.seconds(30)

  /// The paths.
  var table = PathTable()
  /// Addresses for which there was no room, or that had to make room.
  private(set) var refusedAddresses = 0
  private var sockets: [(path: LocalPath, cost: UInt8)] = [(.only, 0)]
  private var hasDefaultSocket = true
  private var remotes: [SocketAddress] = []
  private let firstInterval: TimeSpan

  /// No paths; those to come are first checked at intervals of `firstInterval`.
  init(firstInterval: TimeSpan) { self.firstInterval = firstInterval }

  /// Adds a socket of ours. The first one added takes the default's place.
  mutating func add(
    socket: LocalPath, cost: UInt8, now: MonotonicTime, events: inout [TransportEvent]
  ) {
    if hasDefaultSocket, socket != .only { remove(socket: .only, events: &events) }
    hasDefaultSocket = false
    if let known = sockets.firstIndex(where: { $0.path == socket }) {
      sockets[known].cost = cost
    } else {
      sockets.append((socket, cost))
    }
    for remote in remotes {
      addConfigured(PathKey(local: socket, remote: remote), cost: cost, now: now, events: &events)
    }
  }

  /// Adds a byte stream of ours, which leads to one address only.
  mutating func add(
    stream: LocalPath, to remote: SocketAddress, cost: UInt8, now: MonotonicTime,
    events: inout [TransportEvent]
  ) {
    addConfigured(PathKey(local: stream, remote: remote), cost: cost, now: now, events: &events)
  }

  /// Adds an address of the peer's, to be checked from every socket.
  mutating func add(
    remote: SocketAddress, now: MonotonicTime, events: inout [TransportEvent]
  ) {
    guard !remotes.contains(remote) else { return }
    guard remotes.count < PathTable.capacity else {
      refusedAddresses += 1
      return
    }
    remotes.append(remote)
    for socket in sockets {
      addConfigured(
        PathKey(local: socket.path, remote: remote), cost: socket.cost, now: now, events: &events)
    }
  }

  /// Takes a socket or stream of ours away, with all paths through it.
  mutating func remove(socket: LocalPath, events: inout [TransportEvent]) {
    if !socket.isStream { hasDefaultSocket = false }
    sockets.removeAll { $0.path == socket }
    for index in table.paths.indices.reversed() where table.paths[index].key.local == socket {
      remove(index, events: &events)
    }
  }

  /// Takes the path at `index` away.
  mutating func remove(_ index: Int, events: inout [TransportEvent]) {
    let path = table.remove(index)
    if !table.reaches(path.key.remote) { events.append(.addressRemoved(path.key.remote)) }
  }

  /// Takes in a path that something authenticated has come over; nil where there is no room.
  mutating func learn(
    _ key: PathKey, now: MonotonicTime, events: inout [TransportEvent]
  ) -> Int? {
    let known = sockets.first { $0.path == key.local }?.cost
    return add(
      key, cost: known ?? (key.local.isStream ? LocalPath.tcpCost : 0), isConfigured: false,
      firstCheck: now, now: now, events: &events)
  }

  /// When `forget` has something to do next.
  var nextForgetting: MonotonicTime? {
    var earliest: MonotonicTime?
    // By index: a path is half a kilobyte, and this is asked after every datagram.
    for index in 0..<table.paths.count where isForgettable(index) {
      let due = table.paths[index].lastHeard + Self.forgetAfter
      earliest = earliest.map { min($0, due) } ?? due
    }
    return earliest
  }

  /// Forgets learned paths that lead nowhere.
  mutating func forget(now: MonotonicTime, events: inout [TransportEvent]) {
    for index in table.paths.indices.reversed()
    where isForgettable(index) && now - table.paths[index].lastHeard >= Self.forgetAfter {
      remove(index, events: &events)
    }
  }

  private func isForgettable(_ index: Int) -> Bool {
    !table.paths[index].isConfigured && table.paths[index].validatedGeneration == nil
      && index != table.selected
  }

  private mutating func addConfigured(
    _ key: PathKey, cost: UInt8, now: MonotonicTime, events: inout [TransportEvent]
  ) {
    guard table.find(key) == nil else { return }
    // Those that were there first are being checked at their own pace.
    let unchecked = table.paths.count { $0.isConfigured && $0.lastChecked == nil }
    add(
      key, cost: cost, isConfigured: true,
      firstCheck: now + CheckSchedule.pacing * Int64(unchecked), now: now, events: &events)
  }

  @discardableResult
  private mutating func add(
    _ key: PathKey, cost: UInt8, isConfigured: Bool, firstCheck: MonotonicTime,
    now: MonotonicTime, events: inout [TransportEvent]
  ) -> Int? {
    if table.paths.count >= PathTable.capacity {
      refusedAddresses += 1
      guard !isConfigured, let victim = table.leastWorth else { return nil }
      remove(victim, events: &events)
    }
    if !table.reaches(key.remote) { events.append(.addressAdded(key.remote)) }
    return table.append(
      CandidatePath(
        key: key, cost: cost, isConfigured: isConfigured, firstCheck: firstCheck,
        interval: firstInterval, now: now))
  }
}
