import Testing
import Visits

@testable import Store

@Suite("Questions about passing something on, stored")
struct DisclosureStoreTests {
  typealias M = Municipality
  private let karen = PersonID(rawValue: "karen")

  private func ask(_ town: Municipality) async throws -> Disclosure {
    try await town.store.askToDisclose(
      DisclosureDraft(
        what: "Notatet fra i dag", recipient: "Lægen", reason: "Så lægen kan hjælpe"),
      of: karen, tenant: M.tenant, by: M.anne, at: M.now, events: { _, _ in [] }
    ).disclosure
  }

  private func apply(
    _ town: Municipality, _ command: DisclosureCommand, to id: DisclosureID,
    by initiator: Initiator, at minute: Int = 1
  ) async throws -> Disclosure {
    try await town.store.apply(
      command, to: id, of: karen, tenant: M.tenant, by: initiator,
      at: M.now.adding(minutes: minute), events: { _, _ in [] }
    ).disclosure
  }

  @Test func aYesIsAConsentAndTakenBackItStopsWhatWasNotPassedOn() async throws {
    let town = try await Municipality()
    let asked = try await ask(town)
    let agreed = try await apply(town, .answer(isYes: true, .onScreen), to: asked.id, by: M.karen)
    let consent = try #require(
      try await town.store.consents(of: karen, tenant: M.tenant).first)
    #expect(consent.kind == .disclosure && consent.recipient == "Lægen")
    #expect(agreed.consent == consent.id && consent.way == .onScreen)
    _ = try await town.store.withdraw(
      consent.id, of: karen, tenant: M.tenant, by: M.karen, at: M.now.adding(minutes: 2))
    let refused = await storeError {
      _ = try await apply(town, .passOn, to: asked.id, by: M.anne, at: 3)
    }
    #expect(refused == .refused(.consentMissing(.disclosure)))
    let kept = try await town.store.disclosures(of: karen, tenant: M.tenant)
    #expect(kept.map(\.disclosure) == [agreed] && kept.first?.askedBy.displayName == "Anne")
  }

  @Test func aNoIsKeptAndEveryStepIsInTheAuditLog() async throws {
    let town = try await Municipality()
    let asked = try await ask(town)
    _ = try await apply(town, .answer(isYes: false, .onScreen), to: asked.id, by: M.karen)
    #expect(try await town.store.consents(of: karen, tenant: M.tenant).isEmpty)
    let again = await storeError { _ = try await ask(town) }
    #expect(again == .refused(.disclosureWasDeclined))
    let other = await storeError {
      _ = try await town.store.apply(
        .passOn, to: asked.id, of: PersonID(rawValue: "ole"), tenant: M.tenant, by: M.anne,
        at: M.now, events: { _, _ in [] })
    }
    #expect(other == .notFound)
    let actions = try await town.store.audit(tenant: M.tenant, after: 0, limit: 500)
      .map(\.draft.action)
    #expect(actions.suffix(2) == ["disclosure.ask", "disclosure.no"])
  }
}
