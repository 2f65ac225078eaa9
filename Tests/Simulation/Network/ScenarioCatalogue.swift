import Wire

extension Scenario {
  /// Every scenario there is, by name.
  public static let all: [Scenario] = [
    good, loss5, bursts15, loss30, steps, narrow, newAddress, rebinding, outage, oneWay,
    sharedLine, group, blockedUDP, onlyTLS, lossyTLS, lossyTURN,
  ]

  /// The scenario called `name`.
  public static func named(_ name: String) -> Scenario? { all.first { $0.name == name } }

  /// Nothing wrong: what the others are compared with.
  public static let good = Scenario(
    "good", "25 ms each way, nothing lost", seed: 1,
    opening: AccessConditions(LinkConditions(delay: .milliseconds(25))))

  /// Weak Wi-Fi.
  public static let loss5 = Scenario(
    "loss5", "5 % random loss, 50 ms ± 20 ms", seed: 2,
    opening: AccessConditions(
      LinkConditions(
        delay: .milliseconds(50), jitter: .milliseconds(20), loss: .random(0.05))))

  /// Mobile data in a bus.
  public static let bursts15 = Scenario(
    "bursts15", "15 % loss in bursts of 5, 80 ms ± 40 ms", seed: 3,
    opening: AccessConditions(
      LinkConditions(
        delay: .milliseconds(80), jitter: .milliseconds(40), loss: .bursts(0.15, mean: 5))))

  /// Hardly a network.
  public static let loss30 = Scenario(
    "loss30", "30 % random loss, 50 ms", seed: 4,
    opening: AccessConditions(
      LinkConditions(delay: .milliseconds(50), loss: .random(0.30))))

  /// The household's other traffic comes and goes.
  public static let steps = Scenario(
    "steps", "3 Mbit/s, 250 kbit/s, 3 Mbit/s, every 60 s", seed: 5, opening: access(3_000),
    steps: [
      Step(.seconds(60), .become(access(250))), Step(.seconds(120), .become(access(3_000))),
    ],
    repeatsEvery: .seconds(120))

  /// The edge of the map.
  public static let narrow = Scenario(
    "narrow", "64 kbit/s, 60 ms", seed: 6,
    opening: AccessConditions(
      LinkConditions(delay: .milliseconds(60), line: .kilobits(64))))

  /// Out of the door: from Wi-Fi to mobile and back.
  public static let newAddress = Scenario(
    "new-address", "Wi-Fi to mobile and back", seed: 7,
    opening: AccessConditions(LinkConditions(delay: .milliseconds(20))),
    steps: [
      Step(.seconds(30), .move(AccessConditions(LinkConditions(delay: .milliseconds(45))))),
      Step(.seconds(60), .move(AccessConditions(LinkConditions(delay: .milliseconds(20))))),
    ],
    repeatsEvery: .seconds(60))

  /// A router that forgets, or is restarted.
  public static let rebinding = Scenario(
    "rebinding", "the router's outer address changes", seed: 8,
    opening: AccessConditions(LinkConditions(delay: .milliseconds(25))),
    steps: [Step(.seconds(30), .rebind)], repeatsEvery: .seconds(30))

  /// A lift, a tunnel, a router that starts again.
  public static let outage = Scenario(
    "outage", "30 s with no network at all", seed: 9,
    opening: AccessConditions(LinkConditions(delay: .milliseconds(25))),
    steps: [Step(.seconds(30), .cut), Step(.seconds(60), .heal)], repeatsEvery: .seconds(60))

  /// Hears, and is not heard.
  public static let oneWay = Scenario(
    "one-way", "10 s with nothing from the citizen", seed: 10,
    opening: AccessConditions(LinkConditions(delay: .milliseconds(25))),
    steps: [Step(.seconds(30), .cutUp), Step(.seconds(40), .heal)], repeatsEvery: .seconds(60))

  /// One home's broadband; what else goes over it is the row's to say.
  public static let sharedLine = Scenario(
    "shared-line", "1 Mbit/s for all in the house", seed: 11,
    opening: AccessConditions(LinkConditions(delay: .milliseconds(20))))

  /// One of a group on a weak line.
  public static let group = Scenario(
    "group", "one of six on 300 kbit/s", seed: 12, opening: access(300))

  /// A guest network.
  public static let blockedUDP = Scenario(
    "blocked-udp", "TCP to one port only, round trip 50 ms", seed: 13,
    opening: AccessConditions(
      LinkConditions(delay: .milliseconds(25)).with { $0.passage = .streams }))

  /// A hospital's, which looks at what it lets through.
  public static let onlyTLS = Scenario(
    "only-tls", "real TLS to one port only, round trip 50 ms", seed: 14,
    opening: AccessConditions(
      LinkConditions(delay: .milliseconds(25)).with { $0.passage = .tls }))

  /// A hospital's over weak Wi-Fi: what is lost TCP repairs, and nothing overtakes.
  public static let lossyTLS = Scenario(
    "lossy-tls", "real TLS to one port only, 5 % loss, 50 ms", seed: 15,
    opening: AccessConditions(
      LinkConditions(delay: .milliseconds(50), loss: .random(0.05)).with { $0.passage = .tls }))

  /// The same with a browser, which has TURN for it.
  public static let lossyTURN: Scenario = {
    var scenario = lossyTLS
    scenario.name = "lossy-turn"
    scenario.summary = "TURN over TLS to one port only, 5 % loss, 50 ms"
    scenario.seed = 16
    scenario.framing = .channel
    return scenario
  }()

  /// A line of a home, the same both ways.
  private static func access(_ kilobits: Int64) -> AccessConditions {
    AccessConditions(LinkConditions(delay: .milliseconds(25), line: .kilobits(kilobits)))
  }
}
