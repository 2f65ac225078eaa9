import HTTPTypes
import Hummingbird
import NIOCore
import Store
import Synchronization
import Testing
import Visits

@testable import Service

@Suite("The event stream", .endsWhenItHangs)
struct EventStreamTests {
  @Test func aNewStreamBeginsNowAndSaysSomethingAtOnce() async throws {
    let town = try await Municipality()
    try await town.serve { browser in
      _ = try await browser.book()
      let stream = try await browser.events(as: town.worker)
      #expect(stream.response.headers[.contentType] == "text/event-stream")
      #expect(stream.response.headers[.cacheControl] == "no-store")
      let second = try await browser.book(minutesAhead: 120)
      let event = try await stream.next("visit")
      #expect(event.data["id"].string == second)
      #expect(event.data["state"].string == "booked")
      #expect(event.data["citizen"]["displayName"].string == "Karen")
    }
  }

  @Test func resumingGivesEveryEventExactlyOnceFromAnyPoint() async throws {
    let town = try await Municipality()
    try await town.serve { browser in
      let whole = try await browser.events(as: town.worker)
      let visit = try await browser.holdVisit()
      _ = try await browser.post("hangup", visit, as: town.worker)
      var all: [EventProbe.Event] = []
      while all.last?.data["entry"]["kind"].string != "ended" {
        all.append(try #require(await whole.next()))
      }
      let ids = all.compactMap(\.id)
      #expect(ids.count == all.count)
      #expect(ids == ids.sorted())
      #expect(Set(ids).count == ids.count)

      for (index, id) in ids.enumerated() {
        let resumed = try await browser.events(as: town.worker, after: id)
        // Something new while it catches up comes once as well, at the end.
        for expected in all[(index + 1)...] {
          #expect(await resumed.next() == expected)
        }
      }
    }
  }

  @Test func eventsThatComeWhileAStreamCatchesUpComeOnce() async throws {
    let town = try await Municipality()
    try await town.serve { browser in
      let first = try await browser.events(as: town.worker)
      // More than one batch lies behind, so that catching up takes several reads.
      for number in 0..<120 { _ = try await browser.book(minutesAhead: 60 + number * 40) }
      let start = try await first.next("visit")
      let resumed = try await browser.events(as: town.worker, after: (start.id ?? 0) - 1)
      let last = try await browser.book(minutesAhead: 60 * 24 * 30)
      var seen: [String] = []
      while seen.last != last {
        let event = try await resumed.next("visit")
        seen.append(try #require(event.data["id"].string))
      }
      #expect(seen.count == 121)
      #expect(Set(seen).count == 121)
    }
  }

  @Test func anIdFromTheFutureMeansFromNow() async throws {
    let town = try await Municipality()
    try await town.serve { browser in
      let stream = try await browser.events(as: town.worker, after: 999_999)
      let visit = try await browser.book()
      #expect(try await stream.next("visit").data["id"].string == visit)
    }
  }

  @Test func anIdThatIsNoNumberIsRefused() async throws {
    let town = try await Municipality()
    try await town.serve { browser in
      let answer = try await browser.send(
        .get, "/api/v1/events", as: town.worker, headers: [.lastEventID: "now"])
      #expect(answer.status == .badRequest)
      #expect(answer.json["field"].string == "Last-Event-ID")
    }
  }

  @Test func nobodyHearsOfOthersVisits() async throws {
    let town = try await Municipality()
    let other = Person(
      id: PersonID(rawValue: "ole"), tenant: town.tenant, role: .supportWorker,
      displayName: "Ole", createdAt: town.clock.now())
    try await town.store.addPerson(other, by: .system)
    try await town.addDevice("ole-device", of: other)
    try await town.serve { browser in
      let stranger = try await browser.events(as: other, after: 0)
      let operations = try await browser.events(as: town.operations)
      let visit = try await browser.holdVisit()
      #expect(try await operations.next("answered").data["visit"].string == visit)
      town.service.hub.closeAll()
      #expect(await stranger.next() == nil)
      // Operations see that it was answered, but their devices do not ring.
      var names: Set<String> = []
      while let event = await operations.next() { names.insert(event.name) }
      #expect(!names.contains("ring"))
    }
  }

  @Test func aHeartbeatComesEveryFifteenSeconds() async throws {
    let town = try await Municipality()
    try await town.serve { browser in
      let stream = try await browser.events(as: town.worker)
      for _ in 1...3 {
        let beat = town.clock.now().adding(milliseconds: 15_000)
        await town.clock.waitForSleeper(until: beat)
        town.clock.advance(milliseconds: 15_000)
        // The next sleeper is there when the beat has been handed out.
        await town.clock.waitForSleeper(until: beat.adding(milliseconds: 15_000))
        let visit = try await browser.book(minutesAhead: 60 + stream.comments * 60)
        #expect(try await stream.next("visit").data["id"].string == visit)
      }
      #expect(stream.comments == 3)
    }
  }

  @Test func aReaderThatStopsReadingIsCutOffAndLosesNothing() async throws {
    let town = try await Municipality()
    let isCut = Mutex(false)
    let hub = town.service.hub
    let caller = Caller(
      person: town.citizen, device: DeviceID(rawValue: "karen-device"),
      expiresAt: UTCMilliseconds(rawValue: .max), askedAt: town.clock.now())
    let stuck = try hub.subscribe(caller) { isCut.withLock { $0 = true } }
    let event = ServerSentEvent(id: nil, name: "speaking", data: "{}")
    for _ in 0..<EventSubscription.limit { hub.send(event, to: caller.id, tenant: town.tenant) }
    #expect(!isCut.withLock { $0 })
    hub.send(event, to: caller.id, tenant: town.tenant)
    #expect(isCut.withLock { $0 })
    #expect(await stuck.next().isClosed)
    #expect(town.service.metrics.text().contains("besoeg_event_stream_overflows_total 1\n"))
    #expect(town.service.metrics.text().contains("besoeg_event_streams 0\n"))
  }

  @Test func aReaderThatTakesNoHeartbeatIsCutOff() async throws {
    let town = try await Municipality()
    let isCut = Mutex(false)
    let caller = Caller(
      person: town.citizen, device: DeviceID(rawValue: "karen-device"),
      expiresAt: UTCMilliseconds(rawValue: .max), askedAt: town.clock.now())
    let stuck = try town.service.hub.subscribe(caller) { isCut.withLock { $0 = true } }
    #expect(stuck.beat())
    #expect(!isCut.withLock { $0 })
    #expect(!stuck.beat())
    #expect(isCut.withLock { $0 })
  }

  @Test func aDevicesOldestStreamGivesWayToANewOne() async throws {
    let town = try await Municipality()
    try await town.addDevice("phone", of: town.citizen)
    try await town.serve { browser in
      let phone = try await browser.events(as: town.citizen, device: "phone")
      var streams: [EventProbe] = []
      for _ in 0...EventHub.streamsPerDevice {
        streams.append(try await browser.events(as: town.citizen))
      }
      #expect(await streams[0].next() == nil)
      let visit = try await browser.book()
      for stream in streams.dropFirst() + [phone] {
        #expect(try await stream.next("visit").data["id"].string == visit)
      }
    }
  }

  @Test func aHeadRequestOpensNoStream() async throws {
    let town = try await Municipality()
    try await town.serve { browser in
      let answer = try await browser.send(.head, "/api/v1/events", as: town.citizen)
      #expect(answer.status == .ok)
      #expect(!town.service.metrics.text().contains("besoeg_event_streams 1"))
    }
  }

  @Test func oldEventsAreForgotten() async throws {
    let town = try await Municipality()
    try await town.serve { browser in
      _ = try await browser.book()
      let prune = town.clock.now().adding(milliseconds: 6 * 3_600_000)
      await town.clock.waitForSleeper(until: prune)
      town.clock.advance(milliseconds: 15 * 86_400_000)
      let next = town.clock.now().adding(milliseconds: 6 * 3_600_000)
      await town.clock.waitForSleeper(until: next)
      #expect(try await town.store.firstEventID() == nil)
      #expect(try await town.store.lastEventID() > 0)
    }
  }
}
