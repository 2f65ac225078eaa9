import FoundationEssentials
import HTTPTypes
import Hummingbird
import Logging
import NIOCore

@testable import Service

/// Reads one event stream as a browser would.
final class EventProbe {
  /// A parsed event.
  struct Event: Sendable, Equatable {
    var id: Int64?
    var name: String
    var data: JSONValue
  }

  let response: Response
  private let task: Task<Void, Never>
  private var lines: AsyncStream<ByteBuffer>.AsyncIterator
  private var text = ""
  private(set) var comments = 0

  /// Opens a stream without a connection beneath it; what is written arrives at once.
  init(municipality: Municipality, headers: HTTPFields) async throws {
    let request = Request(
      head: .init(
        method: .get, scheme: "http", authority: "localhost", path: "/api/v1/events",
        headerFields: headers), body: .init(buffer: ByteBuffer()))
    var logger = Municipality.logger
    logger[metadataKey: "hb.request.id"] = "1"
    let context = ServiceContext(
      core: .init(source: ProbeSource(logger: logger)), channel: nil)
    let response = try await municipality.service.responder.respond(to: request, context: context)
    self.response = response
    let (stream, continuation) = AsyncStream.makeStream(of: ByteBuffer.self)
    lines = stream.makeAsyncIterator()
    task = Task {
      try? await response.body.write(ProbeWriter(continuation: continuation))
      continuation.finish()
    }
  }

  deinit { task.cancel() }

  /// The next event; nil where the stream has ended.
  func next() async -> Event? {
    while true {
      while let end = text.firstRange(of: "\n\n") {
        let block = String(text[..<end.lowerBound])
        text = String(text[end.upperBound...])
        if let event = parse(block) { return event }
      }
      guard let buffer = await lines.next() else { return nil }
      text += String(buffer: buffer)
    }
  }

  /// The next event called `name`, past all others.
  func next(_ name: String) async throws -> Event {
    while let event = await next() {
      if event.name == name { return event }
    }
    throw StreamEnded()
  }

  /// The stream ended before what was waited for.
  struct StreamEnded: Error {}

  private func parse(_ block: String) -> Event? {
    var event = Event(id: nil, name: "message", data: .null)
    var hasData = false
    for line in block.split(separator: "\n") {
      if line.hasPrefix(":") {
        comments += 1
      } else if line.hasPrefix("id: ") {
        event.id = Int64(line.dropFirst(4))
      } else if line.hasPrefix("event: ") {
        event.name = String(line.dropFirst(7))
      } else if line.hasPrefix("data: ") {
        hasData = true
        let data = Data(line.dropFirst(6).utf8)
        event.data = (try? JSONDecoder().decode(JSONValue.self, from: data)) ?? .null
      }
    }
    return hasData ? event : nil
  }
}

private struct ProbeSource: RequestContextSource {
  let logger: Logger
}

private struct ProbeWriter: ResponseBodyWriter {
  let continuation: AsyncStream<ByteBuffer>.Continuation

  mutating func write(_ buffer: ByteBuffer) async throws {
    try Task.checkCancellation()
    continuation.yield(buffer)
  }

  consuming func finish(_ trailingHeaders: HTTPFields?) async throws { continuation.finish() }
}
