import Wire

/// Finds, keeps and changes the path to one peer (RFC 8445, RFC 7675).
///
/// The client is a full controlling agent. The relay is controlled and ICE-lite towards the client, but
/// checks every path it learns, so that nothing is ever sent to an address that has not answered.
struct ICEAgent: ~Copyable {
  private let role: TransportRole
  private let timers: TransportTimers
  private var credentials: ICECredentialSet
  private var table = PathTable()
  private var answers = AnswerQueue()
  private var events: [TransportEvent] = []
  private var random: SeededGenerator
  private let tieBreaker: UInt64
  private var localPaths: [(path: LocalPath, cost: UInt8)] = [(.only, 0)]
  private var hasDefaultLocalPath = true
  private var remotes: [SocketAddress] = []
  private var now: MonotonicTime
  private var schedule: CheckSchedule
  private var liveness: Liveness
  private var isDoubting = false
  private var isOver = false

  /// Addresses for which there was no room, or that had to make room.
  private(set) var refusedAddresses = 0

  /// Media must have stopped on the selected path for so long before media on another means a move;
  /// a reordered packet is never so late.
  private static let movedAfter = TimeSpan.milliseconds(250)
  /// A learned path that does not answer and is not heard from is forgotten after this.
  private static let forgetAfter = TimeSpan.seconds(30)

  /// An agent that knows no path yet.
  init(configuration: TransportConfiguration, seed: UInt64, now: MonotonicTime) {
    role = configuration.role
    timers = configuration.timers
    credentials = ICECredentialSet(local: configuration.local, remote: configuration.remote)
    random = SeededGenerator(seed: seed)
    tieBreaker = random.next()
    schedule = CheckSchedule(timers: configuration.timers, seed: random.next())
    liveness = Liveness(timers: configuration.timers, now: now)
    self.now = now
  }

  // MARK: State

  /// The selected path, while it may be sent to: it has answered within the consent time.
  var selectedKey: PathKey? {
    guard let index = table.selected, let answered = table.paths[index].lastAnswered,
      now - answered < timers.consent, !isOver
    else { return nil }
    return table.paths[index].key
  }

  /// When anything authenticated was last heard from the peer, over any path.
  var lastHeard: MonotonicTime { liveness.lastHeard }

  /// The selected path's smoothed round trip.
  var roundTrip: TimeSpan? { selected?.roundTrip.smoothed }

  /// Whether the path has answered a check of ours: DTLS is accepted from nowhere else.
  func isValidated(_ key: PathKey) -> Bool {
    guard let index = table.find(key) else { return false }
    return table.paths[index].validatedGeneration != nil
  }

  private var selected: CandidatePath? { table.selected.map { table.paths[$0] } }

  // MARK: Commands

  /// Adds a socket of ours. The first one added takes the default's place.
  mutating func addLocalPath(_ path: LocalPath, cost: UInt8, now: MonotonicTime) {
    self.now = now
    if hasDefaultLocalPath, path != .only { removeLocalPath(.only, now: now) }
    hasDefaultLocalPath = false
    if let known = localPaths.firstIndex(where: { $0.path == path }) {
      localPaths[known].cost = cost
    } else {
      localPaths.append((path, cost))
    }
    for remote in remotes { addConfigured(PathKey(local: path, remote: remote), cost: cost) }
  }

  /// Takes a socket of ours away, and all paths through it.
  mutating func removeLocalPath(_ path: LocalPath, now: MonotonicTime) {
    self.now = now
    hasDefaultLocalPath = false
    localPaths.removeAll { $0.path == path }
    for index in table.paths.indices.reversed() where table.paths[index].key.local == path {
      remove(index)
    }
    checkEverythingNow()
    reconsider()
  }

  /// Adds an address of the peer's, to be checked from every socket.
  mutating func addRemoteCandidate(_ address: SocketAddress, now: MonotonicTime) {
    self.now = now
    guard !remotes.contains(address) else { return }
    guard remotes.count < PathTable.capacity else {
      refusedAddresses += 1
      return
    }
    remotes.append(address)
    for local in localPaths {
      addConfigured(PathKey(local: local.path, remote: address), cost: local.cost)
    }
  }

  /// Starts a new generation: every path must answer again under the new credentials, and the selected
  /// one serves until one has.
  mutating func restart(local: ICECredentials, remote: ICECredentials, now: MonotonicTime) {
    self.now = now
    credentials.replace(local: local, remote: remote)
    checkEverythingNow()
  }

  /// Ends it: nothing is sent or answered any more.
  mutating func stop() { isOver = true }

  // MARK: Datagrams

  /// Takes a STUN datagram; false where it was refused.
  mutating func receive(
    _ datagram: UnsafeRawBufferPointer, over key: PathKey, now: MonotonicTime
  ) -> Bool {
    self.now = now
    guard !isOver, let check = credentials.authenticate(datagram) else { return false }
    switch check.message {
    case .request(let request):
      return takeRequest(
        request, length: datagram.count, over: key,
        isPreviousGeneration: check.isPreviousGeneration)
    case .answer(let transaction):
      return takeAnswer(transaction, over: key)
    case .refusal(let transaction):
      // The peer is there, but the check has failed.
      guard let index = table.find(key),
        takeSent(transaction, at: index) != nil
      else { return false }
      noteHeard(at: index)
      return true
    }
  }

