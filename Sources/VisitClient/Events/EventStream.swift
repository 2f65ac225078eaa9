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

/// The service's event stream, kept open: resumed with `Last-Event-ID` after every break.
public struct EventStream: Sendable {
  private let origin: ServiceOrigin
  private let token: String

  /// Events for the bearer of the API's token.
  public init(_ api: BesoegAPI) {
    origin = api.origin
    token = api.token
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

  private func run(_ emit: @Sendable (StreamSignal) -> Void) async {
    var parser = EventParser()
    var backoff = StreamBackoff()
    while !Task.isCancelled {
      parser.restart()
      do {
        let response = try await open(after: parser.lastEventID)
        if response.status == .ok {
          backoff.succeeded()
          emit(.online)
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
            return emit(.refused(problem))
          }
        }
      } catch {
        if Task.isCancelled { return }
      }
      emit(.offline)
      let pause = backoff.nextPause(
        asked: parser.retryMilliseconds, jitter: Double.random(in: 0...1))
      try? await Task.sleep(for: .milliseconds(pause))
    }
  }

  private func open(after id: String?) async throws -> HTTPClientResponse {
    var request = ServiceRequest(.GET, "/api/v1/events")
    request.headers = [("accept", "text/event-stream")]
    if let id { request.headers.append(("last-event-id", id)) }
    // No deadline for the stream as a whole: the client's read timeout notices silence.
    return try await HTTPClients.events.execute(
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
