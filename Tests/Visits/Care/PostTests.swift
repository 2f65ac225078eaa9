import Testing
import Visits

@Suite("Messages to partners and the journal")
struct PostTests {
  static let now = Example.start

  static func path(_ step: NoShowStep = .toDo) -> NoShowPath {
    NoShowPath(
      visit: Example.visit.id, citizen: Example.visit.citizenID, worker: Example.visit.workerID,
      inARow: 1, openedAt: now, step: step, due: now)
  }

  static func alert(_ channel: ReminderChannel = .sms) -> Post {
    let contact = ConsentContact(channel: channel, address: "12345678")
    let alert = PartnerAlert(
      consent: ConsentID(rawValue: "c"), recipient: "Lise", contact: contact,
      text: .partnerAlert(name: "Karen"))
    return Post(alert, to: contact, about: path(), tenant: Example.tenant, at: now)
  }

  static func journal() -> Post {
    Post(
      key: PostKey(rawValue: "v1.journal-note.1"), tenant: Example.tenant,
      citizen: Example.visit.citizenID, visit: Example.visit.id, kind: .note,
      destination: .journal, content: "{}", createdAt: now)
  }

  static func taken(_ post: Post, at now: UTCMilliseconds = now) throws -> Post {
    let begun = try #require(post.begun(isWanted: true, at: now))
    return try #require(
      begun.handedOver(attempt: begun.delivery.attempts, isWanted: true, at: now))
  }

  /// H3: the words of the existing notice, and nothing of the support.
  @Test func aPartnerIsToldTodayOrNotAtAll() throws {
    let post = Self.alert()
    #expect(!post.content.lowercased().contains("bostøtte") && post.content.contains("Karen"))
    let sent = try #require(try Self.taken(post).accepted(attempt: 1, at: Self.now))
    #expect(sent.delivery.state == .sent && sent.content.isEmpty)
    #expect(post.begun(isWanted: false, at: Self.now)?.delivery.state == .cancelled)
    let tomorrow = Self.now.adding(minutes: 1440)
    let late = try #require(post.begun(isWanted: true, at: tomorrow))
    #expect(late.delivery.state == .failed && late.delivery.failure == "too-late")
    #expect(late.needsAttention)
  }

  @Test func aPartnerWhoWasReachedMeanwhileIsCalledBackAtTheDoor() throws {
    let begun = try #require(Self.alert().begun(isWanted: true, at: Self.now))
    #expect(
      begun.handedOver(attempt: 1, isWanted: false, at: Self.now)?.delivery.state == .cancelled)
  }

  /// H11: however long the journal is away, nothing is given up.
  @Test func theJournalIsTriedUntilItTakesTheMessage() throws {
    var post = Self.journal()
    var now = Self.now
    for attempt in 1...50 {
      let sending = try Self.taken(post, at: now)
      #expect(sending.delivery.attempts == attempt)
      post = try #require(
        sending.refused(attempt: attempt, failure: "webhook-503", isFinal: false, at: now))
      #expect(post.delivery.state == .pending)
      now = try #require(post.nextWake)
    }
    #expect(post.needsAttention, "somebody is told all the same")
    let taken = try Self.taken(post, at: now)
    #expect(taken.accepted(attempt: 51, at: now)?.delivery.state == .sent)
  }

  @Test func whatTheJournalRefusesForGoodIsSentAgainByAPersonUnderTheSameKey() throws {
    let refused = try #require(
      try Self.taken(Self.journal())
        .refused(attempt: 1, failure: "webhook-422", isFinal: true, at: Self.now))
    #expect(refused.delivery.state == .failed && refused.needsAttention)
    let again = try refused.again()
    #expect(again.key == refused.key && again.delivery.state == .pending)
    let sent = try #require(try Self.taken(again).accepted(attempt: 2, at: Self.now))
    #expect(throws: Refusal.postNotToBeSentAgain) { try sent.again() }
    #expect(throws: Refusal.postNotToBeSentAgain) { try Self.journal().again() }
  }

  /// A sender that was killed after handing over: the repeat has the same key, and late news of the
  /// first counts.
  @Test func aSenderThatDiesLosesNothing() throws {
    let handed = try Self.taken(Self.journal())
    #expect(handed.recovered(at: Self.now) == nil)
    let later = Self.now.adding(milliseconds: Delivery.leaseMilliseconds)
    let back = try #require(handed.recovered(at: later))
    #expect(back.delivery.state == .pending && back.delivery.mayHaveArrived)
    #expect(back.accepted(attempt: 1, at: later)?.delivery.state == .sent)
    let mail = try #require(try Self.taken(Self.alert(.email)).recovered(at: later))
    #expect(mail.delivery.state == .uncertain, "a mail server knows no repeats")
  }

  @Test func theJournalIsToldOfAppointmentsAndNotOfRinging() {
    var visit = Example.visit
    #expect(JournalEntry.tells(of: visit, before: nil))
    for (state, isTold) in [
      (VisitState.ringing, false), (.active, false), (.ended, true), (.cancelled, true),
      (.missed, true),
    ] {
      visit.state = state
      #expect(JournalEntry.tells(of: visit, before: Example.visit) == isTold, "\(state)")
    }
    #expect(!JournalEntry.tells(of: Example.visit, before: Example.visit))
    visit = Example.visit
    visit.form = .group
    #expect(!JournalEntry.tells(of: visit, before: nil), "it is about several citizens")
  }

  @Test func aNoteIsToldInTheJournalsOwnNamesOfGoals() {
    let goal = Goal(
      id: GoalID(rawValue: "g"), citizen: Example.visit.citizenID, wording: "Åbne min post",
      reference: "VUM-7", createdAt: Self.now)
    let note = VisitNote(
      visit: Example.visit.id, citizen: Example.visit.citizenID, author: Example.visit.workerID,
      at: Self.now, progress: [GoalProgress(goal.id, .forward)], nextStep: "To kuverter",
      text: nil, form: .screen, mediaMode: .video, minutes: 30, revision: 2)
    let entry = JournalEntry(
      note: note, goals: [goal], visit: Example.visit,
      citizen: Example.person("karen", .citizen, "Karen"),
      worker: Example.person("anne", .supportWorker, "Anne"),
      author: Example.person("anne", .supportWorker, "Anne"), caseReference: "27.12-1")
    #expect(entry.key.rawValue == "v1.journal-note.2" && entry.revision == 2)
    #expect(entry.note?.progress.map(\.reference) == ["VUM-7"])
    #expect(entry.caseReference == "27.12-1")
  }
}
