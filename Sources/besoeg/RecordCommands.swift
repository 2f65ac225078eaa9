import ArgumentParser
import Foundation
import VisitClient

/// `besoeg reminders karen --email karen@… --before 60`: what somebody is reminded of; without a
/// name, whom a message did not reach.
struct RemindersCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "reminders", abstract: Texts.current[.helpReminders], aliases: ["påmindelser"])

  @Argument(help: .init(Texts.current[.helpCitizen]))
  var citizen: [String] = []
  @Option(help: .init(Texts.current[.helpEmail]))
  var email: String?
  @Option(help: .init(Texts.current[.helpReminderPhone]))
  var phone: String?
  @Option(help: .init(Texts.current[.helpBefore]))
  var before: [Int] = []
  @Flag(name: .customLong("number-only"), help: .init(Texts.current[.helpNumberOnly]))
  var numberOnly = false
  @Flag(help: .init(Texts.current[.helpRemindersOff]))
  var off = false
  @OptionGroup var common: CommonOptions

  func run() async throws {
    let program = try ClientProgram(ca: common.ca)
    guard !citizen.isEmpty else { return try await showTroubled(program) }
    let person = try await program.person(citizen.joined(separator: " "), role: .citizen)
    let plan = try await program.ask { api async throws(ServiceError) in
      if off { return try await api.setReminders(ReminderPlanRecord(), of: person.id) }
      guard email != nil || phone != nil || !before.isEmpty else {
        return try await api.reminders(of: person.id)
      }
      var plan = try await api.reminders(of: person.id)
      plan.email = email ?? plan.email
      plan.sms = phone ?? plan.sms
      if numberOnly { return try await api.setReminders(plan, of: person.id) }
      let channels = [plan.email.map { _ in "email" }, plan.sms.map { _ in "sms" }].compactMap(
        \.self)
      let minutes = before.isEmpty ? [60] : before
      plan.before = channels.flatMap { channel in
        minutes.map { .init(channel: channel, minutesBefore: $0) }
      }
      plan.notices = channels
      return try await api.setReminders(plan, of: person.id)
    }
    show(plan, of: person, program.texts)
  }

  private func showTroubled(_ program: ClientProgram) async throws {
    let (texts, dates, now) = (program.texts, DateText(program.texts), Date())
    let messages = try await program.ask { api async throws(ServiceError) in
      try await api.troubledMessages()
    }
    guard !messages.isEmpty else { return Terminal.standard.line(texts[.remindersAllWell]) }
    for message in messages {
      let visit = try await program.ask { api async throws(ServiceError) in
        try await api.visit(message.visit)
      }
      Terminal.standard.line(
        texts[
          .remindersTroubled,
          [
            "name": visit.citizen.displayName, "day": dates.spokenDay(visit.start, now: now),
            "time": dates.clock(visit.start),
          ]])
    }
    Terminal.standard.line(texts[.remindersTroubledHint])
  }

  private func show(_ plan: ReminderPlanRecord, of person: Person, _ texts: Texts) {
    let terminal = Terminal.standard
    if let number = plan.sms {
      terminal.line(texts[.remindersNumber, ["name": person.displayName, "number": number]])
    }
    guard let rules = plan.before, !rules.isEmpty else {
      return terminal.line(texts[.remindersNone, ["name": person.displayName]])
    }
    terminal.line(texts[.remindersHeading, ["name": person.displayName]])
    for rule in rules.sorted(by: { $0.minutesBefore > $1.minutesBefore }) {
      let address = rule.channel == "email" ? plan.email : plan.sms
      terminal.line(
        "  "
          + texts[
            .remindersLine,
            ["minutes": String(rule.minutesBefore), "address": address ?? rule.channel]])
    }
  }
}

/// `besoeg calendar`: a private address for one's telephone's calendar, shown once.
struct CalendarCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "calendar", abstract: Texts.current[.helpCalendar], aliases: ["kalender"])

  @Argument(help: .init(Texts.current[.helpCitizen]))
  var citizen: [String] = []
  @Flag(help: .init(Texts.current[.helpCalendarOff]))
  var off = false
  @OptionGroup var common: CommonOptions

  func run() async throws {
    let program = try ClientProgram(ca: common.ca)
    var id = program.api.personID ?? ""
    if !citizen.isEmpty {
      id = try await program.person(citizen.joined(separator: " "), role: .citizen).id
    }
    let person = id
    let terminal = Terminal.standard
    if off {
      try await program.ask { api async throws(ServiceError) in
        try await api.closeCalendar(of: person)
      }
      return terminal.line(program.texts[.calendarClosed])
    }
    let url = try await program.ask { api async throws(ServiceError) in
      try await api.openCalendar(of: person)
    }
    terminal.line(program.texts[.calendarOpened])
    // Unbroken, so that it can be copied.
    terminal.print(lines: [url])
  }
}

/// `besoeg export karen --reason "…"`: everything about one citizen as one JSON document.
struct ExportCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "export", abstract: Texts.current[.helpExport], aliases: ["udtræk"])

  @Argument(help: .init(Texts.current[.helpCitizen]))
  var citizen: [String] = []
  @Option(help: .init(Texts.current[.helpReason]))
  var reason: String?
  @Option(help: .init(Texts.current[.helpExportOut]))
  var out: String?
  @OptionGroup var common: CommonOptions

  func run() async throws {
    let program = try ClientProgram(ca: common.ca)
    var id = program.api.personID ?? ""
    if !citizen.isEmpty {
      id = try await program.person(citizen.joined(separator: " "), role: .citizen).id
    }
    let person = id
    let data = try await program.ask { api async throws(ServiceError) in
      try await api.export(of: person, reason: reason)
    }
    guard let out else {
      FileHandle.standardOutput.write(data)
      return Terminal.standard.line()
    }
    try writePrivately(data, to: out, program.texts)
    Terminal.standard.line(program.texts[.exportWritten, ["file": out]])
  }
}

/// Writes a file about somebody, which nobody else on the machine reads.
func writePrivately(_ data: Data, to file: String, _ texts: Texts) throws {
  let isWritten = FileManager.default.createFile(
    atPath: file, contents: data, attributes: [.posixPermissions: 0o600])
  guard isWritten else { throw ProgramFailure(texts[.fileNotWritten, ["file": file]]) }
}
