import ArgumentParser
import Foundation
import VisitClient

/// `besoeg queue`: who waits for advice.
struct QueueCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "queue", abstract: Texts.current[.helpQueue],
    subcommands: [
      ShowQueue.self, WatchQueue.self, NextInQueue.self, AddToQueue.self, OpenQueue.self,
      QueueFigures.self,
    ],
    defaultSubcommand: ShowQueue.self, aliases: ["kø"])
}

/// `besoeg queue show`.
struct ShowQueue: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "show", abstract: Texts.current[.helpQueue])

  @OptionGroup var common: CommonOptions

  func run() async throws {
    let program = try ClientProgram(ca: common.ca)
    let terminal = Terminal.standard
    guard let queue = try await program.queue() else {
      return terminal.line(try await program.nextSession())
    }
    terminal.print(lines: QueueWords(program.texts).lines(of: queue, width: terminal.width))
    guard queue.tickets.contains(where: { $0.state == "waiting" }) else { return }
    terminal.line()
    terminal.line(program.texts[.queueHint])
  }
}

/// `besoeg queue watch`: the queue as it changes, until Ctrl-C.
struct WatchQueue: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "watch", abstract: Texts.current[.helpWatchQueue], aliases: ["følg"])

  /// How often the queue is read. Waits are told in whole fives of minutes.
  private static let pause = Duration.seconds(3)

  @OptionGroup var common: CommonOptions

  func run() async throws {
    let program = try ClientProgram(ca: common.ca)
    let terminal = Terminal.standard
    let watching = Task {
      var shown: [String] = []
      while !Task.isCancelled {
        let lines: [String]
        if let queue = try await program.queue() {
          lines = QueueWords(program.texts).lines(of: queue, width: terminal.width)
        } else {
          lines = [try await program.nextSession()]
        }
        if lines != shown {
          if !shown.isEmpty { terminal.line() }
          if lines.count > shown.count { terminal.bell() }
          terminal.print(lines: lines)
          shown = lines
        }
        try await Task.sleep(for: Self.pause)
      }
    }
    let stopping = Task {
      for await _ in Interruptions.stream() { return watching.cancel() }
    }
    defer { stopping.cancel() }
    do {
      try await watching.value
    } catch is CancellationError {
      // Ctrl-C is how watching ends.
    }
  }
}

/// `besoeg queue next`: takes the next in line and holds the talk.
struct NextInQueue: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "next", abstract: Texts.current[.helpNextInQueue], aliases: ["næste"])

  @OptionGroup var media: MediaOptions
  @OptionGroup var common: CommonOptions

  func run() async throws {
    let program = try ClientProgram(ca: common.ca)
    guard let session = try await program.openSession() else {
      throw ProgramFailure(
        try await program.nextSession(), status: ExitStatus.noConversation)
    }
    let visit = try await program.ask { api async throws(ServiceError) in
      try await api.claimNext(session.id)
    }
    guard let visit else {
      throw ProgramFailure(program.texts[.queueEmpty], status: ExitStatus.noConversation)
    }
    do {
      try await CallCommand.hold(
        visit, media: media, program: program, softMinutes: session.softMinutes)
    } catch let failure as ProgramFailure {
      // Who was not reached has their place still, and is rung again after a while.
      if failure.text.isEmpty { Terminal.standard.line(program.texts[.queueAfter]) }
      throw failure
    }
    Terminal.standard.line(program.texts[.queueAfter])
  }
}

/// `besoeg queue add "Karen" --about "…"`: for a citizen who rings or stands at the door.
struct AddToQueue: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "add", abstract: Texts.current[.helpAddToQueue])

  @Argument(help: .init(Texts.current[.helpCitizen]))
  var citizen: [String]
  @Option(help: .init(Texts.current[.helpAbout]))
  var about: String?
  @Option(help: .init(Texts.current[.helpQueueAppointment]))
  var at: String?
  @OptionGroup var common: CommonOptions

  func run() async throws {
    let program = try ClientProgram(ca: common.ca)
    let now = Date()
    let appointment = try at.map { try program.date($0, now: now) }
    guard let session = try await program.openSession() else {
      throw ProgramFailure(try await program.nextSession())
    }
    let person = try await program.person(citizen.joined(separator: " "), role: .citizen)
    let ticket = try await program.ask { api async throws(ServiceError) in
      try await api.joinQueue(
        session.id, citizen: person.id, topic: about, appointment: appointment)
    }
    if let appointment {
      let time = DateText(program.texts).clock(appointment)
      return Terminal.standard.line(
        program.texts[.queueAddedAt, ["name": person.displayName, "time": time]])
    }
    let minutes = ticket.expectedMinutes ?? 0
    Terminal.standard.line(
      program.texts[
        minutes == 0 ? .queueAddedNext : .queueAdded,
        [
          "name": person.displayName, "n": String(ticket.position ?? ticket.number),
          "minutes": String(minutes),
        ]])
  }
}

