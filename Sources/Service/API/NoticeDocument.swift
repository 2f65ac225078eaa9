import Visits

/// A sentence for a person, in both languages, that is no refusal.
struct NoticeDocument: Encodable, Sendable {
  var code: String
  var da: String
  var en: String

  init(_ notice: Notice) {
    code = notice.code
    da = notice.danish
    en = notice.english
  }
}
