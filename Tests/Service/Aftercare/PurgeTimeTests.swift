import Store
import Testing
import Visits

@testable import Service

@Suite("When the service purges")
struct PurgeTimeTests {
  /// How soon after its start, in milliseconds.
  private static let first: Int64 = 5 * 60_000
  /// A day, in milliseconds.
  private static let day: Int64 = 86_400_000

  private func askAndWithdraw(_ town: Municipality) async throws {
    let citizen = Initiator.person(town.citizen.id, role: .citizen, device: nil)
    let asked = try await town.store.askForCall(
      CallbackAsk(citizen: town.citizen.id), tenant: town.tenant, by: citizen,
      at: town.clock.now(), events: CallbackEvents.drafts)
    _ = try await town.store.apply(
      .withdraw, to: asked.details.request.id, tenant: town.tenant, by: citizen,
      at: town.clock.now(), events: CallbackEvents.drafts)
  }

  /// How many purges have taken call-backs away.
  private func purges(_ town: Municipality) async throws -> Int {
    try await town.store.audit(tenant: town.tenant, after: 0, limit: 500)
      .count { $0.draft.action == "purge.callbacks" }
  }

  /// A server that is started again every night never sees a whole day go by.
  @Test(.endsWhenItHangs) func itPurgesSoonAfterItsStartAndThenEveryDay() async throws {
    let town = try await Municipality()
    try await town.store.setRetention(
      try RetentionPolicy(replacing: [RetentionPeriod(.callbacks, days: 1, from: .event)]),
      tenant: town.tenant, by: .system, at: town.clock.now())
    try await askAndWithdraw(town)
    town.clock.advance(milliseconds: 3 * Self.day)
    let start = town.clock.now()
    try await town.serve { _ in
      await town.clock.waitForSleeper(until: start.adding(milliseconds: Self.first))
      #expect(try await purges(town) == 0, "whoever waited for the service comes first")
      town.clock.advance(milliseconds: Self.first)
      while try await purges(town) < 1 { await Task.yield() }
      try await askAndWithdraw(town)
      var days = 0
      while try await purges(town) < 2 {
        // Whoever sleeps until the very time has seen the day begin.
        await town.clock.waitForSleeper(until: town.clock.now().adding(milliseconds: Self.day))
        town.clock.advance(milliseconds: Self.day)
        days += 1
      }
      #expect(days >= 2, "kept for the day that was decided")
    }
  }
}
