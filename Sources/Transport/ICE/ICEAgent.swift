import Wire

/// Finds, keeps and changes the path to one peer (RFC 8445, RFC 7675).
///
/// The client is a full controlling agent. The relay is controlled and ICE-lite towards the client, but
/// checks every path it learns, so that nothing is ever sent to an address that has not answered.
///
/// This type carries results between the parts, each of which has its own state and rules: which paths
/// there are and when they are checked (`CheckedPaths`), what is said over them (`CheckExchange`), which
/// is used (`PathSelector`), and whether the peer is there at all (`Liveness`).
struct ICEAgent: ~Copyable {
  private let role: TransportRole
  private let timers: TransportTimers
  private var checked: CheckedPaths
  private var exchange: CheckExchange
  private var selector: PathSelector
  private var liveness: Liveness
  private var events: [TransportEvent] = []
  private var now: MonotonicTime
  private var isOver = false

  /// An agent that knows no path yet.
  init(configuration: TransportConfiguration, seed: UInt64, now: MonotonicTime) {
    var random = SeededGenerator(seed: seed)
    role = configuration.role
    timers = configuration.timers
    exchange = CheckExchange(configuration: configuration, seed: random.next())
    checked = CheckedPaths(timers: configuration.timers, seed: random.next())
    selector = PathSelector(role: configuration.role, timers: configuration.timers)
    liveness = Liveness(timers: configuration.timers, now: now)
    self.now = now
  }

  // MARK: State

  /// The selected path, while it may be sent to: it has answered within the consent time.
  var selectedKey: PathKey? {
    guard let index = checked.pairs.table.selected,
      let answered = checked.pairs.table.paths[index].lastAnswered,
      now - answered < timers.consent, !isOver
    else { return nil }
    return checked.pairs.table.paths[index].key
  }

  /// The same, once per packet: a call that may not change anything is made with a copy of the whole
  /// agent, this one is not.
  mutating func sendingKey() -> PathKey? {
    guard let index = checked.pairs.table.selected,
      let answered = checked.pairs.table.paths[index].lastAnswered,
      now - answered < timers.consent, !isOver
    else { return nil }
    return checked.pairs.table.paths[index].key
  }

  /// When anything authenticated was last heard from the peer, over any path.
  var lastHeard: MonotonicTime { liveness.lastHeard }

  /// The selected path's smoothed round trip.
  var roundTrip: TimeSpan? { selected?.roundTrip.smoothed }

  /// Addresses for which there was no room, or that had to make room.
  var refusedAddresses: Int { checked.pairs.refusedAddresses }

  /// Whether the path has answered a check of ours: DTLS is accepted from nowhere else.
  func isValidated(_ key: PathKey) -> Bool {
    guard let index = checked.pairs.table.find(key) else { return false }
    return checked.pairs.table.paths[index].validatedGeneration != nil
  }

  private var selected: CandidatePath? {
    checked.pairs.table.selected.map { checked.pairs.table.paths[$0] }
  }

  /// Notes where what a packet of media needs of it lies.
  mutating func note(in places: inout MemoryPlaces) {
    places.add(&now)
    places.add(&isOver)
    places.add(&liveness)
    places.add(&selector)
    places.add(&checked.pairs.table)
    places.add(elementsOf: checked.pairs.table.paths, limit: 160)
  }

  // MARK: Commands

  /// Adds a socket of ours. The first one added takes the default's place.
  mutating func addLocalPath(_ path: LocalPath, cost: UInt8, now: MonotonicTime) {
    self.now = now
    checked.pairs.add(socket: path, cost: cost, now: now, events: &events)
  }

  /// Adds a byte stream of ours and the one address that it leads to.
  mutating func addStreamPath(
    _ path: LocalPath, to remote: SocketAddress, cost: UInt8, now: MonotonicTime
  ) {
    self.now = now
    checked.pairs.add(stream: path, to: remote, cost: cost, now: now, events: &events)
  }

  /// Takes a socket or stream of ours away, and all paths through it.
  mutating func removeLocalPath(_ path: LocalPath, now: MonotonicTime) {
    self.now = now
    checked.pairs.remove(socket: path, events: &events)
    noteRemoval()
  }

  /// Takes one path away.
  mutating func removePath(_ key: PathKey, now: MonotonicTime) {
    self.now = now
    guard let index = checked.pairs.table.find(key) else { return }
    checked.pairs.remove(index, events: &events)
    noteRemoval()
  }

