import ArgumentParser
import Foundation
import VisitClient

/// `besoeg equipment`: what there is and who has it; `--add`, `--lend`, `--back` change it.
struct EquipmentCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "equipment", abstract: Texts.current[.helpEquipment], aliases: ["udstyr"])

  @Argument(help: .init(Texts.current[.helpEquipmentName]))
  var label: [String] = []
  @Option(help: .init(Texts.current[.helpEquipmentAdd]))
  var add: String?
  @Option(help: .init(Texts.current[.helpEquipmentLend]))
  var lend: String?
  @Flag(help: .init(Texts.current[.helpEquipmentBack]))
  var back = false
  @Option(help: .init(Texts.current[.helpEquipmentCondition]))
  var condition: String?
  @OptionGroup var common: CommonOptions

  private static let kinds = [
    "tablet", "phone", "computer", "kiosk", "headset", "speaker", "network", "other",
  ]
  private static let conditions = ["good", "worn", "faulty", "lost"]

  private struct Loan: Encodable, Sendable { var personId: String }
  private struct Check: Encodable, Sendable {
    var condition: String
    var isBack: Bool
  }

  func run() async throws {
    let program = try ClientProgram(ca: common.ca)
    let texts = program.texts
    let name = label.joined(separator: " ")
    if let add {
      let kind = try texts.choice(add, of: Self.kinds, words: .wordsEquipment)
      guard !name.isEmpty else { throw ValidationError(texts[.helpEquipmentName]) }
      let piece = try await program.ask { api async throws(ServiceError) in
        try await api.addEquipment(name, kind: kind)
      }
      return Terminal.standard.line(texts[.equipmentAdded, ["name": piece.label]])
    }
    let all = try await program.ask { api async throws(ServiceError) in
      try await api.equipment()
    }
    let people = try await program.ask { api async throws(ServiceError) in
      try await api.people()
    }
    guard !name.isEmpty else { return show(all, people, texts) }
    guard let piece = all.first(where: { $0.label.lowercased().hasPrefix(name.lowercased()) })
    else { throw ProgramFailure(texts[.personNotFound, ["words": name]]) }
    var changed = piece
    if let lend {
      let person = try await program.person(lend, role: nil)
      changed = try await program.ask { api async throws(ServiceError) in
        try await api.equipment(piece.id, "lend", Loan(personId: person.id))
      }
    } else if back || condition != nil {
      let word = condition ?? texts.list(.wordsCondition)[0]
      let code = try texts.choice(word, of: Self.conditions, words: .wordsCondition)
      let body = Check(condition: code, isBack: back)
      changed = try await program.ask { api async throws(ServiceError) in
        try await api.equipment(piece.id, "check", body)
      }
    }
    show([changed], people, texts)
  }

  private func show(_ pieces: [EquipmentRecord], _ people: [Person], _ texts: Texts) {
    let terminal = Terminal.standard
    if pieces.isEmpty { terminal.line(texts[.equipmentNone]) }
    var table = TextTable([
      .init(texts[.columnName]), .init(texts[.columnState]), .init(texts[.columnWho]),
    ])
    for piece in pieces {
      let index = Self.conditions.firstIndex(of: piece.condition) ?? 0
      let due = piece.isCheckDue ? " · " + texts[.equipmentDue] : ""
      let holder = piece.holder.map { id in
        people.first { $0.id == id }?.displayName ?? texts[.equipmentLent]
      }
      table.append([piece.label, texts.list(.wordsCondition)[index] + due, holder ?? "–"])
    }
    if !pieces.isEmpty { terminal.print(lines: table.lines(width: terminal.width)) }
  }
}

