public import Foundation

// Lists that are read at a glance: free time, to-dos and what could not be laid.
extension BookingWords {
  /// How many days of free time are shown: more is no help in choosing.
  private static let shownDays = 7
  /// How far ahead something that could not be laid is worth a line, in days.
  private static let gapDays = 60

  /// Free time, a line for each day and worker: `mandag 23/11  Anne Holm  08.00–11.30, 13.00–16.00`.
  /// Times that overlap or touch are one stretch; a visit may begin anywhere in it that leaves room.
  public func slots(
    _ slots: [SlotRecord], names: [String: String], minutes: Int, now: Date, width: Int = 80
  ) -> [String] {
    var lines: [String] = []
    let days = Dictionary(grouping: slots) { copenhagen.startOfDay($0.start) }
    for day in days.keys.sorted().prefix(Self.shownDays) {
      let workers = Dictionary(grouping: days[day] ?? [], by: \.worker)
      let sorted = workers.keys.sorted { (names[$0] ?? $0, $0) < (names[$1] ?? $1, $1) }
      for (index, worker) in sorted.enumerated() {
        let label = index == 0 ? "\(weekday(day)) \(short(day))" : ""
        let stretches = Self.stretches(workers[worker] ?? [])
          .map { dates.span(from: $0.lowerBound, to: $0.upperBound) }
        let who = names[worker] ?? VisitWords.short(worker)
        let begin = pad(label, 14) + "  " + pad(who, 18) + "  "
        lines += hanging(begin, stretches.joined(separator: ", "), width: width)
      }
    }
    if days.count > Self.shownDays {
      lines.append(texts[.slotsMore, ["n": String(days.count - Self.shownDays)]])
    }
    return lines
  }

  /// Slots that overlap or touch, put together.
  static func stretches(_ slots: [SlotRecord]) -> [Range<Date>] {
    var stretches: [Range<Date>] = []
    for slot in slots.sorted(by: { $0.start < $1.start }) where slot.start < slot.end {
      if let last = stretches.last, slot.start <= last.upperBound {
        stretches[stretches.count - 1] = last.lowerBound..<max(last.upperBound, slot.end)
      } else {
        stretches.append(slot.start..<slot.end)
      }
    }
    return stretches
  }

  /// To-dos: whose visit, when, who is away, and who could come instead. `names` are workers' by id.
  public func todos(
    _ todos: [TodoRecord], names: [String: String], now: Date, width: Int = 80
  ) -> [String] {
    todos.flatMap { todo in
      let visit = todo.visit
      var lines = wrapped(
        texts[
          todo.isOverdue ? .todoOverdue : .todoLine,
          [
            "name": VisitWords.who(visit), "worker": visit.worker.displayName,
            "day": dates.spokenDay(visit.start, now: now),
            "time": dates.span(from: visit.start, to: visit.end),
          ]], width: width)
      if todo.state == "proposed" {
        return lines + wrapped("  " + texts[.todoProposed], width: width)
      }
      let could = todo.candidates.prefix(3).map { one in
        let name = names[one.worker] ?? VisitWords.short(one.worker)
        return one.reason == "backup" ? texts[.todoBackup, ["name": name]] : name
      }
      let key: TextKey = could.isEmpty ? .todoNobody : .todoCould
      lines += wrapped(
        "  " + texts[key, ["names": could.joined(separator: ", ")]], width: width)
      return lines
    }
  }

  /// Visits with a picture of citizens who have said no to pictures: each is to be talked over. Of a
  /// citizen the next is shown and the others counted: a weekly series is a year of them.
  public func screens(_ todos: [ScreenTodo], now: Date, width: Int = 80) -> [String] {
    let citizens = Dictionary(grouping: todos, by: \.visit.citizen.id)
    let next = citizens.values.compactMap { $0.min { $0.visit.start < $1.visit.start } }
    return next.sorted { ($0.visit.start, $0.visit.id) < ($1.visit.start, $1.visit.id) }.flatMap {
      todo -> [String] in
      let others = (citizens[todo.visit.citizen.id]?.count ?? 1) - 1
      let more = others == 0 ? [] : ["  " + texts[.screenTodoMore, ["n": String(others)]]]
      return wrapped(
        texts[
          todo.isOverdue ? .screenTodoOverdue : .screenTodoLine,
          [
            "name": VisitWords.who(todo.visit), "worker": todo.visit.worker.displayName,
            "day": dates.spokenDay(todo.visit.start, now: now),
            "time": dates.span(from: todo.visit.start, to: todo.visit.end),
          ]], width: width) + more.flatMap { wrapped($0, width: width) }
    }
  }

  /// What could not be laid, the next two months of it; of the rest, how much there is.
  public func gaps(_ gaps: [GapRecord], now: Date, width: Int = 80) -> [String] {
    let end = copenhagen.startOfDay(now, plusDays: Self.gapDays)
    let near = gaps.filter { (day($0.original) ?? now) < end }
    var lines: [String] = []
    for gap in near {
      let whose = gap.citizen.map { $0 + ": " } ?? ""
      let text = texts.language == .danish ? gap.da : gap.en
      let line = "  – " + whose + text
      let broken = wrapped(line, width: width)
      // Two visits of the same day can be left out for the same reason: once is enough.
      if lines.suffix(broken.count) != broken[...] { lines += broken }
    }
    let later = gaps.count - near.count
    if later > 0 { lines.append("  " + texts[.gapsLater, ["n": String(later)]]) }
    return lines
  }

