import Glibc
import Testing
import Wire

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

  @Test("an end that ends says all it has to say, also what the socket does not hold at once")
  func drain() async throws {
    let (ours, theirs) = try pair()
    let count = 5_000
    let reader = Task.detached {
      var listener = ControlConnection(descriptor: ours)
      var heard = 0
      while !listener.isBroken {
        var readable = pollfd(fd: ours, events: Int16(POLLIN), revents: 0)
        poll(&readable, 1, 10_000)
        listener.receive()
        while listener.next() != nil { heard += 1 }
      }
      return heard
    }
    do {
      var speaker = ControlConnection(descriptor: theirs)
      for session in 0..<count {
        let reference = SessionReference(session: "\(session)", room: "r", participant: "p")
        speaker.send(
          .event(
            sequence: UInt64(session), .closed(reference, cause: "left", milliseconds: 7)))
      }
      speaker.drain(within: .seconds(20))
    }
    #expect(await reader.value == count)
  }

  @Test("nobody waits for long for an end that does not read")
  func drainInVain() throws {
    let (ours, theirs) = try pair()
    defer { close(theirs) }
    var speaker = ControlConnection(descriptor: ours)
    let offer = String(repeating: "a", count: 1 << 20)
    speaker.send(.command(id: 1, .restart(session: "s", offer: offer)))
    speaker.drain(within: .milliseconds(5))
    let wantsToWrite = speaker.wantsToWrite
    #expect(wantsToWrite)
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