  /// Notes that an authenticated packet of `length` bytes came over `key`. Per packet: it neither
  /// allocates nor looks far while the packet comes over the selected path.
  mutating func noteMedia(length: Int, over key: PathKey, now: MonotonicTime) {
    self.now = now
    guard let index = table.selected, table.paths[index].key == key else {
      return noteMediaElsewhere(length: length, over: key)
    }
    noteHeard(at: index)
  }

  /// Media over a path that is not selected: where the selected one has gone quiet meanwhile, the peer
  /// has moved. A browser whose NAT gives it a new port does not know and does not check for seconds;
  /// its media tells. It proves who sent it and not from where, so the address must answer first.
  @inline(never)
  private mutating func noteMediaElsewhere(length: Int, over key: PathKey) {
    guard let index = table.find(key) ?? (role == .relay ? learn(key) : nil) else { return }
    noteHeard(at: index)
    table.update(index) { $0.earn(length) }
    guard role == .relay else { return }
    guard table.paths[index].validatedGeneration != nil else { return trigger(index) }
    if let selected, now - selected.lastHeard >= Self.movedAfter { select(index) }
  }

  private mutating func takeRequest(
    _ request: CheckRequest, length: Int, over key: PathKey, isPreviousGeneration: Bool
  ) -> Bool {
    var answer = PendingAnswer(
      transaction: request.transaction, key: key, kind: .success,
      isPreviousGeneration: isPreviousGeneration)
    if request.claims == role.iceRole {
      answer.kind = .roleConflict
      answers.append(answer)
      return true
    }
    guard let index = table.find(key) ?? learn(key) else { return false }
    noteHeard(at: index)
    table.update(index) { $0.earn(length) }
    answers.append(answer)
    if table.paths[index].validatedGeneration != credentials.generation { trigger(index) }
    if role == .relay, request.nominates { nominate(index) }
    return true
  }

  /// RFC 8445 §7.3.1.4: a check the other way, at once. It leaves before our answer does, so the peer
  /// answers it before it sends anything that only a validated path may carry.
  ///
  /// A path that is being checked keeps its backoff: whoever sends a captured check over and over with
  /// a borrowed address has it answered, but gets no more than one check a second besides.
  private mutating func trigger(_ index: Int) {
    let now = now
    table.update(index) { path in
      let due = path.lastChecked.map { max(now, $0 + path.interval) } ?? now
      path.nextCheck = path.nextCheck.map { min($0, due) } ?? due
    }
  }

  private mutating func nominate(_ index: Int) {
    guard table.paths[index].validatedGeneration == credentials.generation else {
      table.update(index) { $0.isNominationPending = true }
      return
    }
    select(index)
  }

  private mutating func takeAnswer(_ transaction: STUNTransactionID, over key: PathKey) -> Bool {
    // RFC 8445 §7.2.5.2.1: it must come from where the check went. `key` is that.
    guard let index = table.find(key), let sentAt = takeSent(transaction, at: index) else {
      return false
    }
    noteHeard(at: index)
    let isNominated = table.paths[index].isNominationPending
    table.update(index) { path in
      path.roundTrip.add(now - sentAt)
      path.lastAnswered = now
      path.unanswered = 0
      path.validatedGeneration = credentials.generation
      path.isNominationPending = false
    }
    let standing = standing(of: index)
    table.update(index) { schedule.noteAnswered(&$0, standing, now: now) }
    if isNominated { select(index) } else { reconsider() }
    return true
  }

  private mutating func takeSent(
    _ transaction: STUNTransactionID, at index: Int
  ) -> MonotonicTime? {
    var sentAt: MonotonicTime?
    table.update(index) { sentAt = $0.takeSent(transaction) }
    return sentAt
  }

  private mutating func noteHeard(at index: Int) {
    table.noteHeard(index, now: now)
    if index == table.selected { isDoubting = false }
    if liveness.noteHeard(now) { events.append(.consentRegained) }
  }

  // MARK: Time

  /// When `advance` is wanted; nil once it is over.
  var nextWake: MonotonicTime? {
    guard !isOver else { return nil }
    var wake = liveness.nextWake
    if let index = table.selected, !isDoubting {
      wake = min(wake, table.paths[index].lastHeard + timers.doubtAfter)
    }
    // By index: a path is half a kilobyte, and this is asked after every datagram.
    for index in 0..<table.paths.count {
      if let check = table.paths[index].nextCheck { wake = min(wake, check) }
      if isForgettable(index) { wake = min(wake, table.paths[index].lastHeard + Self.forgetAfter) }
    }
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
    if let index = table.selected, !isDoubting,
      now - table.paths[index].lastHeard >= timers.doubtAfter
    {
      isDoubting = true
      checkEverythingNow()
    }
    for index in table.paths.indices.reversed()
    where isForgettable(index) && now - table.paths[index].lastHeard >= Self.forgetAfter {
      remove(index)
    }
    if isDoubting { reconsider() }
  }

