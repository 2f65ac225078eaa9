/// When a series takes place: a start, a rule, days besides it (`RDATE`) and days without (`EXDATE`).
///
/// Days repeat, not instants: a visit at 10 is at 10 in summer and in winter. An occurrence is known
/// by the local time the rule gives it, whatever is later done to it (RFC 5545's `RECURRENCE-ID`).
public struct Recurrence: Hashable, Sendable, Codable {
  /// The first time. Where the rule does not fall on that day, the first after it that it falls on.
  public var start: LocalDateTime
  /// How it repeats; nil where it happens on `start` and the extra times only.
  public var rule: RecurrenceRule?
  /// Times besides the rule's, in order.
  public private(set) var extra: [LocalDateTime]
  /// The rule's times that are left out, in order.
  public private(set) var except: [LocalDateTime]

  /// A recurrence.
  public init(
    start: LocalDateTime, rule: RecurrenceRule? = nil, extra: [LocalDateTime] = [],
    except: [LocalDateTime] = []
  ) {
    self.start = start
    self.rule = rule
    self.extra = Set(extra).sorted()
    self.except = Set(except).sorted()
  }

  /// The occurrences, in order, whose local day lies in `first ... last`. Linear in the days asked
  /// for and in the extra and left-out times, however long ago the rule began.
  public func occurrences(from first: LocalDate, through last: LocalDate) -> [LocalDateTime] {
    var found: [LocalDateTime] = []
    if let pattern {
      var ordinal = pattern.ordinal(onOrAfter: first)
      while let date = pattern.date(ordinal: ordinal), date <= last {
        found.append(LocalDateTime(date, start.time))
        ordinal += 1
      }
    } else if (first...max(first, last)).contains(start.date), first <= last {
      found.append(start)
    }
    return merged(found, within: first, last)
  }

  /// The rule's times with the extra ones, without those left out; all three in order.
  private func merged(
    _ regular: [LocalDateTime], within first: LocalDate, _ last: LocalDate
  ) -> [LocalDateTime] {
    if extra.isEmpty, except.isEmpty { return regular }
    let left = Set(except)
    var result: [LocalDateTime] = []
    var more = extra.filter { first <= $0.date && $0.date <= last }[...]
    for time in regular {
      while let next = more.first, next <= time {
        more.removeFirst()
        if next < time, !left.contains(next) { result.append(next) }
      }
      if !left.contains(time) { result.append(time) }
    }
    return result + more.filter { !left.contains($0) }
  }

  /// Whether `time` is an occurrence.
  public func contains(_ time: LocalDateTime) -> Bool {
    occurrences(from: time.date, through: time.date).contains(time)
  }

  /// The first occurrence at or after `time`; nil where there is none.
  public func firstOccurrence(from time: LocalDateTime) -> LocalDateTime? {
    var candidates: [LocalDateTime] = []
    let left = Set(except)
    if let pattern {
      var ordinal = pattern.ordinal(onOrAfter: time.date)
      // Ends after as many steps as there are left-out times at most.
      while let date = pattern.date(ordinal: ordinal) {
        let occurrence = LocalDateTime(date, start.time)
        if occurrence >= time, !left.contains(occurrence) {
          candidates.append(occurrence)
          break
        }
        ordinal += 1
      }
    } else if start >= time, !left.contains(start) {
      candidates.append(start)
    }
    if let more = extra.first(where: { $0 >= time && !left.contains($0) }) {
      candidates.append(more)
    }
    return candidates.min()
  }

  /// The first occurrence of all; nil where there is none.
  public var first: LocalDateTime? {
    firstOccurrence(from: LocalDateTime(.earliest, .midnight))
  }

  /// The last day on which something may take place; nil where that is open.
  public var lastDay: LocalDate? {
    var last = extra.last?.date ?? start.date
    if let pattern {
      guard let end = pattern.endOrdinal else { return nil }
      last = max(last, pattern.date(ordinal: end - 1) ?? last)
    }
    return last
  }

  /// The rule as numbered days.
  var pattern: RulePattern? { rule.map { RulePattern($0, start: start) } }
}

extension Recurrence {
  /// Reads the form that the synthesised encoder writes; without extra or left-out times the lists
  /// may be missing.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    self.init(
      start: try container.decode(LocalDateTime.self, forKey: .start),
      rule: try container.decodeIfPresent(RecurrenceRule.self, forKey: .rule),
      extra: try container.decodeIfPresent([LocalDateTime].self, forKey: .extra) ?? [],
      except: try container.decodeIfPresent([LocalDateTime].self, forKey: .except) ?? [])
  }
}

extension Recurrence {
  /// The part before `cut`; nil where there is nothing before it.
  func before(_ cut: LocalDateTime) -> Recurrence? {
    var part = self
    part.extra = extra.filter { $0 < cut }
    part.except = except.filter { $0 < cut }
    if let pattern {
      let kept = pattern.ordinals(before: cut)
      if kept == 0 {
        // Only extra times are left; the first of them is the start.
        guard !part.extra.isEmpty else { return nil }
        part.start = part.extra.removeFirst()
        part.rule = nil
      } else {
        let last = pattern.date(ordinal: kept - 1) ?? start.date
        part.rule?.ending = .until(LocalDateTime(last, start.time).utc)
      }
    } else if start >= cut {
      guard !part.extra.isEmpty else { return nil }
      part.start = part.extra.removeFirst()
    }
    return part.first == nil ? nil : part
  }

  /// The part from `cut` on; nil where there is nothing from there on.
  func from(_ cut: LocalDateTime) -> Recurrence? {
    var part = self
    part.extra = extra.filter { $0 >= cut }
    part.except = except.filter { $0 >= cut }
    if let pattern {
      let gone = pattern.ordinals(before: cut)
      if let date = pattern.date(ordinal: gone) {
        part.start = LocalDateTime(date, start.time)
        // A weekday that was understood from the start stays what it was.
        part.rule?.weekdays = pattern.weekdays
        if case .count(let count) = rule?.ending { part.rule?.ending = .count(count - gone) }
        return part.first == nil ? nil : part
      }
      part.rule = nil
    } else if start >= cut {
      return part.first == nil ? nil : part
    }
    guard !part.extra.isEmpty else { return nil }
    part.start = part.extra.removeFirst()
    return part.first == nil ? nil : part
  }
}
