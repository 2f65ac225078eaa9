import Hummingbird
import Store
import Visits

/// Messages to the journal and to partners (H3, H11), goals of the journal (A16), and what citizens
/// need besides visits (H6, H8).
struct PostRoutes: Sendable {
  /// Messages in one answer.
  private static let most = 500

  let store: any BesoegStore

  func add(to group: RouterGroup<ServiceContext>) {
    group.get("journal", use: readChoice)
    group.put("journal", use: writeChoice)
    group.get("posts/troubled", use: troubled)
    group.post("posts/{post}/again", use: again)
    group.get("citizens/{citizen}/posts", use: posts)
    group.get("citizens/{citizen}/goals/exchange", use: giveGoals)
    group.put("citizens/{citizen}/goals/exchange", use: takeGoals)
    group.get("tasks", use: tasks)
  }

  private struct Choice: Codable {
    var notes: Bool?
    var visits: Bool?
  }

  private struct Document: Encodable {
    var key: String
    var citizen: String
    var visit: String?
    var kind: PostKind
    /// `journal`, or the channel to a partner or a worker.
    var destination: String
    var state: ReminderState
    var attempts: Int
    var createdAt: APITime
    var sentAt: APITime?
    var deliveredAt: APITime?
    var failure: String?

    init(_ post: Post) {
      key = post.key.rawValue
      citizen = post.citizen.rawValue
      visit = post.visit?.rawValue
      kind = post.kind
      switch post.destination {
      case .journal: destination = "journal"
      case .partner(let contact): destination = contact.channel.rawValue
      case .staff(_, let channel): destination = channel.rawValue
      }
      state = post.delivery.state
      attempts = post.delivery.attempts
      createdAt = APITime(post.createdAt)
      sentAt = post.delivery.sentAt.map { APITime($0) }
      deliveredAt = post.delivery.deliveredAt.map { APITime($0) }
      failure = post.delivery.failure
    }
  }

  private struct TaskDocument: Encodable {
    var key: String
    var kind: String
    var citizen: PersonName
    var due: LocalDate?
    var ask: NoticeDocument

    init(_ task: CareTask) {
      key = task.key
      kind = task.kind
      citizen = PersonName(task.citizen)
      due = task.due
      ask = NoticeDocument(task.ask)
    }
  }

  @Sendable private func readChoice(_ request: Request, _ context: ServiceContext) async throws
    -> Response
  {
    let caller = try context.requireCaller()
    try caller.require(.administrator, .operations)
    let choice = try await store.journalChoice(tenant: caller.tenant)
    return try ServiceJSON.response(Choice(notes: choice.notes, visits: choice.visits))
  }

  @Sendable private func writeChoice(_ request: Request, _ context: ServiceContext) async throws
    -> Response
  {
    let caller = try context.requireCaller()
    try caller.require(.administrator)
    let body = try await request.json(Choice.self, context: context)
    let choice = JournalChoice(notes: body.notes ?? false, visits: body.visits ?? false)
    try await store.setJournalChoice(
      choice, tenant: caller.tenant, by: caller.initiator, at: caller.askedAt)
    return try ServiceJSON.response(Choice(notes: choice.notes, visits: choice.visits))
  }

  /// Whose messages did not arrive stands in the answer, so it is logged.
  @Sendable private func troubled(_ request: Request, _ context: ServiceContext) async throws
    -> Response
  {
    let caller = try context.requireCaller()
    try caller.require(.operations, .administrator)
    try await store.logOwnList("posts", .contact, by: caller)
    let posts = try await store.troubledPosts(tenant: caller.tenant, limit: Self.most)
    return try ServiceJSON.response(["posts": posts.map { Document($0) }])
  }

  @Sendable private func again(_ request: Request, _ context: ServiceContext) async throws
    -> Response
  {
    let caller = try context.requireCaller()
    try caller.require(.operations, .administrator)
    let post = try await store.sendAgain(
      PostKey(rawValue: try context.parameter("post")), tenant: caller.tenant,
      by: caller.initiator, at: caller.askedAt)
    return try ServiceJSON.response(Document(post))
  }

  @Sendable private func posts(_ request: Request, _ context: ServiceContext) async throws
    -> Response
  {
    let citizen = try await store.citizen(context, .followUps)
    let posts = try await store.posts(
      about: citizen, tenant: context.requireCaller().tenant)
    return try ServiceJSON.response(["posts": posts.map { Document($0) }])
  }

  @Sendable private func giveGoals(_ request: Request, _ context: ServiceContext) async throws
    -> Response
  {
    let citizen = try await store.citizen(context, .notes)
    let goals = try await store.goals(of: citizen, tenant: context.requireCaller().tenant)
    return try ServiceJSON.response(GoalExchange(goals))
  }

  @Sendable private func takeGoals(_ request: Request, _ context: ServiceContext) async throws
    -> Response
  {
    let caller = try context.requireCaller()
    let citizen = try await store.citizen(context, .notes, .write)
    let body = try await request.json(GoalExchange.self, context: context)
    let goals = try await store.takeGoals(
      body, of: citizen, tenant: caller.tenant, by: caller.initiator, at: caller.askedAt)
    return try ServiceJSON.response(GoalExchange(goals))
  }

  @Sendable private func tasks(_ request: Request, _ context: ServiceContext) async throws
    -> Response
  {
    let caller = try context.requireCaller()
    try caller.require(.supportWorker, .teamLead, .caseWorker)
    try await store.logOwnList("tasks", .followUps, by: caller)
    let tasks = try await store.careTasks(
      around: caller.initiator, tenant: caller.tenant, at: caller.askedAt)
    return try ServiceJSON.response(["tasks": tasks.map { TaskDocument($0) }])
  }
}
