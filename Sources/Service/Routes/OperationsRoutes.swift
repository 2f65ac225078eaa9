import HTTPTypes
import Hummingbird
import NIOCore

/// What machines ask: is it alive, is it ready, how is it doing, how is it used.
struct OperationsRoutes: Sendable {
  let readiness: Readiness
  let metrics: ServiceMetrics

  func add(to router: Router<ServiceContext>) {
    router.get("healthz") { _, _ in try ServiceJSON.response(["status": "ok"]) }
    router.get("readyz") { _, _ in
      let reasons = await readiness.reasons()
      guard reasons.isEmpty else {
        throw Problem(.notReady, ["reasons": reasons.map(\.rawValue).joined(separator: ", ")])
      }
      return try ServiceJSON.response(["status": "ready"])
    }
    router.get("metrics") { _, _ in
      _ = await readiness.reasons()
      return Response(
        status: .ok, headers: [.contentType: "text/plain; version=0.0.4; charset=utf-8"],
        body: .init(byteBuffer: ByteBuffer(string: metrics.registry.text())))
    }
    let description = PageResources.data("openapi.json").map { ByteBuffer(bytes: $0) }
    router.get("openapi.json") { _, _ in
      guard let description else { throw Problem(.notFound) }
      return Response(
        status: .ok, headers: [.contentType: "application/json"],
        body: .init(byteBuffer: description))
    }
  }
}
