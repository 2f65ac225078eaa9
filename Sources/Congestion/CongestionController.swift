public import Wire

/// One sender's view of one path: it numbers what is sent, takes transport-wide feedback, and estimates
/// what the path carries.
///
/// Three things are listened to. **Delay** that grows says that more goes in than comes out
/// (`DelayTrend`, `RateControl`); a long queue is emptied at once (`QueueDrain`). **Loss** that falls when
/// we send less was ours; loss that does not is the path's own (`LossControl`). **Probes** ask for
/// more (`ProbePlanner`), as nothing else finds room quickly. Feedback that stays away is an `Outage`.
///
/// All storage is made in `init`; nothing is allocated per packet or feedback. Bytes are what the
/// caller says they are (UDP payload, here), and every rate is in the same measure.
public struct CongestionController: ~Copyable, Sendable {
  /// The picture's packets may leave somewhat faster than the estimate: pictures differ in size.
  private static let pacingFactor = 1.5
  /// The first probe's packets came this much later each than the one before in all: no jitter, but a
  /// path that is far narrower than was assumed.
  private static let narrowRise = TimeSpan.milliseconds(100)
  /// One large packet.
  private static let largePacketBytes = 1_200

  private let configuration: CongestionConfiguration
  private var sent = SentPackets()
  private var sending = RateMeter()
  private var throughput = Throughput()
  private var timing = FeedbackTiming()
  private var groups = PacketGroups()
  private var trend = DelayTrend()
  private var queue = QueueMeter()
  private var drain = QueueDrain()
  private var rate: RateControl
  private var loss = LossControl()
  private var probes = ProbePlanner()
  private var outage = Outage()

  private var bitrateBeforeDrain = 0.0
  /// What the path carried when its queue was last seen to stand while it was being emptied, in bit/s.
  private var carriedInDrain: Double?
  private var reporter = ReporterClock()
  /// Whether the feedback under way tells anything new.
  private var hasNews = false
  /// Bytes of packets that no feedback told of and none will.
  private var unreported = 0
  /// Whether the path has been asked once how much it carries.
  public private(set) var hasAnswer = false
  /// What the last probe that met no limit found.
  public private(set) var found: FoundRate?
  /// Whether we send clearly less than the estimate.
  public private(set) var isApplicationLimited = true

  /// A controller of a path nothing is known of.
  public init(
    configuration: CongestionConfiguration = CongestionConfiguration(), now: MonotonicTime
  ) {
    self.configuration = configuration
    rate = RateControl(configuration)
    sending.advance(to: now)
  }

  /// Notes where what a packet that leaves needs of it lies.
  public mutating func note(in places: inout MemoryPlaces) {
    places.add(&sent)
    places.add(&sending)
    places.add(&outage)
  }

  /// Notes where the next packet that leaves is remembered.
  public mutating func noteNext(in places: inout MemoryPlaces) { sent.noteNext(in: &places) }

  // MARK: What it is told

  /// The transport-wide number for a packet that leaves now. Every packet that carries such a number is
  /// told here, sound too.
  public mutating func willSend(
    bytes: Int, probe: ProbeCluster.ID? = nil, at now: MonotonicTime
  ) -> SequenceNumber {
    sending.add(bytes, at: now)
    outage.didSend(at: now)
    if let probe { probes.didSend(probe.rawValue, bytes: bytes, at: now) }
    return sent.append(bytes: bytes, probe: probe?.rawValue ?? 0, at: now)
  }

  /// Learns from one feedback packet; `content` is the bytes it was parsed from.
  public mutating func receive(
    _ feedback: TransportWideFeedback, in content: RawSpan, at now: MonotonicTime
  ) {
    let ahead = reporter.offset(of: feedback)
    unreported = Int(Double(sent.forget(before: feedback.baseSequenceNumber)) * (1 - loss.fraction))
    hasNews = false
    if outage.isOn { resume(at: now) }
    feedback.forEach(in: content) { arrival in
      guard let packet = sent.find(arrival.sequenceNumber) else { return }
      if let time = arrival.time {
        didArrive(packet, at: .zero + time + ahead, now: now)
      } else {
        didLose(packet)
      }
    }
    guard hasNews else { return }
    queue.settle()
    _ = outage.didHear(start: 0, at: now)
    timing.noteFeedback(at: now)
    judge(at: now)
  }

  /// Notes the path's round trip, measured in another way.
  public mutating func note(roundTrip: TimeSpan) { timing.note(roundTrip: roundTrip) }

  /// Notes that another flow keeps the path's queue full: sending less has been in vain.
  public mutating func noteCompetitor(at now: MonotonicTime) { drain.compete(at: now) }

