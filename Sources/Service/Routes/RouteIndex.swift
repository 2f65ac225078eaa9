import HTTPTypes
import Hummingbird
import Synchronization

/// The registered routes by shape, so that a known path with the wrong method is told from an
/// unknown path.
///
/// Filled once when the router is complete; the middleware that reads it has to be added before.
final class RouteIndex: Sendable {
  private struct Pattern: Sendable {
    var components: [String]
    var method: HTTPRequest.Method
  }

  private let patterns = Mutex<[Pattern]>([])

  /// Takes over the routes of a complete router.
  func fill(from router: Router<ServiceContext>) {
    let found = router.routes.map { route in
      Pattern(components: Self.components(of: route.path.description), method: route.method)
    }
    patterns.withLock { $0 = found }
  }

  /// Every route as `METHOD /path/{parameter}`, in order; the generated `HEAD` routes left out.
  var descriptions: [String] {
    patterns.withLock { patterns in
      patterns.filter { $0.method != .head }
        .map { "\($0.method.rawValue) /\($0.components.joined(separator: "/"))" }.sorted()
    }
  }

  /// The methods that some route takes at `path`.
  func methods(at path: String) -> [HTTPRequest.Method] {
    let given = Self.components(of: path)
    return patterns.withLock { patterns in
      patterns.filter { Self.matches($0.components, given) }.map(\.method)
    }
  }

  private static func components(of path: String) -> [String] {
    path.split(separator: "/").map(String.init)
  }

  private static func matches(_ pattern: [String], _ given: [String]) -> Bool {
    if pattern.last == "**" {
      let fixed = pattern.dropLast()
      return given.count >= fixed.count && matches(Array(fixed), Array(given.prefix(fixed.count)))
    }
    return pattern.count == given.count
      && zip(pattern, given).allSatisfy { $0 == $1 || $0.first == "{" }
  }
}
