import Relay
import Testing
import Visits

@testable import Service

@Suite("A live call as a value")
struct LiveCallTests {
  private let karen = PersonID(rawValue: "karen")
  private let device = DeviceID(rawValue: "device")
  private let start = UTCMilliseconds(rawValue: 1_000_000)

  private func reference(_ session: String) -> SessionReference {
    SessionReference(session: session, room: "visit", participant: "karen")
  }

  private func visit(_ state: VisitState) -> Visit {
    Visit(
      id: VisitID(rawValue: "visit"), tenant: TenantID(rawValue: "t"), citizenID: karen,
      workerID: PersonID(rawValue: "mette"), start: start, durationMinutes: 30, state: state)
  }

  private func answer(_ session: String, slots: [SlotState] = []) -> JoinAnswer {
    JoinAnswer(session: session, answer: "", slots: slots)
  }

  @Test func slotsThatAreReportedBeforeTheJoinIsAnsweredAreKept() {
    var call = LiveCall()
    call.follow(visit(.active), at: start)
    _ = call.joined(karen, answer: answer("old"), device: device, attempt: 1, at: start)
    let seat = SlotState(slot: 0, audioMid: "0", videoMid: nil, participant: "mette")
    #expect(call.slotsChanged(reference("new"), slots: [seat], at: start) == [])
    _ = call.joined(karen, answer: answer("new"), device: device, attempt: 2, at: start)
    #expect(call.participants[karen]?.slots == [seat])
    #expect(call.participants[karen]?.session == "new")
  }

  @Test func aSessionThatEndedIsNotTakenOverAgain() {
    var call = LiveCall()
    call.follow(visit(.active), at: start)
    _ = call.joined(karen, answer: answer("a"), device: device, attempt: 1, at: start)
    _ = call.closed(reference("a"), cause: "left", at: start)
    #expect(call.slotsChanged(reference("a"), slots: [], at: start) == [])
    #expect(call.present.isEmpty)
    // Another one, kept by a relay through a restart, is.
    #expect(call.slotsChanged(reference("b"), slots: [], at: start) == [.showRoom])
    #expect(call.present == [karen])
  }

  @Test func onlyWhoWasInTheRoomAndIsOnNoWorkerIsMissing() {
    func entry(_ sequence: Int64, _ kind: LedgerKind, _ person: String, _ session: String)
      -> LedgerEntry
    {
      LedgerEntry(
        sequence: sequence, visit: VisitID(rawValue: "visit"), at: start, kind: kind,
        participant: PersonID(rawValue: person), cause: .audio, session: session)
    }
    let entries = [
      entry(1, .mediaConnected, "gone", "a"), entry(2, .mediaConnected, "left", "b"),
      entry(3, .left, "left", "b"), entry(4, .mediaConnected, "listed", "c"),
      entry(5, .mediaConnected, "back", "d"), entry(6, .mediaConnected, "heard", "e"),
    ]
    var call = LiveCall(restoring: visit(.active), from: entries, at: start)
    // One has joined anew in the meantime, and of one a relay's last words have just come.
    _ = call.joined(
      PersonID(rawValue: "back"), answer: answer("f"), device: device, attempt: 2, at: start)
    _ = call.closed(
      SessionReference(session: "e", room: "visit", participant: "heard"), cause: "left",
      at: start.adding(milliseconds: 1))
    let now = start.adding(milliseconds: 9)
    let rejoined = call.missing(from: ["c"], at: now).compactMap { action -> PersonID? in
      if case .rejoin(let person, _, _) = action { person } else { nil }
    }
    #expect(rejoined == [PersonID(rawValue: "gone")])
    #expect(call.missing(from: ["c"], at: now) == [])
  }

  @Test(arguments: [
    ("left", false), ("dtls-closed", false), ("consent-expired", true), ("dtls-failed", true),
    ("setup-timeout", true),
  ])
  func whoLeftOnPurposeIsNotCalledBack(cause: String, isCalledBack: Bool) {
    var call = LiveCall()
    call.follow(visit(.active), at: start)
    _ = call.joined(karen, answer: answer("a"), device: device, attempt: 1, at: start)
    let actions = call.closed(reference("a"), cause: cause, at: start)
    let rejoin = LiveCall.Action.rejoin(
      karen, session: "a", cause: LedgerCause(rawValue: cause))
    #expect(actions.contains(rejoin) == isCalledBack)
    // Nothing was ever heard, so nobody has left in the ledger's sense.
    #expect(!actions.contains { if case .report = $0 { true } else { false } })
  }

