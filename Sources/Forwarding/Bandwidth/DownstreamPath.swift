import Congestion
import Wire

/// The way to one receiver: what it is thought to carry, and the packets that wait to leave on it.
///
/// Where the receiver gives transport-wide feedback, every packet is numbered and a
/// `CongestionController` concludes from what is told; pictures are paced. Where it gives none (it did
/// not agree to, or has not begun), its own reports are all there is and nothing is held back.
struct DownstreamPath: ~Copyable {
  /// What SRTP adds to a packet, in bytes: the tag of AES-GCM (RFC 7714 §5).
  static let sealing = 16
  /// Where the transport-wide number stands in our packets: it is always the first element of the
  /// header extension, behind the block's four bytes and its own one.
  static let numberOffset = RTPHeader.fixedLength + 5
  /// Below this delay there is no queue to speak of, and below this loss no doubt about it.
  private static let shortQueue = TimeSpan.milliseconds(15)
  private static let clearLoss = 0.01
  /// How often its shares are looked at when nothing else gives cause to.
  static let interval = TimeSpan.milliseconds(200)
  /// A picture's packet that has waited longer is not worth sending, nor is anything behind it: a
  /// keyframe takes the path almost as long at its narrowest.
  static let longestWait = TimeSpan.milliseconds(1000)
  /// The same while the path's queue is being emptied or nobody hears us.
  static let longestWaitWhileBlocked = TimeSpan.milliseconds(300)
  /// How often it is looked again whether pictures may leave, between two feedbacks: they must stop
  /// before a path that has become narrow can tell.
  static let paceInterval = TimeSpan.milliseconds(20)
  /// What is kept for sound in any case, in bit/s: Opus at 32 kbit/s with its headers. A pause in the
  /// speech is no room for the picture.
  static let soundReserve = 46_000

  private let controllers: FixedTable<CongestionController>
  /// What the controller concluded when it was last told anything.
  private var outlook = PathOutlook()
  private var reported = ReportedCapacity()
  private var standing = StandingQueue()
  private var lastProbe: MonotonicTime?
  private var budget: PacingBudget
  private var sound = LayerRates()
  private var all = LayerRates()
  private var pacedAt = MonotonicTime.zero
  /// When a packet of sound or picture last left on it.
  private(set) var lastSent = MonotonicTime.zero
  /// Whether transport-wide feedback has come.
  private(set) var hasFeedback = false
  /// Packets that wait.
  var queue: PacingQueue
  /// The probe being sent.
  private(set) var probe: ProbeSchedule?
  /// Whether pictures that waited too long were thrown away and none are taken until there is room.
  var isClosed = false
  /// When its shares are looked at next at the latest.
  var dueAt: MonotonicTime
  /// What the shares were last made of, in bit/s.
  var sharedBitrate = 0
  /// Slot by slot, where the picture is. In a place of their own: they are large, and not looked at per
  /// packet.
  let ladders: FixedTable<SlotLadder>

  /// A path to nobody.
  init() {
    controllers = FixedTable()
    budget = PacingBudget(now: .zero)
    queue = PacingQueue(isUsed: false)
    dueAt = .zero
    ladders = FixedTable()
  }

  /// A path to a participant who just joined.
  init(_ media: SessionMedia, now: MonotonicTime) {
    let isNumbered = media.slots.contains {
      ($0.audio?.extensions.transportSequence ?? 0) != 0
        || ($0.video?.extensions.transportSequence ?? 0) != 0
    }
    controllers = FixedTable(count: isNumbered ? 1 : 0) { _ in CongestionController(now: now) }
    budget = PacingBudget(now: now)
    queue = PacingQueue(isUsed: isNumbered && media.slots.contains { $0.video != nil })
    dueAt = now
    ladders = FixedTable(count: min(media.slots.count, Room.maximumCapacity)) { _ in
      SlotLadder(now: now)
    }
  }

  /// Notes where what a packet needs of it lies.
  mutating func note(in places: inout MemoryPlaces) {
    if controllers.count > 0 { controllers[0].note(in: &places) }
  }

