import HTTPTypes
import Hummingbird
import Store

/// The event stream.
struct EventRoutes: Sendable {
  let store: any BesoegStore
  let hub: EventHub
  let coordinator: RelayCoordinator
  let clock: any ServiceClock

  func add(to group: RouterGroup<ServiceContext>) {
    group.get("events", use: open)
  }

  private static let headers: HTTPFields = [
    .contentType: "text/event-stream",
    .cacheControl: "no-store",
    // Asks nginx, the commonest proxy in front of us, not to collect events into bigger pieces.
    .accelBuffering: "no",
  ]

  @Sendable private func open(_ request: Request, _ context: ServiceContext) async throws
    -> Response
  {
    let caller = try context.requireCaller()
    let resume = try request.lastEventID()
    guard request.method == .get else { return Response(status: .ok, headers: Self.headers) }

    // The stream is known to the hub before the newest id is read: nothing falls between.
    let channel = context.channel
    let subscription = try hub.subscribe(caller) { channel?.close(promise: nil) }
    channel?.closeFuture.whenComplete { [hub] _ in hub.remove(subscription) }
    let newest: Int64
    do {
      newest = try await store.lastEventID()
    } catch {
      hub.remove(subscription)
      throw error
    }
    // An id from the future is one of another database; there is nothing to resume then.
    let cursor = resume.flatMap { $0 <= newest ? $0 : nil }
    let opening = await coordinator.opening(for: caller, isResuming: cursor != nil)
    let stream = EventWriter(
      subscription: subscription, store: store, clock: clock, logger: context.logger,
      cursor: cursor ?? newest)
    let body = ResponseBody { [hub] writer in
      defer { hub.remove(subscription) }
      if channel == nil {
        try await stream.write(opening: opening, to: &writer)
      } else {
        // A reader that goes away closes its half of the connection only, which nobody would
        // notice before the next heartbeat.
        try await request.body.consumeWithInboundCloseHandler { _ in
          try await stream.write(opening: opening, to: &writer)
        } onInboundClosed: {
          subscription.close()
        }
      }
      try await writer.finish(nil)
    }
    return Response(status: .ok, headers: Self.headers, body: body)
  }
}

extension Request {
  /// The last event the reader has seen, from the header or, for a reader that cannot set one, the
  /// query.
  fileprivate func lastEventID() throws -> Int64? {
    let name = "Last-Event-ID"
    guard let text = headers[.lastEventID] ?? uri.queryParameters.get("lastEventId"),
      !text.isEmpty
    else { return nil }
    guard let id = Int64(text), id >= 0 else {
      throw Problem(.outOfRange, ["field": name, "least": "0", "most": String(Int64.max)])
    }
    return id
  }
}
