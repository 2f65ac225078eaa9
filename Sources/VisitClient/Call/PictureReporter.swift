/// Tells the service about the steps of one's own picture: in order, one at a time, and never so that
/// anything waits for it. What cannot be told now is dropped but for the last, which says where the
/// picture is.
actor PictureReporter {
  private let tell: @Sendable (PictureStep) async throws(ServiceError) -> Void
  private var waiting: [PictureStep] = []
  private var isTelling = false

  /// A ladder with hysteresis takes minutes to make so many steps.
  static let capacity = 8

  init(api: BesoegAPI, visit: String) {
    self.init { step async throws(ServiceError) in try await api.post(step, visit: visit) }
  }

  init(_ tell: @escaping @Sendable (PictureStep) async throws(ServiceError) -> Void) {
    self.tell = tell
  }

  /// Adds a step and tells what is waiting.
  func report(_ step: PictureStep) async {
    waiting.append(step)
    if waiting.count > Self.capacity { waiting.removeFirst() }
    await flush()
  }

  /// Tells what is waiting.
  func flush() async {
    guard !isTelling else { return }
    isTelling = true
    defer { isTelling = false }
    while let next = waiting.first {
      do {
        try await tell(next)
        if waiting.first == next { waiting.removeFirst() }
      } catch {
        // While the service is away, only where the picture ends up is worth telling later.
        waiting = error.isPassing ? waiting.suffix(1) : []
        return
      }
    }
  }
}
