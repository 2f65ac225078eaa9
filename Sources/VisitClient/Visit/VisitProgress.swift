/// Which end of a visit this is.
public enum VisitPart: Sendable, Equatable {
  /// Rings: the support worker.
  case caller
  /// Answers a ring: the citizen.
  case answerer
}

/// What happens in a visit, for whoever watches it.
public enum VisitProgress: Sendable, Equatable {
  /// It rings at the other party's.
  case ringing(PersonReference)
  /// The other party answered.
  case answered(PersonReference)
  /// Somebody came or went; everyone who is in the room now.
  case room([PersonReference])
  /// Something happened in the connection.
  case call(CallProgress)
  /// The picture was cut back or came back, because of somebody's network.
  case picture(VisitEvent.Picture)
  /// How long the talk has lasted beside what it is meant to take.
  case softTimer(VisitEvent.SoftTimer)
  /// A hand was raised in the meeting, or somebody else has the word.
  case floor(FloorRecord)
  /// The event stream came or went; the call goes on either way.
  case service(isOnline: Bool)
}

/// How a visit went for this end.
public enum VisitOutcome: Sendable, Equatable {
  /// Sound and picture were up; whoever hung up.
  case held(endedByOther: Bool)
  /// The other party said no.
  case declined
  /// The other party did not answer.
  case missed
  /// The ring was called off, or the visit was over before it was connected.
  case calledOff
  /// The ring was answered on another device.
  case answeredElsewhere
  /// The service refused.
  case refused(ServiceError)
  /// There was no connection, or it was lost for good.
  case noConnection
}

/// A visit that is over for this end.
public struct VisitResult: Sendable, Equatable {
  /// How it went.
  public var outcome: VisitOutcome
  /// What was measured; nil where there was no call.
  public var report: CallReport?
}
