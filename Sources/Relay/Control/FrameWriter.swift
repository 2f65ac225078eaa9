/// What a worker says often, written by hand as `JSONEncoder` would write it.
///
/// Every participant's figures go to the control process every few seconds, and on the hour a hundred join
/// in a second, each with an answer and four events. The general encoder, which makes a tree of objects
/// first, took a twentieth of the whole time of a worker with a hundred visits for the figures alone, and a
/// sixteenth of a join.
enum FrameWriter {
  /// The frame's body; nil for what is left to the general encoder, such as a number that is none.
  static func body(of frame: ControlFrame) -> [UInt8]? {
    switch frame {
    case .event(let sequence, let event):
      return body("event", "sequence", sequence, capacity: 1_024) { $0.object(event) }
    case .reply(let id, .joined(let answer)):
      return body("reply", "id", id, capacity: 4_096) { text in
        text.object("joined") { $0.object("_0", answer) }
      }
    case .reply, .command, .ping, .stop, .hello, .pong, .leaving:
      return nil
    }
  }

  /// A frame of two values: its number, and what Swift calls `_1`.
  private static func body(
    _ kind: StaticString, _ numberName: StaticString, _ number: UInt64, capacity: Int,
    _ content: (inout JSONText) -> Void
  ) -> [UInt8]? {
    var text = JSONText(capacity: capacity)
    text.object {
      $0.object(kind) {
        $0.member(numberName, number)
        $0.object("_1", content)
      }
    }
    return text.isValid ? text.bytes : nil
  }
}

// Members are named as Swift's own coding names them: what has no name is `_0`, `_1`.
extension JSONText {
  fileprivate mutating func object(_ event: RelayEvent) {
    switch event {
    case .connected(let session, let profile, let milliseconds):
      happened("connected", session, milliseconds) { $0.member("profile", profile) }
    case .firstMedia(let session, let kind, let milliseconds):
      happened("firstMedia", session, milliseconds) { $0.member("kind", kind.rawValue) }
    case .interrupted(let session, let cause, let milliseconds):
      happened("interrupted", session, milliseconds) { $0.member("cause", cause) }
    case .resumed(let session, let cause, let milliseconds):
      happened("resumed", session, milliseconds) { $0.member("cause", cause) }
    case .closed(let session, let cause, let milliseconds):
      happened("closed", session, milliseconds) { $0.member("cause", cause) }
    case .picture(let session, let from, let level, let cause, let milliseconds):
      happened("picture", session, milliseconds) {
        $0.member("from", from)
        $0.member("level", level.rawValue)
        $0.member("cause", cause)
      }
    case .slots(let session, let slots):
      object("slots") {
        $0.object("_0", session)
        $0.list("_1", slots)
      }
    case .speaking(let room, let participants):
      object("speaking") {
        $0.member("room", room)
        $0.list("participants") { for participant in participants { $0.element(participant) } }
      }
    case .sample(let session, let sample):
      object("sample") {
        $0.object("_0", session)
        $0.object("_1", sample)
      }
    case .workerLost, .moving, .workersKnown: giveUp()  // The supervisor's own: no worker says it.
    }
  }

  private mutating func happened(
    _ name: StaticString, _ session: SessionReference, _ milliseconds: Int64,
    _ members: (inout JSONText) -> Void
  ) {
    object(name) {
      $0.object("_0", session)
      members(&$0)
      $0.member("milliseconds", milliseconds)
    }
  }

  private mutating func object(_ name: StaticString, _ session: SessionReference) {
    object(name) {
      $0.member("session", session.session)
      $0.member("room", session.room)
      $0.member("participant", session.participant)
    }
  }

  fileprivate mutating func object(_ name: StaticString, _ answer: JoinAnswer) {
    object(name) {
      $0.member("session", answer.session)
      $0.member("answer", answer.answer)
      $0.list("slots", answer.slots)
      $0.list("iceServers") { for server in answer.iceServers { $0.object(server) } }
    }
  }

  private mutating func object(_ server: ICEServer) {
    object {
      $0.list("urls") { for url in server.urls { $0.element(url) } }
      $0.member("username", server.username)
      $0.member("credential", server.credential)
      $0.member("expires", server.expires)
    }
  }

  private mutating func list(_ name: StaticString, _ slots: [SlotState]) {
    list(name) {
      for slot in slots {
        $0.object {
          $0.member("slot", slot.slot)
          $0.member("audioMid", slot.audioMid)
          $0.member("videoMid", slot.videoMid)
          $0.member("participant", slot.participant)
        }
      }
    }
  }

  private mutating func object(_ name: StaticString, _ sample: TransportSample) {
    object(name) {
      $0.member("milliseconds", sample.milliseconds)
      $0.member("intervalMilliseconds", sample.intervalMilliseconds)
      $0.list("inbound", sample.inbound)
      $0.list("outbound", sample.outbound)
      $0.member("roundTripMilliseconds", sample.roundTripMilliseconds)
      $0.member("estimatedBitrate", sample.estimatedBitrate)
      $0.member("queueingMilliseconds", sample.queueingMilliseconds)
      $0.member("pictureLevel", sample.pictureLevel?.rawValue)
    }
  }

  /// A dictionary whose keys are no strings is a list of keys and values by turns.
  private mutating func list(_ name: StaticString, _ streams: [MediaKind: StreamSample]) {
    list(name) {
      for (kind, stream) in streams {
        $0.element(kind.rawValue)
        $0.object {
          $0.member("packets", stream.packets)
          $0.member("bytes", stream.bytes)
          $0.member("lost", stream.lost)
          $0.member("jitterMilliseconds", stream.jitterMilliseconds)
          $0.member("nacked", stream.nacked)
          $0.member("retransmitted", stream.retransmitted)
          $0.member("keyframeRequests", stream.keyframeRequests)
        }
      }
    }
  }
}
