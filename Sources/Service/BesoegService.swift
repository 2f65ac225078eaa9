public import Hummingbird
import HummingbirdCore
public import Logging
public import NIOCore
public import Relay
public import Store
import Visits

/// The service put together: routes, calls, events, over a store and relays it is given.
public struct BesoegService: Sendable {
  /// What an installation decides.
  public struct Options: Sendable {
    /// Where the pages are reached from outside, such as `https://besoeg.kommune.dk`; nil to go by
    /// what each caller typed.
    public var publicURL: String?
    /// What carries reminders.
    public var delivery: DeliverySettings

    /// Options.
    public init(publicURL: String? = nil, delivery: DeliverySettings = DeliverySettings()) {
      self.publicURL = publicURL
      self.delivery = delivery
    }
  }

  /// The calls in progress.
  public let coordinator: RelayCoordinator
  /// What it records about itself.
  public let metrics: PrometheusRegistry
  let routes: RouteIndex
  let hub: EventHub
  let facts: FactQueue
  let responder: RouterResponder<ServiceContext>
  let daily: DailyTimer
  let dispatcher: ReminderDispatcher
  let posts: PostDispatcher
  private let store: any BesoegStore
  private let clock: any ServiceClock
  private let logger: Logger

  /// Puts the service together; nothing runs yet.
  public init(
    store: any BesoegStore, relay: any RelayControl, tokens: TokenService,
    clock: any ServiceClock, options: Options, logger: Logger
  ) throws {
    let registry = PrometheusRegistry()
    let metrics = ServiceMetrics(registry: registry)
    let presence = PresenceBoard()
    let hub = EventHub(
      store: store, clock: clock, presence: presence, metrics: metrics, logger: logger)
    let facts = FactQueue(store: store, clock: clock, metrics: metrics, logger: logger)
    let coordinator = RelayCoordinator(
      store: store, relay: relay, clock: clock, hub: hub, facts: facts, metrics: metrics,
      logger: logger)
    self.coordinator = coordinator
    self.metrics = registry
    self.hub = hub
    self.facts = facts
    self.clock = clock
    self.logger = logger
    self.store = store
    daily = DailyTimer(store: store, presence: presence, clock: clock, logger: logger)
    let channels = options.delivery.channels(logger: logger)
    dispatcher = ReminderDispatcher(
      store: store, clock: clock, channels: channels, logger: logger)
    posts = PostDispatcher(
      store: store, clock: clock, channels: channels,
      journal: options.delivery.journal.map { SignedWebhook(settings: $0, logger: logger) },
      logger: logger)

    let router = Router(context: ServiceContext.self, options: .autoGenerateHeadEndpoints)
    let routes = RouteIndex()
    router.add(middleware: RequestMetrics(metrics: metrics))
    router.add(middleware: SecurityHeaders())
    router.add(middleware: ProblemMiddleware(routes: routes))
    PageRoutes(pages: try Pages(), assets: Assets()).add(to: router)
    let readiness = Readiness(
      store: store, relay: relay, coordinator: coordinator, facts: facts, clock: clock,
      metrics: metrics)
    OperationsRoutes(readiness: readiness, metrics: metrics).add(to: router)
    let api = router.group("api/v1").add(
      middleware: BearerAuth(tokens: tokens, store: store, presence: presence, clock: clock))
    PeopleRoutes(
      store: store, tokens: tokens, hub: hub, clock: clock, publicURL: options.publicURL
    ).add(to: api)
    VisitRoutes(store: store, coordinator: coordinator, clock: clock).add(to: api)
    let access = TeamAccess(store: store)
    CalendarRoutes(store: store, access: access, clock: clock).add(to: api)
    SettingsRoutes(store: store, clock: clock).add(to: api)
    GrantRoutes(store: store, access: access, clock: clock).add(to: api)
    SeriesRoutes(store: store, access: access, clock: clock).add(to: api)
    AbsenceRoutes(store: store, access: access, clock: clock).add(to: api)
    AgreementRoutes(store: store, access: access, presence: presence, clock: clock).add(to: api)
    CallRoutes(store: store, coordinator: coordinator).add(to: api)
    QualityRoutes(store: store, facts: facts, clock: clock).add(to: api)
    EventRoutes(store: store, hub: hub, coordinator: coordinator, clock: clock).add(to: api)
    AccessRoutes(store: store).add(to: api)
    CallbackRoutes(store: store, coordinator: coordinator, clock: clock).add(to: api)
    DropInRoutes(store: store, coordinator: coordinator, clock: clock).add(to: api)
    PresenceRoutes(store: store, board: presence, clock: clock).add(to: api)
    AutoAnswerRoutes(store: store, clock: clock).add(to: api)
    GroupRoutes(store: store, clock: clock).add(to: api)
    MeetingRoutes(store: store, coordinator: coordinator, clock: clock).add(to: api)
    ObserverRoutes(store: store, coordinator: coordinator, clock: clock).add(to: api)
    StartRoutes(store: store, access: access, clock: clock).add(to: api)
    GuidanceRoutes(store: store, clock: clock).add(to: api)
    PracticeRoutes(
      store: store, coordinator: coordinator, tokens: tokens, hub: hub, clock: clock,
      publicURL: options.publicURL
    ).add(to: api)
    EquipmentRoutes(store: store).add(to: api)
    RequestRoutes(store: store, access: access, clock: clock).add(to: api)
    FloorRoutes(store: store, coordinator: coordinator).add(to: api)
    let reminders = ReminderRoutes(
      store: store, clock: clock, secrets: options.delivery.gateways.values.map(\.secret).sorted())
    reminders.add(to: api)
    reminders.add(reportsTo: router)
    OutcomeRoutes(store: store).add(to: api)
    FollowUpRoutes(store: store).add(to: api)
    RetentionRoutes(store: store).add(to: api)
    ConsentRoutes(store: store).add(to: api)
    DisclosureRoutes(store: store).add(to: api)
    ScaleRoutes(store: store).add(to: api)
    PostRoutes(store: store).add(to: api)
    TaperRoutes(store: store, access: access, clock: clock).add(to: api)
    StatusMeetingRoutes(store: store, access: access, clock: clock).add(to: api)
    let calendars = CalendarFeedRoutes(
      store: store, clock: clock, publicURL: options.publicURL)
    calendars.add(to: api)
    calendars.add(feedsTo: router)
    responder = router.buildResponder()
    routes.fill(from: router)
    self.routes = routes
  }

