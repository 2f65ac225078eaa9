import Synchronization
import Testing

@testable import VisitClient

struct PictureCaptionTests {
  private func picture(
    _ participant: String, _ direction: String, _ level: String
  ) -> VisitEvent.Picture {
    .init(visit: "v1", participant: participant, level: level, direction: direction, cause: nil)
  }

  @Test func whatISeeIsHeldByMyNetworkOrTheOthers() {
    for (who, direction) in [("anne", "receiving"), ("karen", "sending")] {
      var caption = PictureCaption(me: "anne")
      #expect(caption.take(picture(who, direction, "smaller")) == [])
      #expect(caption.take(picture(who, direction, "held")) == [.held])
      #expect(caption.take(picture(who, direction, "sound-only")) == [])
      #expect(caption.take(picture(who, direction, "smaller")) == [.back])
      #expect(caption.take(picture(who, direction, "full")) == [])
    }
  }

  @Test func whatTheySeeOfMeIsSaidToMe() {
    for (who, direction) in [("karen", "receiving"), ("anne", "sending")] {
      var caption = PictureCaption(me: "anne")
      #expect(caption.take(picture(who, direction, "held")) == [.ownHeld])
      #expect(caption.take(picture(who, direction, "full")) == [.ownBack])
    }
  }

  @Test func twoReasonsAreOneCaption() {
    var caption = PictureCaption(me: "anne")
    #expect(caption.take(picture("anne", "receiving", "held")) == [.held])
    #expect(caption.take(picture("karen", "sending", "held")) == [])
    #expect(caption.take(picture("anne", "receiving", "full")) == [], "the other still holds")
    #expect(caption.take(picture("karen", "sending", "full")) == [.back])
  }

  @Test func ourOwnLadderAndTheServicesEchoAreOneCaption() {
    var caption = PictureCaption(me: "anne")
    #expect(caption.take(own: PictureStep(level: "held", cause: "sender-network")) == [.ownHeld])
    #expect(caption.take(picture("anne", "sending", "held")) == [])
    #expect(caption.take(own: PictureStep(level: "smaller", cause: "recovered")) == [.ownBack])
    #expect(caption.take(picture("anne", "sending", "smaller")) == [])
  }

  @Test func theWordsAreThoseOfTheLadder() {
    #expect(
      Texts.danish[.pictureHeld] == "Nettet er svagt. Vi har slukket billedet for at holde lyden.")
    for key in [TextKey.progressInterrupted, .kioskInterrupted, .statusInterrupted] {
      #expect(!Texts.danish[key].contains { $0.isNumber || $0 == "{" }, "nothing is counted")
    }
  }
}

struct PictureReporterTests {
  /// A service that is away until it is let in.
  private final class Service: Sendable {
    let state = Mutex((isAway: true, told: [String]()))

    func take(_ step: PictureStep) throws(ServiceError) {
      let isAway = state.withLock { state in
        if !state.isAway { state.told.append(step.level) }
        return state.isAway
      }
      if isAway { throw .unreachable }
    }
  }

  @Test func stepsAreToldInOrder() async {
    let service = Service()
    service.state.withLock { $0.isAway = false }
    let reporter = PictureReporter { step async throws(ServiceError) in try service.take(step) }
    for level in ["smaller", "held", "smaller"] {
      await reporter.report(PictureStep(level: level, cause: "sender-network"))
    }
    #expect(service.state.withLock { $0.told } == ["smaller", "held", "smaller"])
  }

  @Test func afterAnOutageOnlyWhereThePictureIsIsTold() async {
    let service = Service()
    let reporter = PictureReporter { step async throws(ServiceError) in try service.take(step) }
    for level in ["smaller", "held", "smaller", "full"] {
      await reporter.report(PictureStep(level: level, cause: "recovered"))
    }
    service.state.withLock { $0.isAway = false }
    await reporter.flush()
    await reporter.flush()
    #expect(service.state.withLock { $0.told } == ["full"])
  }
}
