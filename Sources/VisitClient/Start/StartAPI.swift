public import FoundationEssentials
import NIOHTTP1

// Getting started, and what waits to be taken up, as one person's device asks for it.
extension BesoegAPI {
  /// How a citizen gets started.
  public func start(of citizen: String) async throws(ServiceError) -> StartRecord {
    try await value(
      ServiceRequest(.GET, "/api/v1/citizens/\(segment(citizen))/start"), retry: .briefRepeatable)
  }

  /// Writes down an answer, a practice call or a check: `answer`, `practices`, `checks`.
  public func start(
    of citizen: String, _ part: String, _ body: some Encodable & Sendable
  ) async throws(ServiceError) -> StartRecord {
    try await value(
      posting("/citizens/\(segment(citizen))/start/\(segment(part))", body), retry: .brief)
  }

  /// What to consider before a screen visit is booked.
  public func advice(about citizen: String) async throws(ServiceError) -> AdviceRecord {
    try await value(
      ServiceRequest(.GET, "/api/v1/citizens/\(segment(citizen))/start/advice"),
      retry: .briefRepeatable)
  }

  /// Begins a practice visit with a citizen whose page one opens oneself.
  public func practise() async throws(ServiceError) -> PracticeRecord {
    struct Nothing: Encodable, Sendable {}
    return try await value(posting("/practice", Nothing()), retry: .brief)
  }

  /// A worker's citizens.
  public func citizens(of worker: String) async throws(ServiceError) -> RosterRecord {
    try await value(
      ServiceRequest(.GET, "/api/v1/workers/\(segment(worker))/citizens"),
      retry: .briefRepeatable)
  }

  /// Everybody who asks for something now, in the order they should be taken.
  public func requests() async throws(ServiceError) -> [IncomingRecord] {
    try await list(ServiceRequest(.GET, "/api/v1/requests"))
  }

  /// Freed time with those whom it would suit.
  public func freedTime() async throws(ServiceError) -> [FreedRecord] {
    try await list(ServiceRequest(.GET, "/api/v1/freed-time/waiting"))
  }

  /// Offers one freed time to a citizen.
  public func offer(
    _ freed: FreedRecord, to citizen: String, minutes: Int
  ) async throws(ServiceError) {
    struct Body: Encodable {
      var citizenId: String
      var workerId: String
      var durationMinutes: Int
      var starts: [Date]
    }
    let body = Body(
      citizenId: citizen, workerId: freed.worker.id, durationMinutes: minutes,
      starts: [freed.from])
    _ = try await reply(to: posting("/proposals", body), retry: .brief)
  }

  /// Open parked topics.
  public func parkedTopics() async throws(ServiceError) -> [ParkedRecord] {
    try await list(ServiceRequest(.GET, "/api/v1/parked-topics"))
  }

  /// Parks a topic.
  public func park(
    _ topic: String, of citizen: String, to recipient: String?, note: String?
  ) async throws(ServiceError) {
    struct Body: Encodable {
      var topic: String
      var to: String?
      var note: String?
    }
    _ = try await reply(
      to: posting(
        "/citizens/\(segment(citizen))/parked-topics",
        Body(topic: topic, to: recipient, note: note)), retry: .brief)
  }

  /// Takes a topic up, or says that it is dealt with: `take`, `close`.
  public func topic(
    _ id: String, _ verb: String, outcome: String?
  ) async throws(ServiceError) {
    struct Body: Encodable { var outcome: String? }
    _ = try await reply(
      to: posting("/parked-topics/\(segment(id))/\(segment(verb))", Body(outcome: outcome)),
      retry: .brief)
  }

  /// Equipment in use.
  public func equipment() async throws(ServiceError) -> [EquipmentRecord] {
    try await list(ServiceRequest(.GET, "/api/v1/equipment"))
  }

  /// Enters a piece.
  public func addEquipment(
    _ label: String, kind: String
  ) async throws(ServiceError) -> EquipmentRecord {
    struct Body: Encodable {
      var label: String
      var kind: String
    }
    return try await value(posting("/equipment", Body(label: label, kind: kind)), retry: .brief)
  }

  /// Does something with a piece: `lend`, `check`, `retire`.
  public func equipment(
    _ id: String, _ verb: String, _ body: some Encodable & Sendable
  ) async throws(ServiceError) -> EquipmentRecord {
    try await value(posting("/equipment/\(segment(id))/\(segment(verb))", body), retry: .brief)
  }

  /// Open orders to go to a citizen's home.
  public func homeOrders() async throws(ServiceError) -> [HomeOrderRecord] {
    try await list(ServiceRequest(.GET, "/api/v1/home-orders"))
  }

  /// Asks somebody to go to a citizen's home.
  public func orderHome(
    _ citizen: String, fault: String, text: String, bring: [String]
  ) async throws(ServiceError) {
    struct Body: Encodable {
      var fault: String
      var text: String
      var bring: [String]
    }
    _ = try await reply(
      to: posting(
        "/citizens/\(segment(citizen))/home-orders",
        Body(fault: fault, text: text, bring: bring)), retry: .brief)
  }

  /// Does something with an order: `plan`, `finish`, `cancel`.
  public func homeOrder(
    _ id: String, _ verb: String, _ body: some Encodable & Sendable
  ) async throws(ServiceError) {
    _ = try await reply(
      to: posting("/home-orders/\(segment(id))/\(segment(verb))", body), retry: .brief)
  }
}
