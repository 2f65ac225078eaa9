import ArgumentParser
import Foundation
import VisitClient

/// `besoeg citizens`: a worker's citizens, when each is next seen, and what waits.
struct CitizensCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "citizens", abstract: Texts.current[.helpCitizens], aliases: ["borgere"])

  @Option(help: .init(Texts.current[.helpWorker]))
  var worker: String?
  @OptionGroup var common: CommonOptions

  func run() async throws {
    let program = try ClientProgram(ca: common.ca)
    let (texts, dates) = (program.texts, DateText(program.texts))
    let person = try await program.colleague(worker)
    let roster = try await program.ask { api async throws(ServiceError) in
      try await api.citizens(of: person.id)
    }
    let terminal = Terminal.standard
    let count = ["n": String(roster.count), "most": String(roster.most)]
    terminal.line(
      texts[.rosterHeading, count.merging(["name": person.displayName]) { first, _ in first }])
    if let warning = roster.warning { terminal.line(warning.text(in: texts)) }
    let now = Date()
    for line in roster.citizens {
      var next = texts[.rosterNothing]
      if let date = line.next {
        next = "\(dates.spokenDay(date, now: now)) \(dates.clock(date))"
      }
      let name = line.citizen.displayName
      let backup = line.isPrimary ? "" : "  · " + texts[.rosterBackup]
      terminal.line(
        "  \(name.padding(toLength: 24, withPad: " ", startingAt: 0))  \(next)\(backup)")
      for need in line.needs { terminal.line("    – " + need.text(in: texts)) }
    }
    if roster.citizens.isEmpty { terminal.line(texts[.rosterEmpty]) }
  }
}

/// `besoeg requests`: everybody who asks for something now, in the order they should be taken.
struct RequestsCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "requests", abstract: Texts.current[.helpRequests], aliases: ["henvendelser"])

  @OptionGroup var common: CommonOptions

  func run() async throws {
    let program = try ClientProgram(ca: common.ca)
    let texts = program.texts
    let requests = try await program.ask { api async throws(ServiceError) in
      try await api.requests()
    }
    let terminal = Terminal.standard
    if requests.isEmpty { terminal.line(texts[.requestsNone]) }
    for (number, one) in zip(1..., requests) {
      let about = one.about.map { "  »\($0)«" } ?? ""
      let holder = one.holder.map { "  (\($0.displayName))" } ?? ""
      terminal.line(
        "\(number). \(one.citizen.displayName)  · \(place(one.source, texts))\(about)\(holder)")
      terminal.line("   " + one.reason.text(in: texts))
    }
    if !requests.isEmpty { terminal.line(texts[.requestsHint]) }
  }

  private func place(_ source: String, _ texts: Texts) -> String {
    switch source {
    case "drop-in": texts[.requestDropIn]
    case "wish": texts[.requestWish]
    default: texts[.requestCallback]
    }
  }
}

/// `besoeg freed`: time that became free and who waits for some; `--offer 1 --to ole` offers it.
struct FreedCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "freed", abstract: Texts.current[.helpFreed], aliases: ["afbud"])

  @Option(help: .init(Texts.current[.helpFreedOffer]))
  var offer: Int?
  @Option(help: .init(Texts.current[.helpFreedTo]))
  var to: String?
  @Option(help: .init(Texts.current[.helpWish]))
  var wish: String?
  @Option(help: .init(Texts.current[.helpWishOff]))
  var noWish: String?
  @Option(help: .init(Texts.current[.helpWishFrom]))
  var from: String?
  @Option(help: .init(Texts.current[.helpWishUntil]))
  var until: String?
  @Option(help: .init(Texts.current[.helpMinutes]))
  var minutes = 30
  @OptionGroup var common: CommonOptions

  /// Writes down who would like a time that becomes free, or no longer.
  private func keepWish(_ program: ClientProgram, now: Date) async throws {
    let (texts, dates) = (program.texts, DateText(program.texts))
    let person = try await program.person(wish ?? noWish ?? "", role: .citizen)
    guard wish != nil else {
      try await program.ask { api async throws(ServiceError) in
        try await api.setWish(nil, of: person.id)
      }
      return Terminal.standard.line(texts[.wishGone, ["name": person.displayName]])
    }
    guard let from, let until else { throw ProgramFailure(texts[.wishNeedsTimes]) }
    let wanted = WishRecord(
      minutes: minutes, from: try program.date(from, now: now),
      to: try program.date(until, now: now))
    try await program.ask { api async throws(ServiceError) in
      try await api.setWish(wanted, of: person.id)
    }
    Terminal.standard.line(
      texts[
        .wishKept,
        [
          "name": person.displayName, "from": dates.spokenDay(wanted.from, now: now),
          "until": dates.spokenDay(wanted.to, now: now),
        ]])
  }

  func run() async throws {
    let program = try ClientProgram(ca: common.ca)
    let (texts, dates, now) = (program.texts, DateText(program.texts), Date())
    let terminal = Terminal.standard
    if wish != nil || noWish != nil { return try await keepWish(program, now: now) }
    let freed = try await program.ask { api async throws(ServiceError) in
      try await api.freedTime()
    }
    func said(_ time: FreedRecord) -> String {
      "\(dates.spokenDay(time.from, now: now)) \(dates.span(from: time.from, to: time.to))"
    }
    guard let offer else {
      if freed.isEmpty { terminal.line(texts[.freedNone]) }
      for (number, time) in zip(1..., freed) {
        terminal.line("\(number). \(said(time))  \(time.worker.displayName)")
        let names = time.waiting.map(\.citizen.displayName).joined(separator: ", ")
        if !names.isEmpty { terminal.line("   " + texts[.freedWaiting, ["names": names]]) }
      }
      return
    }
    guard freed.indices.contains(offer - 1) else { throw ProgramFailure(texts[.numberUnclear]) }
    let time = freed[offer - 1]
    var (citizen, name) = (time.waiting.first?.citizen.id, time.waiting.first?.citizen.displayName)
    if let to {
      let person = try await program.person(to, role: .citizen)
      (citizen, name) = (person.id, person.displayName)
    }
    guard let citizen, let name else { throw ProgramFailure(texts[.freedForWhom]) }
    let minutes =
      time.waiting.first { $0.citizen.id == citizen }?.minutes
      ?? Int(time.to.timeIntervalSince(time.from) / 60)
    try await program.ask { api async throws(ServiceError) in
      try await api.offer(time, to: citizen, minutes: minutes)
    }
    terminal.line(texts[.freedOffered, ["name": name, "time": said(time)]])
  }
}
