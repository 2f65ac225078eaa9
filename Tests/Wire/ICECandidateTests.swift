import Testing
import Wire

@Suite("ICE candidates")
struct ICECandidateTests {
  @Test("a server-reflexive candidate")
  func serverReflexive() throws {
    let text =
      "842163049 1 udp 1677729535 198.51.100.7 46154 typ srflx raddr 10.0.0.3 rport 46155 "
      + "generation 0 ufrag EsAw network-cost 999"
    let candidate = try #require(ICECandidate(parsing: "candidate:" + text))
    #expect(candidate.foundation == "842163049")
    #expect(candidate.component == 1)
    #expect(candidate.priority == 1_677_729_535)
    #expect(candidate.address?.text == "198.51.100.7:46154")
    #expect(candidate.kind == .serverReflexive)
    #expect(candidate.relatedAddress == "10.0.0.3")
    #expect(candidate.relatedPort == 46155)
    #expect(candidate.value("ufrag") == "EsAw")
    #expect(candidate.isUsableUDP)
    #expect(candidate.sdp == text)
  }

  @Test("an mDNS candidate is accepted and never used")
  func multicastDNS() throws {
    let candidate = try #require(
      ICECandidate(
        parsing: "1 1 udp 2113937151 56136354-9067-430b-bd4f-ace794981c39.local 51989 typ host"))
    #expect(candidate.host == .name("56136354-9067-430b-bd4f-ace794981c39.local"))
    #expect(candidate.address == nil)
    #expect(!candidate.isUsableUDP)
  }

  @Test("TCP candidates are kept apart by their type")
  func tcp() throws {
    let candidate = try #require(
      ICECandidate(parsing: "3 1 TCP 1518280447 2001:db8::17 9 typ host tcptype active"))
    #expect(candidate.transport == "tcp")
    #expect(candidate.value("tcptype") == "active")
    #expect(!candidate.isUsableUDP)
    #expect(candidate.address?.text == "[2001:db8::17]:9")
  }

  @Test("a candidate of our own")
  func own() throws {
    let address = try #require(SocketAddress(ip: "192.0.2.1", port: 7000))
    let candidate = ICECandidate(foundation: "1", priority: 2_130_706_431, address: address)
    #expect(candidate.sdp == "1 1 udp 2130706431 192.0.2.1 7000 typ host")
    #expect(ICECandidate(parsing: candidate.sdp) == candidate)
  }

  @Test(
    "ill-formed candidates are refused",
    arguments: [
      "", "1 1 udp 1 192.0.2.1 7000 typ", "1 1 udp 1 192.0.2.1 7000 host typ",
      "1 0 udp 1 192.0.2.1 7000 typ host", "1 257 udp 1 192.0.2.1 7000 typ host",
      "1 1 udp 4294967296 192.0.2.1 7000 typ host", "1 1 udp -1 192.0.2.1 7000 typ host",
      "1 1 udp +1 192.0.2.1 7000 typ host", "1 1 udp 1 192.0.2.1 65536 typ host",
      "1 1 udp 1 192.0.2.1 7000 typ host raddr", "1 1 udp 1 192.0.2.1 7 typ srflx rport x",
      "a b 1 udp 1 192.0.2.1 7000 typ host", "a_b 1 udp 1 192.0.2.1 7000 typ host",
      "123456789012345678901234567890123 1 udp 1 192.0.2.1 7000 typ host",
    ])
  func refused(text: String) {
    #expect(ICECandidate(parsing: text) == nil)
  }
}
