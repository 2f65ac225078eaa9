import ArgumentParser
import Foundation
import VisitClient

/// `besoeg groups meet Torsdag --at "torsdag 13" --count 8`: lays meetings.
///
/// `--every 2 --alone 30` is the way in: the group one week, and in the week between half an hour
/// with each member alone, one after the other from the same time.
struct LayMeetings: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "meet", abstract: Texts.current[.helpMeet], aliases: ["møder"])

  @Argument(help: .init(Texts.current[.helpGroup]))
  var group: [String]
  @Option(help: .init(Texts.current[.helpAt]))
  var at: String
  @Option(help: .init(Texts.current[.helpMinutes]))
  var minutes = 120
  @Option(help: .init(Texts.current[.helpMeetCount]))
  var count = 1
  @Option(help: .init(Texts.current[.helpMeetEvery]))
  var every = 1
  @Option(help: .init(Texts.current[.helpMeetAlone]))
  var alone: Int?
  @Option(help: .init(Texts.current[.helpWorker]))
  var worker: String?
  @Option(help: .init(Texts.current[.helpRoom]))
  var room: String?
  @OptionGroup var common: CommonOptions

  func validate() throws {
    guard alone == nil || every == 2 else {
      throw ValidationError(Texts.current[.meetAloneNeedsTwo])
    }
  }

  func run() async throws {
    let program = try ClientProgram(ca: common.ca)
    let (texts, now) = (program.texts, Date())
    let terminal = Terminal.standard
    let start = try program.date(at, now: now)
    let group = try await program.group(group)
    var leader: String?
    if let worker { leader = try await program.colleague(worker).id }
    let wanted = NewMeetings(
      start: start, durationMinutes: minutes, facilitatorId: leader, count: count,
      everyWeeks: every, room: try await program.room(room))
    let made = try await program.ask { api async throws(ServiceError) in
      try await api.lay(wanted, of: group.id)
    }
    terminal.line(texts[.meetingsLaid, ["n": String(made.count), "name": group.name]])
    terminal.print(lines: GroupWords(texts).course(made, now: now).lines(width: terminal.width))
    if made.contains(where: { $0.isInTheAfternoon == false }) { terminal.line(texts[.meetMorning]) }
    if let alone { try await lay(alone, beside: made, of: group, leader, program) }
    terminal.line()
    terminal.line(texts[.meetingsLaidHint, ["name": group.name]])
  }

  /// Half an hour alone for each member in the weeks between.
  private func lay(
    _ alone: Int, beside meetings: [GroupMeeting], of group: Group, _ leader: String?,
    _ program: ClientProgram
  ) async throws {
    guard let first = meetings.map(\.start).min() else { return }
    let dates = DateText(program.texts)
    let terminal = Terminal.standard
    let week = Calendar.copenhagen.date(byAdding: .day, value: 7, to: first) ?? first
    for (place, member) in group.members.enumerated() {
      let start = week.addingTimeInterval(Double(place * alone) * 60)
      let series = NewSeries(
        citizenId: member.id, workerId: leader, room: nil, form: nil,
        start: SeriesOptions.local(start), rule: "FREQ=WEEKLY;INTERVAL=2;COUNT=\(meetings.count)",
        durationMinutes: alone, skipRefused: true)
      do {
        let begun = try await program.ask { api async throws(ServiceError) in
          try await api.begin(series)
        }
        terminal.line(
          program.texts[
            .meetAloneLaid,
            [
              "name": member.displayName, "n": String(begun.visits?.count ?? 0),
              "time": dates.span(
                from: start, to: start.addingTimeInterval(Double(alone) * 60)),
            ]])
      } catch let failure as ProgramFailure {
        // The others' times stand; this one is told of and booked by hand.
        terminal.line("  – \(member.displayName): \(failure.text)")
      }
    }
  }
}

/// `besoeg groups plan Torsdag --title "Søvn" --point "20 Runde" --for-citizens "…"`.
struct PlanMeeting: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "plan", abstract: Texts.current[.helpPlan])

  @OptionGroup var which: MeetingOption
  @Option(help: .init(Texts.current[.helpPlanTitle]))
  var title: String?
  @Option(name: .customLong("aim"), help: .init(Texts.current[.helpPlanAim]))
  var aims: [String] = []
  @Option(name: .customLong("point"), help: .init(Texts.current[.helpPlanPoint]))
  var points: [String] = []
  @Option(help: .init(Texts.current[.helpPlanForCitizens]))
  var forCitizens: String?
  @OptionGroup var common: CommonOptions

  func run() async throws {
    let program = try ClientProgram(ca: common.ca)
    let (words, terminal, now) = (GroupWords(program.texts), Terminal.standard, Date())
    let (_, meeting) = try await which.find(program, now: now)
    guard title != nil || forCitizens != nil || !aims.isEmpty || !points.isEmpty else {
      return terminal.print(lines: words.meeting(meeting, now: now, width: terminal.width))
    }
    // What is not named stays as it was.
    let before = meeting.plan
    guard let title = title ?? before?.title else {
      throw ProgramFailure(program.texts[.planNeedsTitle])
    }
    let plan = MeetingPlan(
      title: title, aims: aims.isEmpty ? before?.aims : aims,
      points: points.isEmpty
        ? before?.points : points.map { MeetingPlan.Point(typed: $0) },
      forCitizens: forCitizens ?? before?.forCitizens ?? title)
    let changed = try await program.ask { api async throws(ServiceError) in
      try await api.setPlan(plan, of: meeting.id)
    }
    terminal.print(lines: words.meeting(changed, now: now, width: terminal.width))
  }
}

