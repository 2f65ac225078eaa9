import Foundation
import HTTPTypes
import Store
import Testing
import Visits

@testable import Service

@Suite("A data directory")
struct InstallationTests {
  private func withDirectory(_ body: (String) async throws -> Void) async throws {
    let path = FileManager.default.temporaryDirectory.path + "/besoeg-\(UUID().uuidString)"
    defer { try? FileManager.default.removeItem(atPath: path) }
    try await body(path)
  }

  private func mode(_ path: String) throws -> Int {
    let attributes = try FileManager.default.attributesOfItem(atPath: path)
    return (attributes[.posixPermissions] as? NSNumber)?.intValue ?? -1
  }

  @Test func theFirstStartLeavesOperationsAWayIn() async throws {
    try await withDirectory { path in
      let clock = TestClock()
      let first = try await Installation(directory: path, clock: clock)
      try await first.prepare(municipality: "Byen", logger: Municipality.logger)
      for (file, wanted) in [
        ("", 0o700), ("/operations.token", 0o600), ("/signing.key", 0o600),
        ("/administrator.token", 0o600), ("/besoeg.sqlite", 0o600),
      ] {
        #expect(try mode(path + file) == wanted, "\(file)")
      }
      let file = try String(contentsOfFile: first.operationsTokenPath, encoding: .utf8)
      let token = file.filter { !$0.isWhitespace }
      let claims = try await first.tokens.claims(of: token)
      #expect(claims.rol == "operations")
      #expect(try await first.store.tenants().map(\.name) == ["Byen"])

      try first.store.close()

      // The next start changes nothing, not even where the file has been taken away.
      try FileManager.default.removeItem(atPath: first.operationsTokenPath)
      let second = try await Installation(directory: path, clock: clock)
      try await second.prepare(municipality: "Landsbyen", logger: Municipality.logger)
      #expect(!FileManager.default.fileExists(atPath: second.operationsTokenPath))
      #expect(try await second.tokens.claims(of: token).sub == claims.sub)
      #expect(try await second.store.tenants().count == 1)
    }
  }

  @Test func aStartThatWasCutShortIsFinishedByTheNext() async throws {
    try await withDirectory { path in
      let clock = TestClock()
      let first = try await Installation(directory: path, clock: clock)
      let tenant = TenantID(rawValue: "t")
      try await first.store.addTenant(Tenant(id: tenant, name: "Byen", createdAt: clock.now()))
      try await first.prepare(municipality: "Byen", logger: Municipality.logger)
      let people = try await first.store.people(tenant: tenant, role: .operations)
      #expect(people.count == 1)
      #expect(FileManager.default.fileExists(atPath: first.operationsTokenPath))
    }
  }

  @Test func aDamagedKeyIsNeverReplacedInSilence() async throws {
    try await withDirectory { path in
      _ = try await Installation(directory: path, clock: TestClock())
      try Data("garbage".utf8).write(to: URL(fileURLWithPath: "\(path)/signing.key"))
      await #expect(throws: SigningKeyError.damaged(path: "\(path)/signing.key")) {
        _ = try await Installation(directory: path, clock: TestClock())
      }
    }
  }

  @Test func aTokenMintedBesideTheServiceWorksAtOnce() async throws {
    try await withDirectory { path in
      let clock = TestClock()
      let serving = try await Installation(directory: path, clock: clock)
      try await serving.prepare(municipality: "Byen", logger: Municipality.logger)
      let tenant = try #require(try await serving.store.tenants().first).id
      let person = try #require(
        try await serving.store.people(tenant: tenant, role: .operations).first)
      let beside = try await Installation(directory: path, clock: clock)
      let token = try #require(try await beside.mintToken(for: person.id, label: "ny"))
      let claims = try await serving.tokens.claims(of: token)
      #expect(claims.sub == person.id.rawValue)
      let devices = try await serving.store.devices(of: person.id, tenant: tenant)
      #expect(Set(devices.map(\.label)) == ["operations.token", "ny"])
      let nobody = try await beside.mintToken(for: PersonID(rawValue: "nobody"), label: "x")
      #expect(nobody == nil)
    }
  }

  @Test func twoServicesDoNotShareADirectory() async throws {
    try await withDirectory { path in
      _ = try await Installation(directory: path, clock: TestClock())
      do {
        let lock = try DirectoryLock(directory: path)
        #expect(throws: DirectoryLockError.self) { _ = try DirectoryLock(directory: path) }
        _ = consume lock
      }
      _ = try DirectoryLock(directory: path)
    }
  }
}
