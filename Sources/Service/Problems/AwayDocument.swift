import FoundationEssentials
import HTTPTypes

/// The problem document that stands in for the service while it is away: a restart, an upgrade.
public enum AwayDocument {
  /// The document, JSON (RFC 9457).
  public static var text: String {
    let texts = ProblemCatalogue.shared[.away]
    let document: [String: JSONValue] = [
      "type": .string("https://besoeg.dk/problems/\(ProblemKind.away.rawValue)"),
      "title": .string(texts.title),
      "status": .number(Double(ProblemKind.away.status.code)),
      "detail": .string(texts.danish),
      "detailEn": .string(texts.english),
    ]
    return String(decoding: (try? ServiceJSON.data(document)) ?? Data("{}".utf8), as: UTF8.self)
  }
}
