import CLinux
import Foundation
import Glibc
import MediaEngine
import Synchronization
import Testing
import Transport
import Wire

@testable import VisitClient

/// A media thread against a relay on loopback, 50 ms away. What it reports is waited for and measured;
/// nothing sleeps to be on the safe side.
@Suite(.serialized, .timeLimit(.minutes(5))) struct MediaThreadTests {
  /// A call under way, and when it reported what.
  private final class Call: Sendable {
    let relay: FakeRelay
    let thread: MediaThread
    let start: MonotonicTime
    private let reports: AsyncStream<(MediaThread.Report, MonotonicTime)>

    init(blocked: Set<FakeRelay.Way>) throws {
      let identity = try DTLSIdentity()
      relay = try FakeRelay(clientFingerprint: identity.fingerprint, blocked: blocked)
      let (reports, feed) = AsyncStream.makeStream(of: (MediaThread.Report, MonotonicTime).self)
      self.reports = reports
      start = SystemClock.now
      thread = MediaThread(
        setup: CallSetup(media: MediaConfiguration(audio: .tones, video: .none)),
        identity: identity, startedAt: start
      ) { feed.yield(($0, SystemClock.now)) }
      thread.connect(try relay.plan(identity: identity))
    }

    /// When the first report that `matches` came; nil where the test's time was up before.
    func time(of matches: (MediaThread.Report) -> Bool) async -> MonotonicTime? {
      for await (report, time) in reports where matches(report) { return time }
      return nil
    }

    /// How long the first sound took, in milliseconds.
    func firstSound() async -> Int64? {
      for await (report, _) in reports {
        if case .firstSound(let milliseconds) = report { return milliseconds }
      }
      return nil
    }

    func end() async -> MediaBoard.Measured {
      let measured = await thread.stop()
      relay.stop()
      return measured
    }

    /// How long it takes until a packet of sound reaches the relay with which `isSo`.
    func span(untilHeard isSo: (_ packets: Int) -> Bool) async -> TimeSpan? {
      let begin = SystemClock.now
      for await packets in relay.sounds where isSo(packets) { return SystemClock.now - begin }
      return nil
    }
  }

  @Test func datagramsCarryTheCallAndNoConnectionIsOpened() async throws {
    let call = try Call(blocked: [])
    let sound = try #require(await call.firstSound())
    #expect(sound < 2000)
    #expect(call.thread.board.measured.path.kind == .udp)
    let measured = await call.end()
    #expect(call.relay.accepted(.tcp) == 0)
    #expect(call.relay.accepted(.tls) == 0)
    #expect(measured.path.addressChanges == 0)
  }

  @Test func whereDatagramsAreBlockedTCPIsHeardInTwoSeconds() async throws {
    let call = try Call(blocked: [.udp])
    let sound = try #require(await call.firstSound())
    #expect(sound <= 2000)
    #expect(call.thread.board.measured.path.kind == .tcp)
    _ = await call.end()
  }

  @Test func whereOnlyTLSPassesItIsHeardInTwoSeconds() async throws {
    let call = try Call(blocked: [.udp, .tcp])
    let sound = try #require(await call.firstSound())
    #expect(sound <= 2000)
    #expect(call.thread.board.measured.path.kind == .tls)
    _ = await call.end()
  }

  @Test func aCallWhoseDatagramsStopGoesOnOverAConnection() async throws {
    let call = try Call(blocked: [])
    _ = try #require(await call.firstSound())
    call.relay.block([.udp])
    let packets = call.relay.soundPackets
    let gap = await call.span {
      call.thread.board.measured.path.kind != .udp && $0 > packets + 3
    }
    let span = try #require(gap)
    #expect(span < .milliseconds(2500))
    let measured = await call.end()
    #expect(measured.path.moves >= 1)
  }

  @Test func anOutageIsReportedAndEndsWithTheNetworksReturn() async throws {
    let call = try Call(blocked: [])
    _ = try #require(await call.firstSound())
    let gone = SystemClock.now
    call.relay.block([.udp, .tcp, .tls])
    let silent = await call.time { $0 == .silent(attempt: 1) }
    #expect(try #require(silent) - gone < .seconds(6))
    let back = SystemClock.now
    call.relay.block([])
    let heard = await call.time { $0 == .heard(attempt: 1) }
    #expect(try #require(heard) - back < .seconds(2))
    _ = await call.end()
  }

  @Test func anICERestartKeepsTheKeys() async throws {
    let call = try Call(blocked: [])
    _ = try #require(await call.firstSound())
    var random = SystemRandomNumberGenerator()
    let (local, remote) = (
      ICECredentials.generate(using: &random), ICECredentials.generate(using: &random)
    )
    call.relay.restart(local: remote, remote: local)
    call.thread.restart(
      MediaBoard.Restart(
        attempt: 1, local: local, remote: remote, candidates: [], streams: .init()))
    let packets = call.relay.soundPackets
    let span = await call.span { $0 > packets + 50 }
    #expect(try #require(span) < .seconds(3))
    let measured = await call.end()
    #expect(measured.path.kind == .udp)
  }
}

