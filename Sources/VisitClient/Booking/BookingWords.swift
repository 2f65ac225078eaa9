public import Foundation

/// Weeks, series, grants and to-dos in plain words, on 80 columns.
public struct BookingWords: Sendable {
  let texts: Texts
  let dates: DateText
  let copenhagen = Copenhagen()

  /// Words in the language of `texts`.
  public init(_ texts: Texts) {
    self.texts = texts
    dates = DateText(texts)
  }

  /// How a form is said.
  public func form(_ visit: Visit) -> String {
    if visit.mediaMode == "phone" { return texts[.formPhone] }
    if visit.mediaMode == "audio", visit.form == "screen" { return texts[.formAudio] }
    return form(visit.form)
  }

  /// How a form is said.
  public func form(_ name: String) -> String {
    switch name {
    case "physical": texts[.formPhysical]
    case "group": texts[.formGroup]
    case "dropIn": texts[.formDropIn]
    default: texts[.formScreen]
    }
  }

  /// A week, day by day. `names` are those of people who are not in the visits.
  public func week(_ week: WorkerWeek, name: String, width: Int) -> [String] {
    guard let monday = day(week.monday) else { return [] }
    let sunday = copenhagen.startOfDay(monday, plusDays: 6)
    let number = isoWeek(monday)
    var lines = [
      texts[
        .weekHeading,
        [
          "week": String(number), "name": name, "from": short(monday), "to": short(sunday),
        ]],
      texts[.weekContact, ["time": duration(week.contactMinutes)]], "",
    ]
    for offset in 0..<7 {
      let start = copenhagen.startOfDay(monday, plusDays: offset)
      let end = copenhagen.startOfDay(monday, plusDays: offset + 1)
      let visits = week.visits.filter { start <= $0.start && $0.start < end }
      let away = week.absences.filter { $0.from < end && $0.to > start }
      let freed = week.freed.filter { start <= $0.from && $0.from < end }
      // A weekend with nothing in it is nobody's concern.
      if offset > 4, visits.isEmpty, away.isEmpty { continue }
      lines.append(heading(start, away, end))
      if visits.isEmpty, away.isEmpty { lines.append("  " + texts[.weekNothing]) }
      for visit in visits { lines.append(line(visit, away, width)) }
      for span in freed {
        lines.append("  " + dates.span(from: span.from, to: span.to) + "  " + texts[.weekFreed])
      }
    }
    return lines
  }

  private func heading(_ day: Date, _ away: [WorkerWeek.Span], _ end: Date) -> String {
    let weekday = weekday(day)
    var text = "\(weekday.prefix(1).uppercased())\(weekday.dropFirst()) \(short(day))"
    for span in away {
      let word = absence(span.kind ?? "")
      let isWhole = span.from <= day && span.to >= end
      text += "  · " + word
      if !isWhole {
        text += " " + dates.span(from: max(span.from, day), to: min(span.to, end))
      }
    }
    return text
  }

  private func line(_ visit: Visit, _ away: [WorkerWeek.Span], _ width: Int) -> String {
    var text = "  " + dates.span(from: visit.start, to: visit.end) + "  "
    text += pad(VisitWords.who(visit), 28) + "  " + pad(form(visit), 10)
    switch visit.state {
    case .cancelled: text += "  " + texts[.stateCancelled]
    case .ended: text += "  " + texts[.stateEnded]
    case .missed: text += "  " + texts[.stateMissed]
    case .booked:
      let isAway = away.contains { $0.from < visit.end && $0.to > visit.start }
      if isAway { text += "  " + texts[.weekNeedsSomebody] }
    case .ringing, .active, .unknown: break
    }
    while text.last == " " { text.removeLast() }
    return text.count > width ? text.prefix(width - 1) + "…" : text
  }

  /// Why somebody is away, coarsely.
  public func absence(_ kind: String) -> String {
    switch kind {
    case "illness": texts[.absenceIllness]
    case "holiday": texts[.absenceHoliday]
    default: texts[.absenceOther]
    }
  }

