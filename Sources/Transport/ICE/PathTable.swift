import Wire

/// The paths of one session, few and bounded (RFC 8445 §6.1.2.5), and which of them is selected.
struct PathTable: ~Copyable {
  /// The most paths a session may have. A client has two networks with two address families each, over
  /// UDP, TCP and TLS; a check from one address more takes the place of the path least worth keeping.
  static let capacity = 12

  private(set) var paths: [CandidatePath] = []
  /// Where the selected path is.
  private(set) var selected: Int?

  init() { paths.reserveCapacity(2) }

  /// Where the path with `key` is.
  func find(_ key: PathKey) -> Int? {
    for index in 0..<paths.count where paths[index].key == key { return index }
    return nil
  }

  /// Whether any path leads to `address`.
  func reaches(_ address: SocketAddress) -> Bool {
    paths.contains { $0.key.remote == address }
  }

  /// Changes the path at `index`.
  mutating func update(_ index: Int, _ change: (inout CandidatePath) -> Void) {
    change(&paths[index])
  }

  /// Notes that something authenticated came over the path at `index`.
  mutating func noteHeard(_ index: Int, now: MonotonicTime) { paths[index].lastHeard = now }

  /// Adds a path; the caller has made room.
  mutating func append(_ path: CandidatePath) -> Int {
    paths.append(path)
    return paths.count - 1
  }

  /// Selects the path at `index`.
  mutating func select(_ index: Int?) { selected = index }

  /// Removes the path at `index`.
  @discardableResult
  mutating func remove(_ index: Int) -> CandidatePath {
    let path = paths.remove(at: index)
    if let current = selected {
      selected = current == index ? nil : (current > index ? current - 1 : current)
    }
    return path
  }

  /// The path to give up for another: never the selected one; first those that have not answered, and
  /// among equals the one unheard for longest.
  var leastWorth: Int? {
    var worst: Int?
    for index in paths.indices where index != selected {
      guard let current = worst else {
        worst = index
        continue
      }
      let (a, b) = (paths[index], paths[current])
      let isAnswering = a.validatedGeneration != nil
      let currentIsAnswering = b.validatedGeneration != nil
      if isAnswering != currentIsAnswering {
        if !isAnswering { worst = index }
      } else if a.lastHeard < b.lastHeard {
        worst = index
      }
    }
    return worst
  }
}
