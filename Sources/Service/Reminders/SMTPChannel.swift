import FoundationEssentials
import Logging
import NIOCore
import NIOPosix
import NIOSSL

/// How the municipality's mail server is reached.
public struct SMTPSettings: Sendable {
  /// How the connection is protected.
  public enum Security: String, Sendable, CaseIterable {
    /// Encrypted after STARTTLS (RFC 3207), or not used.
    case startTLS = "starttls"
    /// Encrypted from the first byte (RFC 8314).
    case tls
    /// Not at all: for a server on the same machine.
    case none
  }

  /// The server's name.
  public var host: String
  /// Its port.
  public var port: Int
  /// How the connection is protected.
  public var security: Security
  /// The name to sign in with; nil for not signing in.
  public var user: String?
  /// The password.
  public var password: String
  /// Who the messages are from.
  public var from: String
  /// A file of authorities to believe instead of the system's, PEM.
  public var authorities: String?

  /// Settings.
  public init(
    host: String, port: Int, security: Security, user: String? = nil, password: String = "",
    from: String, authorities: String? = nil
  ) {
    self.host = host
    self.port = port
    self.security = security
    self.user = user
    self.password = password
    self.from = from
    self.authorities = authorities
  }
}

/// E-mail through one mail server, a connection per message.
///
/// Our own and not a library's, because the store has to be told between the text and the final dot
/// (RFC 5321 §4.1.1.4: until then the server holds nothing), and no client lets anybody in there.
struct SMTPChannel: MessageChannel {
  let settings: SMTPSettings
  let logger: Logger

  func deliver(
    _ message: OutgoingMessage, handOver: @Sendable () async -> Bool
  ) async -> DeliveryResult {
    guard MailMessage.isAddress(message.address) else {
      return .refused(failure: "address-invalid", isFinal: true)
    }
    let outcome = Outcome()
    do {
      let connection = try await SMTPConnection.open(settings)
      try await connection.channel.executeThenClose { inbound, outbound in
        var dialogue = SMTPDialogue(
          connection: connection, replies: inbound.makeAsyncIterator(), outbound: outbound,
          settings: settings)
        try await dialogue.begin()
        try await dialogue.announce(
          MailMessage(from: settings.from, to: message.address, message: message))
        guard await handOver() else {
          outcome.set(.withdrawn)
          return
        }
        // From here on it may have arrived, whatever goes wrong.
        outcome.set(.unknown)
        let reply = try await dialogue.finish()
        outcome.set(
          reply.isDone
            ? .accepted(reference: nil)
            : .refused(failure: "smtp-data-\(reply.code)", isFinal: reply.isFinal))
        try await dialogue.end()
      }
    } catch {
      if let known = outcome.value { return known }
      logger.warning("The mail server", metadata: ["error": "\(error)"])
      let smtp = error as? SMTPError
      return .refused(failure: smtp?.failure ?? "smtp-unreachable", isFinal: smtp?.isFinal ?? false)
    }
    return outcome.value ?? .unknown
  }
}
