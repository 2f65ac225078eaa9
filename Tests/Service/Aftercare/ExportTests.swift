import HTTPTypes
import Store
import Testing
import Visits

@testable import Service

@Suite("Retention and export")
struct ExportTests {
  @Test func everythingAboutACitizenIsForTheCitizenAndTheAdministrator() async throws {
    let town = try await Municipality()
    let administrator = try await town.add("adm", .administrator, "Ada")
    try await town.serve { browser in
      _ = try await browser.book()
      let path = "/api/v1/citizens/karen/export"
      let own = try await browser.send(.get, path, as: town.citizen)
      #expect(own.status == .ok)
      #expect(own.json["tables"]["visit"].array.count == 1)
      #expect(own.headers[.contentDisposition]?.contains("attachment") == true)
      let refused = try await browser.send(.get, path, as: administrator)
      #expect(refused.problem == "reason-needed")
      let asked = try await browser.send(
        .get, "\(path)?reason=borgerens%20anmodning%20om%20indsigt", as: administrator)
      #expect(asked.status == .ok)
      for person in [town.worker, town.operations] {
        #expect(try await browser.send(.get, path, as: person).status == .forbidden)
      }
      let log = try await town.store.accessLog(
        tenant: town.tenant, of: town.citizen.id, after: 0, limit: 100)
      #expect(log.contains { $0.action == .export && $0.reader == administrator.id })
      let audit = try await town.store.audit(tenant: town.tenant, after: 0, limit: 1000)
      #expect(audit.filter { $0.draft.action == "citizen.export" }.count == 2)
    }
  }

  @Test func periodsAreDecidedByTheAdministratorWithinWhatTheLawAllows() async throws {
    let town = try await Municipality()
    let administrator = try await town.add("adm", .administrator, "Ada")
    try await town.serve { browser in
      let path = "/api/v1/retention"
      func put(_ kind: String, _ days: Int, _ from: String = "event", as person: Person)
        async throws
        -> TestBrowser.Answer
      {
        try await browser.send(
          .put, path, as: person,
          json: [
            "periods": [
              ["kind": .string(kind), "days": .number(Double(days)), "from": .string(from)]
            ]
          ])
      }
      #expect(try await put("ledger", 90, as: administrator).status == .ok)
      let read = try await browser.send(.get, path, as: town.operations)
      let ledger = read.json["periods"].array.first { $0["kind"].string == "ledger" }
      #expect(ledger?["days"].number == 90)
      #expect(try await put("audit", 30, as: administrator).problem == "retention-out-of-range")
      #expect(try await put("ledger", 90, as: town.operations).status == .forbidden)
      #expect(try await put("gossip", 90, as: administrator).problem == "unknown-choice")
    }
  }
}