/// `besoeg queue open --at "tirsdag 11" --minutes 180 --weeks 10`.
struct OpenQueue: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "open", abstract: Texts.current[.helpOpenQueue], aliases: ["åbn"])

  @Option(help: .init(Texts.current[.helpAt]))
  var at = "nu"
  @Option(help: .init(Texts.current[.helpMinutes]))
  var minutes = 180
  @Option(help: .init(Texts.current[.helpQueueWeeks]))
  var weeks = 1
  @Option(help: .init(Texts.current[.helpTeam]))
  var team: String?
  @Option(help: .init(Texts.current[.helpHost]))
  var host: String?
  @Option(help: .init(Texts.current[.helpHostBackup]))
  var backup: String?
  @Option(name: .customLong("for"), help: .init(Texts.current[.helpQueueFor]))
  var groups: String?
  @Option(help: .init(Texts.current[.helpAreas]))
  var areas: String?
  @Flag(help: .init(Texts.current[.helpInPerson]))
  var inPerson = false
  @OptionGroup var common: CommonOptions

  /// The sessions as they were asked for.
  private func wanted(_ program: ClientProgram, now: Date) async throws -> NewDropIn {
    let start = try program.date(at, now: now)
    var sessions = NewDropIn(
      start: start, end: start.addingTimeInterval(Double(minutes) * 60), weeks: weeks)
    if let team { sessions.team = try await (program.team(team) as TeamRecord).id }
    if let host { sessions.hostId = try await program.colleague(host).id }
    if let backup { sessions.backupId = try await program.colleague(backup).id }
    sessions.targetGroups = try groups?.split(separator: ",").map {
      try program.texts.targetGroup(String($0))
    }
    if let areas {
      var ids: [String] = []
      for words in areas.split(separator: ",") {
        ids.append(try await (program.team(String(words)) as TeamRecord).id)
      }
      sessions.areas = ids
    }
    if inPerson { sessions.isVirtual = false }
    return sessions
  }

  func run() async throws {
    let program = try ClientProgram(ca: common.ca)
    let now = Date()
    let wanted = try await wanted(program, now: now)
    let made = try await program.ask { api async throws(ServiceError) in
      try await api.openDropIn(wanted)
    }
    let dates = DateText(program.texts)
    if made.count < weeks {
      Terminal.standard.line(
        program.texts[.queueHolidays, ["n": String(weeks - made.count)]])
    }
    for session in made {
      Terminal.standard.line(
        program.texts[
          .queueOpened,
          [
            "day": dates.spokenDay(session.start, now: now),
            "time": dates.span(from: session.start, to: session.end),
          ]])
    }
  }
}

/// `besoeg queue stats`: planned beside actual, over three months.
struct QueueFigures: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "stats", abstract: Texts.current[.helpQueueStats], aliases: ["tal"])

  @OptionGroup var common: CommonOptions

  func run() async throws {
    let program = try ClientProgram(ca: common.ca)
    let figures = try await program.ask { api async throws(ServiceError) in
      try await api.queueStatistics()
    }
    for line in QueueWords(program.texts).lines(of: figures) { Terminal.standard.line(line) }
  }
}

extension ClientProgram {
  /// The session that is open now; nil where none is.
  fileprivate func openSession() async throws -> DropInSession? {
    try await ask { api async throws(ServiceError) in try await api.dropInSessions() }
      .first { $0.isOpen }
  }

  /// The queue of the session that is open now.
  fileprivate func queue() async throws -> DropInQueue? {
    guard let session = try await openSession() else { return nil }
    return try await ask { api async throws(ServiceError) in try await api.queue(session.id) }
  }

  /// When advice opens next, in a sentence.
  fileprivate func nextSession() async throws -> String {
    let sessions = try await ask { api async throws(ServiceError) in
      try await api.dropInSessions()
    }
    guard let next = sessions.first else { return texts[.queueNone] }
    let dates = DateText(texts)
    return texts[
      .queueOpensLater,
      [
        "day": dates.spokenDay(next.start, now: Date()),
        "time": dates.span(from: next.start, to: next.end),
      ]]
  }
}
