import GRDB
import Visits

/// Rows of `scoreScale`, `scaleChoice` and `scoreAnswer`.
enum ScoreTable {
  static func scales(tenant: TenantID, in db: Database) throws -> [ScoreScale] {
    try String.fetchAll(
      db.cachedStatement(sql: "SELECT body FROM scoreScale WHERE tenant = ?"),
      arguments: [tenant.rawValue]
    ).map { try StoredJSON.value($0, as: ScoreScale.self) }
      .sorted { ($0.title, $0.id.rawValue) < ($1.title, $1.id.rawValue) }
  }

  static func scale(_ id: ScoreScaleID, tenant: TenantID, in db: Database) throws -> ScoreScale {
    let body = try String.fetchOne(
      db, sql: "SELECT body FROM scoreScale WHERE tenant = ? AND id = ?",
      arguments: [tenant.rawValue, id.rawValue])
    guard let body else { throw StoreError.notFound }
    return try StoredJSON.value(body, as: ScoreScale.self)
  }

  static func write(_ scale: ScoreScale, tenant: TenantID, in db: Database) throws {
    try db.execute(
      sql: """
        INSERT INTO scoreScale (tenant, id, body) VALUES (?, ?, ?)
        ON CONFLICT (tenant, id) DO UPDATE SET body = excluded.body
        """, arguments: [tenant.rawValue, scale.id.rawValue, try StoredJSON.text(scale)])
  }

  static func isAnswered(_ id: ScoreScaleID, tenant: TenantID, in db: Database) throws -> Bool {
    try Bool.fetchOne(
      db, sql: "SELECT EXISTS (SELECT 1 FROM scoreAnswer WHERE tenant = ? AND scale = ?)",
      arguments: [tenant.rawValue, id.rawValue]) ?? false
  }

  static func answers(
    of citizen: PersonID, tenant: TenantID, in db: Database
  ) throws -> [ScoreAnswer] {
    try String.fetchAll(
      db.cachedStatement(
        sql: "SELECT body FROM scoreAnswer WHERE tenant = ? AND citizen = ? ORDER BY at, visit"),
      arguments: [tenant.rawValue, citizen.rawValue]
    ).map { try StoredJSON.value($0, as: ScoreAnswer.self) }
  }

  static func answers(
    to scale: ScoreScaleID, tenant: TenantID, in db: Database
  ) throws -> [ScoreAnswer] {
    try String.fetchAll(
      db, sql: "SELECT body FROM scoreAnswer WHERE tenant = ? AND scale = ? ORDER BY at",
      arguments: [tenant.rawValue, scale.rawValue]
    ).map { try StoredJSON.value($0, as: ScoreAnswer.self) }
  }

  static func write(_ answer: ScoreAnswer, tenant: TenantID, in db: Database) throws {
    try db.execute(
      sql: """
        INSERT INTO scoreAnswer (tenant, citizen, scale, visit, at, body) VALUES (?, ?, ?, ?, ?, ?)
        ON CONFLICT (tenant, citizen, scale, visit) DO UPDATE SET at = excluded.at,
          body = excluded.body
        """,
      arguments: [
        tenant.rawValue, answer.citizen.rawValue, answer.scale.rawValue, answer.visit.rawValue,
        answer.at.rawValue, try StoredJSON.text(answer),
      ])
  }

  static func choices(
    of citizen: PersonID, tenant: TenantID, in db: Database
  ) throws -> [ScaleChoice] {
    try String.fetchAll(
      db.cachedStatement(sql: "SELECT body FROM scaleChoice WHERE tenant = ? AND citizen = ?"),
      arguments: [tenant.rawValue, citizen.rawValue]
    ).map { try StoredJSON.value($0, as: ScaleChoice.self) }
  }

  static func write(_ choice: ScaleChoice, tenant: TenantID, in db: Database) throws {
    try db.execute(
      sql: """
        INSERT INTO scaleChoice (tenant, citizen, scale, body) VALUES (?, ?, ?, ?)
        ON CONFLICT (tenant, citizen, scale) DO UPDATE SET body = excluded.body
        """,
      arguments: [
        tenant.rawValue, choice.citizen.rawValue, choice.scale.rawValue,
        try StoredJSON.text(choice),
      ])
  }
}

/// All there is about one citizen's scores, read at once.
struct CitizenScores {
  let scales: [ScoreScale]
  let answers: [ScoreAnswer]
  let choices: [ScaleChoice]
  let course: ScaleCourse?
  let today: LocalDate

  init(
    of citizen: PersonID, scales: [ScoreScale], tenant: TenantID, at now: UTCMilliseconds,
    in db: Database
  ) throws {
    self.scales = scales
    today = LocalDate(now)
    guard !scales.isEmpty else {
      (answers, choices, course) = ([], [], nil)
      return
    }
    answers = try ScoreTable.answers(of: citizen, tenant: tenant, in: db)
    choices = try ScoreTable.choices(of: citizen, tenant: tenant, in: db)
    course = ScaleCourse(
      of: try GrantTable.grants(of: citizen, tenant: tenant, in: db), on: today)
  }

  func choice(_ scale: ScoreScale) -> ScaleChoice? { choices.first { $0.scale == scale.id } }

  func scores(_ scale: ScoreScale) -> ScaleScores {
    let choice = choice(scale)
    let isOffered = ScoreRules().isOffered(scale, choice: choice, course: course)
    let needsTalk = ScoreRules().needsTalk(scale, answers: answers, choice: choice)
    let deadline = ScoreRules().deadline(scale, answers: answers, course: course)
    return ScaleScores(
      scale: scale, isOffered: isOffered, reason: choice?.reason,
      answers: answers.filter { $0.scale == scale.id }, needsTalk: isOffered && needsTalk,
      deadline: isOffered ? deadline : nil)
  }

  func isAsked(_ scale: ScoreScale) -> Bool {
    ScoreRules().isAsked(
      scale, answers: answers, choice: choice(scale), course: course, on: today)
  }
}