  /// A grant in a few lines.
  public func grant(_ grant: GrantRecord) -> [String] {
    let paragraph = grant.basis == "82b" ? "§ 82 b" : "§ 85"
    var period = texts[.grantFrom, ["day": danishDay(grant.start)]]
    if let last = grant.lastDay {
      period = texts[.grantPeriod, ["from": danishDay(grant.start), "to": danishDay(last)]]
    }
    var lines = ["\(paragraph)  \(period)"]
    if let terms = grant.terms.last?.terms { lines.append("  " + self.terms(terms)) }
    if let mix = grant.mix, !mix.isEmpty {
      let shares = mix.map { "\(form($0.form)) \(duration($0.minutes))" }.joined(separator: ", ")
      lines += wrapped("  " + texts[.grantMix, ["mix": shares]])
    }
    if let cap = grant.visitCap { lines.append("  " + texts[.grantCap, ["n": String(cap)]]) }
    if let waiting = grant.proposal {
      lines.append(
        "  "
          + texts[
            .grantWaiting,
            ["terms": terms(waiting.terms), "day": danishDay(waiting.from)]])
    }
    for status in grant.statuses ?? [] {
      lines += wrapped(
        "  " + texts[.grantStatusLine, ["day": short(status.at), "text": status.text]])
    }
    let danish = texts.language == .danish
    for task in (grant.tasks ?? []).prefix(3) {
      lines += wrapped("  – " + (danish ? task.da : task.en))
    }
    lines += wrapped("  " + (danish ? grant.appeal.da : grant.appeal.en))
    return lines
  }

  private func terms(_ terms: GrantRecord.Terms) -> String {
    var forms = terms.forms.map { form($0) }.joined(separator: ", ")
    if let hours = terms.hours, !hours.isEmpty {
      let said = hours.map { texts.word(for: $0, of: Texts.hours, words: .wordsGrantHours) }
      forms += " (" + texts[.grantHours, ["hours": said.joined(separator: ", ")]] + ")"
    }
    guard let minutes = terms.weeklyMinutes else { return forms }
    return texts[.grantTerms, ["forms": forms, "time": duration(minutes)]]
  }

  /// Weeks of minutes as a table.
  public func minutes(_ weeks: [MinutesRecord]) -> TextTable {
    var table = TextTable([
      .init(texts[.columnWeek]), .init(texts[.columnGranted], .right),
      .init(texts[.columnBooked], .right), .init(texts[.columnDelivered], .right),
    ])
    for week in weeks {
      let number = day(week.monday).map { String(isoWeek($0)) } ?? week.monday
      table.append([
        number, week.granted.map(String.init) ?? "–", String(week.booked),
        String(week.delivered),
      ])
    }
    return table
  }

  /// Hours and minutes: `12 t 30 min`.
  public func duration(_ minutes: Int) -> String {
    let (hours, rest) = (minutes / 60, minutes % 60)
    if hours == 0 { return texts[.minutesShort, ["n": String(rest)]] }
    let whole = texts[.hoursShort, ["n": String(hours)]]
    return rest == 0 ? whole : whole + " " + texts[.minutesShort, ["n": String(rest)]]
  }

  /// A day as short as it can be said: `23/11`.
  public func short(_ date: Date) -> String {
    let parts = copenhagen.parts(date)
    return "\(parts.day ?? 0)/\(parts.month ?? 0)"
  }

  /// `2026-11-24` as Danes write it.
  public func danishDay(_ iso: String) -> String {
    let parts = iso.split(separator: "-").compactMap { Int($0) }
    return parts.count == 3 ? "\(parts[2])/\(parts[1]) \(parts[0])" : iso
  }

  /// The beginning of the day that ISO 8601 writes so.
  public func day(_ iso: String) -> Date? {
    let parts = iso.prefix(10).split(separator: "-").compactMap { Int($0) }
    guard parts.count == 3 else { return nil }
    return copenhagen.date(
      year: parts[0], month: parts[1], day: parts[2], hour: 0, minute: 0)
  }

  /// The ISO 8601 week that a day lies in.
  public func isoWeek(_ date: Date) -> Int {
    var calendar = Calendar(identifier: .iso8601)
    calendar.timeZone = copenhagen.calendar.timeZone
    return calendar.component(.weekOfYear, from: date)
  }

  func pad(_ text: String, _ width: Int) -> String {
    if text.count > width { return text.prefix(width - 1) + "…" }
    return text + String(repeating: " ", count: width - text.count)
  }
}
