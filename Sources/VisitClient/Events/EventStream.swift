import AsyncHTTPClient
import FoundationEssentials
import NIOCore
import NIOHTTP1

/// What comes out of the event stream.
public enum StreamSignal: Sendable, Equatable {
  /// The stream is open; what was missed meanwhile follows.
  case online
  /// The stream broke; it is being opened again.
  case offline
  /// Something happened.
  case event(VisitEvent)
  /// The service refuses the token; the stream is over.
  case refused(ProblemDocument)
}

/// The service's event stream, kept open: resumed with `Last-Event-ID` after every break, and opened
/// anew when the machine changes network.
public struct EventStream: Sendable {
  /// How one connection ended.
  private enum End: Sendable {
    case broken
    case networkChanged
    case refused(ProblemDocument)
  }

  private let origin: ServiceOrigin
  private let token: String
  private let trust: ServiceTrust
  private let changes: NetworkChanges

  /// Events for the bearer of the API's token.
  public init(_ api: BesoegAPI) { self.init(api, changes: .shared) }

  init(_ api: BesoegAPI, changes: NetworkChanges) {
    origin = api.origin
    token = api.token
    trust = api.trust
    self.changes = changes
  }

  /// The signals from now on, for one reader. Ends when the reader stops or the token is refused.
  public func signals() -> AsyncStream<StreamSignal> {
    AsyncStream { continuation in
      let task = Task {
        await run { continuation.yield($0) }
        continuation.finish()
      }
      continuation.onTermination = { _ in task.cancel() }
    }
  }

  private func run(_ emit: @escaping @Sendable (StreamSignal) -> Void) async {
    var parser = EventParser()
    var backoff = StreamBackoff()
    var isOnline = false
    while !Task.isCancelled {
      parser.restart()
      let connection = await connection(parser, wasOnline: isOnline, emit)
      parser = connection.parser
      if connection.isOnline { backoff.succeeded() }
      if Task.isCancelled { return }
      switch connection.end {
      case .refused(let problem): return emit(.refused(problem))
      case .networkChanged:
        // Not a break that anyone need hear of, if the next connection comes up.
        isOnline = connection.isOnline
        HTTPClients.trusting(trust).renew()
      case .broken:
        isOnline = false
        emit(.offline)
        let pause = backoff.nextPause(
          asked: parser.retryMilliseconds, jitter: Double.random(in: 0...1))
        await rest(.milliseconds(pause))
      }
    }
  }

  /// Waits, unless the network changes: what failed a moment ago may work now.
  private func rest(_ pause: Duration) async {
    await withTaskGroup(of: Void.self) { group in
      group.addTask { try? await Task.sleep(for: pause) }
      group.addTask { for await _ in changes.signals() { return } }
      await group.next()
      group.cancelAll()
    }
  }

  /// Holds one connection until it breaks or the network changes under it.
  private func connection(
    _ start: EventParser, wasOnline: Bool, _ emit: @escaping @Sendable (StreamSignal) -> Void
  ) async -> (parser: EventParser, isOnline: Bool, end: End) {
    await withTaskGroup(of: (EventParser, Bool, End)?.self) { group in
      group.addTask { await read(start, wasOnline: wasOnline, emit) }
      group.addTask {
        for await _ in changes.signals() { break }
        return nil
      }
      var result = (start, wasOnline, End.broken)
      var hasChanged = false
      for await ended in group {
        // Whichever comes first ends the other.
        if let ended { result = ended } else if !group.isCancelled { hasChanged = true }
        group.cancelAll()
      }
      if hasChanged, case .broken = result.2 { result.2 = .networkChanged }
      return result
    }
  }

  private func read(
    _ start: EventParser, wasOnline: Bool, _ emit: @Sendable (StreamSignal) -> Void
  ) async -> (EventParser, Bool, End) {
    var parser = start
    var isOnline = wasOnline
    do {
      let response = try await open(after: parser.lastEventID)
      if response.status == .ok {
        if !isOnline { emit(.online) }
        isOnline = true
        for try await buffer in response.body {
          parser.consume(buffer.readableBytesView) { event in
            if let event = VisitEvent(event) { emit(.event(event)) }
          }
        }
      } else {
        let status = Int(response.status.code)
        let body = try await response.body.collect(upTo: 64 << 10)
        if (400..<500).contains(status) && status != 429 && status != 408 {
          let problem = ProblemDocument(status: status, body: .init(body.readableBytesView))
          return (parser, isOnline, .refused(problem))
        }
      }
    } catch {
      // Whatever it was, the answer is to open it again.
    }
    return (parser, isOnline, .broken)
  }

  private func open(after id: String?) async throws -> HTTPClientResponse {
    var request = ServiceRequest(.GET, "/api/v1/events")
    request.headers = [("accept", "text/event-stream")]
    if let id { request.headers.append(("last-event-id", id)) }
    // No deadline for the stream as a whole: the client's read timeout notices silence.
    return try await HTTPClients.trusting(trust).events.execute(
      origin.request(request, token: token), deadline: .distantFuture)
  }
}

/// How long to wait before the event stream is opened again.
///
/// The first pause is short, since a restarted service is back within a second; later ones grow to
/// five seconds. Jitter keeps a municipality's devices from arriving in one moment.
struct StreamBackoff: Sendable, Equatable {
  private var failures = 0

  /// The stream opened; the next break starts from the shortest pause.
  mutating func succeeded() { failures = 0 }

  /// The next pause in milliseconds; `jitter` is 0 ... 1.
  mutating func nextPause(asked: Int?, jitter: Double) -> Int {
    let base = min(max(asked ?? 0, 250 << min(failures, 5)), 5000)
    failures += 1
    return base / 2 + Int(Double(base) / 2 * jitter)
  }
}
