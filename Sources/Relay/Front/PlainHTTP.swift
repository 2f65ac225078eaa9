/// The two answers that the front gives by itself.
enum PlainHTTP {
  /// For who comes without TLS: the same place with it (RFC 9110 §15.4.9). The host is our own name,
  /// never what the request says, so that nobody can be sent elsewhere.
  static func redirect(_ request: [UInt8], to host: String) -> [UInt8] {
    Array(
      """
      HTTP/1.1 308 Permanent Redirect\r
      Location: https://\(host)\(target(of: request))\r
      Content-Length: 0\r
      Connection: close\r
      \r\n
      """.utf8)
  }

  /// For who comes while the HTTP server is away: back in a moment.
  static func away(_ document: [UInt8]) -> [UInt8] {
    Array(
      """
      HTTP/1.1 503 Service Unavailable\r
      Content-Type: application/problem+json\r
      Content-Length: \(document.count)\r
      Retry-After: 2\r
      Cache-Control: no-store\r
      Connection: close\r
      \r\n
      """.utf8) + document
  }

  /// The path and query of a request line, where they have come whole and are harmless; else "/".
  static func target(of request: [UInt8]) -> String {
    guard let first = request.firstIndex(of: UInt8(ascii: " ")) else { return "/" }
    let rest = request[(first + 1)...]
    guard let end = rest.firstIndex(of: UInt8(ascii: " ")), rest.first == UInt8(ascii: "/"),
      rest[..<end].allSatisfy({ (0x21...0x7E).contains($0) })
    else { return "/" }
    return String(decoding: rest[..<end], as: UTF8.self)
  }
}
