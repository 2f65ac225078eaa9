import Wire

/// Finds, keeps and changes the path to one peer (RFC 8445, RFC 7675).
///
/// The client is a full controlling agent. The relay is controlled and ICE-lite towards the client, but
/// checks every path it learns, so that nothing is ever sent to an address that has not answered.
///
/// This type carries results between the parts, each of which has its own state and rules: which paths
/// there are (`CandidatePairs`), what is said over them (`CheckExchange`) and when (`CheckSchedule`),
/// which is used (`PathSelector`), and whether the peer is there at all (`Liveness`).
struct ICEAgent: ~Copyable {
  private let role: TransportRole
  private let timers: TransportTimers
  private var pairs: CandidatePairs
  private var exchange: CheckExchange
  private var schedule: CheckSchedule
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
    pairs = CandidatePairs(firstInterval: configuration.timers.firstCheck)
    exchange = CheckExchange(configuration: configuration, seed: random.next())
    schedule = CheckSchedule(timers: configuration.timers, seed: random.next())
    selector = PathSelector(role: configuration.role, timers: configuration.timers)
    liveness = Liveness(timers: configuration.timers, now: now)
    self.now = now
  }

  // MARK: State

  /// The selected path, while it may be sent to: it has answered within the consent time.
  var selectedKey: PathKey? {
    guard let index = pairs.table.selected, let answered = pairs.table.paths[index].lastAnswered,
      now - answered < timers.consent, !isOver
    else { return nil }
    return pairs.table.paths[index].key
  }

  /// When anything authenticated was last heard from the peer, over any path.
  var lastHeard: MonotonicTime { liveness.lastHeard }

  /// The selected path's smoothed round trip.
  var roundTrip: TimeSpan? { selected?.roundTrip.smoothed }

  /// Addresses for which there was no room, or that had to make room.
  var refusedAddresses: Int { pairs.refusedAddresses }

  /// Whether the path has answered a check of ours: DTLS is accepted from nowhere else.
  func isValidated(_ key: PathKey) -> Bool {
    guard let index = pairs.table.find(key) else { return false }
    return pairs.table.paths[index].validatedGeneration != nil
  }

  private var selected: CandidatePath? { pairs.table.selected.map { pairs.table.paths[$0] } }

  // MARK: Commands

  /// Adds a socket of ours. The first one added takes the default's place.
  mutating func addLocalPath(_ path: LocalPath, cost: UInt8, now: MonotonicTime) {
    self.now = now
    pairs.add(socket: path, cost: cost, now: now, events: &events)
  }

  /// Adds a byte stream of ours and the one address that it leads to.
  mutating func addStreamPath(
    _ path: LocalPath, to remote: SocketAddress, cost: UInt8, now: MonotonicTime
  ) {
    self.now = now
    pairs.add(stream: path, to: remote, cost: cost, now: now, events: &events)
  }

  /// Takes a socket or stream of ours away, and all paths through it.
  mutating func removeLocalPath(_ path: LocalPath, now: MonotonicTime) {
    self.now = now
    pairs.remove(socket: path, events: &events)
    noteRemoval()
  }

  /// Takes one path away.
  mutating func removePath(_ key: PathKey, now: MonotonicTime) {
    self.now = now
    guard let index = pairs.table.find(key) else { return }
    pairs.remove(index, events: &events)
    noteRemoval()
  }

  private mutating func noteRemoval() {
    checkEverythingNow()
    reconsider()
  }

  /// Adds an address of the peer's, to be checked from every socket.
  mutating func addRemoteCandidate(_ address: SocketAddress, now: MonotonicTime) {
    self.now = now
    pairs.add(remote: address, now: now, events: &events)
  }

  /// Starts a new generation: every path must answer again under the new credentials, and the selected
  /// one serves until one has.
  mutating func restart(local: ICECredentials, remote: ICECredentials, now: MonotonicTime) {
    self.now = now
    exchange.replace(local: local, remote: remote)
    checkEverythingNow()
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
      // RFC 8445 §7.3.1.1: a conflict of roles is answered, and is nothing else.
      guard
        request.claims == role.iceRole || pairs.table.find(key) != nil || learn(key) != nil
      else { return false }
      if exchange.answer(
        request, over: key, mapped: mapped, isPreviousGeneration: check.isPreviousGeneration)
      {
        takeRequest(request, length: datagram.count, over: key)
      }
      return true
    case .answer(let transaction):
      return takeAnswer(transaction, over: key)
    case .refusal(let transaction):
      // The peer is there, but the check has failed.
      guard let index = pairs.table.find(key), takeSent(transaction, at: index) != nil else {
        return false
      }
      noteHeard(at: index)
      return true
    }
  }

  /// Notes that an authenticated packet of `length` bytes came over `key`. Per packet: it neither
  /// allocates nor looks far while the packet comes over the selected path.
  mutating func noteMedia(length: Int, over key: PathKey, now: MonotonicTime) {
    self.now = now
    guard let index = pairs.table.selected, pairs.table.paths[index].key == key else {
      return noteMediaElsewhere(length: length, over: key)
    }
    noteHeard(at: index)
  }

  /// Media over a path that is not selected: where the selected one has gone quiet meanwhile, the peer
  /// has moved. A browser whose NAT gives it a new port does not know and does not check for seconds;
  /// its media tells. It proves who sent it and not from where, so the address must answer first.
  @inline(never)
  private mutating func noteMediaElsewhere(length: Int, over key: PathKey) {
    guard let index = pairs.table.find(key) ?? (role == .relay ? learn(key) : nil) else { return }
    noteHeard(at: index)
    pairs.table.update(index) { $0.earn(length) }
    guard role == .relay else { return }
    guard pairs.table.paths[index].validatedGeneration != nil else { return trigger(index) }
    if let selected, selector.isDeserted(selected, now: now) { select(index) }
  }

  private mutating func takeRequest(_ request: CheckRequest, length: Int, over key: PathKey) {
    guard let index = pairs.table.find(key) else { return }
    noteHeard(at: index)
    pairs.table.update(index) { $0.earn(length) }
    let needsCheck = pairs.table.paths[index].needsCheck(
      generation: exchange.generation, consent: timers.consent, now: now)
    if needsCheck { trigger(index) }
    if role == .relay, request.nominates { nominate(index) }
  }

  private mutating func trigger(_ index: Int) {
    pairs.table.update(index) { schedule.trigger(&$0, now: now) }
  }

  private mutating func nominate(_ index: Int) {
    guard pairs.table.paths[index].validatedGeneration == exchange.generation else {
      pairs.table.update(index) { $0.isNominationPending = true }
      return
    }
    select(index)
  }

  private mutating func takeAnswer(_ transaction: STUNTransactionID, over key: PathKey) -> Bool {
    // RFC 8445 §7.2.5.2.1: it must come from where the check went. `key` is that.
    guard let index = pairs.table.find(key), let sentAt = takeSent(transaction, at: index) else {
      return false
    }
    noteHeard(at: index)
    var isNominated = false
    pairs.table.update(index) {
      isNominated = $0.noteAnswered(sentAt: sentAt, generation: exchange.generation, now: now)
    }
    let standing = standing(of: index)
    pairs.table.update(index) { schedule.noteAnswered(&$0, standing, now: now) }
    if isNominated { select(index) } else { reconsider() }
    return true
  }

  private mutating func takeSent(
    _ transaction: STUNTransactionID, at index: Int
  ) -> MonotonicTime? {
    var sentAt: MonotonicTime?
    pairs.table.update(index) { sentAt = $0.takeSent(transaction) }
    return sentAt
  }

  private mutating func noteHeard(at index: Int) {
    pairs.table.noteHeard(index, now: now)
    if index == pairs.table.selected { selector.noteHeard() }
    if liveness.noteHeard(now) { events.append(.consentRegained) }
  }

  // MARK: Time

  /// When `advance` is wanted; nil once it is over.
  var nextWake: MonotonicTime? {
    guard !isOver else { return nil }
    var wake = liveness.nextWake
    if let index = pairs.table.selected {
      let turn = selector.nextTurn(about: pairs.table.paths[index], now: now)
      if let turn { wake = min(wake, turn) }
    }
    // By index: a path is half a kilobyte, and this is asked after every datagram.
    for index in 0..<pairs.table.paths.count {
      if let check = pairs.table.paths[index].nextCheck { wake = min(wake, check) }
    }
    if let forgetting = pairs.nextForgetting { wake = min(wake, forgetting) }
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
    if let selected, selector.beginsToDoubt(selected, now: now) { checkEverythingNow() }
    pairs.forget(now: now, events: &events)
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
    for index in pairs.table.paths.indices {
      guard let due = pairs.table.paths[index].nextCheck, due <= now else { continue }
      if let check = sendCheck(index, into: buffer) { return check }
    }
    return exchange.nextAnswer(into: buffer)
  }

  private mutating func sendCheck(
    _ index: Int, into buffer: UnsafeMutableRawBufferPointer
  ) -> Transmit? {
    let key = pairs.table.paths[index].key
    let nominates = role == .client && index == pairs.table.selected
    let check = exchange.writeCheck(nominates: nominates, into: buffer)
    var isAllowed = false
    pairs.table.update(index) { isAllowed = $0.spend(check?.length ?? 0) }
    guard isAllowed, let check else {
      // It waits until more is heard from there.
      pairs.table.update(index) { $0.nextCheck = nil }
      return nil
    }
    let standing = standing(of: index)
    pairs.table.update(index) { path in
      path.noteSent(SentCheck(transaction: check.transaction, at: now))
      schedule.noteChecked(&path, standing, now: now)
    }
    return Transmit(length: check.length, destination: key.remote, localPath: key.local)
  }

  private func standing(of index: Int) -> CheckSchedule.Standing {
    CheckSchedule.Standing(
      isSelected: index == pairs.table.selected,
      isDoubting: selector.isDoubting || pairs.table.selected == nil,
      isValidated: pairs.table.paths[index].validatedGeneration == exchange.generation,
      hasConnected: liveness.hasConnected)
  }

  // MARK: Paths

  private mutating func learn(_ key: PathKey) -> Int? {
    pairs.learn(key, now: now, events: &events)
  }

  /// Chooses again: away from a path that is silent, and as client towards one that is better.
  private mutating func reconsider() {
    let wanted = selector.wanted(
      insteadOf: selected, among: pairs.table.paths, generation: exchange.generation, now: now)
    if let wanted { select(wanted) }
  }

  private mutating func select(_ index: Int) {
    guard index != pairs.table.selected else { return }
    pairs.table.select(index)
    // The client's next check carries the nomination; the relay's keeps consent going from here.
    if role == .client { pairs.table.update(index) { $0.nextCheck = now } }
    let isFirst = liveness.noteConnected(now)
    selector.noteSelected(isFirst: isFirst, now: now)
    events.append(isFirst ? .iceConnected : .pathChanged(pairs.table.paths[index].key.remote))
  }

  private mutating func checkEverythingNow() {
    for index in pairs.table.paths.indices {
      pairs.table.update(index) { schedule.restart(&$0, now: now) }
    }
  }
}
