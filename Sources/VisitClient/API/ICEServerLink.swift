/// Where a relay takes TLS, as a join's answer names it (RFC 9725 §4.6, RFC 8288 §3, RFC 7065 §3.1):
///
///     Link: <turns:besoeg.example:443?transport=tcp>; rel="ice-server"; username="…"; …
///
/// Browsers need the TURN server that is there. A native client needs no TURN: it speaks RFC 4571
/// frames to the same host and port, under the same certificate.
public struct ICEServerLink: Sendable, Equatable {
  /// The server's name, or its address without brackets.
  public var host: String
  /// Its port.
  public var port: UInt16

  /// A server.
  public init(host: String, port: UInt16) {
    self.host = host
    self.port = port
  }

  /// RFC 7065 §3.2: where a `turns` URI names no port.
  private static let defaultPort: UInt16 = 5349
  /// No answer of ours has a longer header.
  private static let longestHeader = 4096

  /// The servers in the values of `Link` headers that take TLS over TCP.
  static func all(in headers: [String]) -> [ICEServerLink] {
    headers.filter { $0.utf8.count <= longestHeader }.flatMap { links(in: $0[...]) }
  }

  /// One header may hold several links, parted by commas.
  private static func links(in header: Substring) -> [ICEServerLink] {
    var found: [ICEServerLink] = []
    for link in split(header, at: ",") {
      guard let open = link.firstIndex(of: "<"), let close = link[open...].firstIndex(of: ">")
      else { continue }
      let parameters = split(link[link.index(after: close)...], at: ";").map(trimmed)
      let relation = parameters.first { $0.lowercased().hasPrefix("rel=") }?.dropFirst(4)
      guard let relation, unquoted(relation).split(separator: " ").contains("ice-server"),
        let server = ICEServerLink(uri: link[link.index(after: open)..<close])
      else { continue }
      found.append(server)
    }
    return found
  }

  /// `turns:host[:port][?transport=tcp]`.
  private init?(uri: Substring) {
    guard uri.prefix(6).lowercased() == "turns:" else { return nil }
    let rest = uri.dropFirst(6)
    let place = rest.prefix { $0 != "?" }
    let query = rest.dropFirst(place.count + 1)
    guard query.isEmpty || query.lowercased() == "transport=tcp" else { return nil }
    let name: Substring
    let port: Substring
    if place.first == "[" {
      guard let close = place.firstIndex(of: "]") else { return nil }
      name = place[place.index(after: place.startIndex)..<close]
      port = place[place.index(after: close)...]
    } else {
      name = place.prefix { $0 != ":" }
      port = place[name.endIndex...]
    }
    guard !name.isEmpty, name.utf8.count <= 253 else { return nil }
    if port.isEmpty {
      self.init(host: String(name), port: Self.defaultPort)
    } else {
      guard port.first == ":", let number = UInt16(port.dropFirst()), number > 0 else { return nil }
      self.init(host: String(name), port: number)
    }
  }

  /// Splits where `separator` stands outside quotes and angle brackets.
  private static func split(_ text: Substring, at separator: Character) -> [Substring] {
    var parts: [Substring] = []
    var start = text.startIndex
    var (isQuoted, isURI, isEscaped) = (false, false, false)
    for index in text.indices {
      let character = text[index]
      if isEscaped {
        isEscaped = false
      } else if isQuoted {
        if character == "\\" { isEscaped = true }
        if character == "\"" { isQuoted = false }
      } else if isURI {
        isURI = character != ">"
      } else if character == "\"" {
        isQuoted = true
      } else if character == "<" {
        isURI = true
      } else if character == separator {
        parts.append(text[start..<index])
        start = text.index(after: index)
      }
    }
    return parts + [text[start...]]
  }

  private static func trimmed(_ text: Substring) -> Substring {
    var text = text
    while text.first?.isWhitespace == true { text.removeFirst() }
    while text.last?.isWhitespace == true { text.removeLast() }
    return text
  }

  private static func unquoted(_ text: Substring) -> Substring {
    text.first == "\"" && text.last == "\"" && text.count >= 2 ? text.dropFirst().dropLast() : text
  }
}
