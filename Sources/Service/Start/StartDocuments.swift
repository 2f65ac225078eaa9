import Store
import Visits

/// How a citizen gets started, as the API shows it.
struct StartDocument: Encodable, Sendable {
  struct Answer: Encodable, Sendable {
    var state: ScreenTrial.State
    var reason: String?
    var by: String?
    var at: UTCMilliseconds
  }

  struct Practice: Encodable, Sendable {
    var step: ScreenStart.Step
    var result: ScreenStart.Result
    var visit: String?
    var note: String?
    var by: String
    var at: UTCMilliseconds
  }

  struct Agreement: Encodable, Sendable {
    var visit: String
    var kind: ScreenRemedy.Kind
    var start: UTCMilliseconds?
    var agreed: AgreementWay
    var by: String
    var at: UTCMilliseconds
  }

  var citizen: String
  /// The last answer; not there before the citizen was asked.
  var state: ScreenTrial.State?
  var answers: [Answer]
  var practices: [Practice]
  var nextStep: ScreenStart.Step?
  var checks: [CheckDocument]
  /// What was agreed about visits that were booked before the citizen said no.
  var agreements: [Agreement]
  /// The day by which screen visits are to be tried.
  var trialDue: LocalDate?
  /// What the citizen is told.
  var status: NoticeDocument

  /// A start as a role sees it: who looks at equipment and network for the system needs no reasons
  /// and no notes.
  init(_ start: ScreenStart, trialDue: LocalDate?, for role: Role) {
    self.init(start, trialDue: trialDue)
    guard role == .operations else { return }
    for index in answers.indices { answers[index].reason = nil }
    for index in practices.indices { practices[index].note = nil }
    for index in checks.indices { checks[index].note = nil }
  }

  private init(_ start: ScreenStart, trialDue: LocalDate?) {
    citizen = start.citizen.rawValue
    state = start.trial.state
    answers = start.trial.steps.map {
      Answer(state: $0.state, reason: $0.reason, by: $0.by?.rawValue, at: $0.at)
    }
    practices = start.practices.map {
      Practice(
        step: $0.step, result: $0.result, visit: $0.visit?.rawValue, note: $0.note,
        by: $0.by.rawValue, at: $0.at)
    }
    nextStep = start.nextStep
    checks = start.checks.map { CheckDocument($0) }
    agreements = start.agreements.map {
      Agreement(
        visit: $0.visit.rawValue, kind: $0.remedy.kind, start: $0.remedy.start,
        agreed: $0.agreement.way, by: $0.agreement.recordedBy.rawValue, at: $0.agreement.at)
    }
    self.trialDue = trialDue
    status = NoticeDocument(.startStatus(start))
  }
}

/// A look at equipment and network.
struct CheckDocument: Encodable, Sendable {
  var device: TechnologyCheck.Device
  var isLent: Bool
  var hasSound: Bool
  var hasPicture: Bool
  var hasHeadset: Bool
  var isPrivate: Bool
  var network: TechnologyCheck.Network
  var figures: TechnologyCheck.Figures?
  var visit: String?
  var note: String?
  var by: String
  var at: UTCMilliseconds
  var conclusion: TechnologyCheck.Conclusion

  init(_ check: TechnologyCheck) {
    device = check.device
    isLent = check.isLent
    hasSound = check.hasSound
    hasPicture = check.hasPicture
    hasHeadset = check.hasHeadset
    isPrivate = check.isPrivate
    network = check.network
    figures = check.figures
    visit = check.visit?.rawValue
    note = check.note
    by = check.by.rawValue
    at = check.at
    conclusion = check.conclusion
  }
}

/// A worker's citizens.
struct RosterDocument: Encodable, Sendable {
  struct Line: Encodable, Sendable {
    var citizen: PersonName
    var isPrimary: Bool
    var lastHeld: UTCMilliseconds?
    var next: UTCMilliseconds?
    var grantedMinutes: Int?
    var bookedMinutes: Int
    var screen: ScreenTrial.State?
    var nextStep: ScreenStart.Step?
    var trialDue: LocalDate?
    var openTasks: Int
    var needs: [NoticeDocument]
  }

  var worker: String
  var count: Int
  var most: Int
  var warning: NoticeDocument?
  var citizens: [Line]

  init(_ roster: Roster, on today: LocalDate) {
    worker = roster.worker.rawValue
    count = roster.count
    most = roster.most
    warning = roster.warning.map { NoticeDocument($0) }
    citizens = roster.lines.map { line in
      Line(
        citizen: PersonName(line.citizen), isPrimary: line.isPrimary, lastHeld: line.lastHeld,
        next: line.next, grantedMinutes: line.grantedMinutes, bookedMinutes: line.bookedMinutes,
        screen: line.start.trial.state,
        nextStep: line.start.trial.state == .accepted ? line.start.nextStep : nil,
        trialDue: line.trialDue, openTasks: line.openTasks,
        needs: line.needs(on: today).map { NoticeDocument($0) })
    }
  }
}

/// A piece of equipment.
struct EquipmentDocument: Encodable, Sendable {
  var id: String
  var kind: Equipment.Kind
  var label: String
  var serial: String?
  var condition: Equipment.Condition
  var holder: String?
  var lentAt: UTCMilliseconds?
  var checkedAt: UTCMilliseconds
  var isCheckDue: Bool
  var note: String?
  var isRetired: Bool

  init(_ piece: Equipment, at now: UTCMilliseconds) {
    id = piece.id.rawValue
    kind = piece.kind
    label = piece.label
    serial = piece.serial
    condition = piece.condition
    holder = piece.holder?.rawValue
    lentAt = piece.lentAt
    checkedAt = piece.checkedAt
    isCheckDue = piece.isCheckDue(at: now)
    note = piece.note
    isRetired = piece.retiredAt != nil
  }
}

/// A work order to go to a citizen's home.
struct HomeOrderDocument: Encodable, Sendable {
  var id: String
  var citizen: String
  var fault: FaultKind
  var text: String
  var visit: String?
  var bring: [String]
  var by: String
  var createdAt: UTCMilliseconds
  var state: HomeVisitOrder.State
  var assignee: String?
  var plannedAt: UTCMilliseconds?
  var result: HomeVisitOrder.Result?
  var finding: String?

  init(_ order: HomeVisitOrder) {
    id = order.id.rawValue
    citizen = order.citizen.rawValue
    fault = order.fault
    text = order.text
    visit = order.visit?.rawValue
    bring = order.bring
    by = order.by.rawValue
    createdAt = order.createdAt
    state = order.state
    assignee = order.assignee?.rawValue
    plannedAt = order.plannedAt
    result = order.result
    finding = order.finding
  }
}

/// A topic parked for somebody else.
struct ParkedTopicDocument: Encodable, Sendable {
  var id: String
  var citizen: String
  var topic: String
  var note: String?
  var to: ParkedTopic.Recipient
  var visit: String?
  var by: String
  var at: UTCMilliseconds
  var takenBy: String?
  var closedAt: UTCMilliseconds?
  var outcome: String?

  init(_ topic: ParkedTopic) {
    id = topic.id.rawValue
    citizen = topic.citizen.rawValue
    self.topic = topic.topic
    note = topic.note
    to = topic.to
    visit = topic.visit?.rawValue
    by = topic.by.rawValue
    at = topic.at
    takenBy = topic.takenBy?.rawValue
    closedAt = topic.closedAt
    outcome = topic.outcome
  }
}

/// A wish to be seen sooner.
struct WishDocument: Codable, Sendable {
  var minutes: Int
  var from: APITime
  var to: APITime
  var workers: [String]?
}
