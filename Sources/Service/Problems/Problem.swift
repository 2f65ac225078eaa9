import FoundationEssentials
import HTTPTypes
import Hummingbird
import NIOCore

/// A refusal on its way to the caller as an RFC 9457 problem document.
struct Problem: Error, Sendable {
  /// What is wrong.
  var kind: ProblemKind
  /// The last path component of `type`; differs from the kind's where a rule of the domain refused.
  var slug: String
  /// Values for the `{placeholders}` of the catalogue's text, also sent as extension members.
  var values: [String: String]
  /// Texts that replace the catalogue's: those of a rule of the domain.
  var texts: ProblemTexts?
  /// Headers that go with the refusal, such as `WWW-Authenticate`.
  var headers: HTTPFields

  init(_ kind: ProblemKind, _ values: [String: String] = [:], headers: HTTPFields = [:]) {
    self.kind = kind
    self.slug = kind.rawValue
    self.values = values
    self.texts = nil
    self.headers = headers
  }

  /// The document's `type`.
  var type: String { "https://besoeg.dk/problems/\(slug)" }

  /// The document as a response. `request` names the request in the service's log.
  func response(request: String?) -> Response {
    let texts = (self.texts ?? ProblemCatalogue.shared[kind]).filled(with: values)
    var document: [String: JSONValue] = [
      "type": .string(type),
      "title": .string(texts.title),
      "status": .number(Double(kind.status.code)),
      "detail": .string(texts.danish),
      "detailEn": .string(texts.english),
    ]
    if let request { document["instance"] = .string("urn:besoeg:request:\(request)") }
    for (name, value) in values where document[name] == nil {
      document[name] = Int(value).map { .number(Double($0)) } ?? .string(value)
    }
    var headers = self.headers
    headers[.contentType] = "application/problem+json"
    headers[.cacheControl] = "no-store"
    let body = ServiceJSON.buffer(document)
    return Response(status: kind.status, headers: headers, body: .init(byteBuffer: body))
  }
}

extension Problem {
  /// The caller is to say who they are. RFC 6750 §3.
  static func unauthorized(_ kind: ProblemKind) -> Problem {
    let challenge = kind == .tokenMissing ? "Bearer" : "Bearer error=\"invalid_token\""
    return Problem(kind, headers: [.wwwAuthenticate: challenge])
  }

  /// The service cannot now; the caller may try again in `seconds`.
  static func unavailable(_ kind: ProblemKind, retryAfter seconds: Int) -> Problem {
    Problem(kind, headers: [.retryAfter: String(seconds)])
  }
}