  /// The packets take another path from now on: starts over from a cautious share of the estimate.
  public mutating func pathChanged(at now: MonotonicTime) {
    let before = outage.restart() ?? rate.bitrate
    rate.forgetLimit()
    rate.set(min(before, max(Double(configuration.startBitrate), before / 2)))
    sent.forgetAll()
    groups = PacketGroups()
    trend.restart()
    queue.restart()
    drain.restart()
    found = nil
    loss.restart(at: now)
    probes.restart(at: now + .milliseconds(300))
  }

  /// Lets time pass: feedback that stays away is an outage.
  public mutating func advance(to now: MonotonicTime) {
    sending.advance(to: now)
    let divisor = outage.advance(bitrate: rate.bitrate, usual: timing.usual, at: now)
    if divisor > 1 { rate.set(rate.bitrate / divisor) }
  }

  /// When `advance` wants to be called next.
  public var nextWake: MonotonicTime? { outage.nextWake(usual: timing.usual) }

  // MARK: What it tells

  /// What the path carries of ours, in bit/s.
  @inline(__always)
  public var estimate: Int {
    max(configuration.minimumBitrate, Int(min(rate.bitrate, loss.ceiling ?? .infinity)))
  }

  /// The rate at which the picture's packets may leave now, in bit/s; 0 in an outage, and where more
  /// is on its way already than the path can be expected to deliver in time.
  @inline(__always)
  public var pacingRate: Int {
    if isSilent || window.isFull(sent.bytesInFlight) { return 0 }
    return isDraining ? estimate / 10 : Int(Double(estimate) * Self.pacingFactor)
  }

  /// Whether the path's queue is being emptied: nothing but sound should leave, and pictures that wait
  /// long meanwhile should be dropped.
  public var isDraining: Bool { drain.isDraining }

  /// Whether no feedback comes although we send.
  public var isSilent: Bool { outage.isOn }

  /// Whether another flow keeps the path's queue full.
  public var isCompeting: Bool { drain.isCompeting }

  /// What arrived in the last half second, in bit/s.
  public var acknowledged: Int { Int(throughput.rate ?? 0) }

  /// The part of the packets that is lost, smoothed over some seconds, 0 ... 1.
  public var lossFraction: Double { loss.fraction }

  /// How long packets wait in the path beyond what the way itself takes.
  public var queueingDelay: TimeSpan { queue.delay }

  /// Bytes sent and not heard of yet.
  public var bytesInFlight: Int { sent.bytesInFlight }

  /// The next probe, where one is due: send it now. `wanted` is what would be sent in bit/s if the path
  /// had no limit; 0 asks for none. In an outage it is a single small packet now and then where nothing
  /// else is sent, so that somebody can answer.
  public mutating func takeProbe(wanted bitrate: Int, at now: MonotonicTime) -> ProbeCluster? {
    if isSilent {
      return bitrate > 0 && outage.wantsKnock(at: now) ? .knock : nil
    }
    guard !isDraining, !isCompeting, loss.ceiling == nil, !probes.isUnused,
      queue.delay < .milliseconds(30) + packetTime, trend.signal != .growing,
      !window.isBacklogged(sent.bytesInFlight)
    else { return nil }
    return probes.take(
      estimate: rate.bitrate, wanted: bitrate, most: configuration.maximumBitrate,
      jitter: queue.jitter, queue: queue.delay, at: now)
  }

  // MARK: One packet

  private mutating func didArrive(
    _ packet: SentPackets.Packet, at arrival: MonotonicTime, now: MonotonicTime
  ) {
    guard packet.fate != .received else { return }
    hasNews = true
    sent.settle(packet, as: .received)
    loss.didArrive(sentAt: packet.sentAt, late: packet.fate == .lost)
    throughput.add(
      bytes: Int(packet.bytes), sentAt: packet.sentAt, arrivedAt: arrival, unreported: unreported)
    unreported = 0
    queue.add(
      sentAt: packet.sentAt, arrivedAt: arrival, floorWidth: drain.floorWidth(at: now), at: now)
    if let step = groups.add(sentAt: packet.sentAt, arrivedAt: arrival) { trend.add(step) }
    if packet.probe != 0 {
      probes.didSettle(packet.probe, sentAt: packet.sentAt, way: arrival - packet.sentAt)
    }
    timing.note(now - packet.sentAt, queue: queue.lastWait)
  }

  private mutating func didLose(_ packet: SentPackets.Packet) {
    guard packet.fate == .inFlight || packet.fate == .unknown else { return }
    hasNews = true
    sent.settle(packet, as: .lost)
    loss.didLose(sentAt: packet.sentAt)
    if packet.probe != 0 { probes.didSettle(packet.probe, sentAt: packet.sentAt, way: nil) }
  }

  // MARK: One feedback

