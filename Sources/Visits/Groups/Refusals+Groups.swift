// What is said about groups. Nothing here may let anybody but a planner guess that two people are to
// be kept apart (D3).

extension Refusal {
  /// The capacity is none.
  public static func groupCapacity(most: Int) -> Refusal {
    Refusal(
      "group-capacity", .invalid,
      da: "Der kan være 2 til \(most) borgere i en gruppe. Ret antallet.",
      en: "A group has room for 2 to \(most) citizens. Correct the number.")
  }

  /// Citizens do not place themselves.
  public static let onlyStaffPlaces = Refusal(
    "only-staff-places", .forbidden,
    da: "Tal med din bostøttemedarbejder om at komme med i en gruppe.",
    en: "Talk to your support worker about joining a group.")

  /// The group is full.
  public static func groupFull(capacity: Int) -> Refusal {
    Refusal(
      "group-full", .conflict,
      da: "Gruppen er fuld (\(capacity) borgere). Vælg en anden gruppe.",
      en: "The group is full (\(capacity) citizens). Choose another group.")
  }

  /// The group is for another age.
  public static func groupAges(_ ages: ClosedRange<Int>) -> Refusal {
    Refusal(
      "group-ages", .conflict,
      da: """
        Gruppen er for borgere fra \(ages.lowerBound) til \(ages.upperBound) år. \
        Vælg en anden gruppe.
        """,
      en: """
        The group is for citizens aged \(ages.lowerBound) to \(ages.upperBound). \
        Choose another group.
        """)
  }

  /// For planners alone: somebody in the group is to be kept apart from the citizen. Says not who.
  public static let keptApart = Refusal(
    "kept-apart", .conflict,
    da: """
      Borgeren og en i gruppen er skrevet som ikke-sammen-med. Vælg en anden gruppe, \
      eller se ønskerne i planlægningen.
      """,
    en: """
      The citizen and somebody in the group are to be kept apart. Choose another group \
      or look at the wishes in planning.
      """)

  /// For everybody else: the same fact, without the fact.
  public static let placementNotPossible = Refusal(
    "placement-not-possible", .conflict,
    da: "Borgeren kan ikke placeres i den gruppe. Vælg en anden, eller spørg planlæggeren.",
    en: "The citizen cannot be placed in that group. Choose another or ask the planner.")

  /// The worker is of another team.
  public static let notYourTeamsGroup = Refusal(
    "not-your-teams-group", .forbidden,
    da: "Gruppen hører til et andet team. Kun teamets medarbejdere kan overtage den.",
    en: "The group belongs to another team. Only that team's workers can take it over.")

  /// There is no such meeting.
  public static let noSuchMeeting = Refusal(
    "no-such-meeting", .invalid,
    da: "Mødet findes ikke. Vælg et møde fra gruppens plan.",
    en: "There is no such meeting. Choose one from the group's plan.")

  /// The meeting is over or called off.
  public static let meetingOver = Refusal(
    "meeting-over", .conflict,
    da: "Mødet er holdt eller aflyst. Se gruppens plan for det næste.",
    en: "The meeting has been held or cancelled. See the group's plan for the next one.")

  /// A colleague was first.
  public static func meetingTaken(by name: String) -> Refusal {
    Refusal(
      "meeting-taken", .conflict,
      da: "\(name) har allerede overtaget mødet. Du skal ikke gøre noget.",
      en: "\(name) has already taken over the meeting. You do not need to do anything.")
  }

  /// Members enter when the facilitator is there.
  public static let meetingNotBegun = Refusal(
    "meeting-not-begun", .conflict,
    da: "Mødet er ikke begyndt. Du kan gå ind, når din bostøttemedarbejder har åbnet det.",
    en: "The meeting has not begun. You can enter when your support worker has opened it.")

  /// The person is neither member nor invited.
  public static let notInGroup = Refusal(
    "not-in-group", .forbidden,
    da: "Du er ikke med i gruppen. Tal med din bostøttemedarbejder.",
    en: "You are not in the group. Talk to your support worker.")

  /// More people would watch than the group has agreed to.
  public static func tooManyObservers(most: Int) -> Refusal {
    Refusal(
      "too-many-observers", .conflict,
      da: "Der må højst være \(most) gæster ad gangen. Vent, til en går.",
      en: "At most \(most) guests may be present at a time. Wait until one leaves.")
  }
}
