/// One person's private calendar as RFC 5545 text, for calendars that ask for it now and then.
public struct ICalendarFeed: Hashable, Sendable {
  /// What is in it.
  public var events: [ICalendarEvent]

  /// A calendar.
  public init(events: [ICalendarEvent]) { self.events = events }

  /// The media type it is served as.
  public static let mediaType = "text/calendar; charset=utf-8"

  /// The whole calendar, its lines folded and ended as the RFC says.
  public var text: String {
    let name = Self.escaped(CalendarWords.danish.calendarName)
    var lines = [
      "BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//besoeg//kalender//DA", "CALSCALE:GREGORIAN",
      "METHOD:PUBLISH",
      // RFC 7986, and the names that calendars know from before it.
      "NAME:\(name)", "X-WR-CALNAME:\(name)", "REFRESH-INTERVAL;VALUE=DURATION:PT15M",
      "X-PUBLISHED-TTL:PT15M",
    ]
    lines += Self.timeZone
    for event in events { lines += event.lines }
    lines.append("END:VCALENDAR")
    var text = ""
    for line in lines {
      text += Self.folded(line)
      text += "\r\n"
    }
    return text
  }

  /// Danish time since 1996, as `CopenhagenTime` has it.
  private static let timeZone = [
    "BEGIN:VTIMEZONE", "TZID:Europe/Copenhagen",
    "BEGIN:DAYLIGHT", "TZNAME:CEST", "TZOFFSETFROM:+0100", "TZOFFSETTO:+0200",
    "DTSTART:19960331T020000", "RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU", "END:DAYLIGHT",
    "BEGIN:STANDARD", "TZNAME:CET", "TZOFFSETFROM:+0200", "TZOFFSETTO:+0100",
    "DTSTART:19961027T030000", "RRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU", "END:STANDARD",
    "END:VTIMEZONE",
  ]

  /// A value of type TEXT (RFC 5545 §3.3.11): backslash, semicolon, comma and line break escaped, and
  /// other control characters, which have no place in it, left out.
  static func escaped(_ text: String) -> String {
    var result = String.UnicodeScalarView()
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\\", ";", ",":
        result.append("\\")
        result.append(scalar)
      case "\n":
        result.append("\\")
        result.append("n")
      default:
        if scalar.properties.generalCategory != .control || scalar == "\t" {
          result.append(scalar)
        }
      }
    }
    return String(result)
  }

  /// The line in pieces of at most 75 octets (RFC 5545 §3.1), the later ones begun with a blank; no
  /// character is cut in two.
  static func folded(_ line: String) -> String {
    guard line.utf8.count > 75 else { return line }
    var result = ""
    var octets = 0
    for scalar in line.unicodeScalars {
      let width = UTF8.width(scalar)
      if octets + width > 75 {
        result += "\r\n "
        octets = 1
      }
      result.unicodeScalars.append(scalar)
      octets += width
    }
    return result
  }
}
