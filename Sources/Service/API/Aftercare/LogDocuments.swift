import Store
import Visits

/// One look at a record as the API shows it.
struct AccessLineDocument: Encodable, Sendable {
  var id: Int64
  var at: APITime
  var reader: String
  var readerName: String?
  var role: Role
  var device: String?
  var citizen: String?
  var criterion: String?
  var part: RecordPart
  var action: AccessAction
  var basis: AccessBasis
  var reason: String?

  init(_ line: AccessLine, readers: [PersonID: Person]) {
    id = line.id
    at = APITime(line.at)
    reader = line.reader.rawValue
    readerName = readers[line.reader]?.displayName
    role = line.role
    device = line.device?.rawValue
    citizen = line.citizen?.rawValue
    criterion = line.criterion
    part = line.part
    action = line.action
    basis = line.basis
    reason = line.reason
  }
}

/// One line of the audit log as the API shows it.
struct AuditDocument: Encodable, Sendable {
  var id: Int64
  var at: APITime
  var actor: String?
  var role: Role?
  var device: String?
  var action: String
  var subject: String?
  var visit: String?
  var detail: String?

  init(_ entry: AuditEntry) {
    id = entry.id
    at = APITime(entry.at)
    actor = entry.actor?.rawValue
    role = entry.role
    device = entry.device?.rawValue
    action = entry.draft.action
    subject = entry.draft.subject?.rawValue
    visit = entry.draft.visit?.rawValue
    detail = entry.draft.detail
  }
}
