import Congestion
import Wire

/// A call's sending side, its receiver and their feedback: sound, and a picture that follows the
/// estimate as an encoder does.
final class EmulatedCall {
  /// One packet of 20 ms of sound with all headers.
  static let soundBytes = 100
  static let soundBitrate = 40_000
  private static let frame = TimeSpan.milliseconds(40)
  /// An encoder takes so long to follow a new rate.
  private static let encoderLag = 0.15

  let flow: Int
  var controller: CongestionController
  /// What the picture would use, in bit/s.
  var wantedPicture: Int
  /// How feedback travels back.
  var back: TimeSpan
  var feedbackLoss = 0.0
  var isMuted = false
  var isFeedbackDown = false
  /// No more often than this; the recorder itself waits for 50 ms.
  var feedbackInterval = TimeSpan.zero

  private var budget: PacingBudget
  private var recorder = ArrivalRecorder(isUsed: true)
  private var probe: ProbeSchedule?
  private var waiting: [(bytes: Int, at: MonotonicTime)] = []
  private var waitingHead = 0
  private var nextSound = MonotonicTime.zero
  private var nextFrame = MonotonicTime.zero
  private var encoderRate = 0.0
  private var feedback: [(at: MonotonicTime, bytes: [UInt8])] = []
  private var random: Seeded
  private var soundNumbers: Set<UInt64> = []
  private var number: UInt64 = 0
  private let offset: TimeSpan
  private var nextReport = MonotonicTime.zero

  // What happened since `reset`.
  private(set) var soundSent = 0
  private(set) var soundArrived = 0
  private(set) var soundDelays: [Double] = []
  private(set) var pictureBytesArrived = 0
  private(set) var probeBytes = 0
  private(set) var pictureDropped = 0

  init(
    flow: Int = 0, configuration: CongestionConfiguration = CongestionConfiguration(),
    wantedPicture: Int = 2_000_000, back: TimeSpan = .milliseconds(25), seed: UInt64 = 7,
    now: MonotonicTime = .zero
  ) {
    self.flow = flow
    self.wantedPicture = wantedPicture
    self.back = back
    controller = CongestionController(configuration: configuration, now: now)
    budget = PacingBudget(now: now)
    random = Seeded(seed: seed &+ UInt64(flow))
    nextSound = now
    nextFrame = now
    // The receiver's clock shows another time.
    offset = .milliseconds(Int64(1_000_000 + flow * 777))
  }

  func reset() {
    soundSent = 0
    soundArrived = 0
    soundDelays.removeAll(keepingCapacity: true)
    pictureBytesArrived = 0
    probeBytes = 0
    pictureDropped = 0
  }

  var estimate: Int { controller.estimate }
  var isSilent: Bool { controller.isSilent }
  var isApplicationLimited: Bool { controller.isApplicationLimited }
  var lossFraction: Double { controller.lossFraction }

  /// What the picture may use now.
  var pictureTarget: Int {
    let room = controller.estimate - Self.soundBitrate
    // Less than this is no picture: it is held, and only sound goes on.
    return room < 30_000 ? 0 : min(room, wantedPicture)
  }

  func step(_ now: MonotonicTime, into link: Bottleneck) {
    while let first = feedback.first, first.at <= now {
      feedback.removeFirst()
      let span = first.bytes.span.bytes
      if let parsed = try? TransportWideFeedback(parsing: span) {
        controller.receive(parsed, in: span, at: now)
      }
    }
    if let wake = controller.nextWake, wake <= now { controller.advance(to: now) }
    budget.setRate(bitsPerSecond: controller.pacingRate, at: now)
    if now >= nextSound {
      nextSound = nextSound + .milliseconds(20)
      if !isMuted {
        soundSent += 1
        soundNumbers.insert(number)
        budget.force(bytes: Self.soundBytes, at: now)
        send(Self.soundBytes, nil, now, link)
      }
    }
    if now >= nextFrame {
      nextFrame = nextFrame + Self.frame
      encode(now)
    }
    if controller.isDraining || controller.isSilent { dropOld(now) }
    while waitingHead < waiting.count, budget.take(bytes: waiting[waitingHead].bytes, at: now) {
      send(waiting[waitingHead].bytes, nil, now, link)
      waitingHead += 1
    }
    if waitingHead == waiting.count {
      waiting.removeAll(keepingCapacity: true)
      waitingHead = 0
    }
    runProbe(now, link)
  }

  private func encode(_ now: MonotonicTime) {
    encoderRate += Self.frame.seconds / Self.encoderLag * (Double(pictureTarget) - encoderRate)
    if pictureTarget == 0 { encoderRate = 0 }
    var bytes = Int(encoderRate * Self.frame.seconds / 8 * (0.7 + 0.6 * random.share()))
    while bytes > 0 {
      waiting.append((min(bytes, 1200), now))
      bytes -= 1200
    }
  }

  private func dropOld(_ now: MonotonicTime) {
    while waitingHead < waiting.count, now - waiting[waitingHead].at > .milliseconds(150) {
      waitingHead += 1
      pictureDropped += 1
    }
  }

  private func runProbe(_ now: MonotonicTime, _ link: Bottleneck) {
    if probe == nil,
      let cluster = controller.takeProbe(wanted: wantedPicture + Self.soundBitrate, at: now)
    {
      probe = ProbeSchedule(cluster, now: now)
    }
    guard var schedule = probe else { return }
    while !schedule.isComplete, schedule.nextSend <= now {
      let bytes = schedule.paddingBytes
      probeBytes += bytes
      send(bytes, schedule.cluster.id, now, link)
      budget.force(bytes: bytes, at: now)
      schedule.didSend(bytes: bytes)
    }
    probe = schedule.isComplete || schedule.isStale(at: now) ? nil : schedule
  }

  private func send(
    _ bytes: Int, _ probe: ProbeCluster.ID?, _ now: MonotonicTime, _ link: Bottleneck
  ) {
    let sequence = controller.willSend(bytes: bytes, probe: probe, at: now)
    precondition(sequence.rawValue == UInt16(truncatingIfNeeded: number &+ 1))
    link.offer(Parcel(flow: flow, number: number, bytes: bytes, sentAt: now))
    number += 1
  }

  /// The receiver gets a packet.
  func arrive(_ parcel: Parcel, _ now: MonotonicTime) {
    recorder.note(UInt16(truncatingIfNeeded: parcel.number &+ 1), now: parcel.arrivesAt + offset)
    if soundNumbers.remove(parcel.number) != nil {
      soundArrived += 1
      soundDelays.append((parcel.arrivesAt - parcel.sentAt).milliseconds)
    } else {
      pictureBytesArrived += parcel.bytes
    }
  }

  /// The receiver sends feedback when it is due.
  func report(_ now: MonotonicTime) {
    guard now >= nextReport else { return }
    while let due = recorder.dueAt, due <= now + offset {
      var bytes = [UInt8](repeating: 0, count: 1200)
      var span = bytes.mutableSpan
      var content = span.mutableBytes
      guard
        let length = recorder.writeFeedback(
          into: &content, at: 0, sender: SSRC(1), media: SSRC(2), now: now + offset)
      else { return }
      if isFeedbackDown || random.share() < feedbackLoss { continue }
      nextReport = now + feedbackInterval
      feedback.append((now + back, Array(bytes[..<length])))
    }
  }
}
