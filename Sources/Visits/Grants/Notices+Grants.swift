// The catalogue of what is told about grants without refusing anything.

extension Notice {
  /// The week goes beyond the granted minutes (A14).
  public static func beyondWeeklyMinutes(granted: Int, booked: Int) -> Notice {
    Notice(
      "beyond-weekly-minutes",
      da: "Ugen kommer op på \(booked) minutter. Der er bevilget \(granted).",
      en: "The week comes to \(booked) minutes. \(granted) are granted.")
  }

  /// Few visits are left (A5).
  public static func visitsLeft(_ count: Int) -> Notice {
    Notice(
      "visits-left",
      da: count == 0
        ? "Det er det sidste besøg i bevillingen."
        : "Der er \(count) besøg tilbage i bevillingen efter dette.",
      en: count == 0
        ? "This is the grant's last visit."
        : "After this one, \(count) visits are left in the grant.")
  }

  /// The grant ends soon (A4).
  public static func grantEnds(_ basis: LegalBasis, on last: LocalDate) -> Notice {
    Notice(
      "grant-ends",
      da: "Bevillingen efter \(basis.paragraph) slutter den \(last.danish). Aftal med borgeren, "
        + "hvad der så skal ske.",
      en: "The grant under \(basis.paragraph) ends on \(last.iso8601). Agree with the citizen on "
        + "what happens then.")
  }

  /// What a citizen can do who disagrees with the decision (A11).
  public static func appeal(_ basis: LegalBasis) -> Notice {
    switch basis {
    case .section82b:
      Notice(
        "appeal-82b",
        da: "Der kan ikke klages over en afgørelse om støtte efter servicelovens § 82 b. Du kan "
          + "altid tale med din sagsbehandler om den og søge igen.",
        en: "A decision on support under § 82 b cannot be appealed. You can always talk to your "
          + "case worker about it and apply again.")
    case .section85:
      Notice(
        "appeal-85",
        da: "Er du uenig i afgørelsen efter servicelovens § 85, kan du klage skriftligt eller "
          + "mundtligt, senest 4 uger efter at du har fået den. Klagen sendes til kommunen, som "
          + "ser på sagen igen og sender den videre til Ankestyrelsen, hvis den holder fast.",
        en: "If you disagree with the decision under § 85 you can appeal in writing or orally, "
          + "within 4 weeks of receiving it. Send the appeal to the municipality, which looks at "
          + "the case again and passes it on to the National Board of Appeal if it does not "
          + "change the decision.")
    }
  }

  /// What a task asks for.
  public static func task(_ task: GrantTask) -> Notice {
    let (day, iso) = (task.due.danish, task.due.iso8601)
    return switch task.kind {
    case .status:
      Notice(
        "task-status", da: "Skriv status på § 82 b-forløbet senest den \(day).",
        en: "Write the status of the § 82 b course by \(iso).")
    case .firstContact:
      Notice(
        "task-first-contact", da: "Hold det første besøg senest den \(day).",
        en: "Hold the first visit by \(iso).")
    case .ending:
      Notice(
        "task-ending",
        da: "Bevillingen slutter den \(day). Aftal med borgeren, hvad der så skal ske.",
        en: "The grant ends on \(iso). Agree with the citizen on what happens then.")
    case .decision:
      Notice(
        "task-decision", da: "En ændring venter på sagsbehandlerens afgørelse.",
        en: "A change awaits the case worker's decision.")
    }
  }
}
