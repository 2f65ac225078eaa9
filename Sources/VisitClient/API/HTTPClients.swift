import AsyncHTTPClient
import NIOCore
import NIOSSL
import Synchronization

/// The HTTP clients of a process, a pair for each set of authorities. They live as long as the
/// process, hence no shutdown.
final class HTTPClients: Sendable {
  private static let all = Mutex<[ServiceTrust: HTTPClients]>([:])

  /// The clients that believe `trust`.
  static func trusting(_ trust: ServiceTrust) -> HTTPClients {
    all.withLock { all in
      if let known = all[trust] { return known }
      let made = HTTPClients(trust)
      all[trust] = made
      return made
    }
  }

  private let trust: ServiceTrust
  private let current: Mutex<HTTPClient>

  /// For the event stream: the service sends something every 15 s, so silence for longer than two
  /// of these is a dead connection.
  let events: HTTPClient

  /// Requests that are under way have so long to end after a renewal.
  private static let farewell = Duration.seconds(15)

  private init(_ trust: ServiceTrust) {
    self.trust = trust
    current = Mutex(Self.make(trust, read: .seconds(10)))
    events = Self.make(trust, read: .seconds(35))
  }

  /// For requests: short patience, the caller decides about trying again.
  var requests: HTTPClient { current.withLock { $0 } }

  /// Has later requests go over fresh connections. One that was kept from before a break in the
  /// network is dead without knowing it, and would swallow a request for ten seconds.
  func renew() {
    let fresh = Self.make(trust, read: .seconds(10))
    let old = current.withLock { current in
      defer { current = fresh }
      return current
    }
    Task {
      try? await Task.sleep(for: Self.farewell)
      try? await old.shutdown()
    }
  }

  private static func make(_ trust: ServiceTrust, read: TimeAmount) -> HTTPClient {
    var configuration = HTTPClient.Configuration()
    configuration.timeout = .init(connect: .seconds(2), read: read)
    configuration.redirectConfiguration = .disallow
    if case .file(let path) = trust {
      var security = TLSConfiguration.makeClientConfiguration()
      security.trustRoots = .file(path)
      configuration.tlsConfiguration = security
    }
    return HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
  }
}