struct StreamConnectionTests {
  private func connection(
    _ relay: FakeRelay, name: String, trust: TLSTrust.Source
  ) throws -> StreamConnection {
    try StreamConnection(
      to: SocketAddress(ipv4: 0x7F00_0001, port: relay.tcpPort),
      security: StreamSecurity(serverName: name, trust: try TLSTrust(trust)))
  }

  /// Drives a connection until it is up or over.
  private func settle(_ stream: StreamConnection) async {
    let begin = SystemClock.now
    while !stream.isUp, stream.end == nil, SystemClock.now - begin < .seconds(5) {
      var descriptor = pollfd(
        fd: stream.descriptor,
        events: Int16(POLLIN) | (stream.wantsToWrite ? Int16(POLLOUT) : 0), revents: 0)
      _ = poll(&descriptor, 1, 100)
      if descriptor.revents & Int16(POLLOUT | POLLERR | POLLHUP) != 0 { stream.advance() }
      if descriptor.revents & Int16(POLLIN) != 0 { stream.receive { _ in } }
    }
  }

  @Test func aServerThatProvesItsNameIsTalkedTo() async throws {
    let relay = try FakeRelay(clientFingerprint: [UInt8](repeating: 0, count: 32))
    defer { relay.stop() }
    let file = FileManager.default.temporaryDirectory.appendingPathComponent(
      "ca-\(UUID().uuidString).pem")
    try Data(relay.server.certificate.utf8).write(to: file)
    defer { try? FileManager.default.removeItem(at: file) }
    let stream = try connection(relay, name: "localhost", trust: .file(file.path))
    await settle(stream)
    #expect(stream.isUp)
    let other = try connection(relay, name: "besoeg.example", trust: .file(file.path))
    await settle(other)
    #expect(other.end == .untrusted)
    #expect(ServiceTrust(file: file.path).transportTrust() != nil)
    #expect(ServiceTrust(file: "/nowhere.pem").transportTrust() == nil)
  }

  @Test func aServerThatNobodyVouchesForIsNotTalkedTo() async throws {
    let relay = try FakeRelay(clientFingerprint: [UInt8](repeating: 0, count: 32))
    defer { relay.stop() }
    let stream = try connection(relay, name: "localhost", trust: .systemRoots)
    await settle(stream)
    #expect(!stream.isUp)
    #expect(stream.end == .untrusted)
  }

  @Test func aRefusedConnectionSaysSo() async throws {
    let relay = try FakeRelay(clientFingerprint: [UInt8](repeating: 0, count: 32))
    defer { relay.stop() }
    // The UDP port's number, as a TCP port: nobody listens there.
    let stream = try StreamConnection(
      to: SocketAddress(ipv4: 0x7F00_0001, port: relay.udpPort), security: nil)
    await settle(stream)
    #expect(stream.end == .network(errno: ECONNREFUSED))
  }
}
