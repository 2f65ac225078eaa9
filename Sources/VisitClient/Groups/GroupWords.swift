public import Foundation

/// Groups and their meetings in plain words, on 80 columns.
public struct GroupWords: Sendable {
  let texts: Texts
  private let dates: DateText

  /// Words in the language of `texts`.
  public init(_ texts: Texts) {
    self.texts = texts
    dates = DateText(texts)
  }

  /// All groups as a table.
  public func table(_ groups: [Group]) -> TextTable {
    var table = TextTable([
      .init(texts[.columnGroup]), .init(texts[.columnMembers], .right), .init(texts[.columnWho]),
    ])
    for group in groups {
      table.append([
        group.name, "\(group.members.count)/\(group.capacity)",
        group.members.map(\.displayName).joined(separator: ", "),
      ])
    }
    return table
  }

  /// A group: its roster, the next meeting with its plan, and the ones after it. `names` are those
  /// of citizens by id, for pairs to keep apart.
  public func group(
    _ group: Group, meetings: [GroupMeeting], room: RoomRecord?, names: [String: String],
    now: Date, width: Int = 80
  ) -> [String] {
    var lines = [
      texts[
        .groupHeading,
        [
          "name": group.name, "n": String(group.members.count),
          "capacity": String(group.capacity),
        ]]
    ]
    if group.members.isEmpty {
      lines += wrapped("  " + texts[.groupEmpty], width: width)
    } else {
      let members = group.members.map(\.displayName).joined(separator: ", ")
      lines += wrapped("  " + members, width: width)
    }
    for pair in group.keepApart ?? [] where pair.count == 2 {
      let said = pair.map { names[$0] ?? VisitWords.short($0) }
      lines += wrapped(
        "  " + texts[.groupApart, ["a": said[0], "b": said[1]]], width: width)
    }
    lines.append("")
    guard let next = GroupMeeting.next(in: meetings, now: now) else {
      return lines + wrapped(texts[.noMeetings, ["name": group.name]], width: width)
    }
    lines += meeting(next, now: now, width: width)
    if let room { lines += wrapped(self.room(room), width: width) }
    let later = meetings.filter { $0.start > next.start && $0.state != "cancelled" }
    if !later.isEmpty {
      lines += ["", texts[.meetingsLater]]
      lines += course(later.prefix(Self.shown), now: now).lines(width: width)
      if later.count > Self.shown {
        lines.append(texts[.meetingsMore, ["n": String(later.count - Self.shown)]])
      }
    }
    return lines
  }

  /// How many meetings after the next are shown.
  private static let shown = 8

  /// A meeting with its plan.
  public func meeting(_ meeting: GroupMeeting, now: Date, width: Int = 80) -> [String] {
    let number = meeting.number.map { " (\($0)/\(meeting.count ?? $0))" } ?? ""
    var lines = wrapped(
      texts[
        meeting.state == "active" ? .meetingNow : .meetingNext,
        [
          "day": dates.spokenDay(meeting.start, now: now),
          "time": dates.span(from: meeting.start, to: meeting.end),
          "name": meeting.facilitator.displayName, "number": number,
        ]], width: width)
    if let before = meeting.tookOverFrom {
      lines += wrapped("  " + texts[.meetingBefore, ["name": before.displayName]], width: width)
    }
    return lines + plan(meeting.plan, width: width)
  }

  /// A plan's lines; that there is none, and how to write it, where it is nil.
  public func plan(_ plan: MeetingPlan?, width: Int = 80) -> [String] {
    guard let plan else { return wrapped("  " + texts[.planNone], width: width) }
    var lines = wrapped("  " + plan.title, width: width)
    for aim in plan.aims ?? [] {
      lines += wrapped("  " + texts[.planAim, ["text": aim]], width: width)
    }
    for point in plan.points ?? [] {
      let minutes =
        point.minutes > 0 ? texts[.minutesShort, ["n": String(point.minutes)]] + " " : ""
      lines += wrapped("    " + minutes + point.text, width: width)
    }
    if !plan.forCitizens.isEmpty {
      lines += wrapped("  " + texts[.planForCitizens, ["text": plan.forCitizens]], width: width)
    }
    return lines
  }

  /// Meetings as a table.
  public func course(_ meetings: some Sequence<GroupMeeting>, now: Date) -> TextTable {
    var table = TextTable([
      .init("", .right), .init(texts[.columnDay]), .init(texts[.columnTime]),
      .init(texts[.columnLeader]), .init(texts[.columnAbout]),
    ])
    for meeting in meetings {
      table.append([
        meeting.number.map(String.init) ?? "", dates.day(meeting.start, now: now),
        dates.span(from: meeting.start, to: meeting.end), meeting.facilitator.displayName,
        meeting.plan?.title ?? "",
      ])
    }
    return table
  }

  /// Who comes, each with what they set out to do.
  public func roster(_ meeting: GroupMeeting, width: Int = 80) -> [String] {
    meeting.roster.flatMap { member in
      let step = meeting.steps?.first { $0.citizen == member.id }
      return wrapped(
        "  " + member.displayName + (step.map { ": " + $0.text } ?? ""), width: width)
    }
  }

  /// What each member set out to do; nothing where nobody did.
  public func steps(_ meeting: GroupMeeting, width: Int = 80) -> [String] {
    guard let steps = meeting.steps, !steps.isEmpty else { return [] }
    let names = Dictionary(
      meeting.roster.map { ($0.id, $0.displayName) }, uniquingKeysWith: { a, _ in a })
    return wrapped(texts[.groupSteps], width: width)
      + steps.flatMap { step in
        wrapped(
          "  " + (names[step.citizen] ?? VisitWords.short(step.citizen)) + ": " + step.text,
          width: width)
      }
  }

  /// Who is in a room, in a sentence.
  public func room(_ room: RoomRecord) -> String {
    guard !room.occupants.isEmpty else {
      return texts[.roomEmpty, ["n": String(room.expected)]]
    }
    let names = room.occupants.map(\.displayName).joined(separator: ", ")
    return texts[
      .roomNow,
      ["names": names, "n": String(room.occupants.count), "expected": String(room.expected)]]
  }
}