  /// Connections at once: the event streams of ten thousand devices, and their requests besides.
  private static let mostConnections = 12_000
  /// Descriptors that are no connections: the database, relays, logs.
  private static let otherDescriptors = 512
  /// How long a connection may be silent between requests or within one. Longer than a proxy's own
  /// limit (60 s is common), so that it is the proxy that closes. An open answer is not idle.
  private static let idleSeconds: Int64 = 75

  /// The HTTP server of this service.
  public func application(
    address: BindAddress, logger: Logger,
    onServerRunning: @escaping @Sendable (any Channel) async -> Void = { _ in }
  ) -> some ApplicationProtocol {
    let limit = DescriptorLimit.raise()
    let most = min(Self.mostConnections, max(64, limit - Self.otherDescriptors))
    if most < Self.mostConnections {
      logger.warning(
        "The system allows fewer connections than planned for", metadata: ["n": "\(most)"])
    }
    let connections = ConnectionLimit(most: most)
    let channel = HTTP1Channel.Configuration(idleTimeout: .seconds(Self.idleSeconds))
    return Application(
      responder: responder, server: .http1(configuration: channel),
      configuration: .init(address: address, availableConnectionsDelegate: connections),
      onServerRunning: onServerRunning, logger: logger)
  }

  /// Takes up again the calls that were going on when the service last stopped. Done before the
  /// first request is served.
  public func restore() async throws {
    try await coordinator.restore()
  }

