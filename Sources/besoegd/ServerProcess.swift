import Hummingbird
import Logging
import NIOCore
import Relay
import Service
import ServiceLifecycle
import UnixSignals

/// The control process: store, relay workers and HTTP, started and stopped in order.
struct ServerProcess {
  let settings: ServeSettings
  let logger: Logger

  /// Runs until a signal ends it or something it cannot do without fails.
  func run() async throws {
    DescriptorLimit.raise()
    let clock = SystemServiceClock()
    let relays = try relays
    let installation = try await Installation(directory: settings.data, clock: clock)
    let lock = try DirectoryLock(directory: settings.data)
    try await installation.prepare(municipality: settings.municipality, logger: logger)

    let logger = logger
    let supervisor = RelaySupervisor(configuration: relays) { logger.info("\($0)") }
    let service = try BesoegService(
      store: installation.store, relay: supervisor, tokens: installation.tokens, clock: clock,
      options: .init(publicURL: settings.publicURL, delivery: settings.delivery), logger: logger)
    try await service.restore()
    let http = service.application(
      address: .hostname(settings.host, port: settings.port), logger: logger
    ) { channel in
      let port = channel.localAddress?.port ?? 0
      logger.notice("Ready", metadata: ["url": "http://\(self.settings.host):\(port)"])
      ServiceManager.ready()
    }

    // Stopped in reverse: first no new calls, then no more requests, then the relay workers.
    let ending = Ending()
    let group = ServiceGroup(
      configuration: .init(
        services: [
          .init(service: CallsService(supervisor: supervisor, service: service, ending: ending)),
          .init(service: http),
          .init(
            service: DrainService(
              service: service, deadline: Int64(settings.drainSeconds) * 1000, ending: ending)),
        ],
        gracefulShutdownSignals: [.sigterm, .sigint], logger: logger))
    try await withThrowingTaskGroup { tasks in
      tasks.addTask {
        for await _ in await UnixSignalsSequence(trapping: .sighup) where ending.upgrade() {
          await group.triggerGracefulShutdown()
        }
      }
      try await group.run()
      tasks.cancelAll()
    }
    try installation.close()
    _ = consume lock
    if ending.isUpgrade { try ending.changeProgram(logger) }
  }

  private var relays: RelaySupervisorConfiguration {
    get throws {
      var relays = RelaySupervisorConfiguration(
        workers: settings.workers ?? RelaySupervisorConfiguration.coreCount,
        runDirectory: settings.controlDirectory, mediaAddresses: settings.mediaAddresses,
        advertisedAddresses: settings.advertisedAddresses,
        firstMediaPort: UInt16(clamping: settings.mediaPort))
      relays.front = try settings.front()
      return relays
    }
  }
}

/// The relay workers and the calls on them.
struct CallsService: ServiceLifecycle.Service {
  let supervisor: RelaySupervisor
  let service: BesoegService
  let ending: Ending

  func run() async throws {
    await withGracefulShutdownHandler {
      await withTaskGroup { group in
        group.addTask { await supervisor.run() }
        // Ends by itself when the supervisor does, with every last report written down.
        group.addTask { await service.run() }
        await group.waitForAll()
      }
    } onGracefulShutdown: {
      if ending.isUpgrade { supervisor.letGo() } else { supervisor.shutdown(drain: .zero) }
    }
  }
}

/// Holds a shutdown back while people talk.
struct DrainService: ServiceLifecycle.Service {
  let service: BesoegService
  /// The longest to wait, in milliseconds.
  let deadline: Int64
  let ending: Ending

  func run() async throws {
    try await gracefulShutdown()
    ending.stop()
    if !ending.isUpgrade { ServiceManager.stopping() }
    // In an upgrade calls go on by themselves.
    await service.drain(deadline: ending.isUpgrade ? 0 : deadline)
  }
}
