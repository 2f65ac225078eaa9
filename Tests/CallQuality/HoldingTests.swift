import CallQuality
import Testing

@Suite struct HoldingTests {
  @Test func aShortInterruptionThatHealsByItselfIsRecoveredNotFirstTry() throws {
    var call = CallExample.answered
    // The relay speaks of silence two seconds after it began.
    call.add(102, .interrupted, "karen", "media", session: "k1")
    call.add(103.4, .resumed, "karen", "media", session: "k1")
    call.hangUp(600)
    let verdict = call.verdict
    #expect(verdict.firstTry == false && verdict.outcome == .recovered)
    let cause = try #require(verdict.causes.first)
    #expect(verdict.causes.count == 1 && cause.code == "interrupted-recovered")
    #expect(
      cause.da
        == "Forbindelsen til borgeren var væk i 3,4 sekunder og kom igen af sig selv. "
        + "Ingen skulle gøre noget, men lyden holdt ikke hele tiden.")
    #expect(cause.area == .network)
    #expect(verdict.participants.map(\.interruptions) == [1, 0])
    #expect(verdict.participants.first?.longestInterruptionMs == 3400)
  }

  @Test(arguments: [(3.0, "interrupted-recovered"), (3.1, "interrupted")])
  func fiveSecondsDivideRecoveredFromInterrupted(reported: Double, code: String) {
    var call = CallExample.answered
    call.add(100, .interrupted, "karen", "path", session: "k1")
    call.add(100 + reported, .resumed, "karen", "path", session: "k1")
    call.hangUp(600)
    #expect(call.verdict.codes == [code] && call.verdict.outcome == .recovered)
  }

  @Test func theWorstInterruptionIsTold() {
    var call = CallExample.answered
    for (start, length) in [(100.0, 1.0), (200, 10), (300, 2)] {
      call.add(start, .interrupted, "anne", "media", session: "a1")
      call.add(start + length, .resumed, "anne", "media", session: "a1")
    }
    call.hangUp(600)
    #expect(call.verdict.causes.count == 1)
    #expect(
      call.verdict.causes.first?.da
        == "Forbindelsen til bostøttemedarbejderen var væk i 12 sekunder.")
    #expect(call.verdict.participants.map(\.interruptions) == [0, 3])
  }

  @Test func anInterruptionThatIsNeverOverIsTheEndOfTheConversation() {
    var call = CallExample.answered
    call.add(20, .interrupted, "karen", "path", session: "k1")
    call.hangUp(60)
    #expect(call.verdict.codes == ["not-resumed"] && call.verdict.outcome == .failed)
    #expect(
      call.verdict.causes.first?.da == "Forbindelsen til borgeren røg og kom ikke igen.")

    var late = CallExample.answered
    late.add(1700, .interrupted, "karen", "path", session: "k1")
    late.hangUp(1800)
    #expect(late.verdict.codes == ["not-resumed"] && late.verdict.outcome == .recovered)
  }

  @Test func theSilenceOfHangingUpIsNoInterruption() {
    var call = CallExample.answered
    call.add(599, .interrupted, "karen", "media", session: "k1")
    call.hangUp(600, by: "karen")
    #expect(call.verdict.firstTry == true)
    // But silence that made the other one hang up is.
    call.events.removeLast()
    call.hangUp(600, by: "anne")
    #expect(call.verdict.codes == ["not-resumed"])
  }

  @Test func silenceBeforeTheAnswerDisturbsNobody() {
    var call = CallExample()
    call.add(0, .rung, "anne", "requested")
    call.connect("anne", 0.4, session: "a1")
    call.add(10, .interrupted, "anne", "media", session: "a1")
    call.add(15, .resumed, "anne", "media", session: "a1")
    call.add(30, .answered, "karen", "requested")
    call.connect("karen", 30.6, session: "k1")
    call.hangUp(600)
    #expect(call.verdict.firstTry == true)
  }

  @Test func whatHappensAfterTheEndIsNotJudged() {
    var call = CallExample.answered
    call.hangUp(600)
    call.add(603, .interrupted, "karen", "media", session: "k1")
    call.add(604, .left, "karen", "consent-expired", session: "k1")
    #expect(call.verdict.firstTry == true)
  }

  @Test func aLostWorkerThatHealsIsOneCauseForBoth() throws {
    var call = CallExample.answered
    for (person, back) in [("anne", 101.2), ("karen", 101.8)] {
      call.add(100, .interrupted, person, "worker-lost", session: "\(person)1")
      call.connect(person, back, session: "\(person)2", attempt: 2)
      call.add(back, .resumed, person, "rejoined", session: "\(person)2", attempt: 2)
    }
    call.hangUp(600)
    let verdict = call.verdict
    #expect(verdict.firstTry == false && verdict.outcome == .recovered)
    let cause = try #require(verdict.causes.first)
    #expect(verdict.causes.count == 1 && cause.code == "relay-lost-recovered")
    #expect(cause.area == .software && cause.participant == nil)
    #expect(
      cause.da
        == "En del af serveren gik ned. Samtalen kom igen af sig selv efter 1,8 sekunder.")
  }

  @Test func aLostWorkerThatTakesLongIsSaidSo() {
    var call = CallExample.answered
    call.add(100, .left, "karen", "worker-lost", session: "k1")
    call.connect("karen", 107, session: "k2", attempt: 1)
    call.hangUp(600)
    #expect(call.verdict.codes == ["relay-lost"])
  }

  @Test func aPageLoadedAgainIsARejoin() throws {
    var call = CallExample.answered
    call.add(100, .interrupted, "karen", "joined-again", session: "k1")
    call.connect("karen", 100.8, session: "k2", attempt: 1)
    call.add(100.8, .resumed, "karen", "rejoined", session: "k2")
    call.hangUp(600)
    let cause = try #require(call.verdict.causes.first)
    #expect(call.verdict.causes.count == 1 && cause.code == "rejoined")
    #expect(cause.da == "Borgeren måtte gå ind i besøget igen." && cause.area == .user)
    #expect(call.verdict.firstTry == false && call.verdict.outcome == .recovered)
  }

  @Test func silenceEndedByAPersonDidNotHealByItself() {
    var call = CallExample.answered
    call.add(100, .interrupted, "karen", "media", session: "k1")
    call.connect("karen", 101, session: "k2", attempt: 1)
    call.hangUp(600)
    #expect(call.verdict.codes == ["interrupted", "rejoined"])
  }

  @Test func silenceEndedByTheClientItselfDid() {
    var call = CallExample.answered
    call.add(100, .interrupted, "karen", "media", session: "k1")
    call.connect("karen", 101, session: "k2", attempt: 2)
    call.hangUp(600)
    #expect(call.verdict.codes == ["interrupted-recovered"])
  }

  @Test func comingBackUnnoticedIsTold() {
    var call = CallExample.answered
    call.connect("karen", 100, session: "k2", attempt: 2)
    call.hangUp(600)
    #expect(call.verdict.codes == ["rejoined-by-itself"] && call.verdict.firstTry == false)
  }

  @Test func anotherDeviceIsASwitch() {
    var call = CallExample()
    call.add(0, .rung, "anne", "requested")
    call.add(5, .answered, "karen", "requested")
    call.connect("anne", 5.3, session: "a1")
    call.connect("karen", 5.6, session: "k1", device: "screen")
    call.connect("karen", 100, session: "k2", device: "tablet")
    call.hangUp(600)
    #expect(call.verdict.codes == ["device-switched"] && call.verdict.firstTry == false)
  }

  @Test func gettingInAtTheSecondAttemptIsNotAFirstTry() {
    var call = CallExample()
    call.add(0, .rung, "anne", "requested")
    call.add(5, .answered, "karen", "requested")
    call.connect("anne", 5.3, session: "a1")
    call.connect("karen", 9, session: "k2", attempt: 2)
    call.hangUp(600)
    #expect(call.verdict.codes == ["several-attempts"] && call.verdict.firstTry == false)
    #expect(
      call.verdict.causes.first?.da == "Borgeren kom først ind i forsøg nummer 2.")
    #expect(call.verdict.causes.first?.area == .access)
  }

  @Test func aClientThatSaysItTriedTwiceIsBelieved() {
    var call = CallExample.answered
    call.sample("karen", 30) {
      $0.attempt = 2
      $0.firstSoundMs = 600
    }
    call.hangUp(600)
    #expect(call.verdict.codes == ["several-attempts"])
  }

  @Test func everyCauseHasBothLanguagesAndACodeOfItsOwn() {
    var call = CallExample()
    call.add(-60, .rung, "anne", "requested")
    call.add(-15, .missed, "karen", "timeout")
    call.add(0, .rung, "anne", "again")
    call.add(5, .answered, "karen", "requested")
    call.connect("anne", 5.3, session: "a1", attempt: 3)
    call.connect("karen", 30, session: "k1", device: "screen")
    call.add(100, .interrupted, "karen", "media", session: "k1")
    call.connect("karen", 120, session: "k2", device: "tablet")
    call.add(130, .interrupted, "anne", "worker-lost", session: "a1")
    call.connect("anne", 131, session: "a2", attempt: 4)
    call.hangUp(600)
    let causes = call.verdict.causes
    #expect(
      causes.map(\.code) == [
        "late-sound", "interrupted", "relay-lost-recovered", "rung-again", "device-switched",
      ])
    #expect(causes.allSatisfy { !$0.da.isEmpty && !$0.en.isEmpty && $0.da != $0.en })
  }
}
