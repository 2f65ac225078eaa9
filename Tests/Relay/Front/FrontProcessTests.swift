import CLinux
import Glibc
import Synchronization
import Testing
import Transport
import Wire

@testable import Relay

/// A front's loop on a thread of this process, so that a supervisor can find it running.
private final class InProcessFront: Sendable {
  let port: UInt16
  /// Its loop has ended.
  let end = Latch()

  init(_ options: FrontOptions) throws {
    let loop = try FrontMain.makeLoop(options, termination: -1, log: WorkerLog(of: "test front"))
    port = loop.ports[0]
    // The loop is noncopyable and moves to the thread that runs it.
    let box = Mutex<FrontLoop?>(loop)
    Thread.start(name: "test-front") {
      box.withLock { $0?.run() }
      box.withLock { $0 = nil }
      self.end.open()
    }
  }
}

@Suite("The front as a process")
struct FrontProcessTests {
  private func configuration(_ directory: String) -> RelaySupervisorConfiguration {
    var configuration = RelaySupervisorConfiguration(
      workers: 1, runDirectory: directory, advertisedAddresses: ["198.51.100.10"],
      firstMediaPort: 50_000, executable: "/nonexistent")
    configuration.front = FrontConfiguration(
      listen: ["127.0.0.1:8443"], certificateFile: directory + "/certificate.pem",
      privateKeyFile: directory + "/key.pem", secretFile: directory + "/turn.key",
      host: "besoeg.example", upstream: "127.0.0.1:1", awayDocument: "{}")
    return configuration
  }

  private func supervisor(_ configuration: RelaySupervisorConfiguration) -> RelaySupervisor {
    RelaySupervisor(configuration: configuration, log: { _ in })
  }

  @Test(
    "it outlives its supervisor, is taken back by the next, and is stopped when asked",
    .timeLimit(.minutes(1)))
  func takeover() async throws {
    let directory = try temporaryDirectory()
    defer { removeDirectory(directory) }
    try FrontRig.writeCertificate(in: directory)
    let configuration = configuration(directory)
    let front = try #require(configuration.front)
    #expect(TURNCredentials(front) != nil, "the secret is made")
    let upstream = clinux_tcp_listen(0, 0x0000_FFFF_7F00_0001, 0, 8)
    var options = FrontRig.options(directory, upstream)
    options.digest = configuration.frontCommandLine(front).digest
    let running = try InProcessFront(options)
    defer { close(upstream) }

    for _ in 0..<2 {
      let first = supervisor(configuration)
      let task = Task { await first.run() }
      // It is asked for signs of life now; there is nothing to see from outside but that it lives.
      for await event in first.events { if case .workersKnown = event { break } }
      task.cancel()
      await task.value
      #expect(!running.end.isOpen)
    }
    // Without a supervisor it goes on accepting.
    let client = clinux_tcp_connect(0, 0x0000_FFFF_7F00_0001, running.port, 1 << 16)
    try #require(client >= 0)
    defer { close(client) }
    _ = sendAll(Array("GET / HTTP/1.1\r\n\r\n".utf8), on: client)
    var answer: [UInt8] = []
    repeat {
      await readable(client)
      answer += receiveAll(on: client)
    } while !isAtEnd(client)
    #expect(String(decoding: answer, as: UTF8.self).hasPrefix("HTTP/1.1 308 "))

    let last = supervisor(configuration)
    let task = Task { await last.run() }
    last.shutdown(drain: .zero)
    await task.value
    await running.end.wait()
    #expect(access(directory + "/front.sock", F_OK) != 0)
  }

  @Test(
    "with other settings it gives up the port and goes on with what it has",
    .timeLimit(.minutes(1)))
  func replaced() async throws {
    let directory = try temporaryDirectory()
    defer { removeDirectory(directory) }
    try FrontRig.writeCertificate(in: directory)
    let configuration = configuration(directory)
    _ = TURNCredentials(try #require(configuration.front))
    let upstream = clinux_tcp_listen(0, 0x0000_FFFF_7F00_0001, 0, 8)
    defer { close(upstream) }
    let running = try InProcessFront(FrontRig.options(directory, upstream))
    let kept = clinux_tcp_connect(0, 0x0000_FFFF_7F00_0001, running.port, 1 << 16)
    _ = sendAll([0x16], on: kept)
    let retired = Latch()
    let control = RelaySupervisor(configuration: configuration) {
      if $0 == "relay front: starting" { retired.open() }
    }
    let task = Task { await control.run() }
    // Once retired, the port is free for a successor, and the old connection is still there.
    await retired.wait()
    let successor = clinux_tcp_listen(0, 0x0000_FFFF_7F00_0001, running.port, 8)
    #expect(successor >= 0)
    close(successor)
    #expect(!isAtEnd(kept))
    close(kept)
    // With its last connection it ends by itself.
    await running.end.wait()
    task.cancel()
    await task.value
  }

  @Test("what it is started with is all it needs, and holds no secret")
  func commandLine() throws {
    let configuration = configuration("/run/besoeg")
    let front = try #require(configuration.front)
    let (line, digest) = configuration.frontCommandLine(front)
    #expect(line.starts(with: ["/nonexistent", "front", "--listen", "127.0.0.1:8443"]))
    #expect(line.contains("besoeg.example:8443"))
    #expect(line.suffix(2) == ["--digest", String(digest, radix: 16)])
    #expect(configuration.frontCommandLine(front).digest == digest)
    var other = configuration
    other.workers = 2
    #expect(other.frontCommandLine(front).digest != digest)
    #expect(
      configuration.commandLine(of: 0).suffix(2) == ["--tcp-advertise", "198.51.100.10:8443"])
    other.front = nil
    #expect(!other.commandLine(of: 0).contains("--tcp-advertise"))
  }

