import ArgumentParser
import CLinux
import Glibc
import NetworkSimulation
import Wire

/// A bad network between real processes: forwards UDP and TCP through the same emulator, and by the
/// names of the same scenarios, as the simulation.
///
///     impair --udp 127.0.0.2:5000=127.0.0.1:5000 --scenario loss5
///
/// Listens on the left address and forwards to the right one. Who listens there sees the proxy's
/// address as the client's. It reads orders from standard input, a line each:
///
///     rebind · cut · heal · set loss=0.05 delay=50 down.rate=250 · scenario NAME · stats · quit
@main
struct Impair: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "impair", abstract: "Forwards UDP and TCP as a bad network would.")

  @Option(help: "Forward UDP: LISTEN=TARGET, each ADDRESS:PORT.")
  var udp: [String] = []

  @Option(help: "Forward TCP: LISTEN=TARGET, each ADDRESS:PORT.")
  var tcp: [String] = []

  @Option(help: "Begin this scenario of the simulation's at once.")
  var scenario: String?

  @Option(help: "Milliseconds each way.")
  var delay: Double?

  @Option(help: "Milliseconds that a packet may be later or earlier.")
  var jitter: Double?

  @Option(help: "The share of packets lost, 0 ... 1.")
  var loss: Double?

  @Option(help: "The mean length of a run of losses, in packets.")
  var burst: Double?

  @Option(help: "Kilobits a second each way.")
  var rate: Double?

  @Option(help: "What chance follows from; the scenario's own unless given.")
  var seed: UInt64?

  @Flag(help: "Drop TCP connections whose first bytes are no TLS ClientHello.")
  var tlsOnly = false

  @Flag(help: "Forward no UDP.")
  var udpBlocked = false

  func run() throws {
    var story = Scenario(
      "command-line", "", seed: seed ?? 1,
      opening: AccessConditions(LinkConditions(delay: .zero)))
    if let scenario {
      guard let named = Scenario.named(scenario) else {
        throw ValidationError(
          "no such scenario; there are: \(Scenario.all.map(\.name).joined(separator: ", "))")
      }
      story = named
      story.seed = seed ?? named.seed
    }
    for (word, value) in [
      ("delay", delay), ("jitter", jitter), ("loss", loss), ("burst", burst), ("rate", rate),
    ] {
      if let value, !story.opening.set(word, to: value) { throw ValidationError("bad --\(word)") }
    }
    if tlsOnly { story.opening = story.opening.with { $0.passage = .tls } }
    if udpBlocked, !tlsOnly { story.opening = story.opening.with { $0.passage = .streams } }
    let udp = try udp.map(Forwarding.init(parsing:))
    let tcp = try tcp.map(Forwarding.init(parsing:))
    guard !udp.isEmpty || !tcp.isEmpty else {
      throw ValidationError("nothing to forward: give --udp or --tcp")
    }
    clinux_ignore_sigpipe()
    var proxy = try Proxy(udp: udp, tcp: tcp, story: story)
    Proxy.say("ready")
    proxy.run()
    Proxy.say(proxy.figures)
  }
}

/// What is forwarded where.
struct Forwarding {
  var listen: SocketAddress
  var target: SocketAddress

  /// Reads `127.0.0.2:5000=[::1]:5000`.
  init(parsing text: String) throws {
    let ends = text.split(separator: "=", maxSplits: 1)
    guard ends.count == 2, let listen = Self.address(ends[0]), let target = Self.address(ends[1])
    else { throw ValidationError("\"\(text)\" is not ADDRESS:PORT=ADDRESS:PORT") }
    self.listen = listen
    self.target = target
  }

  private static func address(_ text: Substring) -> SocketAddress? {
    guard let colon = text.lastIndex(of: ":"), let port = UInt16(text[text.index(after: colon)...])
    else { return nil }
    let host = text[..<colon].drop { $0 == "[" }.prefix { $0 != "]" }
    return SocketAddress(ip: host, port: port)
  }
}
