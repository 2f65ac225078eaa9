public import Foundation
import Synchronization

/// What a worker is told of requests to be called as they come and go; each thing once (E2).
///
/// A pure value: which requests are known, and what changed about them.
public struct CallbackNews: Sendable {
  /// Something to say.
  public enum News: Sendable, Equatable {
    /// Somebody asks to be called, or now says that it is urgent.
    case asks(Callback)
    /// Nobody has taken the request in time, or somebody has put it back.
    case stillWaits(Callback)
    /// Somebody else has taken it, or it was taken back.
    case noLonger(Callback)
  }

  private let me: String?
  private var waiting: [String: Callback] = [:]
  private var taken: Set<String> = []

  /// News for the worker `me`.
  public init(me: String?) { self.me = me }

  /// Takes a request as the service tells it.
  public mutating func take(_ request: Callback, at now: Date) -> News? {
    let before = waiting[request.id]
    // A call in vain: nobody need do anything before the next try.
    let isLater = request.retryAt.map { $0 > now } ?? false
    guard request.state == "waiting", !isLater else {
      waiting[request.id] = nil
      if request.state == "claimed" || isLater { taken.insert(request.id) }
      guard before != nil else { return nil }
      // One knows what one has taken oneself; that the citizen took it back is news to everybody.
      let isOwn = request.state != "withdrawn" && request.handler?.id == me
      return isOwn ? nil : .noLonger(request)
    }
    waiting[request.id] = request
    let wasTaken = taken.remove(request.id) != nil
    guard let known = before else { return wasTaken ? .stillWaits(request) : .asks(request) }
    if request.isUrgent, !known.isUrgent { return .asks(request) }
    return request.escalation != known.escalation ? .stillWaits(request) : nil
  }
}

/// Says on a terminal who asks to be called, with the bell.
public final class CallbackLines: Sendable {
  private let texts: Texts
  private let terminal: Terminal
  private let news: Mutex<CallbackNews>

  /// Lines for the worker `me`.
  public init(me: String?, texts: Texts, terminal: Terminal = .standard) {
    self.texts = texts
    self.terminal = terminal
    news = Mutex(CallbackNews(me: me))
  }

  /// Takes a request; says what there is to say.
  public func take(_ request: Callback, at now: Date = Date()) {
    guard let news = news.withLock({ $0.take(request, at: now) }) else { return }
    if Self.rings(news) { terminal.bell() }
    terminal.line(text(news, now: now))
  }

  /// The same signals, with what they tell of requests said on the way.
  public func listening(to signals: AsyncStream<StreamSignal>) -> AsyncStream<StreamSignal> {
    AsyncStream { continuation in
      let task = Task {
        for await signal in signals {
          if case .event(.callback(let request)) = signal { take(request) }
          continuation.yield(signal)
        }
        continuation.finish()
      }
      continuation.onTermination = { _ in task.cancel() }
    }
  }

  /// A piece of news in a sentence.
  func text(_ news: CallbackNews.News, now: Date) -> String {
    let words = BookingWords(texts)
    let (request, key): (Callback, TextKey) =
      switch news {
      case .asks(let request):
        (request, request.isUrgent ? .callbackRingsUrgent : .callbackRings)
      case .stillWaits(let request):
        (request, request.isUrgent ? .callbackRingsStillUrgent : .callbackRingsStill)
      case .noLonger(let request): (request, .callbackNoLonger)
      }
    return texts[
      key,
      ["name": request.citizen.displayName, "time": words.clock(request.createdAt, now: now)]]
  }

  private static func rings(_ news: CallbackNews.News) -> Bool {
    if case .noLonger = news { return false }
    return true
  }
}
