import Transport
import Wire

/// Which sockets and connections a call holds, and when. A pure value: told what happened and what
/// time it is, it says what to open and what to close; the transport chooses among what is there.
///
///     start ──▶ a UDP socket
///     250 ms later nothing heard ──▶ a TCP and a TLS connection to each address there is
///     our address changed ──▶ another UDP socket beside the old one, and the same race
///     700 ms nothing heard ──▶ likewise
///     3 s well on one path ──▶ everything else is closed
///
/// UDP is never given up: its socket stays open behind a connection that carries the call, and the
/// transport goes on checking from it.
struct PathRace: Sendable, Equatable {
  /// What to do, in order.
  enum Action: Sendable, Equatable {
    /// Open a socket or begin a connection, known by this number from now on.
    case open(LocalPath, PathTarget)
    /// Close it and tell the transport.
    case close(LocalPath)
  }

  /// How the transport stands.
  struct Standing: Sendable, Equatable {
    /// What media goes over; nil while there is no path.
    var selected: LocalPath?
    /// When the relay was last heard over any path; nil before the first time.
    var heard: MonotonicTime?
  }

  /// How long UDP has to itself before connections are tried as well.
  static let headStart = TimeSpan.milliseconds(250)
  /// An unheard relay for this long is a sign that the network changed. Checks are answered every
  /// 400 ms on a path that works.
  static let silence = TimeSpan.milliseconds(700)
  /// Between two new sockets during one silence.
  static let socketInterval = TimeSpan.seconds(5)
  /// A connection that is not up, or not heard, in this time is tried anew: TCP itself repeats what
  /// was lost in ever longer pauses and would sleep through the network's return.
  static let streamPatience = TimeSpan.seconds(2)
  /// A path must have carried the call for so long before the others are closed.
  static let settling = TimeSpan.seconds(3)

  private struct Way: Sendable, Equatable {
    var path: LocalPath
    var target: PathTarget
    var openedAt: MonotonicTime
    /// Since when packets can be sent over it.
    var isUp: Bool
  }

  private var ways: [Way] = []
  private var numbers = PathNumbers()
  private var streams = StreamRetries()
  /// Whether connections are wanted now.
  private var wantsStreams = false
  /// When connections are begun, unless the relay has been heard since `doubtedAt`.
  private var raceAt: MonotonicTime?
  private var doubtedAt: MonotonicTime = .zero
  private var selected: LocalPath?
  private var selectedAt: MonotonicTime = .zero
  private var standing = Standing()

  /// A call whose relay takes connections at `targets`; more may be told later.
  init(streams targets: [PathTarget]) {
    streams.add(targets)
  }

  /// The kind of a path that is open.
  func kind(of path: LocalPath) -> PathKind? { ways.first { $0.path == path }?.target.kind }

  /// Begins.
  mutating func begin(at now: MonotonicTime) -> [Action] {
    doubt(at: now)
    return [open(.datagrams, at: now)]
  }

  /// More addresses to connect to: a name was looked up, or an ICE restart told them.
  mutating func offer(_ targets: [PathTarget], at now: MonotonicTime) -> [Action] {
    streams.add(targets)
    return wantsStreams ? openStreams(at: now) : []
  }

  /// A connection is up.
  mutating func connected(_ path: LocalPath) {
    guard let index = ways.firstIndex(where: { $0.path == path }) else { return }
    ways[index].isUp = true
  }

  /// A socket or connection is of no more use; the caller has closed it.
  mutating func ended(_ path: LocalPath, at now: MonotonicTime) -> [Action] {
    guard let index = ways.firstIndex(where: { $0.path == path }) else { return [] }
    let way = ways.remove(at: index)
    if way.target == .datagrams { return [] }
    streams.failed(way.target, at: now)
    // What carried the call is replaced at once, by whatever comes up first.
    if path == selected { wantsStreams = true }
    return wantsStreams ? openStreams(at: now) : []
  }

  /// This machine's address towards the relay is another one now, or there is none.
  mutating func addressChanged(at now: MonotonicTime) -> [Action] {
    doubt(at: now)
    var actions = freshSocket(at: now)
    guard wantsStreams || selectedKind.map({ $0 != .udp }) ?? false else { return actions }
    // Connections from the old address will not be heard of again, nor do they end by themselves.
    wantsStreams = true
    streams.forgive()
    let kept = selected
    actions += close { $0.target != .datagrams && $0.path != kept }
    return actions + openStreams(at: now, besidesSelected: true)
  }

