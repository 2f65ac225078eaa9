import CallQuality
import Testing

@Suite struct FirstTryTests {
  @Test func aVisitThatJustWorksIsAFirstTry() {
    var call = CallExample.answered
    call.hangUp(1800)
    let verdict = call.verdict
    #expect(verdict.firstTry == true && verdict.outcome == .held && verdict.causes.isEmpty)
    #expect(verdict.participants.map(\.participant) == ["karen", "anne"])
    #expect(verdict.participants.map(\.firstSoundMs) == [300, 600])
    #expect(verdict.participants.map(\.interruptions) == [0, 0])
  }

  @Test func aTwentySecondVisitEndedByHangingUpCounts() {
    var call = CallExample.answered
    call.hangUp(25, by: "karen")
    #expect(call.verdict.firstTry == true && call.verdict.outcome == .held)
  }

  @Test func aWorkerWaitingInTheRoomDoesNotMakeTheSoundLate() {
    var call = CallExample()
    call.add(0, .rung, "anne", "requested")
    call.connect("anne", 0.4, session: "a1")
    call.add(40, .answered, "karen", "requested")
    call.connect("karen", 40.6, session: "k1")
    // Anne's client counts from when it came in, 40 s before there was anybody to hear.
    call.sample("anne", 45) { $0.firstSoundMs = 40_400 }
    call.sample("karen", 45) { $0.firstSoundMs = 700 }
    call.hangUp(100)
    #expect(call.verdict.firstTry == true)
    #expect(call.verdict.participants.map(\.firstSoundMs) == [700, 800])
    // The same where it counts from the answer.
    call.samples[0].firstSoundMs = 900
    #expect(call.verdict.firstTry == true)
    #expect(call.verdict.participants.map(\.firstSoundMs) == [700, 900])
  }

