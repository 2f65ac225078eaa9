public import FoundationEssentials

/// What a citizen has agreed to.
public struct ConsentRecord: Codable, Sendable {
  /// The id.
  public var id: String
  /// To what: `partnerAlert` …
  public var kind: String
  /// Whom it is about.
  public var recipient: String?
  /// What for.
  public var reason: String
  /// When it was given.
  public var givenAt: Date
  /// Who entered it, by id.
  public var recordedBy: String
  /// The last day it holds, such as `2026-11-21`.
  public var validThrough: String?
  /// When it was taken back.
  public var withdrawnAt: Date?
}

/// A consent to be entered.
public struct NewConsent: Codable, Sendable {
  /// Where somebody is told.
  public struct Contact: Codable, Sendable {
    /// `sms`, `email` or `webhook`.
    public var channel: String
    /// The number or the address.
    public var address: String

    /// A contact.
    public init(channel: String, address: String) {
      self.channel = channel
      self.address = address
    }
  }

  /// To what.
  public var kind: String
  /// Whom it is about.
  public var recipient: String?
  /// Where they are told.
  public var contact: Contact?
  /// What for.
  public var reason: String
  /// `spoken` or `written`.
  public var way: String
  /// The last day it holds.
  public var validThrough: String?

  /// A consent.
  public init(
    kind: String, recipient: String?, contact: Contact?, reason: String, way: String,
    validThrough: String?
  ) {
    self.kind = kind
    self.recipient = recipient
    self.contact = contact
    self.reason = reason
    self.way = way
    self.validThrough = validThrough
  }
}

/// A citizen's own card for hard days.
public struct CardRecord: Codable, Sendable {
  /// A point.
  public struct Point: Codable, Sendable {
    /// What it is about.
    public var title: String?
    /// What it says.
    public var text: String

    /// A point.
    public init(title: String?, text: String) {
      self.title = title
      self.text = text
    }
  }

  /// The points.
  public var points: [Point]
  /// The revision.
  public var revision: Int?
}

/// What a citizen answered on one scale.
public struct ScoresRecord: Codable, Sendable {
  /// A scale.
  public struct Scale: Codable, Sendable {
    /// The id.
    public var id: String
    /// What it is called.
    public var title: String
    /// The lowest mark.
    public var lowest: Int
    /// The highest mark.
    public var highest: Int
  }

  /// One time.
  public struct Answer: Codable, Sendable {
    /// When.
    public var at: Date
    /// The mean; nil where it was skipped.
    public var mean: Double?
  }

  /// The scale.
  public var scale: Scale
  /// Whether the citizen is asked.
  public var isOffered: Bool
  /// The answers, oldest first.
  public var answers: [Answer]
  /// Whether somebody is to talk about the curve.
  public var needsTalk: Bool
}

/// Something a citizen needs besides visits.
public struct CareTaskRecord: Codable, Sendable {
  /// Whom it is about.
  public var citizen: PersonReference
  /// What is asked.
  public var ask: NoticeRecord
}

/// A message to the journal, a partner or a worker.
public struct PostRecord: Codable, Sendable {
  /// Its key.
  public var key: String
  /// What it is about: `note`, `visit`, `partner-alert` or `unanswered`.
  public var kind: String
  /// `journal`, or a channel.
  public var destination: String
  /// Where it is on its way.
  public var state: String
  /// How often it was tried.
  public var attempts: Int
  /// Why it failed last.
  public var failure: String?
}

/// What tapering a series did.
public struct TaperRecord: Codable, Sendable {
  /// What the citizen can be told.
  public var notice: NoticeRecord
}
