// What the team's list of things to do says besides visits and grants.

extension Notice {
  /// A curve fell (H8).
  public static func talkAboutScores(_ scale: ScoreScale) -> Notice {
    Notice(
      "task-talk",
      da: "Svarene på »\(scale.title)« ligger lavere end sidst. Spørg, hvordan det går.",
      en: "The answers to “\(scale.title)” are lower than last time. Ask how things are.")
  }

  /// An indicator is to be answered (H9).
  public static func answerScale(_ scale: ScoreScale, by day: LocalDate) -> Notice {
    Notice(
      "task-scale",
      da: "Udfyld »\(scale.title)« sammen senest den \(day.danish).",
      en: "Fill in “\(scale.title)” together by \(day.iso8601).")
  }

  /// Partners without an address are rung (H3).
  public static func ringPartner(_ recipient: String) -> Notice {
    Notice(
      "task-ring-partner",
      da:
        "Ring til \(recipient). Borgeren har aftalt det, når vi ikke kan få fat i hende eller ham.",
      en: "Ring \(recipient). The citizen has agreed to it for when we cannot reach them.")
  }

  /// A message to somebody outside did not arrive (H3, H11).
  public static func postTrouble(_ post: Post) -> Notice {
    switch post.kind {
    case .partnerAlert:
      Notice(
        "task-alert-not-sent",
        da: "Beskeden til den, borgeren har peget på, kom ikke frem. Ring i stedet.",
        en: "The message to the one the citizen has named did not arrive. Telephone instead.")
    case .unanswered:
      Notice(
        "task-unanswered-not-sent",
        da: "Beskeden om, at borgeren venter på at blive ringet op, kom ikke frem. Se opkaldene.",
        en: "The message that the citizen waits to be called did not arrive. See the call-backs.")
    case .note, .visit:
      Notice(
        "task-journal-not-told",
        da: "Journalen har ikke modtaget det, der er skrevet her. Giv driften besked.",
        en: "The journal has not received what was written here. Tell operations.")
    }
  }
}
