import Store
import Visits

/// A scale as the API shows it.
struct ScaleDocument: Encodable, Sendable {
  /// A scale as it is written.
  struct Body: Decodable {
    var title: String
    var items: [ScoreScale.Item]
    var lowest: Int?
    var highest: Int?
    var moment: String
    var daysBetween: Int?
    var fallPercent: Int?
    var firstWithinDays: Int?
    var notForPackages: [String]?
    var isRetired: Bool?

    func scale(_ id: ScoreScaleID) throws -> ScoreScale {
      ScoreScale(
        id: id, title: title, items: items, lowest: lowest ?? 0, highest: highest ?? 100,
        moment: try RequestText.choice(moment, field: "moment"), daysBetween: daysBetween ?? 0,
        fallPercent: fallPercent, firstWithinDays: firstWithinDays,
        notForPackages: Set((notForPackages ?? []).map(PackageID.init(rawValue:))),
        isRetired: isRetired ?? false)
    }
  }

  var id: String
  var title: String
  var items: [ScoreScale.Item]
  var lowest: Int
  var highest: Int
  var moment: ScoreScale.Moment
  var daysBetween: Int
  var fallPercent: Int?
  var firstWithinDays: Int?
  var notForPackages: [String]
  var isRetired: Bool

  init(_ scale: ScoreScale) {
    id = scale.id.rawValue
    title = scale.title
    items = scale.items
    lowest = scale.lowest
    highest = scale.highest
    moment = scale.moment
    daysBetween = scale.daysBetween
    fallPercent = scale.fallPercent
    firstWithinDays = scale.firstWithinDays
    notForPackages = scale.notForPackages.map(\.rawValue).sorted()
    isRetired = scale.isRetired
  }
}

/// What one citizen answered on one scale, as the API shows it.
struct ScoresDocument: Encodable, Sendable {
  struct Answer: Encodable, Sendable {
    var at: APITime
    var visit: String
    var marks: [Int?]
    /// The mean of what was marked; absent where it was skipped.
    var mean: Double?
  }

  var scale: ScaleDocument
  var isOffered: Bool
  var reason: String?
  /// Oldest first; the last one is what was marked last.
  var answers: [Answer]
  var needsTalk: Bool
  var deadline: LocalDate?
  var notice: NoticeDocument?

  init(_ scores: ScaleScores, notice: Notice? = nil) {
    scale = ScaleDocument(scores.scale)
    isOffered = scores.isOffered
    reason = scores.reason
    answers = scores.answers.map {
      Answer(at: APITime($0.at), visit: $0.visit.rawValue, marks: $0.marks, mean: $0.mean)
    }
    needsTalk = scores.needsTalk
    deadline = scores.deadline
    self.notice = notice.map { NoticeDocument($0) }
  }
}

/// Scores of several citizens together, as the API shows them.
struct ScoreReportDocument: Encodable, Sendable {
  struct Line: Encodable, Sendable {
    var item: String
    var first: Double?
    var latest: Double?
    var change: Double?
  }

  var scale: String
  var team: String?
  /// Absent where too few answered for nobody to be told from it.
  var citizens: Int?
  var smallestCell: Int
  var lines: [Line]

  init(_ report: ScoreReport, team: TeamID?) {
    scale = report.scale.rawValue
    self.team = team?.rawValue
    citizens = report.citizens
    smallestCell = ScoreReport.smallestCell
    lines = report.lines.map {
      Line(item: $0.item, first: $0.first, latest: $0.latest, change: $0.change)
    }
  }
}
