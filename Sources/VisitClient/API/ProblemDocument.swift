import FoundationEssentials

/// A refusal by the service (RFC 9457), with its text in both languages.
public struct ProblemDocument: Codable, Sendable, Equatable {
  /// What kind of problem, a stable URI.
  public var type: String
  /// A short title, Danish.
  public var title: String?
  /// The HTTP status.
  public var status: Int
  /// What happened and what to do, Danish.
  public var detail: String?
  /// The same, English.
  public var detailEn: String?

  private enum CodingKeys: String, CodingKey {
    case type, title, status, detail, detailEn
  }

  /// A problem.
  public init(
    type: String, title: String? = nil, status: Int, detail: String? = nil, detailEn: String? = nil
  ) {
    self.type = type
    self.title = title
    self.status = status
    self.detail = detail
    self.detailEn = detailEn
  }

  /// A problem from its JSON; RFC 9457 §3 makes every member optional.
  public init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: CodingKeys.self)
    type = try values.decodeIfPresent(String.self, forKey: .type) ?? "about:blank"
    title = try values.decodeIfPresent(String.self, forKey: .title)
    status = try values.decodeIfPresent(Int.self, forKey: .status) ?? 0
    detail = try values.decodeIfPresent(String.self, forKey: .detail)
    detailEn = try values.decodeIfPresent(String.self, forKey: .detailEn)
  }

  /// The last path component of `type`, such as `wrong-state`.
  public var slug: String { type.split(separator: "/").last.map(String.init) ?? type }

  /// The document of a refused reply; a body that is no problem document still says its status.
  init(status: Int, body: Data) {
    if let document = try? ServiceJSON.decode(ProblemDocument.self, from: body) {
      self = document
      self.status = status
    } else {
      self.init(type: "about:blank", status: status)
    }
  }

  /// What to show a person.
  public func text(in texts: Texts) -> String {
    let own = texts.language == .danish ? detail : (detailEn ?? detail)
    if let own, !own.isEmpty { return own }
    return texts[.problemWithoutText, ["status": String(status)]]
  }
}

/// Why a request to the service did not succeed.
public enum ServiceError: Error, Sendable, Equatable {
  /// The service refused.
  case refused(ProblemDocument)
  /// The service cannot be reached; the request never got there.
  case unreachable
  /// The connection broke after the request was sent: it may or may not have taken effect.
  case uncertain
  /// The reply is not what the API promises.
  case malformedReply
  /// The server's address is no HTTP address.
  case invalidServer
  /// The caller gave up.
  case cancelled

  /// Whether trying again later can help.
  public var isPassing: Bool {
    switch self {
    case .unreachable, .uncertain: true
    case .refused(let problem): problem.status == 503 || problem.status == 502
    case .malformedReply, .invalidServer, .cancelled: false
    }
  }

  /// What to show a person.
  public func text(in texts: Texts, server: String) -> String {
    switch self {
    case .refused(let problem): problem.text(in: texts)
    case .unreachable: texts[.serviceUnreachable, ["server": server]]
    case .uncertain: texts[.serviceUncertain]
    case .malformedReply: texts[.serviceMalformed]
    case .invalidServer: texts[.serverInvalid, ["server": server]]
    case .cancelled: texts[.serviceCancelled]
    }
  }
}