  /// Notes where the next packet is remembered.
  mutating func noteNext(in places: inout MemoryPlaces) {
    if controllers.count > 0 { controllers[0].noteNext(in: &places) }
  }

  // MARK: What it is told

  /// Takes transport-wide feedback.
  mutating func receive(
    _ feedback: TransportWideFeedback, in content: RawSpan, at now: MonotonicTime
  ) {
    guard controllers.count > 0 else { return }
    hasFeedback = true
    controllers[0].receive(feedback, in: content, at: now)
    setPace(at: now)
  }

  /// Takes the receiver's own estimate (REMB).
  mutating func note(receiverEstimate bitrate: UInt64, at now: MonotonicTime) {
    reported.note(receiverEstimate: bitrate, at: now)
  }

  /// Takes the loss that a receiver report tells of a stream, in 1/256.
  mutating func note(fractionLost: UInt8, at now: MonotonicTime) {
    guard !hasFeedback else { return }
    reported.note(fractionLost: fractionLost, sent: all.rate(upTo: 3, now: now), at: now)
  }

  /// Takes the round trip of the path.
  mutating func note(roundTrip: TimeSpan) {
    if controllers.count > 0 { controllers[0].note(roundTrip: roundTrip) }
  }

  /// The packets go another way from now on.
  mutating func pathChanged(at now: MonotonicTime) {
    guard hasFeedback else { return }
    controllers[0].pathChanged(at: now)
    standing.removeAll()
    probe = nil
    setPace(at: now)
  }

  /// Lets time pass.
  mutating func advance(to now: MonotonicTime) {
    guard hasFeedback else { return }
    controllers[0].advance(to: now)
    outlook = controllers[0].conclude()
    noteStanding(at: now)
    if let probe, probe.isComplete || probe.isStale(at: now) { self.probe = nil }
    setPace(at: now)
  }

  /// Bounds what is sent while a queue stands. Where another flow fills it there is nothing to be gained
  /// by making way.
  private mutating func noteStanding(at now: MonotonicTime) {
    guard !outlook.isCompeting else { return standing.removeAll() }
    guard !outlook.isSilent else { return }
    let isVain = standing.update(
      estimate: outlook.estimate, arrives: outlook.acknowledged,
      delay: outlook.queueingDelay, loss: outlook.lossFraction, wait: .zero,
      found: outlook.found, at: now)
    if isVain { controllers[0].noteCompetitor(at: now) }
  }

  private mutating func setPace(at now: MonotonicTime) {
    pacedAt = now
    outlook = controllers[0].conclude()
    budget.setRate(bitsPerSecond: outlook.pacingRate, at: now)
    budget.setBurst(isWide ? PacingBudget.wideBurst : PacingBudget.burst)
    if isClosed, !isBlocked { isClosed = false }
  }

  /// Whether the path carries clearly more than it is given, and its queue is empty.
  private var isWide: Bool {
    outlook.hasAnswer && outlook.isApplicationLimited
      && !outlook.isCompeting && outlook.lossFraction < Self.clearLoss
      && outlook.queueingDelay < Self.shortQueue
  }

  // MARK: Packets

  /// Counts a packet of `length` bytes that leaves now, and writes its transport-wide number where
  /// `isNumbered` says that it has room for one.
  mutating func stamp(
    _ bytes: inout MutableRawSpan, length: Int, isNumbered: Bool, kind: TrackKind,
    now: MonotonicTime
  ) {
    let size = length + Self.sealing
    lastSent = now
    if kind == .audio { sound.note(size, temporal: 0, now: now) }
    all.note(size, temporal: 0, now: now)
    guard isNumbered, controllers.count > 0 else { return }
    let number = controllers[0].willSend(bytes: size, probe: probe?.cluster.id, at: now)
    bytes.storeUInt16(number.rawValue, at: Self.numberOffset)
    guard hasFeedback else { return }
    budget.force(bytes: size, at: now)
    guard probe != nil else { return }
    probe?.didSend(bytes: size)
    if let probe, probe.isComplete { self.probe = nil }
  }

