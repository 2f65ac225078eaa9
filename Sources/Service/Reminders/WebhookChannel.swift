import AsyncHTTPClient
import Crypto
import FoundationEssentials
import Glibc
import Logging
import NIOCore
import NIOHTTP1
import Visits

/// How a municipality's gateway is reached.
public struct WebhookSettings: Sendable {
  /// Where messages are posted.
  public var url: String
  /// What they are signed with, and what the gateway signs its reports with.
  public var secret: String

  /// Settings.
  public init(url: String, secret: String) {
    self.url = url
    self.secret = secret
  }
}

/// Text messages and whatever else a gateway of the municipality's carries.
///
/// One `POST` per message: JSON, `Idempotency-Key`, and `Besoeg-Signature: t=<seconds>,v1=<hex>`,
/// where `v1` is the HMAC-SHA256 of `<seconds>.<body>`. A repeat has the same key, and the gateway
/// sends nothing for it.
struct WebhookChannel: MessageChannel {
  private struct Body: Encodable {
    var key: String
    var channel: ReminderChannel
    var to: String
    var text: String
  }

  let settings: WebhookSettings
  let channel: ReminderChannel
  let logger: Logger

  func deliver(
    _ message: OutgoingMessage, handOver: @Sendable () async -> Bool
  ) async -> DeliveryResult {
    let body = Body(
      key: message.key.rawValue, channel: channel, to: message.address, text: message.text)
    guard let text = try? ServiceJSON.string(body) else {
      return .refused(failure: "webhook-unwritable", isFinal: true)
    }
    return await SignedWebhook(settings: settings, logger: logger).post(
      text, key: message.key.rawValue, at: message.at, handOver: handOver)
  }
}

/// One signed `POST` of JSON to an address of the municipality's: a gateway, or the journal.
struct SignedWebhook: Sendable {
  private struct Accepted: Decodable {
    var id: String?
  }

  /// How long the other end may take. Less than a message's lease.
  private static let timeout = TimeAmount.seconds(30)
  private static let largestReply = 64 * 1024

  let settings: WebhookSettings
  let logger: Logger

  /// Posts `text`, once `handOver` has said yes.
  func post(
    _ text: String, key: String, at now: UTCMilliseconds, handOver: @Sendable () async -> Bool
  ) async -> DeliveryResult {
    var request = HTTPClientRequest(url: settings.url)
    request.method = .POST
    request.headers.add(name: "content-type", value: "application/json")
    request.headers.add(name: "idempotency-key", value: key)
    request.headers.add(
      name: "besoeg-signature",
      value: WebhookSignature(secret: settings.secret).header(for: text, at: now))
    request.body = .bytes(ByteBuffer(string: text))
    guard await handOver() else { return .withdrawn }
    do {
      let response = try await HTTPClient.shared.execute(request, timeout: Self.timeout)
      // What comes back is read for the other end's own name of the message only.
      let reply = try? await response.body.collect(upTo: Self.largestReply)
      let accepted = reply.flatMap {
        try? JSONDecoder().decode(Accepted.self, from: Data(buffer: $0))
      }
      let code = Int(response.status.code)
      switch code {
      case 200..<300: return .accepted(reference: accepted?.id)
      // Busy, or not there for the moment.
      case 408, 425, 429, 500...: return .refused(failure: "webhook-\(code)", isFinal: false)
      default: return .refused(failure: "webhook-\(code)", isFinal: true)
      }
    } catch let error as HTTPClientError where error == .connectTimeout {
      return .refused(failure: "webhook-unreachable", isFinal: false)
    } catch let error as IOError where error.errnoCode == ECONNREFUSED {
      return .refused(failure: "webhook-unreachable", isFinal: false)
    } catch {
      // It may have been taken. When the lease runs out it is sent again under the same key.
      logger.warning("The gateway", metadata: ["error": "\(error)"])
      return .unknown
    }
  }
}

/// Signatures of what is posted to a gateway, and of what it posts to us.
struct WebhookSignature: Sendable {
  /// How far the two clocks may differ, in milliseconds. An old signature is a copied one.
  static let toleranceMilliseconds: Int64 = 5 * 60_000

  private let key: SymmetricKey

  init(secret: String) {
    key = SymmetricKey(data: Data(secret.utf8))
  }

  /// `t=<seconds>,v1=<hex>`.
  func header(for body: String, at now: UTCMilliseconds) -> String {
    let seconds = now.rawValue / 1000
    let code = HMAC<SHA256>.authenticationCode(for: Data("\(seconds).\(body)".utf8), using: key)
    return "t=\(seconds),v1=\(code.map(Self.hex).joined())"
  }

  /// Whether `header` is of this body and of about now.
  func isValid(_ header: String, body: String, at now: UTCMilliseconds) -> Bool {
    var seconds: Int64?
    var given: [UInt8]?
    for part in header.split(separator: ",") {
      if part.hasPrefix("t=") { seconds = Int64(part.dropFirst(2)) }
      if part.hasPrefix("v1=") { given = Self.bytes(part.dropFirst(3)) }
    }
    guard let seconds, let given, seconds > 0, seconds < 1 << 40 else { return false }
    let age = now.milliseconds(since: UTCMilliseconds(rawValue: seconds * 1000))
    guard abs(age) <= Self.toleranceMilliseconds else { return false }
    return HMAC<SHA256>.isValidAuthenticationCode(
      given, authenticating: Data("\(seconds).\(body)".utf8), using: key)
  }

  private static func hex(_ byte: UInt8) -> String {
    let text = String(byte, radix: 16)
    return text.count == 1 ? "0\(text)" : text
  }

  private static func bytes(_ text: Substring) -> [UInt8]? {
    let digits = text.compactMap(\.hexDigitValue)
    guard digits.count == text.count, digits.count == 64 else { return nil }
    return stride(from: 0, to: 64, by: 2).map { UInt8(digits[$0] * 16 + digits[$0 + 1]) }
  }
}
