// The catalogue of refusals about grants. Every one names its rule and what to do instead.

extension Refusal {
  // MARK: Who decides

  /// Only a case worker grants and decides (A10).
  public static let caseWorkerDecides = Refusal(
    "case-worker-decides", .forbidden,
    da: "Det er sagsbehandleren, der træffer afgørelsen. Send et forslag til sagsbehandleren.",
    en: "The case worker makes the decision. Send the case worker a proposal.")

  /// Grants are the team's and the case worker's.
  public static let grantIsNotYours = Refusal(
    "grant-not-yours", .forbidden,
    da: "Bevillingen hører til borgerens team og sagsbehandler. Tal med dem om ændringen.",
    en: "The grant belongs to the citizen's team and case worker. Talk to them about the change.")

  // MARK: What can be granted

  /// Too young (A6).
  public static func tooYoung(name: String, age: Int) -> Refusal {
    Refusal(
      "too-young", .invalid,
      da: "\(name) er ikke fyldt \(age) år, når støtten begynder. Bostøtte gives fra det fyldte "
        + "\(age). år. Vælg en senere startdato.",
      en: "\(name) is not yet \(age) when the support begins. Support is given from the age of "
        + "\(age). Choose a later first day.")
  }

  /// The citizen has a grant then.
  public static func grantOverlaps(_ basis: LegalBasis, from start: LocalDate) -> Refusal {
    Refusal(
      "grant-overlaps", .conflict,
      da: "Borgeren har allerede en bevilling efter \(basis.paragraph) fra den \(start.danish) i "
        + "perioden. Afslut den først, eller vælg en anden periode.",
      en: "The citizen already has a grant under \(basis.paragraph) from \(start.iso8601) in that "
        + "period. Close it first or choose another period.")
  }

  /// The last day lies before the first.
  public static let endsBeforeItBegins = Refusal(
    "ends-before-it-begins", .invalid,
    da: "Slutdatoen ligger før startdatoen. Vælg en senere slutdato.",
    en: "The last day is before the first. Choose a later last day.")

  /// Longer than § 82 b allows (A4).
  public static func longerThan82b(months: Int, latest: LocalDate) -> Refusal {
    Refusal(
      "longer-than-82b", .invalid,
      da: "Et forløb efter § 82 b varer højst \(months) måneder, her til og med den "
        + "\(latest.danish). Vælg en tidligere slutdato, eller søg om støtte efter § 85.",
      en: "A course under § 82 b lasts at most \(months) months, here through \(latest.iso8601). "
        + "Choose an earlier last day or apply for support under § 85.")
  }

  /// No sensible number of visits.
  public static let visitCapOutOfRange = Refusal(
    "visit-cap-out-of-range", .invalid,
    da: "Antallet af besøg skal være mellem 1 og 1000. Udelad det, hvis der intet loft er.",
    en: "The number of visits must be between 1 and 1000. Leave it out if there is no cap.")

  /// The municipality has no such package.
  public static func noSuchPackage(_ id: PackageID) -> Refusal {
    Refusal(
      "no-such-package", .invalid,
      da: "Kommunen har ingen pakke, der hedder \(id). Vælg en af kommunens pakker.",
      en: "The municipality has no package called \(id). Choose one of its packages.")
  }

  /// The minutes do not fit the package (A13).
  public static func outsidePackage(_ name: String, fewest: Int, most: Int) -> Refusal {
    Refusal(
      "outside-package", .invalid,
      da: "Pakken \(name) er på \(fewest)–\(most) minutter om ugen. Ret minutterne, eller vælg en "
        + "anden pakke.",
      en: "The package \(name) is \(fewest)–\(most) minutes a week. Change the minutes or choose "
        + "another package.")
  }

  /// Nothing is granted.
  public static let noFormGranted = Refusal(
    "no-form-granted", .invalid,
    da: "Bevillingen skal rumme mindst én form for støtte. Vælg for eksempel skærmbesøg.",
    en: "The grant must hold at least one form of support. Choose for instance screen visits.")

  /// No sensible number of minutes.
  public static func weeklyMinutesOutOfRange(most: Int) -> Refusal {
    Refusal(
      "weekly-minutes-out-of-range", .invalid,
      da: "Minutter om ugen skal være mellem 1 og \(most).",
      en: "Minutes a week must be between 1 and \(most).")
  }

