// What is told while a citizen gets started with screen visits.

extension Notice {
  /// What a citizen is told about their own start.
  public static func startStatus(_ start: ScreenStart) -> Notice {
    switch start.trial.state {
    case nil, .notOffered:
      Notice(
        "start-none",
        da: "Du kan få nogle af dine besøg på en skærm, hvis du har lyst. Det er helt frivilligt.",
        en: "You can have some of your visits on a screen if you like. It is entirely up to you.")
    case .offered:
      Notice(
        "start-offered",
        da: "Vi har spurgt, om du vil prøve skærmbesøg. Tænk over det, så længe du vil.",
        en: "We have asked whether you want to try screen visits. Take all the time you need.")
    case .declined:
      Notice(
        "start-declined",
        da:
          "Du har sagt nej tak til skærmbesøg. Det er helt i orden, og du kan altid ombestemme dig.",
        en:
          "You have said no to screen visits. That is quite all right, and you can change your mind."
      )
    case .stopped:
      Notice(
        "start-stopped",
        da: "Du er stoppet med skærmbesøg. Vi ses på en anden måde, og du kan altid begynde igen.",
        en:
          "You have stopped screen visits. We meet in another way, and you can always begin again.")
    case .accepted:
      switch start.nextStep {
      case .together:
        Notice(
          "start-together",
          da: "Først prøver vi skærmen sammen, i samme rum. Du kan stoppe, når du vil.",
          en: "First we try the screen together, in the same room. You can stop whenever you like.")
      case .apart:
        Notice(
          "start-apart",
          da: "Næste gang prøver vi fra hvert sit rum. Vi er lige i nærheden.",
          en: "Next time we try from a room each. We are close by.")
      case .home:
        Notice(
          "start-home",
          da: "Næste gang prøver vi, mens du er hjemme hos dig selv.",
          en: "Next time we try while you are at home.")
      case nil:
        Notice(
          "start-ready",
          da:
            "Du er godt i gang med skærmbesøg. Sig til, hvis du hellere vil mødes på en anden måde.",
          en:
            "You are well under way with screen visits. Say so if you would rather meet another way."
        )
      }
    }
  }

  /// A trial is due.
  public static func trialDue(on day: LocalDate) -> Notice {
    Notice(
      "trial-due",
      da:
        "Skærmbesøg skal være prøvet senest \(day.danish), eller I skriver, hvorfor det ikke giver mening.",
      en: "Screen visits are to be tried by \(day.iso8601), or you write why that makes no sense.")
  }

  /// The citizen said no.
  static let prefersWithoutScreen = Notice(
    "prefers-without-screen",
    da: "Borgeren har sagt nej tak til skærmen. Vælg et besøg hjemme eller telefonen.",
    en: "The citizen has said no to the screen. Choose a visit in person or the telephone.")

  /// Nobody has asked.
  static let notAskedYet = Notice(
    "not-asked-yet",
    da: "Borgeren har ikke sagt ja endnu. Spørg først, og skriv svaret ned.",
    en: "The citizen has not said yes. Ask first and write the answer down.")

  /// Only sound gets through.
  static let soundOnlyThere = Notice(
    "sound-only-there",
    da: "Lyden går fint igennem hos borgeren, men billedet kan drille. Aftal, at lyd er nok.",
    en: "Sound gets through at the citizen's, the picture may not. Agree that sound is enough.")

  /// Equipment or network is missing.
  static let somethingIsMissing = Notice(
    "something-is-missing",
    da: "Borgeren mangler udstyr eller net. Lav en opgave, så en it-kyndig kollega tager med ud.",
    en:
      "The citizen lacks equipment or a network. Make an order so that somebody comes along to help."
  )

  /// Others are around.
  static let notAloneThere = Notice(
    "not-alone-there",
    da: "Borgeren kan ikke altid tale uforstyrret hjemme. Spørg, om det passer, før I begynder.",
    en: "The citizen cannot always talk undisturbed at home. Ask whether it suits before you begin."
  )

  /// A step of practice has not been taken.
  static func practiceFirst(_ step: ScreenStart.Step) -> Notice {
    let (da, en) =
      switch step {
      case .together: ("i samme rum", "in the same room")
      case .apart: ("fra hvert sit rum", "from a room each")
      case .home: ("hjemme hos borgeren", "with the citizen at home")
      }
    return Notice(
      "practice-first", da: "I mangler at øve jer \(da). Gør det, før det gælder.",
      en: "You have not practised \(en) yet. Do it before it counts.")
  }

  /// The package's primary contact.
  static func packageBeginsWith(_ form: VisitForm) -> Notice {
    form == .screen
      ? Notice(
        "package-begins-with-screen",
        da: "I borgerens pakke er skærmen den primære kontakt, og besøg hjemme et supplement.",
        en:
          "In the citizen's package the screen is the primary contact, visits in person a supplement."
      )
      : Notice(
        "package-begins-in-person",
        da: "I borgerens pakke er skærmen et supplement til de andre besøg.",
        en: "In the citizen's package the screen is a supplement to the other visits.")
  }
}
