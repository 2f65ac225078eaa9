import FoundationEssentials
import HTTPTypes
import Hummingbird
import NIOCore

/// The pages' static files, held in memory and found by exact name, so that no path of a caller's
/// ever reaches the file system.
struct Assets: Sendable {
  private struct Asset: Sendable {
    var body: ByteBuffer
    var contentType: String
    var tag: String
  }

  private let assets: [String: Asset]

  /// The assets that ship with the service: `assets/*`, and `texts/*` under `texts/`.
  init() {
    var assets: [String: Asset] = [:]
    for (folder, prefix) in [("assets", ""), ("texts", "texts/")] {
      for name in PageResources.names(in: folder) {
        guard let type = Self.contentType(of: name),
          let data = PageResources.data("\(folder)/\(name)")
        else { continue }
        assets[prefix + name] = Asset(
          body: ByteBuffer(bytes: data), contentType: type, tag: Self.tag(of: data))
      }
    }
    self.assets = assets
  }

  /// The names of all assets below `/assets/`.
  var names: [String] { assets.keys.sorted() }

  /// The asset called `name`, or 304 where the caller already has it.
  func response(_ name: String, request: Request) throws -> Response {
    guard let asset = assets[name] else { throw Problem(.notFound) }
    // The files change with the program only; asking again costs a round trip without a body.
    var headers: HTTPFields = [.eTag: asset.tag, .cacheControl: "no-cache"]
    if request.headers[.ifNoneMatch] == asset.tag {
      return Response(status: .notModified, headers: headers)
    }
    headers[.contentType] = asset.contentType
    return Response(status: .ok, headers: headers, body: .init(byteBuffer: asset.body))
  }

  /// The media type by file name extension; nil for what the pages do not use.
  static func contentType(of name: String) -> String? {
    switch name.split(separator: ".").last {
    case "css": "text/css; charset=utf-8"
    case "mjs", "js": "text/javascript; charset=utf-8"
    case "json": "application/json"
    case "svg": "image/svg+xml"
    case "png": "image/png"
    case "woff2": "font/woff2"
    case "wav": "audio/wav"
    case "ogg": "audio/ogg"
    default: nil
    }
  }

  /// A strong entity tag (RFC 9110 §8.8.3): FNV-1a, 64 bits, as a fingerprint against accidents.
  private static func tag(of data: Data) -> String {
    var hash: UInt64 = 0xcbf2_9ce4_8422_2325
    for byte in data { hash = (hash ^ UInt64(byte)) &* 0x0000_0100_0000_01b3 }
    return "\"\(String(hash, radix: 16))-\(data.count)\""
  }
}