/// `besoeg groups step Torsdag --citizen Karen --text "Gå en tur"`: until next time.
struct KeepStep: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "step", abstract: Texts.current[.helpStep], aliases: ["skridt"])

  @OptionGroup var which: MeetingOption
  @Option(help: .init(Texts.current[.helpCitizen]))
  var citizen: String
  @Option(help: .init(Texts.current[.helpNoteNext]))
  var text: String
  @OptionGroup var common: CommonOptions

  func run() async throws {
    let program = try ClientProgram(ca: common.ca)
    let (group, meeting) = try await which.find(program, now: Date(), isOver: true)
    let person = try await program.member([citizen], of: meeting.roster, in: group)
    try await program.ask { [text] api async throws(ServiceError) in
      try await api.addStep(text, of: person.id, at: meeting.id)
    }
    Terminal.standard.line(program.texts[.stepKept, ["name": person.displayName]])
  }
}

/// `besoeg groups take-over Torsdag`: the caller leads the next meeting, with everything it takes.
struct TakeOverMeeting: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "take-over", abstract: Texts.current[.helpTakeOver], aliases: ["overtag"])

  @OptionGroup var which: MeetingOption
  @OptionGroup var common: CommonOptions

  func run() async throws {
    let program = try ClientProgram(ca: common.ca)
    let (texts, terminal, now) = (program.texts, Terminal.standard, Date())
    let (group, meeting) = try await which.find(program, now: now)
    let taken = try await program.ask { api async throws(ServiceError) in
      try await api.takeOver(meeting.id)
    }
    let words = GroupWords(texts)
    terminal.line(texts[.meetingTaken, ["name": group.name]])
    terminal.print(lines: words.meeting(taken, now: now, width: terminal.width))
    terminal.line()
    terminal.line(texts[.meetingRoster])
    terminal.print(lines: words.roster(taken, width: terminal.width))
    terminal.line()
    terminal.line(texts[.meetingTakenHint, ["name": group.name]])
  }
}

/// `besoeg groups cancel Torsdag --because syg`: the next meeting takes over the plan.
struct CancelMeeting: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "cancel", abstract: Texts.current[.helpGroupCancel], aliases: ["aflys"])

  @OptionGroup var which: MeetingOption
  @OptionGroup var cancellation: CancelOptions
  @OptionGroup var common: CommonOptions

  func run() async throws {
    let program = try ClientProgram(ca: common.ca)
    let (texts, terminal, now) = (program.texts, Terminal.standard, Date())
    let dates = DateText(texts)
    let (group, meeting) = try await which.find(program, now: now)
    try await cancellation.cancel(meeting.id, program)
    func words(_ meeting: GroupMeeting, _ title: String = "") -> [String: String] {
      [
        "name": group.name, "title": title, "day": dates.spokenDay(meeting.start, now: now),
        "time": dates.span(from: meeting.start, to: meeting.end),
      ]
    }
    terminal.line(texts[.meetingCancelled, words(meeting)])
    guard let plan = meeting.plan else { return }
    let meetings = try await program.meetings(of: group)
    if let next = meetings.first(where: { $0.start > meeting.start && $0.plan == plan }) {
      terminal.line(texts[.meetingPlanGoesOn, words(next, plan.title)])
    }
    if let left = meetings.first(where: { $0.id == meeting.id })?.plan {
      terminal.line(texts[.meetingPlanLeft, words(meeting, left.title)])
    }
  }
}

/// `besoeg groups room Torsdag`: who is in the room, before anybody joins.
struct ShowRoom: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "room", abstract: Texts.current[.helpGroupRoom], aliases: ["rum"])

  @OptionGroup var which: MeetingOption
  @OptionGroup var common: CommonOptions

  func run() async throws {
    let program = try ClientProgram(ca: common.ca)
    let (_, meeting) = try await which.find(program, now: Date())
    let room = try await program.ask { api async throws(ServiceError) in
      try await api.room(of: meeting.id)
    }
    Terminal.standard.line(GroupWords(program.texts).room(room))
  }
}

/// `besoeg groups call Torsdag`: opens the room, or joins it, and holds the meeting.
struct CallMeeting: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "call", abstract: Texts.current[.helpGroupCall], aliases: ["ring"])

  @OptionGroup var which: MeetingOption
  @OptionGroup var media: MediaOptions
  @OptionGroup var common: CommonOptions

  func run() async throws {
    let program = try ClientProgram(ca: common.ca)
    let terminal = Terminal.standard
    let (group, meeting) = try await which.find(program, now: Date())
    let room = try await program.ask { api async throws(ServiceError) in
      try await api.room(of: meeting.id)
    }
    terminal.line(GroupWords(program.texts).room(room))
    var visit = try await program.ask { api async throws(ServiceError) in
      try await api.visit(meeting.id)
    }
    // Who is talked with is the group, not the member whose name the visit happens to bear.
    visit.citizen.displayName = group.name
    try await CallCommand.hold(visit, media: media, program: program)
  }
}

/// A group's meeting: the one that goes on, the next, or the one with a number.
struct MeetingOption: ParsableArguments {
  @Argument(help: .init(Texts.current[.helpGroup]))
  var group: [String]
  @Option(name: .customLong("number"), help: .init(Texts.current[.helpMeetingNumber]))
  var number: Int?

  /// `isOver`: what is written after a meeting belongs to the last that was held.
  func find(
    _ program: ClientProgram, now: Date, isOver: Bool = false
  ) async throws -> (Group, GroupMeeting) {
    let group = try await program.group(group)
    let meetings = try await program.meetings(of: group)
    let found =
      number.map { number in meetings.first { $0.number == number } }
      ?? (isOver
        ? GroupMeeting.latest(in: meetings, now: now) : GroupMeeting.next(in: meetings, now: now))
    guard let found else {
      throw ProgramFailure(program.texts[.noMeetings, ["name": group.name]])
    }
    return (group, found)
  }
}