  private mutating func judge(at now: MonotonicTime) {
    if probes.isUnused { probes.welcome(at: now + .milliseconds(200)) }
    sending.advance(to: now)
    guard let arrived = throughput.rate else { return }
    // What got through, and what would have but for the loss that the path has anyway.
    let kept = 1 - loss.inherent
    let sent = sending.rate() ?? 0
    noteApplicationLimit(sent)

    let before = rate.bitrate
    let seen = RateControl.Observation(
      signal: confirmedSignal, isBusy: queue.delay > .milliseconds(30) + packetTime,
      carried: arrived / kept, carriedNow: (throughput.recentRate ?? arrived) / kept,
      offered: (throughput.offeredRate ?? arrived) / kept, responseTime: timing.response)
    followDelay(seen, sent: sent, at: now)
    let verdict = loss.update(
      LossControl.Circumstances(
        sent: sent, carried: seen.carried, isQueued: seen.isBusy, isCompeting: isCompeting,
        responseTime: timing.response), at: now)
    if case .congestion(let carried) = verdict {
      rate.meetLimit(carried, at: now)
    }
    if isCompeting { rate.hold(before) }
    if rate.bitrate < 0.95 * before { probes.didFall(at: now) }
    takeAnswer(at: now)
  }

  private mutating func followDelay(
    _ seen: RateControl.Observation, sent sending: Double, at now: MonotonicTime
  ) {
    let wasDraining = isDraining
    if !wasDraining, !drain.isRepeated(at: now) { bitrateBeforeDrain = rate.bitrate }
    let isDrained = drain.update(
      QueueDrain.Observation(
        queue: queue.delay, way: queue.way, packetTime: packetTime, carried: seen.carriedNow,
        carriedLately: seen.carried, sent: sending, offered: seen.offered,
        bytesInFlight: sent.bytesInFlight, roundTrip: timing.roundTrip),
      at: now)
    if isDrained {
      probes.welcome(at: now + .milliseconds(1_500))
      // While the queue stood, what came out was all that the path carries: at its beginning that was
      // mixed with what it had carried before.
      if let carriedInDrain { rate.meetLimit(carriedInDrain, at: now) }
    }
    carriedInDrain = isDraining && wasDraining ? seen.carried : nil
    // The queue turned out not to be ours: what was given up for it is taken back.
    if isCompeting, wasDraining { rate.restore(bitrateBeforeDrain) }
    if let start = drain.startedAt {
      // What comes out now was sent before we stopped, so that it still shows what the path carries.
      if queue.delay > now - start { rate.decrease(seen, at: now) }
    } else {
      rate.update(seen, isCompeting: isCompeting, at: now)
    }
  }

  private mutating func takeAnswer(at now: MonotonicTime) {
    guard let answer = probes.conclude(roundTrip: timing.usual, at: now) else { return }
    if !hasAnswer, answer.rise > Self.narrowRise {
      // What was assumed of the path is too much for it.
      let found = max(answer.bitrate, throughput.recentRate ?? 0)
      rate.meetLimit(found, keeping: 1, at: now)
    }
    hasAnswer = true
    if !answer.isLimit { found = FoundRate(bitrate: Int(answer.bitrate), at: now) }
    guard answer.bitrate > rate.bitrate, !isDraining, !isCompeting
    else { return }
    rate.forgetLimit()
    rate.set(answer.bitrate)
    probes.didRaise(at: now, isLimit: answer.isLimit)
  }

  /// A slope that no packets wait behind is jitter.
  @inline(__always)
  private var confirmedSignal: DelaySignal {
    let least = max(
      .milliseconds(8), queue.jitter, TimeSpan(nanoseconds: packetTime.nanoseconds / 2))
    return trend.signal == .growing && queue.delay < least ? .steady : trend.signal
  }

  private mutating func noteApplicationLimit(_ sending: Double) {
    guard !isDraining, !isSilent else { return }
    // Two thresholds, so that it does not flap.
    isApplicationLimited = sending < (isApplicationLimited ? 0.85 : 0.7) * Double(estimate)
  }

  /// Feedback is back: what was sent into the outage says nothing.
  private mutating func resume(at now: MonotonicTime) {
    let start = Double(configuration.startBitrate)
    if let bitrate = outage.didHear(start: start, at: now) { rate.set(bitrate) }
    rate.forgetLimit()
    groups = PacketGroups()
    trend.restart()
    queue.forgetRecent()
    drain.restart()
    loss.ignore(before: now)
    probes.restart(at: now + .milliseconds(300))
  }

  // MARK: What is on its way

  /// How long one large packet takes; where that is very long, pictures are not sent.
  @inline(__always)
  private var packetTime: TimeSpan {
    min(.milliseconds(80), .nanoseconds(of: Self.largePacketBytes, at: Int(rate.bitrate)))
  }

  /// How much may be.
  @inline(__always)
  private var window: FlightWindow {
    // A queue that another flow keeps full is part of the way.
    let waiting = isCompeting ? queue.delay : .zero
    return FlightWindow(
      bitrate: rate.bitrate, sent: sending.rate() ?? 0, carried: throughput.rate ?? 0,
      span: timing.least + timing.gap + queue.jitter * 2 + packetTime + waiting)
  }
}
