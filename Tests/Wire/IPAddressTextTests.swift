import Testing
import Wire

@Suite("IP addresses as text")
struct IPAddressTextTests {
  @Test(
    "addresses are read and written in the form of RFC 5952",
    arguments: [
      ("127.0.0.1", "127.0.0.1"),
      ("255.255.255.255", "255.255.255.255"),
      ("0.0.0.0", "0.0.0.0"),
      ("::", "::"),
      ("::1", "::1"),
      ("1::", "1::"),
      ("2001:DB8:0:0:1:0:0:1", "2001:db8::1:0:0:1"),
      ("2001:db8:0:1:1:1:1:1", "2001:db8:0:1:1:1:1:1"),
      ("2001:0db8::0001", "2001:db8::1"),
      ("0:0:1:0:0:0:1:0", "0:0:1::1:0"),
      ("::ffff:192.0.2.1", "192.0.2.1"),
      ("64:ff9b::192.0.2.33", "64:ff9b::c000:221"),
      ("1:2:3:4:5:6:7::", "1:2:3:4:5:6:7:0"),
      ("::2:3:4:5:6:7:8", "0:2:3:4:5:6:7:8"),
    ])
  func readsAndWrites(text: String, canonical: String) throws {
    let address = try #require(SocketAddress(ip: text, port: 5004))
    #expect(address.addressText == canonical)
    #expect(SocketAddress(ip: canonical, port: 5004) == address)
  }

  @Test(
    "what is no address is none",
    arguments: [
      "", ":", ":::", "0:", ":0", "1::2::3", "1:2:3:4:5:6:7", "1:2:3:4:5:6:7:8:9",
      "1:2:3:4:5:6:7:8::",
      "12345::", "g::", "::1%eth0", "1.2.3", "1.2.3.4.5", "256.1.1.1", "01.2.3.4", "1.2.3.+4",
      "1..2.3",
      "::1.2.3.4:5", "1.2.3.4::", "[::1]", "host.local", "1:2:3:4:5:6:7:1.2.3.4",
    ])
  func refuses(text: String) {
    #expect(SocketAddress(ip: text, port: 0) == nil)
  }

  @Test("with its port, and redacted for logs")
  func ports() throws {
    let ipv4 = try #require(SocketAddress(ip: "192.0.2.1", port: 5004))
    #expect(ipv4.text == "192.0.2.1:5004")
    #expect("\(ipv4)" == "192.0.x.x:5004")
    let ipv6 = try #require(SocketAddress(ip: "2001:db8::1", port: 5004))
    #expect(ipv6.text == "[2001:db8::1]:5004")
    #expect("\(ipv6)" == "[ipv6]:5004")
  }
}