  /// What was agreed about a visit, in a few words.
  public func remedy(_ remedy: RemedyRecord, worker: String, of visit: Visit, now: Date) -> String {
    switch remedy.kind {
    case "substitute":
      return texts[
        .remedySubstitute,
        [
          "name": worker, "day": dates.spokenDay(visit.start, now: now),
          "time": dates.clock(visit.start),
        ]]
    case "move":
      let start = remedy.start ?? visit.start
      return texts[
        .remedyMove, ["day": dates.spokenDay(start, now: now), "time": dates.clock(start)]]
    case "phone": return texts[.remedyPhone]
    case "physical": return moved(texts[.remedyPhysical], remedy, now: now)
    case "audio": return moved(texts[.remedyAudio], remedy, now: now)
    case "keep": return moved(texts[.remedyKeep], remedy, now: now)
    default: return texts[.remedyCancel]
    }
  }

  /// A remedy, with its time where that is another one.
  private func moved(_ text: String, _ remedy: RemedyRecord, now: Date) -> String {
    guard let start = remedy.start else { return text }
    return texts[
      .remedyThen,
      ["what": text, "day": dates.spokenDay(start, now: now), "time": dates.clock(start)]]
  }

  /// Series as a table, numbered as they are chosen by. `names` are workers' by id.
  public func series(_ series: [SeriesRecord], names: [String: String]) -> TextTable {
    var table = TextTable([
      .init("", .right), .init(texts[.columnDay]), .init(texts[.columnTime]),
      .init(texts[.columnHow]), .init(texts[.columnRepeats]), .init(texts[.columnWho]),
    ])
    for (number, one) in zip(1..., series) {
      let start = one.start ?? ""
      let clock = start.dropFirst(11).prefix(5).replacing(":", with: texts[.clockMark])
      let minutes = texts[.minutesShort, ["n": lengths(of: one)]]
      let who = one.worker ?? ""
      table.append([
        String(number), day(start).map { weekday($0) } ?? "", "\(clock), \(minutes)",
        form(one.form ?? ""), repeats(one.rule ?? ""), names[who] ?? VisitWords.short(who),
      ])
    }
    return table
  }

  /// How long a series' visits are: `30`, or `20/30/10` where each of its days has its own length.
  private func lengths(of series: SeriesRecord) -> String {
    let usual = String(series.durationMinutes ?? 0)
    guard let own = series.lengths,
      let days = series.rule?.split(separator: ";").first(where: { $0.hasPrefix("BYDAY=") })
    else { return usual }
    return days.dropFirst("BYDAY=".count).split(separator: ",").map { day in
      own.first { $0.day == day }.map { String($0.minutes) } ?? usual
    }.joined(separator: "/")
  }

  /// How often a rule repeats, in words; other rules than those that are typed here as they are.
  func repeats(_ rule: String) -> String {
    let parts = Set(rule.split(separator: ";"))
    guard parts.contains("FREQ=WEEKLY") else { return rule }
    if parts.contains("INTERVAL=2") { return texts[.helpFortnightly] }
    return parts.contains { $0.hasPrefix("INTERVAL=") && $0 != "INTERVAL=1" }
      ? rule : texts[.helpWeekly]
  }

  /// The clock, with the day where it is not today: `24/11 08.10`.
  public func clock(_ date: Date, now: Date) -> String {
    let isToday = copenhagen.startOfDay(date) == copenhagen.startOfDay(now)
    return (isToday ? "" : short(date) + " ") + dates.clock(date)
  }

  /// A span of time, its day said once where it is one: `mandag den 23. november kl. 08.00–17.00`.
  public func period(_ from: Date, _ to: Date, now: Date) -> String {
    let day = dates.spokenDay(from, now: now)
    if copenhagen.startOfDay(from) == copenhagen.startOfDay(to.addingTimeInterval(-1)) {
      let isWhole = to == copenhagen.startOfDay(from, plusDays: 1)
      let end = isWhole ? texts[.endOfDay] : dates.clock(to)
      return texts[.dayAtClock, ["day": day, "time": "\(dates.clock(from))–\(end)"]]
    }
    return texts[
      .periodOfDays,
      [
        "from": texts[.dayAtClock, ["day": day, "time": dates.clock(from)]],
        "to": texts[
          .dayAtClock, ["day": dates.spokenDay(to, now: now), "time": dates.clock(to)]],
      ]]
  }

  /// The weekday's name.
  func weekday(_ date: Date) -> String {
    // Foundation counts from Sunday = 1; the catalogue from Monday.
    texts.list(.weekdayNames, at: ((copenhagen.parts(date).weekday ?? 2) + 5) % 7)
  }

  /// A day as it can be typed back: `mandag 23/11`.
  public func weekdayShort(_ date: Date) -> String { "\(weekday(date)) \(short(date))" }

  /// Text after a label, its further lines below its own beginning.
  private func hanging(_ label: String, _ text: String, width: Int) -> [String] {
    let lines = wrapped(text, width: max(width - label.count, 20))
    let margin = String(repeating: " ", count: label.count)
    return zip(0..., lines).map { ($0 == 0 ? label : margin) + $1 }
  }
}