  @Test("a new certificate is taken into use; one that cannot be used is not")
  func certificates() throws {
    let directory = try temporaryDirectory()
    defer { removeDirectory(directory) }
    try FrontRig.writeCertificate(in: directory)
    var now = MonotonicTime.zero
    var watch = CertificateWatch(FrontRig.options(directory, -1), now: now)
    func check() -> String {
      now = now + CertificateWatch.interval
      return switch watch.check(now: now) {
      case .unchanged: "unchanged"
      case .replaced: "replaced"
      case .unusable(let error): "\(error)"
      }
    }
    #expect(check() == "unchanged")
    let key = try #require(SmallFile.read(directory + "/key.pem"))
    try FrontRig.writeCertificate(in: directory)
    #expect(check() == "replaced")
    #expect(check() == "unchanged")
    try #require(SmallFile.write(key, to: directory + "/key.pem"))
    #expect(check() == "keyMismatch")
    unlink(directory + "/key.pem")
    #expect(check() == "unchanged", "gone for the moment between two")
    try FrontRig.writeCertificate(in: directory)
    #expect(check() == "replaced")
  }
}

@Suite("TURN credentials in answers")
struct TURNCredentialsTests {
  @Test("an answer names one TURN server with credentials that it accepts, for that session alone")
  func servers() throws {
    let directory = try temporaryDirectory()
    defer { removeDirectory(directory) }
    var front = FrontConfiguration(
      listen: ["0.0.0.0:443", "[::]:443"], certificateFile: "", privateKeyFile: "",
      secretFile: directory + "/turn.key", host: "besoeg.example", upstream: "127.0.0.1:8080",
      awayDocument: "")
    let credentials = try #require(TURNCredentials(front))
    let server = try #require(
      credentials.servers(worker: 17, session: "abc", at: 1_000).first)
    #expect(server.urls == ["turns:besoeg.example:443?transport=tcp"])
    #expect(server.expires == 1_000 + 6 * 3_600)
    #expect(server.username == "22600:11:abc")
    let secret = try #require(TURNCredentials.secret(at: front.secretFile))
    let user = try #require(TURNUserName(server.username))
    #expect(server.credential == user.password(under: secret))
    // The next start finds the same secret.
    #expect(TURNCredentials(front)?.servers(worker: 17, session: "abc", at: 1_000) == [server])
    front.host = "2001:db8::1"
    front.listen = ["[2001:db8::1]:8443"]
    #expect(
      TURNCredentials(front)?.servers(worker: 0, session: "a", at: 0).first?.urls
        == ["turns:[2001:db8::1]:8443?transport=tcp"])
  }

  @Test("the secret is long, and its file is for its owner alone")
  func secret() throws {
    let directory = try temporaryDirectory()
    defer { removeDirectory(directory) }
    let path = directory + "/turn.key"
    let secret = try #require(TURNCredentials.secret(at: path))
    #expect(secret.count == 64)
    var status = stat()
    #expect(stat(path, &status) == 0)
    #expect(status.st_mode & 0o777 == 0o600)
    try #require(SmallFile.write([1, 2, 3], to: path))
    #expect(TURNCredentials.secret(at: path) == nil, "a file that is none is not used")
    #expect(TURNCredentials.secret(at: "/nonexistent/turn.key") == nil)
  }

  @Test("an answer of a worker of an earlier release names no servers")
  func codec() throws {
    let frame = ControlFrame.reply(
      id: 1,
      .joined(
        JoinAnswer(
          session: "s", answer: "a", slots: [],
          iceServers: [ICEServer(urls: ["u"], username: "n", credential: "c", expires: 9)])))
    #expect(try ControlCodec.decode(ControlCodec.encode(frame).dropFirst(4)) == frame)
    let old = #"{"reply":{"id":1,"_1":{"joined":{"_0":{"session":"s","answer":"a","slots":[]}}}}}"#
    guard case .reply(_, .joined(let answer)) = try ControlCodec.decode(Array(old.utf8)) else {
      Issue.record("not a reply")
      return
    }
    #expect(answer.iceServers.isEmpty)
  }

  @Test("TCP candidates are the public port's, at the addresses that clients are told")
  func endpoints() {
    var front = FrontConfiguration(
      listen: ["127.0.0.1:8443", "[::1]:8443"], certificateFile: "", privateKeyFile: "",
      secretFile: "", host: "h", upstream: "", awayDocument: "")
    #expect(front.tcpEndpoints(media: []) == ["127.0.0.1:8443", "[::1]:8443"])
    #expect(
      front.tcpEndpoints(media: ["198.51.100.10", "2001:db8::10"])
        == ["198.51.100.10:8443", "[2001:db8::10]:8443"])
    front.advertisedAddresses = ["203.0.113.5"]
    #expect(front.tcpEndpoints(media: ["198.51.100.10"]) == ["203.0.113.5:8443"])
  }
}
