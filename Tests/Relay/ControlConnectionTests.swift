import Glibc
import Testing

@testable import Relay

@Suite("The control channel's ends")
struct ControlConnectionTests {
  private func pair() throws -> (Int32, Int32) {
    var pair: [Int32] = [-1, -1]
    let kind = Int32(SOCK_STREAM.rawValue | SOCK_NONBLOCK.rawValue)
    try #require(socketpair(AF_UNIX, kind, 0, &pair) == 0)
    return (pair[0], pair[1])
  }

  @Test("what an end said last is heard, also by one who was just speaking to it")
  func lastWords() throws {
    let (ours, theirs) = try pair()
    var listener = ControlConnection(descriptor: ours)
    let reference = SessionReference(session: "s", room: "r", participant: "p")
    let last = ControlFrame.event(
      sequence: 1, .closed(reference, cause: "left", milliseconds: 7))
    do {
      var speaker = ControlConnection(descriptor: theirs)
      speaker.send(last)
    }
    // Nobody takes this any more.
    listener.send(.ping(id: 1, acknowledged: 0))
    listener.send(.ping(id: 2, acknowledged: 0))
    let wantsToWrite = listener.wantsToWrite
    #expect(!wantsToWrite)
    listener.receive()
    let heard = listener.next()
    #expect(heard == last)
    listener.receive()
    let more = listener.next()
    #expect(more == nil)
    let (isBroken, isMalformed) = (listener.isBroken, listener.isMalformed)
    #expect(isBroken && !isMalformed)
  }

  @Test("an end that reads nothing for long is given up")
  func backlog() throws {
    let (ours, theirs) = try pair()
    defer { close(theirs) }
    var speaker = ControlConnection(descriptor: ours)
    let offer = String(repeating: "a", count: 1 << 20)
    for id in UInt64(0)..<20 {
      speaker.send(.command(id: id, .restart(session: "s", offer: offer)))
    }
    let isBroken = speaker.isBroken
    #expect(isBroken)
  }
}
