import CLoad
import FoundationEssentials
import Glibc

/// Janus' JSON API over its Unix socket (`libjanus_pfunix`): a request, and the message that answers
/// it. Blocking; the main thread's.
final class JanusConnection {
  /// A request. What a kind of request has no use for stays out of it.
  struct Request: Encodable {
    var janus: String
    var transaction = ""
    var plugin: String?
    var session_id: UInt64?
    var handle_id: UInt64?
    var body: Body?
    var jsep: SessionDescription?

    init(_ janus: String) { self.janus = janus }
  }

  /// What the videoroom is asked.
  struct Body: Encodable {
    struct Stream: Encodable {
      var feed: UInt64
    }

    var request: String
    var room: UInt64?
    var ptype: String?
    var publishers: Int?
    var audiocodec: String?
    var videocodec: String?
    var notify_joining: Bool?
    var streams: [Stream]?

    init(_ request: String) { self.request = request }
  }

  /// An SDP and which half of the exchange it is.
  struct SessionDescription: Codable {
    var type: String
    var sdp: String
    /// No further candidates will come. With the default, Janus waits for them.
    var trickle: Bool? = false
  }

  /// What comes back.
  struct Reply: Decodable {
    struct Identity: Decodable {
      var id: UInt64
    }
    struct Failure: Decodable {
      var code: Int
      var reason: String
    }
    struct PluginData: Decodable {
      struct Content: Decodable {
        var videoroom: String?
        var error: String?
        var error_code: Int?
        var id: UInt64?
      }
      var data: Content
    }

    var janus: String
    var transaction: String?
    var data: Identity?
    var plugindata: PluginData?
    var jsep: SessionDescription?
    var error: Failure?
  }

  /// Janus understood and will not.
  struct Refusal: Error {
    /// The videoroom's word for a publisher whose PeerConnection is not up yet.
    static let noSuchFeed = 428

    var code: Int
    var reason: String
  }

  private static let longestMessage = 256 << 10
  private let socket: Int32
  private var buffer = [UInt8](repeating: 0, count: longestMessage)
  private var transactions = 0

  /// Connects to a Janus that may still be starting.
  init(path: String) throws {
    var opened: Int32 = -ENOENT
    for _ in 0..<200 where opened < 0 {
      opened = load_connect(path, 5_000)
      if opened < 0 { usleep(50_000) }
    }
    guard opened >= 0 else { throw BenchmarkError.failed("janus does not answer") }
    socket = opened
  }

  deinit { close(socket) }

  /// Sends a request and returns its answer, which for what takes time is the event after the
  /// acknowledgement.
  func ask(_ request: Request) throws -> Reply {
    transactions += 1
    var request = request
    request.transaction = "\(transactions)"
    let bytes = [UInt8](try JSONEncoder().encode(request))
    guard send(socket, bytes, bytes.count, Int32(MSG_NOSIGNAL)) == bytes.count else {
      throw BenchmarkError.failed("janus does not listen (errno \(errno))")
    }
    let deadline = load_monotonic() + 10_000_000_000
    while load_monotonic() < deadline {
      let count = recv(socket, &buffer, buffer.count, 0)
      guard count > 0 else { break }
      // Events of other handles come in between; some hold what no request of ours is answered with.
      guard let reply = try? JSONDecoder().decode(Reply.self, from: Data(buffer[..<count])),
        reply.transaction == request.transaction, reply.janus != "ack"
      else { continue }
      if let code = reply.plugindata?.data.error_code {
        throw Refusal(code: code, reason: reply.plugindata?.data.error ?? "")
      }
      if let error = reply.error { throw Refusal(code: error.code, reason: error.reason) }
      return reply
    }
    throw BenchmarkError.failed("janus does not answer to \(request.janus)")
  }
}