  /// Whether a picture's packet has to wait, or would overtake one that does.
  mutating func mustWait(at now: MonotonicTime) -> Bool {
    guard hasFeedback else { return !queue.isEmpty }
    if now - pacedAt >= Self.paceInterval { setPace(at: now) }
    guard queue.isEmpty, !isClosed, let release = budget.nextRelease else { return true }
    return release > now
  }

  /// When the first packet that waits may leave; nil while none waits or none may.
  @inline(__always)
  var nextRelease: MonotonicTime? {
    guard !queue.isEmpty else { return nil }
    return hasFeedback ? budget.nextRelease : .zero
  }

  /// Whether a probe should be filled with pictures: not before the first answer, as their packets are
  /// large.
  @inline(__always)
  var fillsProbes: Bool { hasFeedback && outlook.hasAnswer && !queue.isEmpty }

  /// Whether the packets that wait have done so for too long.
  @inline(__always)
  func isOverdue(at now: MonotonicTime) -> Bool {
    guard let first = queue.first else { return false }
    return now - first.cameAt > (isBlocked ? Self.longestWaitWhileBlocked : Self.longestWait)
  }

  // MARK: Questions

  /// Whether only sound should leave: the path's queue is being emptied, or nobody hears us.
  @inline(__always)
  var isBlocked: Bool { hasFeedback && (outlook.isDraining || outlook.isSilent) }

  /// Whether nobody has heard us for a while.
  var isSilent: Bool { hasFeedback && outlook.isSilent }

  /// What the path carries in bit/s; nil where nothing speaks of a limit.
  func capacity(at now: MonotonicTime) -> Int? {
    guard hasFeedback else { return reported.bitrate(at: now) }
    return min(outlook.estimate, standing.bound.map { Int($0) } ?? .max)
  }

  /// What there is for pictures in bit/s, once sound has its share and lost packets are sent again;
  /// nil where nothing speaks of a limit.
  func pictureRoom(isAudible: Bool, at now: MonotonicTime) -> Int? {
    guard let capacity = capacity(at: now) else { return nil }
    let speech = sound.rate(upTo: 0, now: now)
    let left = max(0, capacity - max(speech, isAudible ? Self.soundReserve : 0))
    return hasFeedback ? Int(Double(left) * (1 - min(0.5, lossFraction))) : left
  }

  /// The part of the packets that is lost on the path, smoothed over some seconds, 0 ... 1.
  var lossFraction: Double { hasFeedback ? outlook.lossFraction : reported.lossFraction }

  /// How long packets wait in the path's queues; nil where not known.
  var queueingDelay: TimeSpan? { hasFeedback ? outlook.queueingDelay : nil }

  /// Bytes a millisecond that may be sent again: never more than half of what the path carries.
  func resendRate(at now: MonotonicTime) -> Int64 {
    guard let capacity = capacity(at: now) else { return ResendBudget.bytesPerMillisecond }
    return min(ResendBudget.bytesPerMillisecond, max(4, Int64(capacity / 16_000)))
  }

  // MARK: Probing

  /// Begins a probe where one is due; whether it did.
  mutating func startProbe(wanted bitrate: Int, at now: MonotonicTime) -> Bool {
    let mayProbe =
      !standing.isNarrow(at: now)
      || lastProbe.map { now - $0 >= StandingQueue.probePause } ?? true
    guard hasFeedback, probe == nil, mayProbe,
      let cluster = controllers[0].takeProbe(wanted: bitrate, at: now)
    else { return false }
    probe = ProbeSchedule(cluster, now: now)
    lastProbe = now
    return true
  }

  /// How long a padding packet the probe wants now, without what SRTP adds; nil where none is due.
  @inline(__always)
  func padding(at now: MonotonicTime) -> Int? {
    guard let probe, probe.nextSend <= now, !probe.isComplete else { return nil }
    return probe.paddingBytes - Self.sealing
  }

  /// Gives the probe up: there is nothing to fill it with.
  mutating func abandonProbe() { probe = nil }
}
