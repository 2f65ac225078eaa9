import ArgumentParser
import Foundation
import VisitClient

/// The command line of support workers and operations.
@main
struct Besoeg: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "besoeg",
    abstract: Texts.current[.helpBesoeg],
    discussion: Texts.current[.helpBesoegMore],
    groupedSubcommands: groups,
    defaultSubcommand: TodayCommand.self)

  /// The words, in the order of a day rather than of the alphabet.
  private static let groups = [
    group(
      .groupToday,
      [
        TodayCommand.self, CallCommand.self, AnswerCommand.self, HangUpCommand.self,
        DelayCommand.self,
        QueueCommand.self, CallbackCommand.self, RequestsCommand.self, PresenceCommand.self,
        TodoCommand.self,
      ]),
    group(
      .groupBooking,
      [
        WeekCommand.self, BookCommand.self, MoveCommand.self, CancelCommand.self,
        ConvertCommand.self, SlotsCommand.self, SeriesCommand.self, TaperCommand.self,
        ProposeCommand.self, ChooseCommand.self, FreedCommand.self, GroupCommand.self,
        StatusMeetingCommand.self, AbsentCommand.self, DutyCommand.self, CalendarCommand.self,
      ]),
    group(
      .groupCitizen,
      [
        CitizensCommand.self, PeopleCommand.self, StartCommand.self, GrantCommand.self,
        ConsentsCommand.self, DiscloseCommand.self, CardCommand.self, AutoAnswerCommand.self,
        RemindersCommand.self,
        ParkedCommand.self, HomeVisitCommand.self, EquipmentCommand.self, ContinuityCommand.self,
      ]),
    group(
      .groupAfter,
      [
        NoteCommand.self, OutcomeCommand.self, GoalsCommand.self, ScoresCommand.self,
        FollowUpsCommand.self, VerdictCommand.self, FiguresCommand.self, ReportCommand.self,
      ]),
    group(
      .groupOffice,
      [
        TeamsCommand.self, CircleCommand.self, RoomsCommand.self, SettingsCommand.self,
        RetentionCommand.self, PostsCommand.self, AccessLogCommand.self, AuditCommand.self,
        ExportCommand.self, LoginCommand.self, PracticeCommand.self, ProofFilesCommand.self,
      ]),
  ]

  private static func group(
    _ name: TextKey, _ commands: [any ParsableCommand.Type]
  ) -> CommandGroup {
    CommandGroup(name: Texts.current[name], subcommands: commands)
  }

  static func main() async {
    do {
      var command = try parseAsRoot(words)
      if var waiting = command as? any AsyncParsableCommand {
        try await waiting.run()
      } else {
        try command.run()
      }
    } catch let failure as ProgramFailure {
      printError(failure.text)
      Foundation.exit(failure.status)
    } catch {
      // Requests for help are errors to the parser, with status 0.
      let status = exitCode(for: error)
      guard status != .success else {
        let help = UsageText.help(fullMessage(for: error), .current)
        return Terminal.standard.print(lines: help.components(separatedBy: "\n"))
      }
      // A first word that is none was taken for one after `today`.
      let isUnknown = message(for: error).hasSuffix("'\(words.first ?? "")'")
      let named = isUnknown ? [] : UsageText.command(in: fullMessage(for: error))
      let said = UsageText.explain(message(for: error), help: help(for: named), .current)
      for line in said { printError(line) }
      printError(
        named.isEmpty
          ? Texts.current[.usageUnclear]
          : Texts.current[.usageUnclearHere, ["word": named.joined(separator: " ")]])
      Foundation.exit(status.rawValue)
    }
  }

  /// What was typed. `besoeg hjælp book` is `besoeg help book`.
  private static var words: [String] {
    let typed = Array(CommandLine.arguments.dropFirst())
    guard typed.first == "hjælp" else { return typed }
    return ["help"] + typed.dropFirst()
  }

  /// What a command says of itself in the parser's words.
  private static func help(for command: [String]) -> String {
    do {
      // The parser answers with a command that throws its help when it is run.
      var asked = try parseAsRoot(command + ["--help"])
      try asked.run()
      return ""
    } catch {
      return fullMessage(for: error)
    }
  }
}

/// What every command takes.
struct CommonOptions: ParsableArguments {
  @Option(name: .customLong("lang"), help: .init(Texts.current[.helpLang]))
  var language: String?
  @Option(help: .init(Texts.current[.helpAuthorities]))
  var ca: String?
}
