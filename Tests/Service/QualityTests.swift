import CallQuality
import HTTPTypes
import Store
import Testing
import Visits

@testable import Service

@Suite("Ledger, samples and verdict", .endsWhenItHangs)
struct QualityTests {
  @Test func theLedgerIsReadAgainFromAnyPoint() async throws {
    let town = try await Municipality()
    try await town.serve { browser in
      let visit = try await browser.holdVisit()
      _ = try await browser.post("hangup", visit, as: town.worker)
      let path = "/api/v1/visits/\(visit)/ledger"
      let all = try await browser.send(.get, path, as: town.citizen).json["entries"].array
      #expect(all.map { $0["sequence"].number } == [1, 2, 3, 4])
      #expect(all.map { $0["kind"].string } == ["booked", "rung", "answered", "ended"])
      #expect(all.allSatisfy { $0["at"].string == town.clock.now().rfc3339 })
      for after in 0...5 {
        let rest = try await browser.send(.get, "\(path)?after=\(after)", as: town.operations)
        #expect(rest.json["entries"].array == Array(all.dropFirst(after)))
      }
      for wrong in ["-1", "x", "1.5", "99999999999999999999"] {
        let answer = try await browser.send(.get, "\(path)?after=\(wrong)", as: town.worker)
        #expect(answer.status == .badRequest)
        #expect(answer.json["field"].string == "after")
      }
    }
  }

  @Test func aClientsSamplesAreStoredUnderItsOwnName() async throws {
    let town = try await Municipality()
    try await town.serve { browser in
      let visit = try await browser.holdVisit()
      let answer = try await browser.post(
        "samples", visit, as: town.citizen,
        json: [
          "samples": [
            [
              "participant": "mette", "source": "browser", "at": "2026-11-21T09:00:05.123Z",
              "packetsReceived": 250, "framesDecoded": 75, "jitterMs": 3, "attempt": 2,
              "somethingNew": "yes",
            ]
          ]
        ])
      #expect(answer.status == .accepted)
      await town.factsAreWritten()
      let samples = try await town.store.samples(
        of: VisitID(rawValue: visit), tenant: town.tenant)
      #expect(samples.map(\.participant) == ["karen"])
      let sample = try #require(samples.first)
      #expect(sample.at == 1_795_251_605_123)
      #expect(sample.source == .browser && sample.packetsReceived == 250)
      #expect(sample.framesDecoded == 75 && sample.jitterMs == 3 && sample.attempt == 2)
    }
  }

  @Test(arguments: [
    (#"{}"#, "missing-field", "samples"),
    (#"{"samples":[{"source":"browser"}]}"#, "missing-field", "samples[0].participant"),
    (
      #"{"samples":[{"participant":"karen","source":"relay","at":"2026-11-21T09:00:05Z"}]}"#,
      "unknown-choice", "samples[0].source"
    ),
    (
      #"{"samples":[{"participant":"karen","source":"browser","at":"soon"}]}"#,
      "wrong-field-type", "samples[0].at"
    ),
    (
      #"{"samples":[{"participant":"karen","source":"browser","at":"2026-02-30T09:00:05Z"}]}"#,
      "wrong-field-type", "samples[0].at"
    ),
    (
      #"{"samples":[{"participant":"k","source":"browser","at":"2026-11-21T09:00:05Z","#
        + #""framesDecoded":"many"}]}"#, "wrong-field-type", "samples[0].framesDecoded"
    ),
  ])
  func aSampleThatCannotBeNamesItsField(
    body: String, problem: String, field: String
  ) async throws {
    let town = try await Municipality()
    try await town.serve { browser in
      let visit = try await browser.holdVisit()
      let answer = try await browser.send(
        .post, "/api/v1/visits/\(visit)/samples", as: town.citizen, body: body,
        type: "application/json")
      #expect(answer.status == .badRequest)
      #expect(answer.problem == problem)
      #expect(answer.json["field"].string == field)
    }
  }

  @Test func samplesAreForThoseWhoTakePart() async throws {
    let town = try await Municipality()
    try await town.serve { browser in
      let visit = try await browser.holdVisit()
      let answer = try await browser.post(
        "samples", visit, as: town.operations, json: ["samples": []])
      #expect(answer.status == .forbidden)
      let sample: JSONValue = [
        "participant": "karen", "source": "native", "at": "2026-11-21T09:00:05Z",
      ]
      let many = JSONValue.array(Array(repeating: sample, count: 101))
      let tooMany = try await browser.post(
        "samples", visit, as: town.citizen, json: ["samples": many])
      #expect(tooMany.status == .badRequest)
      #expect(tooMany.problem == "out-of-range")
    }
  }

  @Test func theVerdictTellsWhyInTwoLanguages() async throws {
    let town = try await Municipality()
    try await town.serve { browser in
      let visit = try await browser.holdVisit()
      let path = "/api/v1/visits/\(visit)/verdict"
      let pending = try await browser.send(.get, path, as: town.worker)
      #expect(pending.json["outcome"].string == "pending")
      town.clock.advance(milliseconds: 10_000)
      _ = try await browser.post("hangup", visit, as: town.worker)
      let verdict = try await browser.send(.get, path, as: town.worker)
      #expect(verdict.status == .ok)
      #expect(verdict.json["firstTry"].bool == false)
      #expect(verdict.json["participants"].array.count == 2)
      let cause = try #require(verdict.json["causes"].array.first)
      #expect(cause["code"].string?.isEmpty == false)
      #expect(cause["da"].string?.isEmpty == false)
      #expect(cause["en"].string?.isEmpty == false)
      // The visit and the lists carry it as well.
      let read = try await browser.send(.get, "/api/v1/visits/\(visit)", as: town.worker)
      #expect(read.json["verdict"] == verdict.json)
      let list = try await browser.send(.get, "/api/v1/visits", as: town.operations)
      #expect(list.json["visits"].array.first?["verdict"] == verdict.json)
    }
  }
}
