import Glibc
import HTTPTypes
import Relay
import Store
import Testing
import Visits

@testable import Service

@Suite("When the store or the relays fail", .endsWhenItHangs)
struct ReadinessTests {
  @Test func aHealthyServiceIsReady() async throws {
    let town = try await Municipality()
    try await town.serve { browser in
      let alive = try await browser.send(.get, "/healthz")
      #expect(alive.status == .ok)
      #expect(alive.json == ["status": "ok"])
      let ready = try await browser.send(.get, "/readyz")
      #expect(ready.status == .ok)
      #expect(ready.json == ["status": "ready"])
    }
  }

  @Test func aLockedDatabaseIsSeenAndTheCallGoesOn() async throws {
    let town = try await Municipality()
    try await town.serve { browser in
      let visit = try await browser.holdVisit()
      let session = try await browser.join(visit, as: town.citizen)
      await town.factsAreWritten()
      let events = try await browser.events(as: town.worker)
      let lock = try DatabaseLock(town.directory)

      let ready = try await browser.send(.get, "/readyz")
      #expect(ready.status == .serviceUnavailable)
      #expect(ready.problem == "not-ready")
      #expect(ready.json["reasons"].string?.contains("store-busy") == true)
      let booking = try await browser.send(
        .post, "/api/v1/people", as: town.operations,
        json: ["role": "citizen", "displayName": "Jens"])
      #expect(booking.status == .serviceUnavailable)
      #expect(booking.problem == "store-busy")
      #expect(booking.headers[.retryAfter] == "1")

      // People still get in, and what the relay reports waits.
      _ = try await browser.join(visit, as: town.worker)
      let reference = SessionReference(session: session, room: visit, participant: "karen")
      let now = town.clock.now().rawValue
      town.relay.report(
        .connected(reference, profile: "AEAD_AES_128_GCM", milliseconds: now + 1))
      town.relay.report(.firstMedia(reference, kind: .audio, milliseconds: now + 2))
      town.relay.report(
        .closed(reference, cause: "consent-expired", milliseconds: now + 3))
      let retry = town.clock.now().adding(milliseconds: FactQueue.retryMilliseconds)
      await town.clock.waitForSleeper(until: retry)
      let stuck = try await browser.send(.get, "/readyz")
      #expect(stuck.json["reasons"].string?.contains("store-busy") == true)

      try lock.release()
      town.clock.advance(milliseconds: FactQueue.retryMilliseconds)
      var kinds: [String] = []
      while kinds.last != "left" {
        let entry = try await events.next("ledger")
        kinds.append(try #require(entry.data["entry"]["kind"].string))
      }
      #expect(kinds == ["media-connected", "left"])
      #expect(try await browser.ledger(visit).last == "left karen consent-expired")
      #expect(try await browser.send(.get, "/readyz").status == .ok)
    }
  }

  @Test func hangingUpWorksWhileTheDatabaseIsLocked() async throws {
    let town = try await Municipality()
    try await town.serve { browser in
      let visit = try await browser.holdVisit()
      _ = try await browser.join(visit, as: town.citizen)
      await town.factsAreWritten()
      let lock = try DatabaseLock(town.directory)
      let answer = try await browser.post("hangup", visit, as: town.citizen)
      #expect(answer.status == .ok)
      #expect(answer.json["state"].string == "ended")
      #expect(town.relay.closed == [visit])
      let retry = town.clock.now().adding(milliseconds: FactQueue.retryMilliseconds)
      await town.clock.waitForSleeper(until: retry)
      try lock.release()
      town.clock.advance(milliseconds: FactQueue.retryMilliseconds)
      await town.factsAreWritten()
      #expect(try await browser.ledger(visit).last == "ended karen hung-up")
    }
  }

  @Test func aRingThatEndsWhileTheDatabaseIsLockedEndsLater() async throws {
    let town = try await Municipality()
    try await town.serve { browser in
      let visit = try await browser.book()
      _ = try await browser.post("ring", visit, as: town.worker)
      let expiry = town.clock.now().adding(milliseconds: 45_000)
      await town.clock.waitForSleeper(until: expiry)
      let events = try await browser.events(as: town.worker)
      let lock = try DatabaseLock(town.directory)
      town.clock.advance(milliseconds: 45_000)
      await town.clock.waitForSleeper(
        until: expiry.adding(milliseconds: FactQueue.retryMilliseconds))
      try lock.release()
      town.clock.advance(milliseconds: FactQueue.retryMilliseconds)
      #expect(try await events.next("ring-stopped").data["reason"].string == "missed")
    }
  }

  @Test func withoutAWorkerThatAnswersItIsNotReady() async throws {
    let town = try await Municipality()
    town.relay.setHealthy(false)
    try await town.serve { browser in
      let ready = try await browser.send(.get, "/readyz")
      #expect(ready.status == .serviceUnavailable)
      #expect(ready.json["reasons"].string == "no-relay-worker")
      #expect(try await browser.send(.get, "/healthz").status == .ok)
    }
  }

  @Test func metricsSpeakPrometheus() async throws {
    let town = try await Municipality()
    try await town.serve { browser in
      let visit = try await browser.holdVisit()
      _ = try await browser.send(.get, "/nowhere/\(visit)")
      _ = try await browser.post("hangup", visit, as: town.worker)
      let answer = try await browser.send(.get, "/metrics")
      #expect(answer.headers[.contentType]?.hasPrefix("text/plain; version=0.0.4") == true)
      let lines = answer.text.split(separator: "\n").map(String.init)
      for line in [
        "# TYPE besoeg_http_requests_total counter",
        "besoeg_http_requests_total{method=\"POST\","
          + "route=\"/api/v1/visits/{visit}/ring\",status=\"202\"} 1",
        "besoeg_rings_total{result=\"answered\"} 1",
        "besoeg_relay_worker_healthy{worker=\"0\"} 1",
        "# TYPE besoeg_relay_worker_restarts_total counter",
        "besoeg_relay_worker_restarts_total{worker=\"0\"} 3",
        "besoeg_relay_packets_total{worker=\"0\"} 7",
        "besoeg_ready 1", "besoeg_rooms 0",
      ] {
        #expect(lines.contains(line), "\(line)")
      }
      #expect(lines.contains { $0.hasPrefix("besoeg_visits_ended_total{cause=") })
      // What only grows is a counter, whoever counts it, and says so in its name (OpenMetrics §5.1.1).
      let counters = lines.compactMap { $0.wholeMatch(of: /# TYPE (.*) counter/)?.1 }
      let totals = Set(lines.compactMap { $0.prefixMatch(of: /[a-z_]*_total(?=[ {])/)?.0 })
      #expect(Set(counters) == totals)
      #expect(totals.contains("besoeg_relay_packets_total"))
      // No label is ever somebody's id or a path that a caller made up.
      #expect(!answer.text.contains(visit))
      #expect(!answer.text.contains("nowhere"))
      for line in lines where !line.hasPrefix("#") {
        #expect(line.wholeMatch(of: /[a-zA-Z_:][a-zA-Z0-9_:]*(\{.*\})? [-+.e0-9]+/) != nil)
      }
    }
  }
}

/// Holds the municipality's database as another process in an open write transaction does.
///
/// SQLite's writers lock byte 120 of the `-shm` file (walformat.html §2.3.2). The lock is one of an
/// open file description, which unlike the usual kind holds against the same process.
private final class DatabaseLock: Sendable {
  private let descriptor: Int32

  init(_ directory: String) throws {
    descriptor = open("\(directory)/besoeg.sqlite-shm", O_RDWR)
    try set(F_WRLCK)
  }

  deinit { close(descriptor) }

  func release() throws { try set(F_UNLCK) }

  private func set(_ kind: Int32) throws {
    // F_OFD_SETLK (fcntl_locking(2)); glibc shows it to programs that ask for GNU extensions only.
    let setLock: Int32 = 37
    var lock = flock()
    lock.l_type = Int16(kind)
    lock.l_whence = Int16(SEEK_SET)
    lock.l_start = 120
    lock.l_len = 1
    try #require(fcntl(descriptor, setLock, &lock) == 0)
  }
}
