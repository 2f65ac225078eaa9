import AsyncHTTPClient
import FoundationEssentials
import Glibc
import NIOCore
import NIOHTTP1

/// One request to the service.
struct ServiceRequest: Sendable {
  var method: HTTPMethod
  /// The path and query, with the leading slash.
  var path: String
  var contentType: String?
  var body: Data?
  var headers: [(name: String, value: String)] = []

  init(_ method: HTTPMethod, _ path: String) {
    self.method = method
    self.path = path
  }
}

/// The service's whole reply.
struct ServiceReply: Sendable {
  var status: Int
  var headers: [(name: String, value: String)] = []
  var body = Data()

  /// The first header of a name, in any case.
  func header(_ name: String) -> String? { headers(named: name).first }

  /// Every header of a name, in any case.
  func headers(named name: String) -> [String] {
    headers.filter { $0.name.lowercased() == name.lowercased() }.map(\.value)
  }
}

/// What carries requests to the service; tests put a script in its place.
protocol HTTPExchange: Sendable {
  /// Sends one request once and collects the reply, whatever its status.
  func send(_ request: ServiceRequest) async throws(ServiceError) -> ServiceReply
  /// Has later requests go over fresh connections.
  func renew()
}

/// The network as an exchange.
struct NetworkExchange: HTTPExchange {
  var origin: ServiceOrigin
  var token: String
  var trust: ServiceTrust

  /// No reply of the API is larger than this, in bytes: a year of visits fits.
  static let largestReply = 4 << 20
  /// A reply that takes longer than this is not coming.
  static let replyTimeout = TimeAmount.seconds(10)

  func renew() { HTTPClients.trusting(trust).renew() }

  func send(_ request: ServiceRequest) async throws(ServiceError) -> ServiceReply {
    let outgoing = origin.request(request, token: token)
    do {
      let response = try await HTTPClients.trusting(trust).requests.execute(
        outgoing, timeout: Self.replyTimeout)
      let body = try await response.body.collect(upTo: Self.largestReply)
      return ServiceReply(
        status: Int(response.status.code),
        headers: response.headers.map { (name: $0.name, value: $0.value) },
        body: Data(body.readableBytesView))
    } catch {
      throw ServiceError(transport: error)
    }
  }
}

/// Where the service is.
struct ServiceOrigin: Sendable, Equatable {
  /// Scheme, host and port, without a trailing slash.
  var text: String

  /// An origin from what a person typed; a missing scheme means https, and a path is refused.
  init(_ text: String) throws(ServiceError) {
    var full = text.contains("://") ? text[...] : "https://" + text.trimmingPrefix(" ")
    while full.first?.isWhitespace == true { full.removeFirst() }
    while let last = full.last, last == "/" || last.isWhitespace { full.removeLast() }
    guard let url = URL(string: String(full)), let scheme = url.scheme?.lowercased(),
      scheme == "http" || scheme == "https", let host = url.host(), !host.isEmpty,
      url.path.isEmpty, url.query == nil
    else { throw .invalidServer }
    self.text = String(full)
  }

  func request(_ request: ServiceRequest, token: String) -> HTTPClientRequest {
    var outgoing = HTTPClientRequest(url: text + request.path)
    outgoing.method = request.method
    outgoing.headers.add(name: "authorization", value: "Bearer \(token)")
    if let contentType = request.contentType {
      outgoing.headers.add(name: "content-type", value: contentType)
    }
    for header in request.headers { outgoing.headers.add(name: header.name, value: header.value) }
    if let body = request.body { outgoing.body = .bytes(ByteBuffer(bytes: body)) }
    return outgoing
  }
}

extension ServiceError {
  /// What a fault of the HTTP client means for the request.
  init(transport error: any Error) {
    switch error {
    case is CancellationError:
      self = .cancelled
    case let error as HTTPClientError where error == .cancelled:
      self = .cancelled
    case let error as HTTPClientError
    where error == .connectTimeout || error == .getConnectionFromPoolTimeout
      || error == .tlsHandshakeTimeout:
      self = .unreachable
    case let error as HTTPClientError
    where error == .invalidURL || error == .emptyHost || error == .emptyScheme:
      self = .invalidServer
    case is NIOTooManyBytesError, is HTTPParserError:
      self = .malformedReply
    case is HTTPClientError:
      self = .uncertain
    case let error as IOError where error.errnoCode == ECONNRESET || error.errnoCode == EPIPE:
      self = .uncertain
    default:
      // Name resolution and refused connections: nothing was sent.
      self = .unreachable
    }
  }
}
