import Crypto
import FoundationEssentials
import HTTPTypes
import Hummingbird
import NIOCore
import Store
import Visits

/// Private calendar feeds, for the calendars of telephones and offices.
///
/// A calendar can send no token, so the address is the secret: 128 random bits, of which the store
/// keeps a fingerprint. What it shows says nothing to a passer-by (E11).
struct CalendarFeedRoutes: Sendable {
  /// How far back a feed goes, in milliseconds: long enough that a calendar which was away for a
  /// holiday learns what was called off meanwhile.
  static let pastMilliseconds: Int64 = 30 * 86_400_000

  let store: any BesoegStore
  let clock: any ServiceClock
  let publicURL: String?

  func add(to group: RouterGroup<ServiceContext>) {
    group.get("people/{person}/calendar", use: readState)
    group.post("people/{person}/calendar", use: open)
    group.delete("people/{person}/calendar", use: close)
  }

  /// Where calendars read.
  func add(feedsTo router: Router<ServiceContext>) {
    router.get("calendar/{token}", use: feed)
  }

  private struct State: Encodable {
    var openedAt: APITime?
  }

  private struct Opened: Encodable {
    var url: String
  }

  @Sendable private func readState(_ request: Request, _ context: ServiceContext) async throws
    -> Response
  {
    let person = try await subject(context, .read)
    let opened = try await store.feedOpened(
      of: person, tenant: context.requireCaller().tenant)
    return try ServiceJSON.response(State(openedAt: opened.map { APITime($0) }))
  }

  @Sendable private func open(_ request: Request, _ context: ServiceContext) async throws
    -> Response
  {
    let caller = try context.requireCaller()
    let person = try await subject(context, .write)
    let token = DeviceID.random().rawValue
    try await store.openFeed(
      of: person, fingerprint: Self.fingerprint(token), tenant: caller.tenant,
      by: caller.initiator, at: caller.askedAt)
    let base = publicURL ?? "http://\(request.head.authority ?? "localhost")"
    return try ServiceJSON.response(
      Opened(url: "\(base)/calendar/\(token).ics"), status: .created)
  }

  @Sendable private func close(_ request: Request, _ context: ServiceContext) async throws
    -> Response
  {
    let caller = try context.requireCaller()
    let person = try await subject(context, .write)
    try await store.closeFeed(
      of: person, tenant: caller.tenant, by: caller.initiator, at: caller.askedAt)
    return Response(status: .noContent)
  }

  @Sendable private func feed(_ request: Request, _ context: ServiceContext) async throws
    -> Response
  {
    let name = try context.parameter("token")
    guard name.hasSuffix(".ics"), name.utf8.count < 100 else { throw Problem(.notFound) }
    let events = try await store.feed(
      fingerprint: Self.fingerprint(String(name.dropLast(4))),
      from: clock.now().adding(milliseconds: -Self.pastMilliseconds))
    let text = ICalendarFeed(events: events).text
    let tag = "\"\(Self.fingerprint(text).prefix(32))\""
    let headers: HTTPFields = [
      .eTag: tag, .cacheControl: "private, no-cache", .contentType: ICalendarFeed.mediaType,
    ]
    let known = request.headers[.ifNoneMatch]?.split(separator: ",").contains { candidate in
      candidate.filter { $0 != " " }.replacing("W/", with: "") == tag
    }
    if known == true { return Response(status: .notModified, headers: headers) }
    return Response(
      status: .ok, headers: headers, body: .init(byteBuffer: ByteBuffer(string: text)))
  }

  static func fingerprint(_ text: String) -> String {
    SHA256.hash(data: Data(text.utf8)).map { byte in
      (byte < 16 ? "0" : "") + String(byte, radix: 16)
    }.joined()
  }

  /// The person in the path: oneself, or a citizen of one's own who is helped with it.
  private func subject(_ context: ServiceContext, _ action: AccessAction) async throws -> PersonID {
    let caller = try context.requireCaller()
    let id = PersonID(rawValue: try context.parameter("person"))
    if id == caller.id { return id }
    // Who runs the system has no business in anybody's calendar.
    guard caller.role.givesSupport else { throw Problem(.notAllowed) }
    let person = try await store.person(id, tenant: caller.tenant)
    guard person.role == .citizen else { throw Problem(.notAllowed) }
    try await store.access(.contact, action, of: id, by: caller)
    return id
  }
}