  /// Tells the time and how the transport stands.
  mutating func advance(to now: MonotonicTime, _ standing: Standing) -> [Action] {
    self.standing = standing
    if standing.selected != selected {
      selected = standing.selected
      selectedAt = now
      if let way = ways.first(where: { $0.path == selected }) { streams.succeeded(way.target) }
    }
    var actions: [Action] = []
    if isSilent(at: now) {
      if raceAt == nil, !wantsStreams { doubt(at: now) }
      let newest = ways.last { $0.target == .datagrams }?.openedAt
      if newest.map({ now - $0 >= Self.socketInterval || $0 < (standing.heard ?? $0) }) ?? true {
        actions += freshSocket(at: now)
      }
    }
    if let raceAt, now >= raceAt {
      self.raceAt = nil
      if !isHeard { wantsStreams = true }
    }
    if wantsStreams, selected == nil || !isHeard || isSilent(at: now) {
      actions += renewStreams(at: now) + openStreams(at: now)
    }
    return actions + settle(at: now)
  }

  /// When `advance` is wanted next; what was due before `now` has been done.
  func nextWake(after now: MonotonicTime) -> MonotonicTime? {
    var wakes = [raceAt, standing.heard.map { $0 + Self.silence }].compactMap { $0 }
    if wantsStreams {
      wakes += ways.filter { $0.target != .datagrams }.map { $0.openedAt + Self.streamPatience }
      wakes += streams.retries
    }
    return wakes.filter { $0 > now }.min()
  }

  // MARK: -

  private var selectedKind: PathKind? { selected.flatMap { kind(of: $0) } }

  private func isSilent(at now: MonotonicTime) -> Bool {
    standing.heard.map { now - $0 >= Self.silence } ?? false
  }

  /// Whether anything was heard since the last reason to doubt.
  private var isHeard: Bool { standing.heard.map { $0 > doubtedAt } ?? false }

  /// From now on, only what is heard later counts.
  private mutating func doubt(at now: MonotonicTime) {
    doubtedAt = now
    raceAt = now + Self.headStart
  }

  private mutating func open(_ target: PathTarget, at now: MonotonicTime) -> Action {
    let path = numbers.take(target.kind, besides: ways.map(\.path))
    ways.append(Way(path: path, target: target, openedAt: now, isUp: target == .datagrams))
    return .open(path, target)
  }

  private mutating func close(where isUseless: (Way) -> Bool) -> [Action] {
    let useless = ways.filter(isUseless).map(\.path)
    ways.removeAll { useless.contains($0.path) }
    return useless.map { .close($0) }
  }

  /// A socket beside the one in use; the third oldest goes.
  private mutating func freshSocket(at now: MonotonicTime) -> [Action] {
    let opened = open(.datagrams, at: now)
    let sockets = ways.filter { $0.target == .datagrams }.map(\.path)
    var kept = Set(sockets.suffix(sockets.contains { $0 == selected } ? 1 : 2))
    if let selected { kept.insert(selected) }
    return [opened] + close { [kept] in $0.target == .datagrams && !kept.contains($0.path) }
  }

  /// Gives up connections that are not up in time or, in a silence, have brought nothing.
  private mutating func renewStreams(at now: MonotonicTime) -> [Action] {
    let isSilent = isSilent(at: now)
    let kept = selected
    return close { way in
      way.target != .datagrams && way.path != kept
        && now - way.openedAt >= Self.streamPatience && (!way.isUp || isSilent)
    }
  }

  /// A connection to each address that has none. One that carried the call and has fallen silent
  /// does not count: another is begun beside it.
  private mutating func openStreams(
    at now: MonotonicTime, besidesSelected: Bool = false
  ) -> [Action] {
    let isStale = besidesSelected || isSilent(at: now)
    let connected = ways.filter { !(isStale && $0.path == selected) }.map(\.target)
    return streams.due(at: now).filter { !connected.contains($0) }.map { open($0, at: now) }
  }

  /// Closes what is not needed once a path has carried the call for a while.
  private mutating func settle(at now: MonotonicTime) -> [Action] {
    guard let selected, let way = ways.first(where: { $0.path == selected }), !isSilent(at: now),
      now - selectedAt >= Self.settling, now - doubtedAt >= Self.settling
    else { return [] }
    wantsStreams = false
    let newest = ways.last { $0.target == .datagrams }?.path
    // Behind a connection, the newest socket stays open to find out when UDP gets through.
    return close { other in
      other.path != selected && (way.target == .datagrams || other.path != newest)
    }
  }
}
