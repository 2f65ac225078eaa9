import Dispatch
import Glibc
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import Testing
import Visits

@testable import Service

@Suite("Over a real connection", .endsWhenItHangs)
struct LiveServerTests {
  private func withServer(
    _ body: @Sendable (Municipality, Int) async throws -> Void
  ) async throws {
    let town = try await Municipality()
    try await town.serve { _ in
      let app = town.service.application(
        address: .hostname("127.0.0.1", port: 0), logger: Municipality.logger)
      try await app.test(.live) { client in
        try await body(town, #require(client.port))
        // The server waits for open answers when it stops.
        town.service.hub.closeAll()
      }
    }
  }

  @Test func anEventArrivesTheMomentItHappens() async throws {
    try await withServer { town, port in
      let token = try await town.token(town.worker)
      let connection = try Connection(port: port)
      try connection.send(
        "GET /api/v1/events HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer \(token)\r\n\r\n")
      // Nothing has happened yet, and the reader knows already that it is connected.
      let head = try await connection.read(until: "retry: 1000")
      #expect(head.hasPrefix("HTTP/1.1 200 OK"))
      #expect(head.contains("Content-Type: text/event-stream"))
      let visit = try await town.book()
      let event = try await connection.read(until: "\"kind\":\"booked\"")
      #expect(event.contains("event: visit\ndata: "))
      #expect(event.contains(visit.rawValue))
    }
  }

  @Test func aReaderWhoGoesAwayIsForgotten() async throws {
    try await withServer { town, port in
      let token = try await town.token(town.worker)
      do {
        let connection = try Connection(port: port)
        try connection.send(
          "GET /api/v1/events HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer \(token)\r\n\r\n")
        _ = try await connection.read(until: "retry: 1000")
        #expect(town.service.metrics.text().contains("besoeg_event_streams 1\n"))
      }
      while !town.service.metrics.text().contains("besoeg_event_streams 0\n") {
        await Task.yield()
      }
    }
  }

  @Test func aReaderWhoStopsReadingIsDisconnected() async throws {
    try await withServer { town, port in
      let token = try await town.token(town.worker)
      let connection = try Connection(port: port)
      try connection.send(
        "GET /api/v1/events HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer \(token)\r\n\r\n")
      _ = try await connection.read(until: "retry: 1000")
      connection.stopReading()
      let event = ServerSentEvent(
        id: nil, name: "speaking", data: "\"\(String(repeating: "x", count: 60_000))\"")
      while town.service.metrics.text().contains("besoeg_event_streams 1\n") {
        town.service.hub.send(event, to: town.worker.id, tenant: town.tenant)
        await Task.yield()
      }
      #expect(town.service.metrics.text().contains("besoeg_event_stream_overflows_total 1\n"))
    }
  }

  @Test func garbageOnTheConnectionEndsThatConnectionOnly() async throws {
    try await withServer { _, port in
      for garbage in ["\u{16}\u{3}\u{1}\r\n\r\n", "GET\r\n\r\n", "POST / HTTP/9.9\r\n\r\n"] {
        let connection = try Connection(port: port)
        try connection.send(garbage)
        _ = await connection.readToEnd()
      }
      let connection = try Connection(port: port)
      try connection.send("GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
      #expect(await connection.readToEnd().contains("{\"status\":\"ok\"}"))
    }
  }
}

/// A plain TCP connection that never blocks a thread while it waits.
private final class Connection {
  private let descriptor: Int32
  private let source: any DispatchSourceRead
  private var chunks: AsyncStream<String>.AsyncIterator
  private var text = ""
  private var isReading = true

  init(port: Int) throws {
    descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = in_port_t(port).bigEndian
    address.sin_addr.s_addr = in_addr_t(0x7F00_0001).bigEndian
    let (descriptor, size) = (descriptor, socklen_t(MemoryLayout<sockaddr_in>.size))
    let status = withUnsafePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { connect(descriptor, $0, size) }
    }
    source = DispatchSource.makeReadSource(fileDescriptor: descriptor)
    let (stream, continuation) = AsyncStream.makeStream(of: String.self)
    chunks = stream.makeAsyncIterator()
    source.setEventHandler {
      var buffer = [UInt8](repeating: 0, count: 65_536)
      let count = recv(descriptor, &buffer, buffer.count, Int32(MSG_DONTWAIT))
      if count > 0 {
        continuation.yield(String(decoding: buffer[..<count], as: UTF8.self))
      } else if count == 0 || errno != EAGAIN {
        continuation.finish()
      }
    }
    source.setCancelHandler { close(descriptor) }
    source.resume()
    try #require(status == 0)
  }

  deinit {
    source.cancel()
    if !isReading { source.resume() }
  }

  func send(_ text: String) throws {
    let bytes = Array(text.utf8)
    let flags = Int32(MSG_NOSIGNAL)
    try #require(Glibc.send(descriptor, bytes, bytes.count, flags) == bytes.count)
  }

  /// Everything up to and with `mark`; throws where the connection ends before it.
  func read(until mark: String) async throws -> String {
    while true {
      if let found = text.firstRange(of: mark) {
        defer { text = String(text[found.upperBound...]) }
        return String(text[..<found.upperBound])
      }
      text += try #require(await chunks.next())
    }
  }

  func readToEnd() async -> String {
    while let chunk = await chunks.next() { text += chunk }
    return text
  }

  /// Leaves what comes in the system's buffers from now on.
  func stopReading() {
    isReading = false
    source.suspend()
  }
}
