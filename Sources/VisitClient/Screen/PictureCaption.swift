/// Whether to say that a picture was switched off for the sake of the sound, and that it is back.
///
/// Two networks lie between two people, and each may hold either picture. Whoever looks at a still
/// picture is told once, however many reasons there are, and told again when the last of them is gone.
struct PictureCaption: Sendable, Equatable {
  /// What to say.
  enum Line: Sendable, Equatable {
    /// The picture of the other party stands still.
    case held
    /// It moves again.
    case back
    /// Our own picture stands still at the other party's.
    case ownHeld
    /// It moves again.
    case ownBack
  }

  /// One stretch of one picture's way.
  private struct Reason: Hashable, Sendable {
    var participant: String
    var isReceiving: Bool
  }

  private let me: String
  private var seen: Set<Reason> = []
  private var own: Set<Reason> = []

  /// Captions for `me`, before anything was held.
  init(me: String) { self.me = me }

  /// Takes what the service says of somebody's network.
  mutating func take(_ picture: VisitEvent.Picture) -> [Line] {
    let reason = Reason(
      participant: picture.participant, isReceiving: picture.direction != "sending")
    // What I receive and what others send is what I see; the rest is what they see of me.
    let isSeen = (picture.participant == me) == reason.isReceiving
    return isSeen
      ? change(\.seen, reason, picture.isHeld, .held, .back)
      : change(\.own, reason, picture.isHeld, .ownHeld, .ownBack)
  }

  /// Takes a step of our own picture, as we send it. The service will tell of it, too, but may be out
  /// of reach just then.
  mutating func take(own step: PictureStep) -> [Line] {
    let isOurNetwork = step.cause != PictureStep.receiverNetwork
    // The relay asks for less on account of the other party's network, and says so itself.
    guard isOurNetwork || !step.isHeld else { return [] }
    return change(
      \.own, Reason(participant: me, isReceiving: false), step.isHeld, .ownHeld, .ownBack)
  }

  private mutating func change(
    _ reasons: WritableKeyPath<Self, Set<Reason>>, _ reason: Reason, _ isHeld: Bool, _ held: Line,
    _ back: Line
  ) -> [Line] {
    let wasHeld = !self[keyPath: reasons].isEmpty
    if isHeld {
      self[keyPath: reasons].insert(reason)
    } else {
      self[keyPath: reasons].remove(reason)
    }
    let isHeldNow = !self[keyPath: reasons].isEmpty
    return wasHeld == isHeldNow ? [] : [isHeldNow ? held : back]
  }
}
