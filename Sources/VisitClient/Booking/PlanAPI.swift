public import FoundationEssentials
import NIOHTTP1

/// Who visits a citizen, and how times are agreed with them.
public struct CitizenPlanRecord: Codable, Sendable {
  /// The teams; decided elsewhere.
  public var teams: [String]?
  /// The known worker.
  public var primaryWorker: String?
  /// Who comes when the known worker cannot.
  public var backup: String?
  /// Who decides on the grant.
  public var caseWorker: String?
  /// The way to the citizen's home, in minutes.
  public var travelMinutes: Int?
  /// `worker-sets`, `worker-proposes` or `citizen-picks`.
  public var scheduling: String?
}

/// A room in which visits and groups are held.
public struct RoomPlaceRecord: Codable, Sendable, Hashable {
  /// The id.
  public var id: String
  /// What it is called.
  public var name: String
  /// How many visits it has room for at a time.
  public var places: Int?

  /// A room.
  public init(id: String, name: String, places: Int? = nil) {
    self.id = id
    self.name = name
    self.places = places
  }
}

/// What a citizen would like when time becomes free.
public struct WishRecord: Codable, Sendable {
  /// How long, in minutes.
  public var minutes: Int
  /// From when.
  public var from: Date
  /// Until when.
  public var to: Date
  /// Whom it should be with; anybody where nil.
  public var workers: [String]?

  /// A wish.
  public init(minutes: Int, from: Date, to: Date, workers: [String]? = nil) {
    self.minutes = minutes
    self.from = from
    self.to = to
    self.workers = workers
  }
}

// What is decided for one citizen, and where visits are held.
extension BesoegAPI {
  /// Who visits a citizen, and how times are agreed.
  public func citizenPlan(of citizen: String) async throws(ServiceError) -> CitizenPlanRecord {
    try await value(
      ServiceRequest(.GET, "/api/v1/people/\(segment(citizen))/plan"), retry: .briefRepeatable)
  }

  /// Decides on it.
  public func setCitizenPlan(
    _ plan: CitizenPlanRecord, of citizen: String
  ) async throws(ServiceError) -> CitizenPlanRecord {
    try await value(
      replacing("/people/\(segment(citizen))/plan", plan), retry: .briefRepeatable)
  }

  /// The rooms, by name.
  public func rooms() async throws(ServiceError) -> [RoomPlaceRecord] {
    try await list(ServiceRequest(.GET, "/api/v1/rooms"))
  }

  /// Makes a room, or gives it another name.
  public func putRoom(_ room: RoomPlaceRecord) async throws(ServiceError) {
    struct Body: Encodable {
      var name: String
      var places: Int?
    }
    _ = try await reply(
      to: replacing("/rooms/\(segment(room.id))", Body(name: room.name, places: room.places)),
      retry: .briefRepeatable)
  }

  /// Writes down what a citizen would like when time becomes free; nil takes it away.
  public func setWish(_ wish: WishRecord?, of citizen: String) async throws(ServiceError) {
    let path = "/citizens/\(segment(citizen))/wish"
    guard let wish else {
      _ = try await reply(
        to: ServiceRequest(.DELETE, "/api/v1" + path), retry: .briefRepeatable)
      return
    }
    _ = try await reply(to: replacing(path, wish), retry: .briefRepeatable)
  }

  /// Groups that would suit a citizen, best first.
  public func suggestedGroups(
    for citizen: String, tags: [String], born: String?
  ) async throws(ServiceError) -> [Group] {
    var path = "/api/v1/citizens/\(segment(citizen))/groups?tags="
    path += tags.map { segment($0) }.joined(separator: ",")
    if let born { path += "&born=\(segment(born))" }
    return try await list(ServiceRequest(.GET, path))
  }

  private func replacing(_ path: String, _ body: some Encodable) -> ServiceRequest {
    var request = posting(path, body)
    request.method = .PUT
    return request
  }
}