  private func isForgettable(_ index: Int) -> Bool {
    !table.paths[index].isConfigured && table.paths[index].validatedGeneration == nil
      && index != table.selected
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
    for index in table.paths.indices {
      guard let due = table.paths[index].nextCheck, due <= now else { continue }
      if let check = sendCheck(index, into: buffer) { return check }
    }
    guard let answer = answers.next() else { return nil }
    guard let length = credentials.write(answer, into: buffer) else { return nil }
    return Transmit(
      length: length, destination: answer.key.remote, localPath: answer.key.local)
  }

  private mutating func sendCheck(
    _ index: Int, into buffer: UnsafeMutableRawBufferPointer
  ) -> Transmit? {
    let transaction = STUNTransactionID(using: &random)
    let key = table.paths[index].key
    let check = CheckRequest(
      transaction: transaction, claims: role.iceRole,
      nominates: role == .client && index == table.selected)
    let length = credentials.write(check, tieBreaker: tieBreaker, into: buffer)
    var isAllowed = false
    table.update(index) { isAllowed = $0.spend(length ?? 0) }
    guard isAllowed else {
      // It waits until more is heard from there.
      table.update(index) { $0.nextCheck = nil }
      return nil
    }
    let standing = standing(of: index)
    table.update(index) { path in
      path.noteSent(SentCheck(transaction: transaction, at: now))
      schedule.noteChecked(&path, standing, now: now)
    }
    guard let length else { return nil }
    return Transmit(length: length, destination: key.remote, localPath: key.local)
  }

  private func standing(of index: Int) -> CheckSchedule.Standing {
    CheckSchedule.Standing(
      isSelected: index == table.selected, isDoubting: isDoubting,
      isValidated: table.paths[index].validatedGeneration == credentials.generation,
      hasConnected: liveness.hasConnected)
  }

  // MARK: Paths

  /// Chooses again: away from a path that is silent, and as client towards one that is better.
  private mutating func reconsider() {
    guard let selected else {
      let first = PathChoice.better(
        than: nil, among: table.paths, generation: credentials.generation)
      if let first { select(first) }
      return
    }
    let patience = timers.doubtAfter + timers.doubtCheck * 3
    if isDoubting, now - selected.lastHeard >= patience,
      let refuge = PathChoice.refuge(from: selected, among: table.paths)
    {
      return select(refuge)
    }
    let isStale = selected.validatedGeneration != credentials.generation
    guard role == .client || isStale else { return }
    if let better = PathChoice.better(
      than: selected, among: table.paths, generation: credentials.generation)
    {
      select(better)
    }
  }

  private mutating func select(_ index: Int) {
    guard index != table.selected else { return }
    table.select(index)
    isDoubting = false
    // The client's next check carries the nomination; the relay's keeps consent going from here.
    if role == .client { table.update(index) { $0.nextCheck = now } }
    events.append(
      liveness.noteConnected(now) ? .iceConnected : .pathChanged(table.paths[index].key.remote))
  }

  private mutating func addConfigured(_ key: PathKey, cost: UInt8) {
    guard table.find(key) == nil else { return }
    let order = Int64(table.paths.count)
    add(key, cost: cost, isConfigured: true, firstCheck: now + CheckSchedule.pacing * order)
  }

  /// Takes in a path that an authenticated check has come over.
  private mutating func learn(_ key: PathKey) -> Int? {
    let cost = localPaths.first { $0.path == key.local }?.cost ?? 0
    return add(key, cost: cost, isConfigured: false, firstCheck: now)
  }

  @discardableResult
  private mutating func add(
    _ key: PathKey, cost: UInt8, isConfigured: Bool, firstCheck: MonotonicTime
  ) -> Int? {
    if table.paths.count >= PathTable.capacity {
      refusedAddresses += 1
      guard !isConfigured, let victim = table.leastWorth else { return nil }
      remove(victim)
    }
    if !table.reaches(key.remote) { events.append(.addressAdded(key.remote)) }
    return table.append(
      CandidatePath(
        key: key, cost: cost, isConfigured: isConfigured, firstCheck: firstCheck,
        interval: timers.firstCheck, now: now))
  }

  private mutating func remove(_ index: Int) {
    let path = table.remove(index)
    if !table.reaches(path.key.remote) { events.append(.addressRemoved(path.key.remote)) }
  }

  private mutating func checkEverythingNow() {
    for index in table.paths.indices {
      table.update(index) { schedule.restart(&$0, now: now) }
    }
  }
}

extension TransportRole {
  /// The ICE role that goes with it.
  var iceRole: ICERole { self == .client ? .controlling : .controlled }
}