  /// No group under § 82 b (A3).
  public static let noGroupsUnder82b = Refusal(
    "no-groups-under-82b", .invalid,
    da: "Støtte efter § 82 b er individuel og kan ikke gives som gruppebostøtte. Vælg skærmbesøg "
      + "eller fysisk besøg, eller søg om støtte efter § 85.",
    en: "Support under § 82 b is individual and cannot be given in a group. Choose a screen visit "
      + "or a physical visit, or apply for support under § 85.")

  // MARK: Extending, changing and closing

  /// A reason is wanted.
  public static let reasonMissing = Refusal(
    "reason-missing", .invalid,
    da: "Skriv en begrundelse.",
    en: "Give a reason.")

  /// Extended once (A5).
  public static let alreadyExtended = Refusal(
    "already-extended", .conflict,
    da: "Forløbet er forlænget én gang og kan ikke forlænges igen. Søg om et nyt forløb eller om "
      + "støtte efter § 85.",
    en: "The course has been extended once and cannot be extended again. Apply for a new course "
      + "or for support under § 85.")

  /// Neither more visits nor a later day.
  public static let extensionOfNothing = Refusal(
    "extension-of-nothing", .invalid,
    da: "Skriv, hvor mange ekstra besøg forlængelsen giver, eller den nye slutdato.",
    en: "Say how many more visits the extension gives, or the new last day.")

  /// More visits than an extension gives.
  public static func extensionTooLarge(most: Int) -> Refusal {
    Refusal(
      "extension-too-large", .invalid,
      da: "En forlængelse giver højst \(most) besøg mere. Skriv et lavere antal.",
      en: "An extension gives at most \(most) more visits. Enter a smaller number.")
  }

  /// There is no cap to raise.
  public static let noVisitCap = Refusal(
    "no-visit-cap", .conflict,
    da: "Bevillingen har intet loft over antal besøg, så der er intet at forlænge. Book besøgene.",
    en: "The grant has no cap on visits, so there is nothing to extend. Book the visits.")

  /// It has no end.
  public static let noEndToExtend = Refusal(
    "no-end-to-extend", .conflict,
    da: "Bevillingen har ingen slutdato og skal ikke forlænges.",
    en: "The grant has no last day and needs no extension.")

  /// The new last day is no later.
  public static func extensionIsEarlier(_ end: LocalDate) -> Refusal {
    Refusal(
      "extension-is-earlier", .invalid,
      da: "Bevillingen løber allerede til og med den \(end.danish). Vælg en senere dato.",
      en: "The grant already runs through \(end.iso8601). Choose a later day.")
  }

  /// One proposal at a time.
  public static let proposalPending = Refusal(
    "proposal-pending", .conflict,
    da: "En ændring venter allerede på sagsbehandlerens afgørelse. Træk den tilbage først.",
    en: "A change is already waiting for the case worker's decision. Withdraw it first.")

  /// There is nothing to decide.
  public static let noTermsProposed = Refusal(
    "no-terms-proposed", .conflict,
    da: "Der er ingen ændring, der venter på en afgørelse.",
    en: "There is no change waiting for a decision.")

  /// The day lies outside the grant.
  public static let outsideGrant = Refusal(
    "outside-grant", .invalid,
    da: "Datoen ligger uden for bevillingens periode. Vælg en dato i perioden.",
    en: "That day lies outside the grant's period. Choose a day within it.")

  /// No such status is due (H6).
  public static let noSuchStatus = Refusal(
    "no-such-status", .invalid,
    da: "Bevillingen har ikke den status. Status skrives på forløb efter § 82 b.",
    en: "The grant has no such status. Statuses are written on courses under § 82 b.")

  /// It is closed.
  public static let grantClosed = Refusal(
    "grant-closed", .conflict,
    da: "Bevillingen er afsluttet. Borgeren kan søge igen når som helst.",
    en: "The grant is closed. The citizen can apply again at any time.")

  /// There is no course to take up again (A12).
  public static let noWayBack = Refusal(
    "no-way-back", .conflict,
    da: "Der er intet tidligere forløb, der kan genoptages. Opret en ny bevilling.",
    en: "There is no earlier course to take up again. Record a new grant.")

  // MARK: Booking under a grant

  /// The citizen has no grant.
  public static func noGrant(name: String) -> Refusal {
    Refusal(
      "no-grant", .conflict,
      da: "\(name) har ingen bevilling til bostøtte den dag. Kontakt sagsbehandleren, eller brug "
        + "bostøtterådgivningen, som er åben for alle.",
      en: "\(name) has no grant for support on that day. Contact the case worker or use the "
        + "drop-in advice, which is open to all.")
  }

