import Testing
import Wire

@testable import Relay
@testable import Transport

@Suite("Secrets and addresses are not printed, whichever way")
struct RedactionTests {
  /// Every way in which a value becomes text.
  private func texts(of value: Any) -> [String] {
    var dumped = ""
    dump(value, to: &dumped)
    let nested = [["inside": value]]
    return ["\(value)", String(reflecting: value), dumped, "\(nested)", String(reflecting: nested)]
  }

  private func expect(_ value: Any, hides secrets: [String]) {
    for text in texts(of: value) {
      for secret in secrets { #expect(!text.contains(secret)) }
    }
  }

  @Test("an address shows at most the network of a large provider")
  func address() {
    // 203.0.113.77 and 2001:db8:aa:bb::cc, in text, in decimal and in hexadecimal.
    let ipv4 = SocketAddress(ipv4: 0xCB00_714D, port: 5_004)
    expect(ipv4, hides: ["113", "77", "3405803853", "281474087", "cb00714d"])
    let ipv6 = SocketAddress(high: 0x2001_0DB8_00AA_00BB, low: 0xCC, port: 5_004)
    expect(ipv6, hides: ["2001", "db8", "204", "2306139570357600443"])
    expect(
      Transmit(length: 1, destination: ipv4, localPath: .only), hides: ["113", "281474087"])
    expect(TransportEvent.addressAdded(ipv4), hides: ["113", "281474087"])
    expect(StreamHandover(kind: .descriptor, client: ipv4), hides: ["113", "281474087"])
  }

  @Test("a password, a key or a secret shows nothing")
  func keys() throws {
    let credentials = ICECredentials(ufrag: "usersfragment", password: "thepasswordofsomebody123")
    expect(credentials, hides: ["usersfragment", "thepassword"])
    expect(
      TransportConfiguration(
        role: .relay, local: credentials, remote: credentials, remoteFingerprint: []),
      hides: ["usersfragment", "thepassword"])
    let keys = try #require(
      SRTPKeys(
        exported: (0..<SRTPKeys.exportedLength(.aeadAES128GCM)).map { UInt8($0 + 200) },
        profile: .aeadAES128GCM))
    expect(keys, hides: ["200", "201", "255"])
    expect(KeyHolder(keys: keys), hides: ["200", "201"])
    let turn = TURNConfiguration(realm: "realm", secret: [201, 202, 203], peers: [])
    expect(turn, hides: ["201", "203"])
  }

  @Test("an offer, an answer or a session's id shows nothing")
  func signalling() {
    let request = JoinRequest(
      room: "r", participant: "p", capacity: 2, offer: "a=ice-pwd:verysecret")
    expect(request, hides: ["verysecret"])
    expect(RelayCommand.join(request), hides: ["verysecret"])
    expect(RelayCommand.leave(session: "0123456789abcdef"), hides: ["0123456789"])
    expect(
      ControlFrame.command(id: 1, .restart(session: "0123456789abcdef", offer: "verysecret")),
      hides: ["verysecret", "0123456789"])
    expect(
      RelayReply.joined(
        JoinAnswer(session: "0123456789abcdef", answer: "verysecret", slots: [])),
      hides: ["verysecret", "0123456789"])
  }

  @Test("a log on the packet path writes twenty lines and then one a second")
  func rate() async {
    let result = await #expect(
      processExitsWith: .success, observing: [\.standardErrorContent]
    ) {
      var log = WorkerLog(worker: 7)
      let start = MonotonicTime(nanoseconds: 60_000_000_000)
      for number in 0..<10_000 {
        log.write("flood \(number)", at: start + .milliseconds(Int64(number) / 1_000))
      }
      log.write("afterwards", at: start + .seconds(2))
    }
    let text = String(decoding: result?.standardErrorContent ?? [], as: UTF8.self)
    let lines = text.split(separator: "\n").filter { $0.hasPrefix("relay worker 7: ") }
    #expect(lines.count == 21)
    #expect(lines.last?.contains("afterwards (9980 lines left out before this one)") == true)
  }
}

/// Keys inside another value.
private struct KeyHolder {
  var keys: SRTPKeys
}
