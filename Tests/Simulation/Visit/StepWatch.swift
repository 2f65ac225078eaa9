import NetworkSimulation
public import Wire

/// What happens after each of a scenario's steps: how long the queue stays long after the line becomes
/// narrower, how soon the picture is whole again after it becomes wider, how soon the other is heard
/// again after an outage.
public struct StepWatch: Sendable {
  /// A queue longer than this is felt in conversation.
  public static let longQueue = TimeSpan.milliseconds(150)

  /// Since each drop, the moment from which the queue was short for a whole second; the worst, in
  /// seconds.
  public private(set) var slowestDrain = 0.0
  /// The share of the time after that in which the queue was long again, while the line was narrow, in
  /// percent: what probing for more costs.
  public var longAgain: Double { Double(longLooks) / Double(max(narrowLooks, 1)) * 100 }
  /// Since each drop, the last moment before the next step at which the queue was long; the worst, in
  /// seconds.
  public private(set) var lastLong = 0.0
  /// Since each rise, the moment from which both had the whole picture; the worst, in seconds.
  public private(set) var slowestRise = 0.0
  /// Since each end of an outage, the moment at which both had heard the other; the worst, in seconds.
  public private(set) var slowestResume = 0.0
  /// The share of speech missed between two steps by the worse off; the worst, in percent.
  public private(set) var worstPhase = 0.0
  /// How often the line dropped, rose, and came back.
  public private(set) var (drops, rises, resumes) = (0, 0, 0)

  private var timeline: Timeline
  private var rate: Int64?
  private var droppedAt: MonotonicTime?
  /// Since when the queue is short; nil while it is long.
  private var shortSince: MonotonicTime?
  private var isDrained = false
  private var (longLooks, narrowLooks) = (0, 0)
  private var roseAt: MonotonicTime?
  private var healedAt: MonotonicTime?
  private var phaseStart: MonotonicTime
  private var phaseHeard: [Int] = []

  /// A watch over a scenario that begins at `start`.
  init(_ scenario: Scenario, start: MonotonicTime) {
    timeline = Timeline(scenario, start: start)
    rate = scenario.opening.down.line.bitsPerSecond
    phaseStart = start
  }

  mutating func look(at run: PairRun) {
    let now = run.visit.now
    while let event = timeline.takeDue(at: now) { begin(event, run, at: now) }
    if let droppedAt { watchQueue(of: run, since: droppedAt, at: now) }
    if let roseAt {
      slowestRise = max(slowestRise, (now - roseAt).seconds)
      if run.both.allSatisfy(Self.seesAll) { self.roseAt = nil }
    }
    if let healedAt {
      let heard = run.both.map { $0.ears[0].lastHeard ?? .zero }
      if heard.allSatisfy({ $0 >= healedAt }) {
        slowestResume = max(slowestResume, ((heard.max() ?? now) - healedAt).seconds)
        self.healedAt = nil
      } else {
        slowestResume = max(slowestResume, (now - healedAt).seconds)
      }
    }
  }

  private mutating func watchQueue(
    of run: PairRun, since dropped: MonotonicTime, at now: MonotonicTime
  ) {
    let isLong = [run.citizen.up, run.citizen.down].contains {
      run.visit.network.waiting(on: $0, at: now) >= Self.longQueue
    }
    if isLong { lastLong = max(lastLong, (now - dropped).seconds) }
    if isDrained {
      narrowLooks += 1
      longLooks += isLong ? 1 : 0
      return
    }
    shortSince = isLong ? nil : shortSince ?? now
    let drained = shortSince ?? now
    slowestDrain = max(slowestDrain, (drained - dropped).seconds)
    isDrained = now - drained >= .seconds(1)
  }

  /// The whole picture: full width, and nine in ten of its pictures.
  private static func seesAll(_ party: Party) -> Bool {
    party.eye().width >= 640 && party.framesPerSecond() >= 18
  }

  private mutating func begin(_ event: Scenario.Event, _ run: PairRun, at now: MonotonicTime) {
    endPhase(run, at: now)
    switch event {
    case .become(let access):
      let new = access.down.line.bitsPerSecond
      (droppedAt, roseAt, shortSince, isDrained) = (nil, nil, nil, false)
      if let new, new < rate ?? .max {
        droppedAt = now
        drops += 1
      } else if new ?? .max > rate ?? .max {
        roseAt = now
        rises += 1
      }
      rate = new
    case .heal:
      healedAt = now
      resumes += 1
    case .cut, .cutUp, .cutDown, .rebind, .move: break
    }
  }

  private mutating func endPhase(_ run: PairRun, at now: MonotonicTime) {
    let heard = run.both.map { $0.ears[0].heardBlocks }
    defer { (phaseStart, phaseHeard) = (now, heard) }
    // The first phase has the beginning in it, before anybody could be heard.
    guard !phaseHeard.isEmpty, now > phaseStart else { return }
    let blocks = (now - phaseStart).milliseconds / 10
    for (now, before) in zip(heard, phaseHeard) {
      worstPhase = max(worstPhase, (1 - Double(now - before) / blocks) * 100)
    }
  }
}