  /// The grant is over by then (A4).
  public static func grantEnded(_ basis: LegalBasis, on last: LocalDate) -> Refusal {
    Refusal(
      "grant-ended", .conflict,
      da: "Bevillingen efter \(basis.paragraph) slutter den \(last.danish). Vælg en tidligere dag, "
        + "eller søg om ny bevilling.",
      en: "The grant under \(basis.paragraph) ends on \(last.iso8601). Choose an earlier day or "
        + "apply for a new grant.")
  }

  /// The grant has not begun by then.
  public static func grantNotBegun(_ basis: LegalBasis, on first: LocalDate) -> Refusal {
    Refusal(
      "grant-not-begun", .conflict,
      da: "Bevillingen efter \(basis.paragraph) begynder den \(first.danish). Vælg den dag eller "
        + "en senere.",
      en: "The grant under \(basis.paragraph) begins on \(first.iso8601). Choose that day or a "
        + "later one.")
  }

  /// The form is not granted.
  public static func formNotGranted(_ form: VisitForm, basis: LegalBasis) -> Refusal {
    Refusal(
      "form-not-granted", .conflict,
      da: "Bevillingen efter \(basis.paragraph) rummer ikke \(form.danishName). Vælg en af "
        + "bevillingens former, eller foreslå sagsbehandleren en ændring.",
      en: "The grant under \(basis.paragraph) does not hold \(form.englishName). Choose one of its "
        + "forms or propose a change to the case worker.")
  }

  /// The form is proposed, not granted (A10).
  public static func changeAwaitsDecision(_ form: VisitForm) -> Refusal {
    Refusal(
      "change-awaits-decision", .conflict,
      da: "Ændringen til \(form.danishName) venter på sagsbehandlerens afgørelse efter § 85 og "
        + "gælder ikke endnu. Book en af de nuværende former så længe.",
      en: "The change to \(form.englishName) awaits the case worker's decision under § 85 and is "
        + "not in force yet. Book one of the present forms meanwhile.")
  }

  /// Money matters belong in the café (A8).
  public static let belongsInCafe = Refusal(
    "belongs-in-cafe", .conflict,
    da: "Støtte til økonomi og administration gives i bostøttecaféen. Er der særlige forhold, så "
      + "skriv dem på bevillingen, og book igen.",
    en: "Support with economy and administration is given in the café. If there are special "
      + "circumstances, note them on the grant and book again.")

  /// All visits are booked (A5).
  public static func visitCapReached(_ cap: Int, canExtend: Bool) -> Refusal {
    Refusal(
      "visit-cap-reached", .conflict,
      da: "Bevillingen er på højst \(cap) besøg, og de er alle booket eller holdt. "
        + (canExtend
          ? "Forlæng den med en begrundelse, eller aflys et andet besøg."
          : "Den er forlænget én gang. Søg om et nyt forløb, eller aflys et andet besøg."),
      en: "The grant is for at most \(cap) visits, and they are all booked or held. "
        + (canExtend
          ? "Extend it, with a reason, or cancel another visit."
          : "It has been extended once. Apply for a new course or cancel another visit."))
  }

  /// The week is far beyond what is granted (A10, A14).
  public static func weekIsFull(granted: Int, booked: Int, monday: LocalDate) -> Refusal {
    Refusal(
      "week-is-full", .conflict,
      da: "Der er bevilget \(granted) minutter om ugen, og i ugen fra den \(monday.danish) er der "
        + "booket \(booked). Vælg en anden uge eller et kortere besøg. Skal omfanget være større, "
        + "kræver det en ny afgørelse.",
      en: "\(granted) minutes a week are granted, and \(booked) are booked in the week from "
        + "\(monday.iso8601). Choose another week or a shorter visit. A larger extent takes a new "
        + "decision.")
  }
}

extension VisitForm {
  /// The form as said in a Danish sentence.
  var danishName: String {
    switch self {
    case .screen: "skærmbesøg"
    case .group: "gruppebostøtte"
    case .dropIn: "bostøtterådgivning"
    case .physical: "fysiske besøg"
    }
  }

  /// The form as said in an English sentence.
  var englishName: String {
    switch self {
    case .screen: "screen visits"
    case .group: "group support"
    case .dropIn: "drop-in advice"
    case .physical: "physical visits"
    }
  }
}
