import CLinux
import Glibc
import Testing
import Transport
import Wire

@testable import Relay

/// Without a descriptor left, nobody can be accepted; the loop must go on turning for the calls there
/// are, and not turn for nothing. Each test has a process of its own to exhaust.
@Suite("Out of descriptors")
struct ExhaustionTests {
  @Test(
    "a worker rests, its call goes on, and who waited gets in afterwards", .timeLimit(.minutes(1)))
  func worker() async {
    await #expect(processExitsWith: .success) {
      var configurations: [TransportConfiguration] = []
      let worker = try RunningWorker {
        configurations.append(try NativePeer.join("a", to: &$0))
        configurations.append(try NativePeer.join("b", source: 112, to: &$0))
      }
      let address = SocketAddress(ipv4: 0x7F00_0001, port: worker.port)
      let one = try NativePeer(configurations[0], udp: address)
      let other = try NativePeer(configurations[1], udp: address)
      var isUp = one.run { one.isSecured } && other.run { other.isSecured }
      #expect(isUp)
      let waiting = try exhaustDescriptors(leaving: 1)
      // It waits in the backlog: the one descriptor left is its own end.
      let newcomer = clinux_unix_connect(worker.streamsPath)
      try #require(newcomer >= 0)

      let before = processorTime()
      let start = SystemClock.monotonic
      var sequence: UInt16 = 0
      // Every 20 ms, as speech comes. The other's loop waits for its socket meanwhile.
      var next = start
      isUp = other.run {
        let now = SystemClock.monotonic
        if now >= next {
          one.send(payloadType: 111, sequence: sequence, payload: [UInt8](repeating: 1, count: 80))
          sequence &+= 1
          next = next + .milliseconds(20)
        }
        return now - start > .seconds(1) && other.received[111, default: 0] > 20
      }
      #expect(isUp)
      #expect(other.received[111, default: 0] > 20)
      // A loop that spins takes the whole second.
      #expect(processorTime() - before < .milliseconds(500))

      for descriptor in waiting { close(descriptor) }
      // Its header does not come, so it is accepted first and closed five seconds later: either way
      // the other end sees that somebody was there.
      _ = StreamHandover(
        kind: .thisConnection, client: SocketAddress(ipv4: 0x0A00_0001, port: 9)
      ).send(on: newcomer)
      isUp = one.run { isAtEnd(newcomer) }
      #expect(isUp)
    }
  }

  @Test("a listener without descriptors rests a fifth of a second at a time")
  func listener() async {
    await #expect(processExitsWith: .success) {
      let directory = try temporaryDirectory()
      let epoll = epoll_create1(Int32(EPOLL_CLOEXEC))
      var streams = try StreamServer(path: directory + "/streams", epoll: epoll)
      let waiting = try exhaustDescriptors(leaving: 1)
      let client = clinux_unix_connect(directory + "/streams")
      try #require(client >= 0)
      var ready = [clinux_ready](repeating: clinux_ready(), count: 4)
      func isReady() -> Bool { clinux_epoll_wait(epoll, &ready, 4, 0) > 0 }
      #expect(isReady())
      let now = MonotonicTime(nanoseconds: 1_000_000_000)
      var isAccepted = streams.accept(now: now)
      #expect(!isAccepted)
      #expect(!isReady(), "it would wake the loop without end")
      streams.advance(to: now + .milliseconds(199))
      #expect(!isReady())
      streams.advance(to: now + .milliseconds(200))
      #expect(isReady())
      for descriptor in waiting { close(descriptor) }
      isAccepted = streams.accept(now: now)
      #expect(isAccepted)
      #expect(!isReady(), "whoever waited is in")
    }
  }

  @Test("a control socket without descriptors says so")
  func control() async {
    await #expect(processExitsWith: .success) {
      let directory = try temporaryDirectory()
      var worker = try ControlServer(path: directory + "/worker.sock")
      var front = try FrontControl(path: directory + "/front.sock", digest: 1)
      let waiting = try exhaustDescriptors(leaving: 2)
      let clients = ["/worker.sock", "/front.sock"].map { clinux_unix_connect(directory + $0) }
      try #require(clients.allSatisfy { $0 >= 0 })
      var isNew = worker.accept()
      var isExhausted = worker.isExhausted
      #expect(!isNew && isExhausted)
      isNew = front.accept()
      isExhausted = front.isExhausted
      #expect(!isNew && isExhausted)
      for descriptor in waiting { close(descriptor) }
      isNew = worker.accept()
      isExhausted = worker.isExhausted
      #expect(isNew && !isExhausted)
      isNew = front.accept()
      isExhausted = front.isExhausted
      #expect(isNew && !isExhausted)
    }
  }
}

/// Takes all descriptors but so many; those taken.
private func exhaustDescriptors(leaving count: Int) throws -> [Int32] {
  var limit = rlimit()
  getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
  limit.rlim_cur = min(limit.rlim_cur, 256)
  setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
  var taken: [Int32] = []
  while true {
    let descriptor = dup(0)
    guard descriptor >= 0 else { break }
    taken.append(descriptor)
  }
  try #require(errno == EMFILE && taken.count > count)
  for _ in 0..<count { close(taken.removeLast()) }
  return taken
}

/// What this process has used of the processors.
private func processorTime() -> TimeSpan {
  var usage = rusage()
  getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
  return [usage.ru_utime, usage.ru_stime].reduce(.zero) {
    $0 + .seconds(Int64($1.tv_sec)) + .microseconds(Int64($1.tv_usec))
  }
}