  @Test func comingBackBeforeTheMinuteIsOverKeepsTheVisit() {
    var call = LiveCall()
    call.follow(visit(.active), at: start)
    #expect(call.nextWake == start.adding(milliseconds: 60_000))
    let almost = start.adding(milliseconds: 59_999)
    #expect(call.advance(to: almost) == [])
    _ = call.joined(karen, answer: answer("a"), device: device, attempt: 1, at: almost)
    #expect(call.nextWake == nil)
    _ = call.closed(reference("a"), cause: "left", at: almost)
    #expect(call.nextWake == almost.adding(milliseconds: 60_000))
    #expect(call.advance(to: almost.adding(milliseconds: 60_000)) == [.end(.abandoned)])
  }

  @Test func aRingAndAnEmptyRoomMayRunOutTogether() {
    var ringing = visit(.active)
    ringing.ringExpiresAt = start.adding(milliseconds: 45_000)
    var call = LiveCall()
    call.follow(ringing, at: start)
    let end = start.adding(milliseconds: 60_000)
    #expect(call.advance(to: end) == [.expireRing, .end(.abandoned)])
  }

  @Test func anEndedCallSaysNothingMore() {
    var call = LiveCall()
    call.follow(visit(.active), at: start)
    _ = call.joined(karen, answer: answer("a"), device: device, attempt: 1, at: start)
    call.follow(visit(.ended), at: start)
    #expect(call.isIdle)
    #expect(call.connected(reference("a"), profile: "x", at: start) == [])
    #expect(call.lost(reference("a"), at: start) == [])
    #expect(
      call.joined(karen, answer: answer("b"), device: device, attempt: 2, at: start) == [])
    #expect(call.advance(to: start.adding(milliseconds: 1_000_000)) == [])
  }

  @Test func firstSoundIsTimedFromTheAnswer() {
    var call = LiveCall()
    call.follow(visit(.active), at: start)
    _ = call.joined(karen, answer: answer("a"), device: device, attempt: 1, at: start)
    _ = call.connected(
      reference("a"), profile: "AEAD_AES_128_GCM", at: start.adding(milliseconds: 200))
    let actions = call.firstMedia(
      reference("a"), kind: .audio, at: start.adding(milliseconds: 350))
    #expect(actions.last == .firstSound(karen, milliseconds: 350))
    // Once only: the metric is of the first sound of the visit.
    _ = call.lost(reference("a"), at: start.adding(milliseconds: 900))
    _ = call.joined(
      karen, answer: answer("b"), device: device, attempt: 2,
      at: start.adding(milliseconds: 1_000))
    _ = call.connected(reference("b"), profile: "x", at: start.adding(milliseconds: 1_100))
    let again = call.firstMedia(
      reference("b"), kind: .audio, at: start.adding(milliseconds: 1_200))
    #expect(!again.contains { if case .firstSound = $0 { true } else { false } })
    #expect(call.participants[karen]?.isInterrupted == false)
  }

  @Test func eachStepOfThePictureIsWrittenDownOncePerDirection() {
    var call = LiveCall()
    call.follow(visit(.active), at: start)
    _ = call.joined(karen, answer: answer("a"), device: device, attempt: 1, at: start)
    let held = PictureChange(to: .held, .receiving, isRecovery: false)
    let first = call.picture(reference("a"), held, at: start.adding(milliseconds: 1))
    guard case .report(let report, _, _) = first.first else {
      Issue.record("the step is not written down: \(first)")
      return
    }
    #expect(report.kind == .picture)
    #expect(report.cause.rawValue == "held:receiving:receiver-network")
    #expect(PictureChange(report.cause) == held)
    // A relay repeats itself, and a client may say the same of what it sends.
    #expect(call.picture(reference("a"), held, at: start.adding(milliseconds: 2)) == [])
    let sending = PictureChange(to: .held, .sending, isRecovery: false)
    #expect(call.ownPicture(of: karen, sending, at: start.adding(milliseconds: 3)).count == 1)
    let back = PictureChange(to: .full, .receiving, isRecovery: true)
    #expect(call.picture(reference("a"), back, at: start.adding(milliseconds: 4)).count == 1)
    // A new session begins with the whole picture.
    _ = call.joined(karen, answer: answer("b"), device: device, attempt: 2, at: start)
    #expect(
      call.ownPicture(
        of: karen, PictureChange(to: .full, .sending, isRecovery: true),
        at: start.adding(milliseconds: 5)) == [])
  }

  @Test func aClientCannotFillTheLedgerWithItsPicture() {
    var call = LiveCall()
    call.follow(visit(.active), at: start)
    let step = PictureChange(to: .held, .sending, isRecovery: false)
    #expect(call.ownPicture(of: karen, step, at: start) == [], "nobody without a session")
    _ = call.joined(karen, answer: answer("a"), device: device, attempt: 1, at: start)
    var written = 0
    for number in 0..<1_000 {
      let level: PictureLevel = number.isMultiple(of: 2) ? .held : .full
      let step = PictureChange(to: level, .sending, isRecovery: false)
      written += call.ownPicture(of: karen, step, at: start).count
    }
    #expect(written == 360)
  }

  @Test func aMoveToAnotherWorkerInterruptsNobody() {
    var call = LiveCall()
    call.follow(visit(.active), at: start)
    _ = call.joined(karen, answer: answer("a"), device: device, attempt: 1, at: start)
    _ = call.connected(reference("a"), profile: "p", at: start)
    _ = call.firstMedia(reference("a"), kind: .audio, at: start)
    let later = start.adding(milliseconds: 5_000)
    #expect(
      call.moving(reference("a"), at: later)
        == [.rejoin(karen, session: "a", cause: LiveCall.Cause.moved)])
    #expect(
      call.joined(karen, answer: answer("b"), device: device, attempt: 1, at: later)
        == [.showRoom], "nothing was interrupted")
    _ = call.connected(reference("b"), profile: "p", at: later)
    #expect(
      call.firstMedia(reference("b"), kind: .audio, at: later) == [],
      "to the ledger the call just went on")
    #expect(call.firstMedia(reference("b"), kind: .video, at: later).count == 1, "that is new")
    // What the old worker says of the old session means nothing any more.
    #expect(call.closed(reference("a"), cause: "left", at: later) == [])
    #expect(call.present == [karen])
    #expect(call.moving(reference("a"), at: later) == [])
  }

  @Test func whoWasToldToMoveAndLosesTheWorkerIsToldThat() {
    var call = LiveCall()
    call.follow(visit(.active), at: start)
    _ = call.joined(karen, answer: answer("a"), device: device, attempt: 1, at: start)
    _ = call.moving(reference("a"), at: start)
    #expect(
      call.lost(reference("a"), at: start).first
        == .rejoin(karen, session: "a", cause: .workerLost))
    #expect(call.participants[karen]?.rejoinDue?.cause == .workerLost)
  }

  @Test func aClockThatIsSetForthOrBackEndsNoCallAndHidesNoBreak() {
    var call = LiveCall()
    call.follow(visit(.active), at: start)
    _ = call.joined(karen, answer: answer("a"), device: device, attempt: 1, at: start)
    _ = call.connected(reference("a"), profile: "p", at: start)
    _ = call.firstMedia(reference("a"), kind: .audio, at: start)
    var now = start
    for hours: Int64 in [3, -5, 2] {
      now = now.adding(milliseconds: hours * 3_600_000)
      #expect(call.advance(to: now) == [])
      #expect(call.interrupted(reference("a"), cause: "silence", at: now).count == 1)
      let again = now.adding(milliseconds: 900)
      #expect(call.resumed(reference("a"), cause: "heard", at: again).count == 1)
      #expect(call.resumed(reference("a"), cause: "heard", at: again) == [], "a repeat")
      now = again
    }
    #expect(call.present == [karen])
  }
}
