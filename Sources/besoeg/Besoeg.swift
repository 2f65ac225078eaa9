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
    subcommands: [
      TodayCommand.self, CallCommand.self, HangUpCommand.self, BookCommand.self,
      MoveCommand.self, CancelCommand.self, VerdictCommand.self, PeopleCommand.self,
      WeekCommand.self, SlotsCommand.self, GrantCommand.self, AbsentCommand.self,
      TodoCommand.self, ConvertCommand.self, DelayCommand.self, CallbackCommand.self,
      QueueCommand.self, GroupCommand.self, PresenceCommand.self, ProposeCommand.self,
      ChooseCommand.self, SeriesCommand.self, DutyCommand.self, AutoAnswerCommand.self,
      NoteCommand.self, OutcomeCommand.self,
      GoalsCommand.self, FollowUpsCommand.self, RemindersCommand.self, CalendarCommand.self,
      ConsentsCommand.self, CardCommand.self, ScoresCommand.self, TaperCommand.self,
      StatusMeetingCommand.self, PostsCommand.self, AccessLogCommand.self, ExportCommand.self,
      CitizensCommand.self, RequestsCommand.self, FreedCommand.self, StartCommand.self,
      EquipmentCommand.self, HomeVisitCommand.self, ParkedCommand.self, TeamsCommand.self,
      CircleCommand.self, SettingsCommand.self, RetentionCommand.self, LoginCommand.self,
      ProofFilesCommand.self,
    ],
    defaultSubcommand: TodayCommand.self)

  static func main() async {
    do {
      var command = try parseAsRoot()
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
      if status == .success { exit(withError: error) }
      printError(UsageText.explain(message(for: error), .current))
      printError(Texts.current[.usageUnclear])
      Foundation.exit(status.rawValue)
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
