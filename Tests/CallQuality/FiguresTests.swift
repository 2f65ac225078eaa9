import CallQuality
import Foundation
import Testing

@Suite struct FiguresTests {
  static func figures(_ build: (inout CallExample) -> Void) throws -> ParticipantQuality {
    var call = CallExample.answered
    build(&call)
    call.hangUp(600)
    return try #require(call.verdict.participants.first)
  }

  @Test func aGoodConnectionIsRatedNearTheScalesTop() throws {
    let karen = try Self.figures { call in
      call.sample("karen", 30) {
        $0.packetsReceived = 1000
        $0.packetsLost = 0
        $0.totalSamples = 960_000
        $0.concealedSamples = 0
        $0.roundTripMs = 20
        $0.jitterMs = 2
        $0.firstSoundMs = 500
      }
      call.sample("anne", 30) {
        $0.roundTripMs = 40; $0.firstSoundMs = 500
      }
    }
    // One way: half of 20 and of 40 ms, twice the jitter, 66.5 ms fixed.
    let delay = 10 + 20 + 4 + 66.5
    let expected = EModel.opinionScore(
      rating: EModel.rating(delayMilliseconds: delay, lossPercent: 0))
    #expect(abs(try #require(karen.mos) - expected) < 1e-9)
    #expect(expected > 4.3)
    #expect(karen.lossPercent == 0 && karen.concealedPercent == 0)
  }

  @Test func whatTheEarMissedCountsNotWhatTheNetworkLost() throws {
    let repaired = try Self.figures { call in
      call.sample("karen", 30) {
        $0.packetsReceived = 900
        $0.packetsLost = 100
        $0.totalSamples = 1_000_000
        $0.concealedSamples = 1000
        $0.firstSoundMs = 500
      }
    }
    let broken = try Self.figures { call in
      call.sample("karen", 30) {
        $0.packetsReceived = 900
        $0.packetsLost = 100
        $0.totalSamples = 1_000_000
        $0.concealedSamples = 100_000
        $0.firstSoundMs = 500
      }
    }
    #expect(repaired.lossPercent == 10 && broken.lossPercent == 10)
    #expect(repaired.concealedPercent == 0.1 && broken.concealedPercent == 10)
    #expect(try #require(repaired.mos) > 4.3)
    #expect(try #require(broken.mos) < 3.5)
  }

  @Test func countersOfASecondSessionAreAddedToTheFirst() throws {
    let karen = try Self.figures { call in
      for (time, received, lost, frames, freezes) in [
        (10.0, 100, 10, 50, 1), (20, 200, 20, 100, 2), (30, 50, 0, 20, 0), (40, 100, 5, 40, 1),
      ] {
        call.sample("karen", time) {
          $0.packetsReceived = received
          $0.packetsLost = lost
          $0.framesDecoded = frames
          $0.freezeCount = freezes
          $0.longestFreezeMs = time == 20 ? 900 : 300
        }
      }
    }
    #expect(karen.framesDecoded == 140 && karen.freezeCount == 3)
    #expect(karen.longestFreezeMs == 900)
    #expect(abs(try #require(karen.lossPercent) - 100 * 25 / 325) < 1e-9)
  }

  @Test func samplesCountInTheOrderOfTheirTimes() throws {
    let karen = try Self.figures { call in
      for (time, frames) in [(20.0, 100), (10, 50), (30, 150)] {
        call.sample("karen", time) { $0.framesDecoded = frames }
      }
    }
    #expect(karen.framesDecoded == 150)
  }

  @Test func theRelaysFiguresFillWhatTheClientDidNotSay() throws {
    let karen = try Self.figures { call in
      call.sample("karen", 30, source: .relay) {
        $0.packetsReceived = 990
        $0.packetsLost = 10
        $0.srtpProfile = "AEAD_AES_128_GCM"
      }
    }
    #expect(karen.lossPercent == 1 && karen.srtpProfile == "AEAD_AES_128_GCM")
    #expect(karen.framesDecoded == nil && karen.concealedPercent == nil)
    #expect(karen.mos != nil)

    let both = try Self.figures { call in
      call.sample("karen", 30, source: .relay) {
        $0.packetsReceived = 990
        $0.packetsLost = 10
      }
      call.sample("karen", 31, source: .browser) {
        $0.packetsReceived = 1000
        $0.packetsLost = 0
        $0.firstSoundMs = 400
      }
    }
    #expect(both.lossPercent == 0, "the client's own word comes first")
  }

  @Test func withoutSoundThereIsNoOpinionOfIt() throws {
    let karen = try Self.figures { _ in }
    #expect(karen.mos == nil && karen.lossPercent == nil && karen.framesDecoded == nil)
  }

  @Test func absurdFiguresNeitherTrapNorSpoilTheSums() throws {
    let karen = try Self.figures { call in
      for time in stride(from: 10.0, to: 60, by: 10) {
        call.sample("karen", time) {
          $0.packetsReceived = time == 30 ? .min : .max
          $0.packetsLost = time == 30 ? .min : .max
          $0.totalSamples = .max
          $0.concealedSamples = .max
          $0.framesDecoded = time == 30 ? -5 : .max
          $0.freezeCount = .max
          $0.roundTripMs = .greatestFiniteMagnitude
          $0.jitterMs = -.infinity
          $0.longestFreezeMs = .infinity
          $0.firstSoundMs = -1e300
          $0.attempt = 1
          $0.srtpProfile = String(repeating: "x", count: 10_000)
        }
      }
    }
    #expect(try #require(karen.mos) == 1)
    #expect((0...100).contains(try #require(karen.lossPercent)))
    #expect(try #require(karen.srtpProfile).count == 64)
  }

  @Test func samplesSurviveTheStoresJSON() throws {
    var sample = QualitySample(
      participant: "karen", source: .browser, at: 1_795_251_900_123, attempt: 2)
    sample.packetsLost = -1
    sample.audioLevel = 0.25
    let json = try JSONEncoder().encode(sample)
    #expect(try JSONDecoder().decode(QualitySample.self, from: json) == sample)
  }

  @Test func verdictsKeepTheirShapeInJSON() throws {
    var call = CallExample.answered
    call.hangUp(600)
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys]
    let json = String(decoding: try encoder.encode(call.verdict), as: UTF8.self)
    #expect(
      json == """
        {"causes":[],"firstTry":true,"outcome":"held","participants":[{"firstSoundMs":300,\
        "interruptions":0,"participant":"karen","role":"citizen"},{"firstSoundMs":600,\
        "interruptions":0,"participant":"anne","role":"supportWorker"}]}
        """)
    #expect(try JSONDecoder().decode(Verdict.self, from: Data(json.utf8)) == call.verdict)
  }
}
