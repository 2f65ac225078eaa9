import FoundationEssentials
import NIOCore
import NIOPosix
import NIOSSL
import Synchronization

/// What is known so far about a try, wherever it ends.
final class Outcome: Sendable {
  private let known = Mutex<DeliveryResult?>(nil)

  var value: DeliveryResult? { known.withLock { $0 } }

  func set(_ result: DeliveryResult) { known.withLock { $0 = result } }
}

/// A connection to a mail server.
struct SMTPConnection: Sendable {
  let channel: NIOAsyncChannel<ByteBuffer, ByteBuffer>
  let count: NIOLoopBound<ByteCount>
  let settings: SMTPSettings

  static func open(_ settings: SMTPSettings) async throws -> SMTPConnection {
    let context = try NIOSSLContext(configuration: try tls(settings))
    return try await ClientBootstrap(group: .singletonMultiThreadedEventLoopGroup)
      .connectTimeout(.seconds(10))
      .connect(host: settings.host, port: settings.port) { channel in
        channel.eventLoop.makeCompletedFuture {
          if settings.security == .tls {
            try channel.pipeline.syncOperations.addHandler(
              NIOSSLClientHandler(context: context, serverHostname: Self.name(settings)))
          }
          let count = ByteCount()
          try channel.pipeline.syncOperations.addHandler(count)
          return SMTPConnection(
            channel: try NIOAsyncChannel(wrappingChannelSynchronously: channel),
            count: NIOLoopBound(count, eventLoop: channel.eventLoop), settings: settings)
        }
      }
  }

  /// Encrypts from here on. Throws where the server has said more than the `read` bytes that were
  /// read: it would be taken for what it says encrypted.
  func encrypt(afterReading read: Int) async throws {
    let context = try NIOSSLContext(configuration: try Self.tls(settings))
    let (channel, count, settings) = (channel.channel, count, settings)
    try await channel.eventLoop.submit {
      guard count.value.bytes == read else { throw SMTPError.injected }
      try channel.pipeline.syncOperations.addHandler(
        NIOSSLClientHandler(context: context, serverHostname: Self.name(settings)),
        position: .first)
    }.get()
  }

  private static func tls(_ settings: SMTPSettings) throws -> TLSConfiguration {
    var configuration = TLSConfiguration.makeClientConfiguration()
    configuration.minimumTLSVersion = .tlsv12
    if let file = settings.authorities { configuration.trustRoots = .file(file) }
    return configuration
  }

  /// The name the certificate must have; an address has none to send along (RFC 6066 §3).
  private static func name(_ settings: SMTPSettings) -> String? {
    let isAddress =
      settings.host.contains(":") || settings.host.allSatisfy { $0.isNumber || $0 == "." }
    return isAddress ? nil : settings.host
  }
}

/// Counts the bytes that have arrived.
final class ByteCount: ChannelInboundHandler {
  typealias InboundIn = ByteBuffer
  typealias InboundOut = ByteBuffer

  private(set) var bytes = 0

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    bytes += unwrapInboundIn(data).readableBytes
    context.fireChannelRead(data)
  }
}
