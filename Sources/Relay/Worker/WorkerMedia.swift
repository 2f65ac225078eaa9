import CLinux
import Forwarding
import Transport
import Wire

// What comes in on sockets and streams, and what goes out.
extension WorkerLoop {
  /// Datagrams taken from one socket in one turn, about: two milliseconds of work.
  private static var datagramsPerTurn: Int { 256 }
  /// Reads from one stream in one turn: 32 KiB, some thirty packets.
  private static var readsPerTurn: Int { 4 }

  // MARK: Sockets

  /// Takes in what has come on a socket, and sends what that brings forth; sets `mediaWaits` where that
  /// may not have been all.
  mutating func receiveMedia(on socket: Int, at time: TurnTime) {
    guard sockets.contains(socket) else { return }
    let local = LocalPath(rawValue: UInt8(truncatingIfNeeded: socket))
    var taken = 0
    while taken < Self.datagramsPerTurn {
      let count = sockets[socket].receive(into: inbox)
      for index in 0..<count {
        expect(index + 3, of: count, .later)
        expect(index + 1, of: count, .next)
        taken += take(inbox.message(at: index), on: local, at: time)
      }
      forwardTaken(at: time)
      sendOutgoing(at: time.now)
      if count < MediaInbox.capacity { return }
    }
    mediaWaits = true
  }

  /// Has what a message needs fetched ahead of its turn, where it is another peer's than the one before.
  private mutating func expect(_ index: Int, of count: Int, _ distance: RelayCore.Distance) {
    guard index < count else { return }
    let source = inbox.source(of: index)
    if source != inbox.source(of: index - 1) { core.expect(source, distance) }
  }

  /// Takes in what has come on all sockets since, between two pieces of work that take long.
  mutating func receiveMediaBetween() {
    readClock()
    mediaWaits = false
    for number in 0..<sockets.limit { receiveMedia(on: number, at: time) }
  }

  /// Takes in what the kernel has put together of one peer's datagrams; how many they are.
  private mutating func take(
    _ message: MediaInbox.Message, on local: LocalPath, at time: TurnTime
  ) -> Int {
    var message = message
    var count = 0
    while let datagram = inbox.next(of: &message) {
      count += 1
      guard !datagram.isEmpty else { continue }
      core.take(datagram, from: message.source, on: local, at: time)
      if core.isTakenFull { forwardTaken(at: time) }
      if core.isOutgoingWorthSending { sendOutgoing(at: time.now) }
    }
    return count
  }

  private mutating func forwardTaken(at time: TurnTime) {
    while !core.forwardTaken(at: time) { sendOutgoing(at: time.now) }
  }

  /// Sends what the core holds.
  mutating func sendOutgoing(at now: MonotonicTime) {
    var next = 0
    while next < core.outgoingCount {
      let local = core.outgoing(at: next).local
      if local == LocalPath.streams.rawValue {
        streams.table.queue(core.outgoing(at: next), at: now)
        next += 1
        continue
      }
      // As long a run for one socket as there is room for.
      var count = 0
      while count < outgoing.count, next + count < core.outgoingCount {
        let datagram = core.outgoing(at: next + count)
        guard datagram.local == local else { break }
        outgoing[count].bytes = datagram.bytes
        outgoing[count].length = UInt32(truncatingIfNeeded: datagram.length)
        outgoing[count].high = datagram.destination.high
        outgoing[count].low = datagram.destination.low
        outgoing[count].port = datagram.destination.port
        count += 1
      }
      if sockets.contains(Int(local)) {
        let refused = sockets[Int(local)].send(
          UnsafeMutableBufferPointer(rebasing: outgoing[..<count]))
        sendRefused &+= Int64(refused)
      }
      next += count
    }
    core.removeAllOutgoing()
  }

  // MARK: Streams

  /// Serves what a tag of the streams' stands for.
  mutating func serveStreams(_ tag: UInt64, isWritable: Bool, at time: TurnTime) {
    switch StreamServer.source(of: tag) {
    case .listener:
      if !streams.accept(now: time.now) {
        log.write("out of descriptors; accepting streams rests", at: time.now)
      }
    case .greeting(let connection):
      streams.greet(connection, now: time.now, core: core)
    case .stream(let number):
      if isWritable { streams.table.write(number, at: time.now) }
      receiveStream(number, at: time)
    }
  }

  private mutating func receiveStream(_ number: Int, at time: TurnTime) {
    guard streams.table.contains(number) else { return }
    let (name, client) = streams.table.names(of: number)
    for _ in 0..<Self.readsPerTurn {
      let hasMore = streams.table.fill(number)
      while let packet = streams.table.next(number) {
        core.receive(packet, from: name, on: .streams, mapped: client, at: time)
        if core.isOutgoingWorthSending { sendOutgoing(at: time.now) }
      }
      guard hasMore else { return }
    }
  }

  /// Ends streams whose time is over.
  mutating func endStreams(at time: TurnTime) {
    streams.advance(to: time.now)
    while let name = streams.table.closeNext(now: time.now, core: core) {
      core.streamClosed(name, at: time)
    }
    sendOutgoing(at: time.now)
  }
}