  @Test(arguments: [(20.0, true), (20.1, false)])
  func soundMustComeWithinTwentySecondsOfTheAnswer(seconds: Double, isFirstTry: Bool) throws {
    var call = CallExample()
    call.add(0, .rung, "anne", "requested")
    call.add(5, .answered, "karen", "requested")
    call.connect("anne", 5.3, session: "a1")
    call.connect("karen", 5 + seconds, session: "k1")
    call.hangUp(600)
    let verdict = call.verdict
    #expect(verdict.firstTry == isFirstTry)
    if !isFirstTry {
      #expect(verdict.outcome == .recovered && verdict.codes == ["late-sound"])
      let cause = try #require(verdict.causes.first)
      #expect(
        cause.da == "Lyden kom først efter 20,1 sekunder. Den skal komme inden 20.")
      #expect(cause.participant == "anne", "it was Anne who had to wait")
    }
  }

  @Test func theListenersOwnWordDecidesWhenSoundCame() {
    var call = CallExample.answered
    call.sample("karen", 40) { $0.firstSoundMs = 24_000 }
    call.hangUp(600)
    #expect(call.verdict.firstTry == false && call.verdict.codes == ["late-sound"])
    #expect(call.verdict.participants.first?.firstSoundMs == 24_000)
  }

  @Test func soundThatNeverLeftOnePartyIsOneWay() throws {
    var call = CallExample()
    call.add(0, .rung, "anne", "requested")
    call.add(5, .answered, "karen", "requested")
    call.connect("anne", 5.3, session: "a1")
    call.add(5.6, .mediaConnected, "karen", "video", session: "k1")
    call.hangUp(600)
    let verdict = call.verdict
    #expect(verdict.firstTry == false && verdict.outcome == .failed)
    let cause = try #require(verdict.causes.first)
    #expect(cause.code == "one-way-sound" && cause.participant == "anne")
    #expect(cause.area == .equipment, "Karen's microphone")
    #expect(
      cause.da
        == "Lyden gik kun den ene vej: bostøttemedarbejderen kunne ikke høre den anden.")
  }

  @Test func soundThatReachedTheRelayButNotTheEarIsOneWayToo() throws {
    var call = CallExample.answered
    call.sample("karen", 30, source: .browser) {
      $0.totalSamples = 480_000
      $0.concealedSamples = 480_000
      $0.packetsReceived = 0
    }
    call.sample("anne", 30) { $0.firstSoundMs = 700 }
    call.hangUp(600)
    let cause = try #require(call.verdict.causes.first)
    #expect(cause.code == "one-way-sound" && cause.participant == "karen")
    #expect(cause.area == .network)
    #expect(call.verdict.outcome == .failed)
  }

  @Test func noSoundAtAllIsAFailure() {
    var call = CallExample()
    call.add(0, .rung, "anne", "requested")
    call.add(5, .answered, "karen", "requested")
    call.hangUp(60)
    #expect(call.verdict.firstTry == false && call.verdict.outcome == .failed)
    #expect(call.verdict.codes == ["no-sound"])
  }

  @Test func aConversationThatVanishesBeforeThirtySecondsDidNotHold() {
    var call = CallExample.answered
    call.add(20, .left, "karen", "dtls-closed", session: "k1")
    call.add(40, .left, "anne", "left", session: "a1")
    // The empty room is given up a minute later: that minute was no conversation.
    call.add(100, .ended, nil, "abandoned")
    #expect(call.verdict.codes == ["did-not-hold"] && call.verdict.outcome == .failed)
    #expect(call.verdict.causes.first?.da == "Samtalen holdt kun i 14,4 sekunder.")

    var longer = CallExample.answered
    longer.add(40, .left, "karen", "dtls-closed", session: "k1")
    longer.add(100, .ended, nil, "abandoned")
    #expect(longer.verdict.firstTry == true, "it held for thirty seconds")
  }

  @Test func leavingJustBeforeHangingUpIsHangingUp() {
    var call = CallExample.answered
    call.add(24.8, .left, "karen", "left", session: "k1")
    call.hangUp(25, by: "karen")
    #expect(call.verdict.firstTry == true)
    // But someone who went, and was waited for in vain, is another matter.
    call.events.removeLast()
    call.hangUp(60, by: "anne")
    #expect(call.verdict.codes == ["did-not-hold"] && call.verdict.outcome == .failed)
  }

  @Test func oneWhoLeftAndCameBackIsJudgedByTheComingBack() {
    var call = CallExample.answered
    call.add(20, .left, "karen", "dtls-closed", session: "k1")
    call.connect("karen", 28, session: "k2", attempt: 1)
    call.hangUp(600)
    #expect(call.verdict.codes == ["rejoined"] && call.verdict.outcome == .recovered)
  }

  @Test func ringingAgainAfterNoAnswerIsNotAFirstTry() {
    var call = CallExample()
    call.add(-60, .rung, "anne", "requested")
    call.add(-15, .missed, "karen", "timeout")
    call.events += CallExample.answered.events
    call.hangUp(600)
    #expect(call.verdict.firstTry == false && call.verdict.outcome == .recovered)
    #expect(call.verdict.codes == ["rung-again"])
    #expect(call.verdict.causes.first?.da == "Der blev ringet op 2 gange.")
  }

  @Test func ringingAgainAfterANoThanksIsWhatWasAgreed() {
    var call = CallExample()
    call.add(-60, .rung, "anne", "requested")
    call.add(-50, .declined, "karen", "requested")
    call.events += CallExample.answered.events
    call.hangUp(600)
    #expect(call.verdict.firstTry == true)
  }

  @Test func ringingSomeoneBackWhoDroppedOutIsNotAFirstTry() {
    var call = CallExample.answered
    call.add(100, .rung, "anne", "again")
    call.add(105, .answered, "karen", "requested")
    call.hangUp(600)
    #expect(call.verdict.firstTry == false && call.verdict.codes == ["rung-again"])
  }

  @Test func nobodyAnsweringIsNoTechnicalFailure() {
    var call = CallExample()
    call.add(0, .rung, "anne", "requested")
    #expect(call.verdict.outcome == .pending && call.verdict.firstTry == nil)
    call.add(45, .missed, "karen", "timeout")
    #expect(call.verdict.outcome == .notAnswered && call.verdict.firstTry == nil)
    #expect(call.verdict.codes == ["not-answered"])
    #expect(call.verdict.causes.first?.da == "Opkaldet blev ikke besvaret.")
    #expect(call.verdict.causes.first?.area == .user)

    call.events[1] = .init(
      at: CallExample.at(10), kind: .missed, participant: "karen", cause: "caller-gave-up")
    #expect(call.verdict.outcome == .notAnswered && call.verdict.codes == ["caller-gave-up"])
    call.events[1] = .init(at: CallExample.at(10), kind: .declined, participant: "karen")
    #expect(call.verdict.outcome == .notAnswered && call.verdict.codes == ["declined"])
    #expect(call.verdict.firstTry == nil)
  }

  @Test func visitsThatAreNotOverOrNotOursAreNotJudged() {
    #expect(CallExample().verdict.outcome == .pending)
    #expect(CallExample.answered.verdict.outcome == .pending)
    #expect(CallExample.answered.verdict.firstTry == nil)

    var cancelled = CallExample()
    cancelled.add(0, .booked, "anne")
    cancelled.add(1, .cancelled, "anne")
    #expect(cancelled.verdict.outcome == .cancelled && cancelled.verdict.firstTry == nil)

    var phone = CallExample.answered
    phone.hangUp(600)
    phone.isRelayed = false
    #expect(phone.verdict.outcome == .excluded && phone.verdict.firstTry == nil)
  }

  @Test func aPersonsWordThatItWasHeldElsewhereIsNoCall() {
    var elsewhere = CallExample()
    elsewhere.add(0, .booked, "anne")
    elsewhere.add(3600, .ended, "anne", "reported")
    #expect(elsewhere.verdict.outcome == .excluded && elsewhere.verdict.firstTry == nil)

    var missed = CallExample()
    missed.add(0, .rung, "anne")
    missed.add(45, .missed, "karen", "timeout")
    let before = missed.verdict
    missed.add(3600, .ended, "anne", "reported")
    #expect(before.outcome == .notAnswered && missed.verdict == before)
  }

  @Test func theLedgersTimesDecideNotItsOrder() {
    var call = CallExample.answered
    call.hangUp(600)
    let straight = call.verdict
    call.events.reverse()
    #expect(call.verdict == straight)
  }
}
