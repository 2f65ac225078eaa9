import Congestion
import MediaEngine
import Testing
import Wire

/// Two sessions through a pipe that loses, delays and narrows; model codecs, virtual time.
@Suite struct ImpairedCallTests {
  private static func pipe(
    delay: Int64, jitter: Int64, loss: Double, burst: Double = 1
  ) -> ImpairedCall.Pipe {
    var pipe = ImpairedCall.Pipe()
    pipe.delay = .milliseconds(delay)
    pipe.jitter = .milliseconds(jitter)
    pipe.loss = loss
    pipe.meanBurst = burst
    return pipe
  }

  @Test func atFivePercentRandomLossNobodyNotices() throws {
    let call = try ImpairedCall(Self.pipe(delay: 50, jitter: 20, loss: 0.05), seed: 3)
    call.run(for: .seconds(300))
    for session in call.sessions {
      let received = session.statistics(at: call.now).received
      #expect(received.packetsLost > 1000)
      #expect(received.concealedShare < 0.005)
      #expect(received.freezeShare(of: .seconds(300)) < 0.006)
    }
  }

  @Test func atFifteenPercentLossInBurstsThePictureMovesAndTheSoundIsWhole() throws {
    let call = try ImpairedCall(
      Self.pipe(delay: 80, jitter: 40, loss: 0.15, burst: 5), seed: 5)
    call.run(for: .seconds(300))
    for session in call.sessions {
      let received = session.statistics(at: call.now).received
      #expect(received.concealedShare < 0.03)
      #expect(received.freezeShare(of: .seconds(300)) < 0.05)
      #expect(received.copiedPacketsReceived > 1000)
    }
  }

  @Test func atThirtyPercentLossSpeechGoesOn() throws {
    let call = try ImpairedCall(Self.pipe(delay: 50, jitter: 20, loss: 0.30), seed: 7)
    call.run(for: .seconds(300))
    for session in call.sessions {
      #expect(session.statistics(at: call.now).received.concealedShare < 0.10)
    }
  }

  @Test func withoutCopiesRetransmissionAndCorrectionStillKeepTheSound() throws {
    let call = try ImpairedCall(
      Self.pipe(delay: 30, jitter: 5, loss: 0.10), redundancy: false, seed: 9)
    call.run(for: .seconds(120))
    for session in call.sessions {
      let figures = session.statistics(at: call.now)
      #expect(figures.received.concealedShare < 0.01)
      #expect(figures.received.copiedPacketsReceived == 0)
      #expect(figures.sent.redundancy == 0)
      #expect(figures.received.correctedSamples > 0)
    }
  }

  @Test func afterTheLossIsOverTheDelayShrinksAgain() throws {
    let call = try ImpairedCall(Self.pipe(delay: 60, jitter: 0, loss: 0.15, burst: 5), seed: 11)
    call.run(for: .seconds(60))
    let during = call.sessions[0].statistics(at: call.now)
    #expect(during.received.jitterBufferTargetMs > 60)
    #expect(during.sent.redundancy > 0)
    call.pipes[0].loss = 0
    call.pipes[1].loss = 0
    call.run(for: .seconds(90))
    let after = call.sessions[0].statistics(at: call.now)
    #expect(after.received.jitterBufferTargetMs < 50)
    #expect(after.sent.redundancy == 0)
    #expect(after.received.removedSamplesForAcceleration > 0)
  }

  @Test func onSixtyFourKilobitsSpeechIsContinuousAndThePictureHeld() throws {
    var pipe = Self.pipe(delay: 30, jitter: 5, loss: 0)
    pipe.bandwidth = 64_000
    let call = try ImpairedCall(pipe, seed: 13)
    call.run(for: .seconds(40))
    let before = call.sessions.map { $0.statistics(at: call.now).received }
    call.run(for: .seconds(120))
    for (index, session) in call.sessions.enumerated() {
      let figures = session.statistics(at: call.now)
      let concealed = figures.received.concealedSamples - before[index].concealedSamples
      // Under 1.5 % of two minutes, and nearly none of it because packets were lost.
      #expect(concealed < 48_000 * 120 * 3 / 200)
      #expect(figures.received.packetsLost < 150)
      #expect(!figures.sent.pictureLevel.isMoving)
      #expect(call.changes[index].contains { $0.cause == .senderNetwork })
    }
  }

  @Test func aNarrowStretchTakesThePictureDownAndItComesBack() throws {
    var pipe = Self.pipe(delay: 30, jitter: 5, loss: 0)
    pipe.bandwidth = 3_000_000
    let call = try ImpairedCall(pipe, seed: 15)
    call.run(for: .seconds(60))
    #expect(call.sessions[0].statistics(at: call.now).sent.pictureLevel == .full)
    for index in 0..<2 { call.pipes[index].bandwidth = 250_000 }
    call.run(for: .seconds(3))
    for index in 0..<2 { _ = call.takeQueueing(from: index) }
    call.run(for: .seconds(57))
    for (index, session) in call.sessions.enumerated() {
      let figures = session.statistics(at: call.now)
      #expect(figures.sent.pictureLevel < .full)
      #expect(figures.received.concealedShare < 0.01)
      let queueing = call.takeQueueing(from: index)
      #expect(queueing < .milliseconds(150))
      #expect(call.changes[index].count <= 4)
    }
    for index in 0..<2 { call.pipes[index].bandwidth = 3_000_000 }
    call.run(for: .seconds(12))
    for session in call.sessions {
      #expect(session.statistics(at: call.now).sent.pictureLevel == .full)
    }
  }

  @Test func aHeldPictureIsSaidToBeHeldAndIsNoFreeze() throws {
    var pipe = Self.pipe(delay: 30, jitter: 0, loss: 0)
    let call = try ImpairedCall(pipe, seed: 17)
    call.run(for: .seconds(10))
    let freezes = call.sessions[1].statistics(at: call.now).received.freezeCount
    pipe.bandwidth = 75_000
    call.pipes[0] = pipe
    call.run(for: .seconds(20))
    #expect(!call.sessions[0].statistics(at: call.now).sent.pictureLevel.isMoving)
    #expect(call.sessions[1].statistics(at: call.now).received.isPictureHeld)
    pipe.bandwidth = nil
    call.pipes[0] = pipe
    call.run(for: .seconds(20))
    let received = call.sessions[1].statistics(at: call.now).received
    #expect(!received.isPictureHeld)
    #expect(received.totalHeldDurationMs > 10_000)
    #expect(received.freezeCount - freezes <= 4)
    #expect(received.longestFreezeMs < 5_000)
  }

  @Test func anOutageOfThirtySecondsIsOverWithinTwo() throws {
    var pipe = Self.pipe(delay: 30, jitter: 5, loss: 0)
    let (from, to) = (MonotonicTime.zero + .seconds(20), MonotonicTime.zero + .seconds(50))
    pipe.isDown = { $0 >= from && $0 < to }
    let call = try ImpairedCall(pipe, seed: 19)
    call.run(for: .seconds(51))
    let sound = call.sessions.map { $0.statistics(at: call.now).received.concealedSamples }
    call.run(for: .seconds(1))
    for (index, session) in call.sessions.enumerated() {
      let received = session.statistics(at: call.now).received
      #expect(received.framesPerSecond > 5)
      #expect(received.concealedSamples - sound[index] < 4_800)
    }
  }
}