  /// Follows relays, store and clock until the relays end or the task is cancelled; then writes
  /// what is still to be written.
  public func run() async {
    await withTaskGroup { group in
      group.addTask { await facts.run() }
      group.addTask { await hub.relayStoredEvents() }
      group.addTask { await hub.keepAlive() }
      group.addTask { await pruneEvents() }
      group.addTask { await daily.run() }
      group.addTask { await extendSeries() }
      group.addTask { await dispatcher.run() }
      group.addTask { await posts.run() }
      group.addTask { await advanceFollowUps() }
      group.addTask { await purge() }
      await coordinator.run()
      group.cancelAll()
    }
    await daily.writePresence()
    // The relays are gone and nothing new comes; a store that cannot take it now never will.
    _ = await facts.writeAll()
  }

  /// Ends calls and event streams in order: takes no new calls, waits for those in progress at
  /// most until `deadline` milliseconds have passed, then closes the event streams.
  public func drain(deadline: Int64) async {
    await coordinator.drain()
    let end = clock.now().adding(milliseconds: deadline)
    await withTaskGroup { group in
      group.addTask { await coordinator.waitUntilIdle() }
      group.addTask { try? await clock.sleep(until: end) }
      await group.next()
      group.cancelAll()
    }
    hub.closeAll()
  }
}

extension BesoegService {
  /// How long events can be resumed from, in milliseconds: two weeks, so that a screen that was
  /// switched off over a holiday comes back to what it missed.
  private static let eventLifetime: Int64 = 14 * 86_400_000
  /// How often older events are forgotten, in milliseconds.
  private static let pruneInterval: Int64 = 6 * 3_600_000

  /// How often follow-ups are looked at, in milliseconds. Their steps are minutes long.
  private static let followUpInterval: Int64 = 60_000

  private func advanceFollowUps() async {
    repeat {
      // Tried again in a minute; what is read meanwhile is reckoned up to now anyway.
      try? await store.advanceFollowUps(at: clock.now(), events: FollowUpEvents.drafts)
    } while await sleep(Self.followUpInterval)
  }

  /// How often data is purged that was kept long enough, in milliseconds.
  private static let purgeInterval: Int64 = 24 * 3_600_000

  /// How soon after its start a service purges, in milliseconds: when whoever waited for it is back,
  /// and though it be started again every night.
  private static let firstPurge: Int64 = 5 * 60_000

  private func purge() async {
    var pause = Self.firstPurge
    while await sleep(pause) {
      pause = Self.purgeInterval
      do {
        for tenant in try await store.tenants() {
          let now = clock.now()
          _ = try await store.purge(tenant: tenant.id, isDry: false, by: .system, at: now)
        }
      } catch {
        logger.error("Nothing was purged today", metadata: ["error": "\(error)"])
      }
    }
  }

  private func sleep(_ milliseconds: Int64) async -> Bool {
    let next = clock.now().adding(milliseconds: milliseconds)
    return (try? await clock.sleep(until: next)) != nil
  }

  private func pruneEvents() async {
    repeat {
      // Tried again next time; events that stay too long hurt nobody.
      try? await store.pruneEvents(before: clock.now().adding(milliseconds: -Self.eventLifetime))
    } while await sleep(Self.pruneInterval)
  }

  /// How often open-ended series are laid further ahead, in milliseconds: they reach a year ahead, so
  /// a day more or less is nothing.
  private static let extendInterval: Int64 = 24 * 3_600_000

  private func extendSeries() async {
    repeat {
      let now = clock.now()
      // Tried again tomorrow; there is a year until the first visit would be missing.
      _ = try? await store.extendSeries(at: now, events: BookingEvents.series(at: now))
    } while await sleep(Self.extendInterval)
  }
}
