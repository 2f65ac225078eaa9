import CallQuality

/// A visit between Karen and Anne, told line by line. Times are seconds after the ring.
struct CallExample {
  typealias Event = VerdictInput.Event

  static let origin: Int64 = 1_795_000_000_000

  var isRelayed = true
  var events: [Event] = []
  var samples: [QualitySample] = []

  /// Milliseconds since 1970 of a time in the example.
  static func at(_ seconds: Double) -> Int64 { origin + Int64((seconds * 1000).rounded()) }

  mutating func add(
    _ seconds: Double, _ kind: Event.Kind, _ participant: String? = nil, _ cause: String = "",
    device: String? = nil, session: String? = nil, attempt: Int? = nil
  ) {
    events.append(
      Event(
        at: Self.at(seconds), kind: kind, participant: participant, cause: cause, device: device,
        session: session, attempt: attempt))
  }

  /// Both parties' first sound and picture.
  mutating func connect(
    _ participant: String, _ seconds: Double, session: String, device: String? = nil,
    attempt: Int? = 1
  ) {
    for cause in ["audio", "video"] {
      add(
        seconds, .mediaConnected, participant, cause, device: device, session: session,
        attempt: attempt)
    }
  }

  mutating func sample(
    _ participant: String, _ seconds: Double, source: SampleSource = .native,
    _ fill: (inout QualitySample) -> Void
  ) {
    var sample = QualitySample(participant: participant, source: source, at: Self.at(seconds))
    fill(&sample)
    samples.append(sample)
  }

  mutating func hangUp(_ seconds: Double, by participant: String = "anne") {
    add(seconds, .ended, participant, "hung-up")
  }

  var verdict: Verdict {
    Verdict(
      judging: VerdictInput(
        isRelayed: isRelayed,
        parties: [
          .init(participant: "karen", role: "citizen"),
          .init(participant: "anne", role: "supportWorker"),
        ], events: events, samples: samples))
  }

  /// Booked, rung, answered after 5 s, connected after another half.
  static var answered: CallExample {
    var call = CallExample()
    call.add(-60, .booked, "anne", "requested")
    call.add(0, .rung, "anne", "requested")
    call.add(5, .answered, "karen", "requested")
    call.connect("anne", 5.3, session: "a1")
    call.connect("karen", 5.6, session: "k1")
    return call
  }
}

extension Verdict {
  var codes: [String] { causes.map(\.code) }
}
