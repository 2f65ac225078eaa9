import CLinux
import Glibc
import Testing
import Transport
import Wire

@testable import Relay

/// What a relay process has given up, seen from inside. Each test gives up a process of its own.
@Suite("A relay process gives up what it does not need")
struct SandboxTests {
  @Test("a worker can start no program, write no file, read none, and open no socket but UDP")
  func worker() async {
    await #expect(processExitsWith: .success) {
      let folder = try temporaryDirectory()
      let acts = ConfinedAct.everywhere(in: folder) + ConfinedAct.sockets(of: .worker)
      for act in acts { #expect(act.succeeds(), "\(act.name), before") }
      let outcome = ProcessSandbox.worker(controlPath: folder + "/worker-0.sock").enter()
      #expect(outcome.filterError == 0)
      for act in acts { #expect(!act.succeeds(), "\(act.name)") }
      #expect(ConfinedAct.opens(AF_INET, SOCK_DGRAM))
      guard outcome.landlock > 0 else { return }
      for act in ConfinedAct.reading(folder) { #expect(!act.succeeds(), "\(act.name)") }
    }
  }

  @Test("a call goes on in a worker that has given up the rest", .timeLimit(.minutes(1)))
  func call() async {
    await #expect(processExitsWith: .success) {
      var first: TransportConfiguration?
      var second: TransportConfiguration?
      let worker = try RunningWorker {
        first = try NativePeer.join("a", to: &$0)
        second = try NativePeer.join("b", source: 112, to: &$0)
      }
      let address = SocketAddress(ipv4: 0x7F00_0001, port: worker.port)
      let one = try NativePeer(try #require(first), udp: address)
      let other = try NativePeer(try #require(second), udp: address)
      let outcome = ProcessSandbox.worker(controlPath: worker.streamsPath).enter()
      #expect(outcome.filterError == 0)
      var isSecured = one.run { one.isSecured }
      #expect(isSecured)
      isSecured = other.run { other.isSecured }
      #expect(isSecured)
      var sequence: UInt16 = 0
      let isHeard = other.run {
        one.send(payloadType: 111, sequence: sequence, payload: [UInt8](repeating: 1, count: 80))
        sequence &+= 1
        return other.received[111, default: 0] > 20
      }
      #expect(isHeard)
    }
  }

  @Test("the front goes on serving, reads a renewed certificate, and reaches nobody else")
  func front() async {
    await #expect(processExitsWith: .success) {
      let rig = try FrontRig()
      let client = try rig.connectTLS()
      let options = rig.services.options
      let acts = ConfinedAct.everywhere(in: rig.directory) + ConfinedAct.sockets(of: .front)
      for act in acts { #expect(act.succeeds(), "\(act.name), before") }
      let elsewhere = clinux_tcp_listen(0, 0x0000_FFFF_7F00_0001, 0, 8)
      let elsewherePort = UInt16(truncatingIfNeeded: clinux_local_port(elsewhere))
      let outcome = ProcessSandbox.front(options).enter()
      #expect(outcome.filterError == 0)
      for act in acts { #expect(!act.succeeds(), "\(act.name)") }

      client.say(Array("GET / HTTP/1.1\r\n\r\n".utf8))
      let request = receiveAll(on: try #require(rig.acceptUpstream()))
      #expect(request.starts(with: Array("GET / HTTP/1.1".utf8)))
      #expect(throws: Never.self) {
        try TLSIdentity(
          certificateFile: options.certificateFile, privateKeyFile: options.privateKeyFile)
      }
      #expect(!InterfaceAddresses.all(port: 1, onlyIPv4: true).isEmpty)
      guard outcome.landlock >= 4 else { return }
      #expect(clinux_tcp_connect(0, 0x0000_FFFF_7F00_0001, elsewherePort, 0) == -EACCES)
      #expect(!ConfinedAct.reads("/etc/passwd"))
    }
  }

  @Test("its memory is not for others, nor for a core file")
  func memory() async {
    await #expect(processExitsWith: .success) {
      clinux_protect_memory()
      #expect(clinux_is_dumpable() == 0)
      var limit = rlimit()
      getrlimit(__rlimit_resource_t(RLIMIT_CORE.rawValue), &limit)
      #expect(limit.rlim_cur == 0 && limit.rlim_max == 0)
    }
  }

  @Test("the log says which walls the kernel lacks")
  func explanation() {
    let whole = ProcessSandbox.Outcome(filterError: 0, landlock: 7)
    #expect(whole.explanation == "system calls are filtered; files are closed off")
    let bare = ProcessSandbox.Outcome(filterError: ENOSYS, landlock: 0)
    #expect(bare.explanation.contains("no filter of system calls (errno \(ENOSYS))"))
    #expect(bare.explanation.contains("no Landlock"))
  }
}
