import Visits

/// The municipality of the sources, as it would stand in a configuration (B3–B6, B20, C1 and the
/// conflicts between the sources: hours are data).
enum OpeningExample {
  static let disability = TeamID(rawValue: "handicap")
  static let psychiatry = TeamID(rawValue: "socialpsykiatri")
  static let intensive = TeamID(rawValue: "botilbud")

  static let json = """
    {
      "holidays": { "agreed": ["constitution-day", "christmas-eve", "new-years-eve"] },
      "profiles": [
        {
          "id": "handicap-2024", "team": "handicap", "service": "visits",
          "validFrom": "2024-01-01",
          "week": [
            { "days": ["MO", "TU", "WE", "TH", "FR"],
              "hours": [{ "from": "08:00", "to": "17:00" }] }
          ]
        },
        {
          "id": "handicap-2027", "team": "handicap", "service": "visits",
          "validFrom": "2027-01-01",
          "week": [
            { "days": ["MO", "TU", "WE", "TH", "FR"],
              "hours": [
                { "from": "07:00", "to": "17:00" },
                { "from": "17:00", "to": "21:00", "needs": "evening" }
              ] },
            { "days": ["SA", "SU"],
              "hours": [{ "from": "10:00", "to": "15:00", "needs": "weekend" }] }
          ]
        },
        {
          "id": "socialpsykiatri-2024", "team": "socialpsykiatri", "service": "visits",
          "validFrom": "2024-01-01",
          "week": [
            { "days": ["MO", "TU", "WE", "TH", "FR"],
              "hours": [{ "from": "08:00", "to": "15:30" }] }
          ],
          "ownHolidays": {
            "christmas-eve": [{ "from": "09:00", "to": "12:00" }],
            "constitution-day": "open"
          },
          "exceptions": [
            { "from": "2026-07-20", "until": "2026-07-31", "hours": [] },
            { "from": "2026-12-25", "until": "2026-12-25",
              "hours": [{ "from": "10:00", "to": "11:00" }] }
          ]
        },
        {
          "id": "grupper", "team": "handicap", "service": "groups",
          "validFrom": "2024-01-01",
          "week": [
            { "days": ["MO", "TU", "WE", "TH"],
              "hours": [{ "from": "12:00", "to": "16:00" }] }
          ]
        },
        {
          "id": "cafe-2024", "team": "socialpsykiatri", "service": "drop-in",
          "validFrom": "2024-01-01", "validUntil": "2026-06-30",
          "week": [{ "days": ["TU"], "hours": [{ "from": "11:00", "to": "14:00" }] }]
        },
        {
          "id": "cafe-2026", "team": "socialpsykiatri", "service": "drop-in",
          "validFrom": "2026-07-01",
          "week": [{ "days": ["TU"], "hours": [{ "from": "13:00", "to": "16:00" }] }]
        },
        {
          "id": "botilbud-dag", "team": "botilbud", "service": "visits",
          "validFrom": "2024-01-01", "holidays": "open",
          "week": [
            { "days": ["MO", "TU", "WE", "TH", "FR", "SA", "SU"],
              "hours": [{ "from": "08:00", "to": "23:00" }] }
          ]
        },
        {
          "id": "akuttelefon", "team": "botilbud", "service": "emergency-phone",
          "validFrom": "2024-01-01", "holidays": "open",
          "week": [
            { "days": ["MO", "TU", "WE", "TH", "FR", "SA", "SU"],
              "hours": [{ "from": "23:00", "to": "08:00" }] }
          ]
        },
        {
          "id": "doegnvagt", "team": "botilbud", "service": "contact",
          "validFrom": "2024-01-01", "holidays": "open",
          "week": [
            { "days": ["MO", "TU", "WE", "TH", "FR", "SA", "SU"],
              "hours": [{ "from": "00:00", "to": "24:00" }] }
          ]
        }
      ]
    }
    """
}
