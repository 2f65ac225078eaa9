import Synchronization
import Visits

/// The questions asked while others book, so many a second, whether or not the store keeps up.
struct Load {
  private let questions: Questions

  init(_ questions: Questions) { self.questions = questions }

  func measure(rounds: Int, _ report: inout Report) async throws {
    let clock = ContinuousClock()
    let begun = clock.now
    let questions = questions
    let isAsking = Atomic(true)
    // Each booking is begun when it is due, also when the one before it is still under way.
    let others = Task {
      try await withThrowingTaskGroup(of: Void.self) { group in
        var count = 0
        // Not cancelled, which would end bookings under way and fail.
        while isAsking.load(ordering: .relaxed) {
          let number = count
          group.addTask { try await questions.bookOther(number) }
          count += 1
          try? await clock.sleep(
            until: begun + .milliseconds(count * 1000 / ServiceBenchmark.otherBookings))
        }
        try await group.waitForAll()
        return count
      }
    }
    var times: [Questions.Kind: [Double]] = [:]
    for round in 0..<rounds {
      for kind in Questions.Kind.allCases {
        // The second half of the room for series.
        let index =
          kind == .series
          ? questions.room - 1 - round % (questions.room / 2) : (round * 7919 + 13)
        times[kind, default: []].append(try await timed { try await questions.ask(kind, index) })
        try await clock.sleep(for: .milliseconds(2))
      }
    }
    isAsking.store(false, ordering: .relaxed)
    let booked = try await others.value
    let rate = Double(booked) / ((clock.now - begun) / .seconds(1))
    report.add(
      "bookings by others meanwhile, a second", "bookings", rate,
      atLeast: 0.95 * Double(ServiceBenchmark.otherBookings))
    for kind in Questions.Kind.allCases {
      guard let all = times[kind] else { continue }
      print(
        "  \(kind.rawValue), others booking: median \(Report.text(percentile(all, 0.5))) ms, "
          + "p99 \(Report.text(percentile(all, 0.99))) ms, longest \(Report.text(all.max() ?? 0)) ms"
      )
      report.add(
        "\(kind.rawValue): p99 of \(all.count) while others book", "ms", percentile(all, 0.99),
        atMost: ServiceBenchmark.mostP99)
    }
  }
}