  private mutating func noteRemoval() {
    checked.checkAll(now: now)
    reconsider()
  }

  /// Adds an address of the peer's, to be checked from every socket.
  mutating func addRemoteCandidate(_ address: SocketAddress, now: MonotonicTime) {
    self.now = now
    checked.pairs.add(remote: address, now: now, events: &events)
  }

  /// Starts a new generation: every path must answer again under the new credentials, and the selected
  /// one serves until one has.
  mutating func restart(local: ICECredentials, remote: ICECredentials, now: MonotonicTime) {
    self.now = now
    exchange.replace(local: local, remote: remote)
    checked.checkAll(now: now)
  }

  /// Ends it: nothing is sent or answered any more.
  mutating func stop() { isOver = true }

  // MARK: Datagrams

  /// Takes a STUN datagram; false where it was refused. `mapped` is what its sender is told its address
  /// is.
  mutating func receive(
    _ datagram: UnsafeRawBufferPointer, over key: PathKey, mapped: SocketAddress,
    now: MonotonicTime
  ) -> Bool {
    self.now = now
    guard !isOver, let check = exchange.read(datagram) else { return false }
    switch check.message {
    case .request(let request):
      return takeRequest(
        request, length: datagram.count, over: key, mapped: mapped,
        isPreviousGeneration: check.isPreviousGeneration)
    case .answer(let transaction):
      return takeAnswer(transaction, over: key)
    case .refusal(let transaction):
      // The peer is there, but the check has failed.
      guard let index = checked.pairs.table.find(key),
        checked.takeSent(transaction, over: index) != nil
      else { return false }
      noteHeard(at: index)
      return true
    }
  }

  /// Notes that an authenticated packet of `length` bytes came over `key`. Per packet: it neither
  /// allocates nor looks far while the packet comes over the selected path.
  mutating func noteMedia(length: Int, over key: PathKey, now: MonotonicTime) {
    self.now = now
    guard let index = checked.pairs.table.selected, checked.pairs.table.paths[index].key == key
    else {
      return noteMediaElsewhere(length: length, over: key)
    }
    noteHeard(at: index)
  }

  /// Media over a path that is not selected: where the selected one has gone quiet meanwhile, the peer
  /// has moved. A browser whose NAT gives it a new port does not know and does not check for seconds;
  /// its media tells. It proves who sent it and not from where, so the address must answer first.
  @inline(never)
  private mutating func noteMediaElsewhere(length: Int, over key: PathKey) {
    guard let index = checked.pairs.table.find(key) ?? (role == .relay ? learn(key) : nil) else {
      return
    }
    noteHeard(at: index)
    checked.pairs.table.update(index) { $0.earn(length) }
    guard role == .relay else { return }
    guard checked.pairs.table.paths[index].validatedGeneration != nil else {
      return checked.trigger(index, now: now)
    }
    if let selected, selector.isDeserted(selected, now: now) { select(index) }
  }

  private mutating func takeRequest(
    _ request: CheckRequest, length: Int, over key: PathKey, mapped: SocketAddress,
    isPreviousGeneration: Bool
  ) -> Bool {
    // RFC 8445 §7.3.1.1: a conflict of roles is answered, and is nothing else.
    guard request.claims != role.iceRole else {
      exchange.answer(
        request, over: key, mapped: mapped, isPreviousGeneration: isPreviousGeneration)
      return true
    }
    guard let index = checked.pairs.table.find(key) ?? learn(key) else { return false }
    if checked.mayAnswer(index, now: now) {
      exchange.answer(
        request, over: key, mapped: mapped, isPreviousGeneration: isPreviousGeneration)
    }
    noteHeard(at: index)
    checked.pairs.table.update(index) { $0.earn(length) }
    let needsCheck = checked.pairs.table.paths[index].needsCheck(
      generation: exchange.generation, consent: timers.consent, now: now)
    if needsCheck { checked.trigger(index, now: now) }
    if role == .relay, request.nominates { nominate(index) }
    return true
  }

  private mutating func nominate(_ index: Int) {
    guard checked.pairs.table.paths[index].validatedGeneration == exchange.generation else {
      checked.pairs.table.update(index) { $0.isNominationPending = true }
      return
    }
    select(index)
  }

