import ArgumentParser
import Foundation
import VisitClient

/// `besoeg taper karen --fortnightly 2027-02-01 --end 2027-04-01`.
struct TaperCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "taper", abstract: Texts.current[.helpTaper], aliases: ["nedtrapning"])

  @Argument(help: .init(Texts.current[.helpCitizen]))
  var citizen: [String]
  @Option(help: .init(Texts.current[.helpTaperFortnightly]))
  var fortnightly: String?
  @Option(help: .init(Texts.current[.helpTaperEnd]))
  var end: String
  @OptionGroup var common: CommonOptions

  func run() async throws {
    let program = try ClientProgram(ca: common.ca)
    let person = try await program.person(citizen.joined(separator: " "), role: .citizen)
    let all = try await program.ask { api async throws(ServiceError) in
      try await api.series(of: person.id)
    }
    guard all.count == 1, let series = all.first else {
      throw ProgramFailure(
        program.texts[
          .taperNoSeries, ["name": person.displayName, "n": String(all.count)]])
    }
    let fortnightly = try fortnightly.map { try program.day($0) }
    let end = try program.day(end)
    let done = try await program.ask { api async throws(ServiceError) in
      try await api.taper(series: series.id, fortnightlyFrom: fortnightly, onDemandFrom: end)
    }
    let terminal = Terminal.standard
    terminal.line(program.texts[.taperDone, ["name": person.displayName]])
    terminal.print(lines: wrapped(done.notice.text(in: program.texts), width: terminal.width))
  }
}

/// `besoeg posts`: messages to the journal, to partners and to workers that did not arrive.
struct PostsCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "posts", abstract: Texts.current[.helpPosts], aliases: ["beskeder"])

  private static let states = [
    "pending", "sending", "handed-over", "sent", "delivered", "failed", "uncertain", "cancelled",
  ]

  @Option(help: .init(Texts.current[.helpPostsAgain]))
  var again: Int?
  @OptionGroup var common: CommonOptions

  private static func receiver(of post: PostRecord) -> TextKey {
    if post.destination == "journal" { return .postJournal }
    return post.kind == "unanswered" ? .postStaff : .postPartner
  }

  func run() async throws {
    let program = try ClientProgram(ca: common.ca)
    let (terminal, texts) = (Terminal.standard, program.texts)
    let posts = try await program.ask { api async throws(ServiceError) in
      try await api.troubledPosts()
    }
    if let again {
      guard posts.indices.contains(again - 1) else {
        throw ProgramFailure(texts[.postUnknown, ["n": String(again)]])
      }
      let key = posts[again - 1].key
      _ = try await program.ask { api async throws(ServiceError) in
        try await api.sendAgain(post: key)
      }
      return terminal.line(texts[.postAgain])
    }
    if posts.isEmpty { terminal.line(texts[.postsNone]) }
    for (number, post) in zip(1..., posts) {
      terminal.line(
        texts[
          .postLine,
          [
            "n": String(number),
            "destination": texts[Self.receiver(of: post)],
            "state": texts.word(for: post.state, of: Self.states, words: .wordsPostState),
            "failure": post.failure ?? "–", "attempts": String(post.attempts),
          ]])
    }
  }
}

/// `besoeg meeting karen --at "tirsdag kl. 10" --agenda "Status efter tre måneder"`.
struct StatusMeetingCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "meeting", abstract: Texts.current[.helpMeeting], aliases: ["statusmøde"])

  @Argument(help: .init(Texts.current[.helpCitizen]))
  var citizen: [String]
  @Option(help: .init(Texts.current[.helpAt]))
  var at: String
  @Option(help: .init(Texts.current[.helpMinutes]))
  var minutes = 45
  @Option(help: .init(Texts.current[.helpMeetingAgenda]))
  var agenda: String?
  @OptionGroup var common: CommonOptions

  func run() async throws {
    let program = try ClientProgram(ca: common.ca)
    let start = try program.date(at, now: Date())
    let person = try await program.person(citizen.joined(separator: " "), role: .citizen)
    let names = try await program.ask { [minutes, agenda] api async throws(ServiceError) in
      try await api.bookMeeting(of: person.id, start: start, minutes: minutes, agenda: agenda)
    }
    Terminal.standard.line(
      program.texts[.meetingBooked, ["names": names.joined(separator: ", ")]])
  }
}
