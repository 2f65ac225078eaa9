import ArgumentParser
import Foundation
import VisitClient

/// `besoeg consents karen --give besked-til --to "Søster Lise" --sms 12345678 --why "…"`.
struct ConsentsCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "consents", abstract: Texts.current[.helpConsents], aliases: ["samtykker"])
  private static let kinds = [
    "autoAnswer", "partnerAlert", "disclosure", "companion", "peerContact",
  ]

  @Argument(help: .init(Texts.current[.helpCitizen]))
  var citizen: [String]
  @Option(help: .init(Texts.current[.helpConsentGive]))
  var give: String?
  @Option(help: .init(Texts.current[.helpConsentTo]))
  var to: String?
  @Option(help: .init(Texts.current[.helpConsentSMS]))
  var sms: String?
  @Option(help: .init(Texts.current[.helpConsentMail]))
  var email: String?
  @Option(help: .init(Texts.current[.helpConsentWhy]))
  var why: String?
  @Flag(help: .init(Texts.current[.helpConsentWritten]))
  var written = false
  @Option(help: .init(Texts.current[.helpConsentUntil]))
  var until: String?
  @Option(help: .init(Texts.current[.helpConsentWithdraw]))
  var withdraw: Int?
  @OptionGroup var common: CommonOptions

  func run() async throws {
    let program = try ClientProgram(ca: common.ca)
    let person = try await program.person(citizen.joined(separator: " "), role: .citizen)
    if let give {
      let kind = try program.texts.choice(give, of: Self.kinds, words: .wordsConsentKinds)
      let contact =
        sms.map { NewConsent.Contact(channel: "sms", address: $0) }
        ?? email.map { NewConsent.Contact(channel: "email", address: $0) }
      let consent = NewConsent(
        kind: kind, recipient: to, contact: contact, reason: why ?? "",
        way: written ? "written" : "spoken",
        validThrough: try until.map { try program.day($0) })
      _ = try await program.ask { api async throws(ServiceError) in
        try await api.give(consent, of: person.id)
      }
    }
    var consents = try await program.ask { api async throws(ServiceError) in
      try await api.consents(of: person.id)
    }
    if let withdraw {
      guard consents.indices.contains(withdraw - 1) else {
        throw ProgramFailure(program.texts[.consentUnknown, ["n": String(withdraw)]])
      }
      let id = consents[withdraw - 1].id
      consents[withdraw - 1] = try await program.ask { api async throws(ServiceError) in
        try await api.withdraw(consent: id, of: person.id)
      }
    }
    try await show(consents, of: person, program)
  }

  private func show(
    _ consents: [ConsentRecord], of person: Person, _ program: ClientProgram
  ) async throws {
    let (terminal, texts, dates) = (Terminal.standard, program.texts, DateText(program.texts))
    guard !consents.isEmpty else {
      return terminal.line(texts[.consentsNone, ["name": person.displayName]])
    }
    terminal.line(texts[.consentsHeading, ["name": person.displayName]])
    let names = try await program.names()
    let now = Date()
    for (number, consent) in zip(1..., consents) {
      let index = Self.kinds.firstIndex(of: consent.kind)
      let kind = index.map { texts.list(.wordsConsentKinds)[$0] } ?? consent.kind
      let line = texts[
        .consentLine,
        ["kind": kind, "recipient": consent.recipient ?? "", "reason": consent.reason]]
      terminal.print(lines: wrapped("  \(number)  \(line)", width: terminal.width))
      var parts = [
        texts[
          .consentGiven,
          [
            "day": dates.spokenDay(consent.givenAt, now: now),
            "by": names[consent.recordedBy] ?? VisitWords.short(consent.recordedBy),
          ]]
      ]
      if let day = consent.validThrough {
        parts.append(texts[.consentUntil, ["day": BookingWords(texts).danishDay(day)]])
      }
      if let at = consent.withdrawnAt {
        parts.append(texts[.consentWithdrawn, ["day": dates.spokenDay(at, now: now)]])
      }
      terminal.print(
        lines: wrapped("     " + parts.joined(separator: ", "), width: terminal.width))
    }
  }
}

/// `besoeg card karen --reason "Karen ringede"`: the citizen's own card for hard days.
struct CardCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "card", abstract: Texts.current[.helpCard], aliases: ["kort", "mestringskort"])

  @Argument(help: .init(Texts.current[.helpCitizen]))
  var citizen: [String]
  @Option(help: .init(Texts.current[.helpCardReason]))
  var reason: String?
  @Option(help: .init(Texts.current[.helpCardAdd]))
  var add: String?
  @Option(help: .init(Texts.current[.helpCardRemove]))
  var remove: Int?
  @OptionGroup var common: CommonOptions

  func run() async throws {
    let program = try ClientProgram(ca: common.ca)
    let person = try await program.person(citizen.joined(separator: " "), role: .citizen)
    var card = try await program.ask { [reason] api async throws(ServiceError) in
      try await api.card(of: person.id, reason: reason)
    }
    if let remove {
      guard card.points.indices.contains(remove - 1) else {
        throw ProgramFailure(program.texts[.cardNoPoint, ["n": String(remove)]])
      }
      card.points.remove(at: remove - 1)
    }
    if let add {
      let parts = add.split(separator: ":", maxSplits: 1).map {
        $0.trimmingCharacters(in: .whitespaces)
      }
      card.points.append(
        parts.count == 2
          ? .init(title: parts[0], text: parts[1]) : .init(title: nil, text: add))
    }
    if add != nil || remove != nil {
      card = try await program.ask { [card] api async throws(ServiceError) in
        try await api.write(card: card, of: person.id)
      }
    }
    let terminal = Terminal.standard
    guard !card.points.isEmpty else {
      return terminal.line(program.texts[.cardEmpty, ["name": person.displayName]])
    }
    terminal.line(program.texts[.cardHeading, ["name": person.displayName]])
    for (number, point) in zip(1..., card.points) {
      let title = (point.title ?? "").isEmpty ? "" : (point.title ?? "") + ": "
      terminal.print(
        lines: wrapped("  \(number)  \(title)\(point.text)", width: terminal.width))
    }
  }
}