  private mutating func takeAnswer(_ transaction: STUNTransactionID, over key: PathKey) -> Bool {
    // RFC 8445 §7.2.5.2.1: it must come from where the check went. `key` is that.
    guard let index = checked.pairs.table.find(key),
      let sentAt = checked.takeSent(transaction, over: index)
    else { return false }
    noteHeard(at: index)
    let isNominated = checked.noteAnswered(
      index, sentAt: sentAt, generation: exchange.generation, now: now)
    checked.settle(index, standing(of: index), now: now)
    if isNominated { select(index) } else { reconsider() }
    return true
  }

  private mutating func noteHeard(at index: Int) {
    checked.pairs.table.noteHeard(index, now: now)
    if index == checked.pairs.table.selected { selector.noteHeard() }
    if liveness.noteHeard(now) { events.append(.consentRegained) }
  }

  // MARK: Time

  /// When `advance` is wanted; nil once it is over.
  var nextWake: MonotonicTime? {
    guard !isOver else { return nil }
    var wake = liveness.nextWake
    if let index = checked.pairs.table.selected {
      let turn = selector.nextTurn(about: checked.pairs.table.paths[index], now: now)
      if let turn { wake = min(wake, turn) }
    }
    if let check = checked.nextCheck { wake = min(wake, check) }
    if let forgetting = checked.pairs.nextForgetting { wake = min(wake, forgetting) }
    return wake
  }

  /// Tells the time.
  mutating func advance(to now: MonotonicTime) {
    self.now = now
    guard !isOver else { return }
    switch liveness.advance(to: now) {
    case .neverConnected: return fail(.noPath)
    case .expired: return fail(.consentExpired)
    case .silent: events.append(.consentLost)
    case nil: break
    }
    if let selected, selector.beginsToDoubt(selected, now: now) { checked.checkAll(now: now) }
    checked.pairs.forget(now: now, events: &events)
    if selector.isDoubting { reconsider() }
  }

  private mutating func fail(_ reason: TransportFailure) {
    isOver = true
    events.append(.failed(reason))
  }

  // MARK: Outputs

  /// The next event, oldest first.
  mutating func nextEvent() -> TransportEvent? {
    events.isEmpty ? nil : events.removeFirst()
  }

  /// Writes the next STUN datagram: checks that are due, then answers.
  mutating func nextTransmit(into buffer: UnsafeMutableRawBufferPointer) -> Transmit? {
    guard !isOver else { return nil }
    var index = 0
    while let due = checked.nextDue(from: index, now: now) {
      if let check = sendCheck(due, into: buffer) { return check }
      index = due + 1
    }
    return exchange.nextAnswer(into: buffer)
  }

  private mutating func sendCheck(
    _ index: Int, into buffer: UnsafeMutableRawBufferPointer
  ) -> Transmit? {
    let key = checked.pairs.table.paths[index].key
    let nominates = role == .client && index == checked.pairs.table.selected
    let check = exchange.writeCheck(nominates: nominates, into: buffer)
    guard checked.mayCheck(index, length: check?.length), let check else { return nil }
    checked.noteSent(
      SentCheck(transaction: check.transaction, at: now), over: index, standing(of: index), now: now
    )
    return Transmit(length: check.length, destination: key.remote, localPath: key.local)
  }

  private func standing(of index: Int) -> CheckSchedule.Standing {
    CheckSchedule.Standing(
      isSelected: index == checked.pairs.table.selected,
      isDoubting: selector.isDoubting || checked.pairs.table.selected == nil,
      isValidated: checked.pairs.table.paths[index].validatedGeneration == exchange.generation,
      hasConnected: liveness.hasConnected)
  }

  // MARK: Paths

  private mutating func learn(_ key: PathKey) -> Int? {
    checked.pairs.learn(key, now: now, events: &events)
  }

  /// Chooses again: away from a path that is silent, and as client towards one that is better.
  private mutating func reconsider() {
    let wanted = selector.wanted(
      insteadOf: selected, among: checked.pairs.table.paths, generation: exchange.generation,
      now: now)
    if let wanted { select(wanted) }
  }

  private mutating func select(_ index: Int) {
    guard index != checked.pairs.table.selected else { return }
    checked.pairs.table.select(index)
    // The client's next check carries the nomination; the relay's keeps consent going from here.
    if role == .client { checked.pairs.table.update(index) { $0.nextCheck = now } }
    let isFirst = liveness.noteConnected(now)
    selector.noteSelected(isFirst: isFirst, now: now)
    events.append(
      isFirst ? .iceConnected : .pathChanged(checked.pairs.table.paths[index].key.remote))
  }
}
