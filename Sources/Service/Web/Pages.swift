import FoundationEssentials
import HTTPTypes
import Hummingbird
import Mustache
import NIOCore

/// The server-rendered pages in each language of the catalogue, rendered once.
///
/// They hold nothing about anybody: what a page shows it asks the API for, with the token that
/// stands behind `#` in its address and never reaches a server log.
struct Pages: Sendable {
  /// The languages there are pages in; the first is the default.
  static let languages = ["da", "en"]

  private let pages: [String: ByteBuffer]

  /// Renders the pages that ship with the service.
  init() throws {
    var pages: [String: ByteBuffer] = [:]
    for language in Self.languages {
      guard let data = PageResources.data("texts/\(language).json") else { continue }
      let texts = try JSONDecoder().decode([String: String].self, from: data)
      for file in PageResources.names(in: ".") where file.hasSuffix(".mustache") {
        guard let source = PageResources.data(file) else { continue }
        let template = try MustacheTemplate(string: String(decoding: source, as: UTF8.self))
        let name = file.dropLast(".mustache".count)
        pages["\(name).\(language)"] = ByteBuffer(string: template.render(texts))
      }
    }
    self.pages = pages
  }

  /// The page called `name` in the language the caller's `Accept-Language` prefers.
  func response(_ name: String, request: Request) throws -> Response {
    let language = Self.language(for: request.headers[.acceptLanguage])
    guard let page = pages["\(name).\(language)"] else { throw Problem(.notFound) }
    let headers: HTTPFields = [
      .contentType: "text/html; charset=utf-8", .contentLanguage: language,
      .vary: "Accept-Language", .cacheControl: "no-cache",
    ]
    return Response(status: .ok, headers: headers, body: .init(byteBuffer: page))
  }

  /// Danish, unless the caller ranks English and not Danish before it (RFC 9110 §12.5.4).
  static func language(for accept: String?) -> String {
    var best = (language: languages[0], quality: 0.0)
    for item in (accept ?? "").split(separator: ",") {
      let parts = item.split(separator: ";").map { $0.filter { !$0.isWhitespace }.lowercased() }
      guard let tag = parts.first?.split(separator: "-").first.map(String.init),
        languages.contains(tag)
      else { continue }
      let weight = parts.dropFirst().first { $0.hasPrefix("q=") }
      let quality = weight.flatMap { Double($0.dropFirst(2)) } ?? 1
      if quality > best.quality { best = (tag, quality) }
    }
    return best.language
  }
}
