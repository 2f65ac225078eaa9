public import Foundation

/// What the commands of a native program share: the API of whoever is logged in, the texts, and
/// lists of visits with failures in plain words.
public struct ClientProgram: Sendable {
  /// The API.
  public let api: BesoegAPI
  /// The texts.
  public let texts: Texts
  /// Denmark's calendar.
  public let copenhagen = Copenhagen()

  /// The program of whoever the environment or the settings file names; `ca`, a PEM file of
  /// authorities, goes before what they say.
  public init(ca: String? = nil, texts: Texts = .current) throws {
    guard var settings = ClientSettings.load() else {
      throw ProgramFailure(texts[.notLoggedIn])
    }
    settings.ca = ca ?? settings.ca
    try self.init(settings: settings, texts: texts)
  }

  /// The program of given settings.
  public init(settings: ClientSettings, texts: Texts = .current) throws {
    self.texts = texts
    let trust = ServiceTrust(file: settings.ca)
    // Said now and not as a server that cannot be reached.
    if let ca = settings.ca, trust.transportTrust() == nil {
      throw ProgramFailure(texts[.authoritiesUnreadable, ["file": ca]])
    }
    do {
      api = try BesoegAPI(server: settings.server, token: settings.token, trust: trust)
    } catch {
      throw ProgramFailure(error.text(in: texts, server: settings.server))
    }
  }

  /// Makes a request; its failure becomes a text for people.
  public func ask<Value: Sendable>(
    _ request: (BesoegAPI) async throws(ServiceError) -> Value
  ) async throws -> Value {
    do {
      return try await request(api)
    } catch {
      throw ProgramFailure(error.text(in: texts, server: api.server))
    }
  }

  /// The visits of `days` days from the one `now` is in.
  public func visits(now: Date, days: Int = 1) async throws -> [Visit] {
    let from = copenhagen.startOfDay(now)
    let to = copenhagen.startOfDay(now, plusDays: days)
    return try await ask { api async throws(ServiceError) in
      try await api.visits(from: from, to: to)
    }
  }

  /// The visits of the day of work, which midnight does not end.
  public func visits(ofWorkdayAt now: Date) async throws -> [Visit] {
    let day = copenhagen.workday(at: now)
    return try await ask { api async throws(ServiceError) in
      try await api.visits(from: day.lowerBound, to: day.upperBound)
    }
  }

  /// The visit that `words` mean among those of `days` days; without words, whatever `choose` takes
  /// among today's.
  public func visit(
    _ words: String, now: Date, days: Int = 1, orElse choose: ([Visit]) -> Visit?, missing: TextKey
  ) async throws -> Visit {
    if words.isEmpty {
      guard let visit = choose(try await visits(ofWorkdayAt: now)) else {
        throw ProgramFailure(texts[missing], status: ExitStatus.noConversation)
      }
      return visit
    }
    // A whole id may be of any day.
    if VisitFinder.isWholeID(words), let visit = try? await api.visit(words) { return visit }
    let among =
      try await days == 1 ? visits(ofWorkdayAt: now) : visits(now: now, days: days)
    switch VisitFinder.visit(words, in: among, now: now) {
    case .one(let visit): return visit
    case .several(let several):
      let names = Set(several.map(\.citizen.displayName)).sorted().joined(separator: ", ")
      throw ProgramFailure(texts[.nameAmbiguous, ["words": words, "names": names]])
    case .none:
      let key: TextKey = days == 1 ? .visitNotFound : .visitNotFoundAhead
      throw ProgramFailure(texts[key, ["words": words]])
    }
  }

  /// The person of a role that `words` mean.
  public func person(_ words: String, role: Role?) async throws -> Person {
    let people = try await ask { api async throws(ServiceError) in try await api.people() }
      .filter { role == nil || $0.role == role }
    switch VisitFinder.person(words, in: people) {
    case .one(let person): return person
    case .several(let several):
      let names = several.map(\.displayName).sorted().joined(separator: ", ")
      throw ProgramFailure(texts[.nameAmbiguous, ["words": words, "names": names]])
    case .none:
      throw ProgramFailure(texts[.personNotFound, ["words": words]])
    }
  }

  /// The time that `words` mean.
  public func date(_ words: String, now: Date) throws -> Date {
    do {
      return try DateWords(now: now).date(words)
    } catch {
      throw ProgramFailure(text(for: error, words: words, now: now))
    }
  }

  private func text(for error: DateWordsError, words: String, now: Date) -> String {
    let dates = DateText(texts)
    switch error {
    case .notUnderstood(let word): return texts[.dateNotUnderstood, ["word": word]]
    case .timeMissing: return texts[.dateTimeMissing, ["words": words]]
    case .noSuchTime: return texts[.dateNoSuchTime, ["words": words]]
    case .ambiguous(let word): return texts[.dateAmbiguous, ["word": word]]
    case .passed(let date):
      let when = "\(dates.spokenDay(date, now: now)) \(dates.clock(date))"
      return texts[.datePassed, ["when": when]]
    }
  }
}
