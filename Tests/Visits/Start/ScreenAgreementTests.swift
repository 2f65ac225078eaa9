import Testing
import Visits

/// A no to pictures: what was booked before is asked about, and nothing is called off by itself.
@Suite struct ScreenAgreementTests {
  typealias E = GrantExample
  static let now = Example.start.adding(minutes: -1440)

  static func saidNo() throws -> ScreenStart {
    try ScreenStartTests.start.answering(
      .declined, reason: nil, by: Example.citizen, at: now)
  }

  static func settle(
    _ remedy: ScreenRemedy, _ start: ScreenStart, _ visit: Visit = Example.visit,
    by initiator: Initiator = Example.worker, way: AgreementWay = .phone
  ) throws -> (start: ScreenStart, change: VisitChange?) {
    try start.settling(visit, remedy, way: way, by: initiator, at: now)
  }

  @Test func eachPictureAheadIsAskedAboutAndNothingElse() throws {
    let no = try Self.saidNo()
    let visit = Example.visit
    #expect(no.asksAbout(visit, at: Self.now))
    #expect(!ScreenStartTests.start.asksAbout(visit, at: Self.now), "nobody said no")
    #expect(!no.asksAbout(visit, at: visit.end), "it is over")
    for change: (inout Visit) -> Void in [
      { $0.mediaMode = .audio }, { $0.mediaMode = .phone }, { $0.form = .physical },
      { $0.state = .cancelled }, { $0.state = .ended },
      { $0.citizenID = PersonID(rawValue: "ole") },
    ] {
      var other = visit
      change(&other)
      #expect(!no.asksAbout(other, at: Self.now))
    }
    let yes = try no.answering(.accepted, reason: nil, by: Example.citizen, at: Self.now)
    #expect(!yes.asksAbout(visit, at: Self.now))
  }

  @Test(arguments: ScreenRemedy.Kind.allCases)
  func whatIsAgreedIsDoneAndRecordedAndAskedAboutNoMore(_ kind: ScreenRemedy.Kind) throws {
    let settled = try Self.settle(ScreenRemedy(kind), Self.saidNo())
    let after = settled.change?.visit ?? Example.visit
    #expect(!settled.start.asksAbout(after, at: Self.now))
    #expect(settled.start.agreements.map(\.remedy.kind) == [kind])
    #expect(settled.start.agreements.first?.agreement.recordedBy == Example.visit.workerID)
    let expected: (VisitForm, MediaMode, VisitState) =
      switch kind {
      case .physical: (.physical, .video, .booked)
      case .phone: (.screen, .phone, .booked)
      case .audio: (.screen, .audio, .booked)
      case .keep: (.screen, .video, .booked)
      case .cancel: (.screen, .video, .cancelled)
      }
    #expect((after.form, after.mediaMode, after.state) == expected)
    let causes = settled.change?.entries.map(\.cause.rawValue)
    #expect(causes == (kind == .keep ? nil : ["no-to-screen-\(kind.rawValue)"]))
    // The reply was lost and the request comes again.
    let again = try Self.settle(ScreenRemedy(kind), settled.start, after)
    #expect(again.start == settled.start && again.change == nil)
    #expect(throws: Refusal.taskDone) {
      try Self.settle(
        ScreenRemedy(kind == .phone ? .audio : .phone), settled.start, after)
    }
  }

  @Test func itCanBeMovedAtTheSameTimeButNotIntoThePast() throws {
    let later = Example.start.adding(minutes: 1440)
    let moved = try Self.settle(ScreenRemedy(.physical, start: later), Self.saidNo())
    #expect(moved.change?.visit.start == later && moved.change?.visit.form == .physical)
    #expect(moved.change?.entries.map(\.kind) == [.moved])
    #expect(throws: Refusal.startsInThePast) {
      try Self.settle(
        ScreenRemedy(.phone, start: Self.now.adding(minutes: -1)), Self.saidNo())
    }
  }

  @Test func aSecondNoAsksAgainAboutWhatWasKept() throws {
    let kept = try Self.settle(ScreenRemedy(.keep), Self.saidNo()).start
    let yes = try kept.answering(.accepted, reason: nil, by: Example.citizen, at: Self.now)
    let again = try yes.answering(
      .stopped, reason: nil, by: Example.citizen, at: Self.now.adding(minutes: 1))
    #expect(again.asksAbout(Example.visit, at: Self.now.adding(minutes: 1)))
  }

  @Test func onlyWhoSpokeWithTheCitizenRecordsIt() throws {
    let no = try Self.saidNo()
    #expect(throws: Refusal.onlyStaffBooks) {
      try Self.settle(ScreenRemedy(.phone), no, by: Example.citizen)
    }
    #expect(throws: Refusal.onlyCitizenAgreesOnScreen) {
      try Self.settle(ScreenRemedy(.phone), no, way: .screen)
    }
  }
}
