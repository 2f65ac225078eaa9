import ArgumentParser
import Foundation
import VisitClient

/// `besoeg presence [--away 30]`: who can be reached, and which devices are ready.
struct PresenceCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "presence", abstract: Texts.current[.helpPresence], aliases: ["hvem"])

  @Option(help: .init(Texts.current[.helpAway]))
  var away: Int?
  @OptionGroup var common: CommonOptions

  func run() async throws {
    let program = try ClientProgram(ca: common.ca)
    let (texts, terminal) = (program.texts, Terminal.standard)
    if let away {
      try await program.ask { api async throws(ServiceError) in try await api.setAway(minutes: away)
      }
      let key: TextKey = away == 0 ? .presenceBack : .presenceAwaySet
      return terminal.line(texts[key, ["n": String(away)]])
    }
    let presence = try await program.ask { api async throws(ServiceError) in
      try await api.presence()
    }
    var workers = TextTable([
      .init(texts[.columnWorker]), .init(texts[.columnState]), .init(""),
    ])
    for worker in presence.workers {
      workers.append([
        worker.person.displayName, texts.presence(worker.presence),
        worker.hasDuty ? texts[.presenceDuty] : "",
      ])
    }
    terminal.print(lines: workers.lines(width: terminal.width))
    guard !presence.devices.isEmpty else { return }
    terminal.line()
    var devices = TextTable([
      .init(texts[.columnCitizen]), .init(texts[.columnDevice]), .init(texts[.columnState]),
      .init(texts[.columnSeen]), .init(texts[.columnTest]),
    ])
    let now = Date()
    let words = BookingWords(texts)
    func when(_ date: Date?) -> String { date.map { words.clock($0, now: now) } ?? "–" }
    for device in presence.devices {
      devices.append([
        device.person.displayName, device.label, texts.health(device.health),
        when(device.lastSeenAt), when(device.selfTestAt),
      ])
    }
    terminal.print(lines: devices.lines(width: terminal.width))
  }
}

extension Texts {
  /// A worker's presence in a word or two.
  fileprivate func presence(_ name: String) -> String {
    switch name {
    case "available": self[.presenceAvailable]
    case "in-visit": self[.presenceInVisit]
    case "away": self[.presenceAway]
    default: self[.presenceOffDuty]
    }
  }

  /// A device's health in a word or two.
  fileprivate func health(_ name: String) -> String {
    switch name {
    case "ready": self[.deviceReady]
    case "test-due": self[.deviceTestDue]
    case "test-failed": self[.deviceTestFailed]
    case "offline": self[.deviceOffline]
    case "lost": self[.deviceLost]
    default: self[.deviceNeverSeen]
    }
  }
}
