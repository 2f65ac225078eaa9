import GRDB
public import Visits

// What the citizens around a member of staff need besides visits.
extension SQLiteStore {
  /// The tasks, the most pressing first.
  public func careTasks(
    around initiator: Initiator, tenant: TenantID, at now: UTCMilliseconds
  ) async throws(StoreError) -> [CareTask] {
    guard let role = initiator.role, role.givesSupport || role == .caseWorker else { return [] }
    let citizens = try await people(
      around: initiator, tenant: tenant, role: .citizen, at: now)
    return try await read { db in
      let settings = try SettingsTable.booking(tenant: tenant, in: db)
      let isTeam = role.givesSupport
      let scales = isTeam ? try ScoreTable.scales(tenant: tenant, in: db) : []
      let posts = isTeam ? try PostTable.open(tenant: tenant, in: db) : []
      let collector = CareTaskCollector(
        tenant: tenant, policy: settings.grants, scales: scales,
        troubled: Dictionary(grouping: posts.filter(\.needsAttention), by: \.citizen), now: now)
      return try citizens.flatMap { citizen in
        try collector.grantTasks(of: citizen, in: db)
          + (isTeam ? collector.teamTasks(of: citizen, in: db) : [])
      }
    }.sorted { one, other in
      // What has no day is due at once.
      let (a, b) = (one.due ?? .earliest, other.due ?? .earliest)
      return (a, one.citizen.displayName, one.key) < (b, other.citizen.displayName, other.key)
    }
  }
}

/// Collects the tasks of one citizen after the other.
private struct CareTaskCollector {
  let tenant: TenantID
  let policy: GrantPolicy
  let scales: [ScoreScale]
  let troubled: [PersonID: [Post]]
  let now: UTCMilliseconds

  private var today: LocalDate { LocalDate(now) }

  /// Statuses, endings, first contacts and decisions (H6, A4, A10, B23).
  func grantTasks(of citizen: Person, in db: Database) throws -> [CareTask] {
    try GrantTable.grants(of: citizen.id, tenant: tenant, in: db).flatMap { grant in
      try policy.tasks(
        of: grant, firstHeld: SQLiteStore.firstHeld(under: grant, in: db), on: today
      ).map { task in
        CareTask(
          key: task.key, kind: task.kind.name, citizen: citizen, due: task.due, ask: .task(task))
      }
    }
  }

  /// Curves to talk about, indicators, partners without an address, messages that did not arrive.
  func teamTasks(of citizen: Person, in db: Database) throws -> [CareTask] {
    try scoreTasks(of: citizen, in: db) + partnerTasks(of: citizen, in: db)
      + (troubled[citizen.id] ?? []).map { post in
        CareTask(
          key: "post:\(post.key)", kind: "post", citizen: citizen, due: nil,
          ask: .postTrouble(post))
      }
  }

  private func scoreTasks(of citizen: Person, in db: Database) throws -> [CareTask] {
    let all = try CitizenScores(
      of: citizen.id, scales: scales, tenant: tenant, at: now, in: db)
    return all.scales.map(all.scores).flatMap { scores -> [CareTask] in
      var tasks: [CareTask] = []
      let key = "\(citizen.id):\(scores.scale.id)"
      if scores.needsTalk {
        tasks.append(
          CareTask(
            key: "talk:\(key)", kind: "talk", citizen: citizen, due: nil,
            ask: .talkAboutScores(scores.scale)))
      }
      if let deadline = scores.deadline,
        deadline.adding(days: -ScoreRules.indicatorNoticeDays) <= today
      {
        tasks.append(
          CareTask(
            key: "scale:\(key):\(deadline)", kind: "scale", citizen: citizen, due: deadline,
            ask: .answerScale(scores.scale, by: deadline)))
      }
      return tasks
    }
  }

  private func partnerTasks(of citizen: Person, in db: Database) throws -> [CareTask] {
    let bodies = try String.fetchAll(
      db, sql: "SELECT body FROM followUp WHERE tenant = ? AND citizen = ? AND isOpen = 1",
      arguments: [tenant.rawValue, citizen.id.rawValue])
    guard !bodies.isEmpty else { return [] }
    let register = ConsentRegister(
      citizen: citizen.id,
      consents: try ConsentTable.consents(of: citizen.id, tenant: tenant, in: db))
    return try bodies.flatMap { body in
      let path = NoShowRules().advance(
        try StoredJSON.value(body, as: NoShowPath.self), to: now)
      return NoShowRules().partnerAlerts(
        for: path, consents: register, citizenName: citizen.displayName, on: today
      ).filter { $0.contact == nil }.map { alert in
        CareTask(
          key: "partner:\(path.visit):\(alert.consent)", kind: "partner", citizen: citizen,
          due: nil, ask: .ringPartner(alert.recipient))
      }
    }
  }
}

extension GrantTask.Kind {
  /// The stable name.
  fileprivate var name: String {
    switch self {
    case .status: "status"
    case .firstContact: "first-contact"
    case .ending: "ending"
    case .decision: "decision"
    }
  }
}