/// `besoeg home-visit karen --text "nettet falder ud"`: asks somebody who knows about IT to go there;
/// alone, the open orders.
struct HomeVisitCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "home-visit", abstract: Texts.current[.helpHomeVisit], aliases: ["hjælp-hjemme"])

  @Argument(help: .init(Texts.current[.helpCitizen]))
  var citizen: [String] = []
  @Option(help: .init(Texts.current[.helpHomeText]))
  var text: String?
  @Option(help: .init(Texts.current[.helpHomeFault]))
  var fault: String?
  @Option(help: .init(Texts.current[.helpHomeBring]))
  var bring: String?
  @Option(help: .init(Texts.current[.helpHomePlan]))
  var plan: Int?
  @Option(help: .init(Texts.current[.helpHomeAt]))
  var at: String?
  @Option(help: .init(Texts.current[.helpHomeDone]))
  var done: Int?
  @Flag(help: .init(Texts.current[.helpHomeNotFixed]))
  var notFixed = false
  @OptionGroup var common: CommonOptions

  private static let faults = ["equipment", "software", "network", "access", "user"]

  private struct Planning: Encodable, Sendable { var at: Date }
  private struct Finding: Encodable, Sendable {
    var result: String
    var finding: String?
  }

  func run() async throws {
    let program = try ClientProgram(ca: common.ca)
    let (texts, terminal) = (program.texts, Terminal.standard)
    if let text, !citizen.isEmpty {
      let person = try await program.person(citizen.joined(separator: " "), role: .citizen)
      let word = fault ?? texts.list(.wordsFault)[0]
      let code = try texts.choice(word, of: Self.faults, words: .wordsFault)
      let things = bring?.split(separator: ",").map(String.init) ?? []
      try await program.ask { api async throws(ServiceError) in
        try await api.orderHome(person.id, fault: code, text: text, bring: things)
      }
      return terminal.line(texts[.homeOrdered, ["name": person.displayName]])
    }
    let orders = try await program.ask { api async throws(ServiceError) in
      try await api.homeOrders()
    }
    let now = Date()
    if let number = plan ?? done {
      guard orders.indices.contains(number - 1) else {
        throw ProgramFailure(texts[.numberUnclear])
      }
      let order = orders[number - 1]
      if plan != nil {
        guard let at else { throw ProgramFailure(texts[.dateTimeMissing, ["words": ""]]) }
        let body = Planning(at: try program.date(at, now: now))
        try await program.ask { api async throws(ServiceError) in
          try await api.homeOrder(order.id, "plan", body)
        }
      } else {
        let body = Finding(result: notFixed ? "not-fixed" : "fixed", finding: text)
        try await program.ask { api async throws(ServiceError) in
          try await api.homeOrder(order.id, "finish", body)
        }
      }
      return terminal.line(texts[.homeNoted])
    }
    try await show(orders, now: now, program)
  }

  private func show(
    _ orders: [HomeOrderRecord], now: Date, _ program: ClientProgram
  ) async throws {
    let (texts, terminal) = (program.texts, Terminal.standard)
    let dates = DateText(texts)
    if orders.isEmpty { return terminal.line(texts[.homeNone]) }
    let people = try await program.ask { api async throws(ServiceError) in
      try await api.people()
    }
    for (number, order) in zip(1..., orders) {
      let name = people.first { $0.id == order.citizen }?.displayName ?? order.citizen
      let when =
        order.plannedAt.map { "  \(dates.spokenDay($0, now: now)) \(dates.clock($0))" } ?? ""
      terminal.line("\(number). \(name)  \(order.text)\(when)")
      if !order.bring.isEmpty {
        terminal.line(
          "   " + texts[.homeBring, ["things": order.bring.joined(separator: ", ")]])
      }
    }
  }
}

/// `besoeg parked`: what was parked for somebody else; `besoeg parked karen --topic "brev fra banken"`.
struct ParkedCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "parked", abstract: Texts.current[.helpParked], aliases: ["parkér"])

  @Argument(help: .init(Texts.current[.helpCitizen]))
  var citizen: [String] = []
  @Option(help: .init(Texts.current[.helpParkTopic]))
  var topic: String?
  @Option(help: .init(Texts.current[.helpParkTo]))
  var to: String?
  @Option(help: .init(Texts.current[.helpParkNote]))
  var note: String?
  @Option(help: .init(Texts.current[.helpParkTake]))
  var take: Int?
  @Option(help: .init(Texts.current[.helpParkDone]))
  var done: Int?
  @OptionGroup var common: CommonOptions

  private static let recipients = ["known-worker", "team", "case-worker", "elsewhere"]

  func run() async throws {
    let program = try ClientProgram(ca: common.ca)
    let (texts, terminal) = (program.texts, Terminal.standard)
    if let topic, !citizen.isEmpty {
      let person = try await program.person(citizen.joined(separator: " "), role: .citizen)
      let word = to ?? texts.list(.wordsRecipient)[0]
      let code = try texts.choice(word, of: Self.recipients, words: .wordsRecipient)
      try await program.ask { api async throws(ServiceError) in
        try await api.park(topic, of: person.id, to: code, note: note)
      }
      return terminal.line(texts[.parkedDone, ["topic": topic]])
    }
    let topics = try await program.ask { api async throws(ServiceError) in
      try await api.parkedTopics()
    }
    if let number = take ?? done {
      guard topics.indices.contains(number - 1) else {
        throw ProgramFailure(texts[.numberUnclear])
      }
      let (id, verb) = (topics[number - 1].id, done == nil ? "take" : "close")
      try await program.ask { api async throws(ServiceError) in
        try await api.topic(id, verb, outcome: note)
      }
      return terminal.line(texts[.homeNoted])
    }
    if topics.isEmpty { return terminal.line(texts[.parkedNone]) }
    let people = try await program.ask { api async throws(ServiceError) in
      try await api.people()
    }
    for (number, one) in zip(1..., topics) {
      let name = people.first { $0.id == one.citizen }?.displayName ?? one.citizen
      let index = Self.recipients.firstIndex(of: one.to) ?? 0
      let taken = one.takenBy == nil ? "" : "  ✓"
      terminal.line(
        "\(number). \(name)  »\(one.topic)«  → \(texts.list(.wordsRecipient)[index])\(taken)")
      if let note = one.note { terminal.line("   " + note) }
    }
  }
}
