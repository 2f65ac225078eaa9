import Store
import Testing
import Visits

@testable import Service

@Suite("When the service purges")
struct PurgeTimeTests {
  /// How soon after its start, in milliseconds.
  private static let first: Int64 = 5 * 60_000

  private func askAndWithdraw(_ town: Municipality) async throws {
    let citizen = Initiator.person(town.citizen.id, role: .citizen, device: nil)
    let asked = try await town.store.askForCall(
      CallbackAsk(citizen: town.citizen.id), tenant: town.tenant, by: citizen,
      at: town.clock.now(), events: CallbackEvents.drafts)
    _ = try await town.store.apply(
      .withdraw, to: asked.details.request.id, tenant: town.tenant, by: citizen,
      at: town.clock.now(), events: CallbackEvents.drafts)
  }

  /// How many purges took call-backs away, once there are `count`.
  private func purges(_ town: Municipality, atLeast count: Int) async throws -> Int {
    while true {
      let lines = try await town.store.audit(tenant: town.tenant, after: 0, limit: 500)
      let found = lines.count { $0.draft.action == "purge.callbacks" }
      if found >= count { return found }
      await Task.yield()
    }
  }

  /// A server that is started again every night never sees a whole day go by.
  @Test(.endsWhenItHangs)
  func itPurgesSoonAfterItsStartAndThenEveryDay() async throws {
    let town = try await Municipality()
    try await askAndWithdraw(town)
    town.clock.advance(milliseconds: 100 * 86_400_000)
    let start = town.clock.now()
    try await town.serve { _ in
      let soon = start.adding(milliseconds: Self.first)
      await town.clock.waitForSleeper(until: soon)
      town.clock.advance(milliseconds: Self.first)
      #expect(try await purges(town, atLeast: 1) == 1)
      try await askAndWithdraw(town)
      // A day at a time, so that whoever else waits is not left a quarter of a year behind.
      for _ in 0..<100 {
        await town.clock.waitForSleeper(until: town.clock.now().adding(milliseconds: 86_400_000))
        town.clock.advance(milliseconds: 86_400_000)
      }
      #expect(try await purges(town, atLeast: 2) == 2)
    }
  }
}
