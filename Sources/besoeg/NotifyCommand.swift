import ArgumentParser
import Foundation
import VisitClient

/// `besoeg callbacks notify --sms 12345678`: where one wants to be told of requests that nobody has
/// taken; without anything, where that is now.
struct NotifyOfCallbacks: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "notify", abstract: Texts.current[.helpNotify], aliases: ["besked"])

  @Option(help: .init(Texts.current[.helpNotifySMS]))
  var sms: String?
  @Option(help: .init(Texts.current[.helpNotifyMail]))
  var email: String?
  @Flag(help: .init(Texts.current[.helpNotifyOff]))
  var off = false
  @OptionGroup var common: CommonOptions

  func run() async throws {
    let program = try ClientProgram(ca: common.ca)
    let texts = program.texts
    guard [sms != nil, email != nil, off].count(where: { $0 }) <= 1 else {
      throw ProgramFailure(texts[.notifyOneWay])
    }
    let me = program.api.personID ?? ""
    var plan = try await program.ask { api async throws(ServiceError) in
      try await api.reminders(of: me)
    }
    if sms != nil || email != nil || off {
      plan.sms = sms ?? plan.sms
      plan.email = email ?? plan.email
      plan.unanswered = off ? nil : sms != nil ? "sms" : "email"
      let wanted = plan
      plan = try await program.ask { api async throws(ServiceError) in
        try await api.setReminders(wanted, of: me)
      }
    }
    let terminal = Terminal.standard
    guard let channel = plan.unanswered else { return terminal.line(texts[.notifyNone]) }
    let address = channel == "email" ? plan.email : channel == "sms" ? plan.sms : plan.webhook
    terminal.line(texts[.notifyOn, ["address": address ?? channel]])
    terminal.line(texts[.notifyWhen])
  }
}
