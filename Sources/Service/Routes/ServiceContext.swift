import Hummingbird
import Logging
import NIOCore

/// What a request carries through the service besides itself.
struct ServiceContext: RequestContext {
  /// The most bytes a request body may hold, JSON or SDP. The largest honest body is an offer for
  /// twenty participants, about 40 KiB.
  static let bodyLimit = 64 * 1024

  var coreContext: CoreRequestContextStorage
  /// The connection.
  let channel: (any Channel)?
  /// Who is asking, once a token has proved it.
  var caller: Caller?

  init(source: ApplicationRequestContextSource) {
    self.init(core: .init(source: source), channel: source.channel)
  }

  init(core: CoreRequestContextStorage, channel: (any Channel)?) {
    coreContext = core
    self.channel = channel
  }

  var maxUploadSize: Int { Self.bodyLimit }

  /// The request's number in the log; nil where the log keeps no metadata.
  var requestID: String? { logger[metadataKey: "hb.request.id"]?.description }

  /// Who is asking; refuses where nobody has proved to be anybody.
  func requireCaller() throws -> Caller {
    guard let caller else { throw Problem.unauthorized(.tokenMissing) }
    return caller
  }

  /// A path parameter that the route's pattern guarantees.
  func parameter(_ name: String) throws -> String {
    guard let value = parameters.get(name), !value.isEmpty else { throw Problem(.notFound) }
    return value
  }
}
