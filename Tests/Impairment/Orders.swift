import Glibc
import NetworkSimulation
import Wire

/// What the proxy can be told while it runs, a line each on standard input.
enum Order {
  /// Other source addresses towards the targets: what an address change looks like from there.
  case rebind
  /// Nothing gets through until `heal`.
  case cut
  /// What was cut gets through again.
  case heal
  /// `loss=0.05`, or `down.rate=250` for one direction.
  case set([(word: String, value: Double)])
  /// Another scenario, from its start.
  case scenario(Scenario)
  /// Say what was forwarded so far.
  case stats
  /// Stop.
  case quit

  init?(parsing line: Substring) {
    let words = line.split(separator: " ")
    switch (words.first, words.count) {
    case ("rebind", 1): self = .rebind
    case ("cut", 1): self = .cut
    case ("heal", 1): self = .heal
    case ("stats", 1): self = .stats
    case ("quit", 1): self = .quit
    case ("scenario", 2):
      guard let scenario = Scenario.named(String(words[1])) else { return nil }
      self = .scenario(scenario)
    case ("set", 2...):
      var values: [(String, Double)] = []
      for word in words.dropFirst() {
        let pair = word.split(separator: "=", maxSplits: 1)
        guard pair.count == 2, let value = Double(pair[1]) else { return nil }
        values.append((String(pair[0]), value))
      }
      self = .set(values)
    default: return nil
    }
  }
}

/// Takes orders from standard input as they come.
struct OrderReader {
  private var unread: [UInt8] = []
  /// Whether nobody gives orders any more.
  private(set) var isClosed = false

  /// The orders that have come; lines that are none are told on standard error.
  mutating func read() -> [Order] {
    var bytes = [UInt8](repeating: 0, count: 4_096)
    let count = Glibc.read(STDIN_FILENO, &bytes, bytes.count)
    guard count > 0 else {
      isClosed = count == 0 || (errno != EAGAIN && errno != EINTR)
      return []
    }
    unread += bytes[..<count]
    var orders: [Order] = []
    while let end = unread.firstIndex(of: UInt8(ascii: "\n")) {
      let line = String(decoding: unread[..<end], as: UTF8.self)
      unread.removeFirst(end + 1)
      guard !line.allSatisfy(\.isWhitespace) else { continue }
      if let order = Order(parsing: line[...]) {
        orders.append(order)
      } else {
        Proxy.say("impair: no such order: \(line)", on: STDERR_FILENO)
      }
    }
    return orders
  }
}

extension AccessConditions {
  /// Sets one condition by its word, for both directions or for `up.` or `down.` alone; false where
  /// there is no such word or value.
  mutating func set(_ word: String, to value: Double) -> Bool {
    let parts = word.split(separator: ".")
    switch (parts.first, parts.count) {
    case ("up", 2): return up.set(parts[1], to: value)
    case ("down", 2): return down.set(parts[1], to: value)
    case (let word?, 1):
      let isSet = up.set(word, to: value)
      return down.set(word, to: value) && isSet
    default: return false
    }
  }
}

extension LinkConditions {
  fileprivate mutating func set(_ word: Substring, to value: Double) -> Bool {
    guard value.isFinite, value >= 0, value < 1e9 else { return false }
    let span = TimeSpan(nanoseconds: Int64(value * 1e6))
    switch word {
    case "delay": delay = span
    case "jitter": jitter = span
    case "loss": loss = .bursts(min(value, 1), mean: loss.meanBurst)
    case "burst": loss = .bursts(loss.share, mean: max(value, 1))
    case "reorder": reorder = min(value, 1)
    case "duplicate": duplicate = min(value, 1)
    case "rate": line = value == 0 ? .unlimited : .kilobits(Int64(value))
    case "queue": line.queueBytes = Int(value)
    case "mtu": largestPacket = Int(value)
    default: return false
    }
    return true
  }
}
