/// A day in a grant's life when something in writing is due.
public struct GrantMilestone: Hashable, Sendable, Codable, Identifiable {
  /// Names a milestone within a policy, for example `status-1`.
  public var id: String
  /// Whole months after the first day.
  public var months: Int
  /// Days after those.
  public var days: Int

  /// A milestone.
  public init(id: String, months: Int, days: Int = 0) {
    self.id = id
    self.months = months
    self.days = days
  }

  /// The day for a grant that begins on `start`.
  public func date(from start: LocalDate) -> LocalDate {
    start.adding(months: months).adding(days: days)
  }
}

/// What a municipality's grants are held to. Data, because municipalities differ and change.
public struct GrantPolicy: Hashable, Sendable, Codable {
  /// The age from which support is given (A6).
  public var minimumAge = 18
  /// The longest § 82 b course in months (A4).
  public var months82b = 6
  /// The most visits of a § 82 b course unless the grant says otherwise; nil without a cap (A5:
  /// "op til 10 gange").
  public var visitCap82b: Int?
  /// The most visits an extension adds (A5: "yderligere 10 gange").
  public var extensionVisits = 10
  /// When a § 82 b course is due a written status (H6): after 2½ and after 5 months.
  public var statusMilestones = [
    GrantMilestone(id: "status-1", months: 2, days: 15), GrantMilestone(id: "status-2", months: 5),
  ]
  /// How long before its day a status is asked for, in days.
  public var statusNoticeDays = 7
  /// How long before its last day an ending grant is pointed out, in days (A4).
  public var endingNoticeDays = 28
  /// Within how many days of its start a course must be under way (B23).
  public var firstContactDays = 14
  /// How far one week may go beyond the granted minutes, in per cent of them. A visit moved from one
  /// week into the next is no change of extent; twice the extent is, and takes a decision (A10).
  public var weeklyTolerancePercent = 50
  /// For whom support with economy belongs in the café (A8, A9).
  public var cafeTargetGroups: Set<TargetGroup> = [.psychiatry]
  /// How long after a course ended it can be taken up again as it was, in days (A12). Not longer
  /// than what is needed for it is kept.
  public var reentryDays = 365
  /// Whether a visit needs a grant at all. Drop-in never does.
  public var visitsNeedGrant = true
  /// The packages on offer (A13).
  public var packages: [SupportPackage] = []

  /// The default policy.
  public init() {}

  /// The package of that id.
  public func package(_ id: PackageID) -> SupportPackage? { packages.first { $0.id == id } }

  /// The last day of a § 82 b course of full length that begins on `start`.
  public func last82bDay(from start: LocalDate) -> LocalDate {
    start.adding(months: months82b).adding(days: -1)
  }
}

extension GrantPolicy {
  private enum CodingKeys: String, CodingKey {
    case minimumAge, months82b, visitCap82b, extensionVisits, statusMilestones, statusNoticeDays,
      endingNoticeDays, firstContactDays, weeklyTolerancePercent, cafeTargetGroups, reentryDays,
      visitsNeedGrant, packages
  }

  /// Reads the form written by the synthesised encoder; what a municipality leaves out of its
  /// configuration has the default.
  public init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: CodingKeys.self)
    var policy = GrantPolicy()
    func read<Value: Decodable>(_ key: CodingKeys, _ value: inout Value) throws {
      value = try values.decodeIfPresent(Value.self, forKey: key) ?? value
    }
    try read(.minimumAge, &policy.minimumAge)
    try read(.months82b, &policy.months82b)
    policy.visitCap82b = try values.decodeIfPresent(Int.self, forKey: .visitCap82b)
    try read(.extensionVisits, &policy.extensionVisits)
    try read(.statusMilestones, &policy.statusMilestones)
    try read(.statusNoticeDays, &policy.statusNoticeDays)
    try read(.endingNoticeDays, &policy.endingNoticeDays)
    try read(.firstContactDays, &policy.firstContactDays)
    try read(.weeklyTolerancePercent, &policy.weeklyTolerancePercent)
    try read(.cafeTargetGroups, &policy.cafeTargetGroups)
    try read(.reentryDays, &policy.reentryDays)
    try read(.visitsNeedGrant, &policy.visitsNeedGrant)
    try read(.packages, &policy.packages)
    self = policy
  }
}
