import Testing
import Wire

@testable import Transport

@Suite("TLS over a byte stream")
struct TLSStreamTests {
  @Test("client and server shake hands and exchange bytes", arguments: [1, 7, 1_400, 100_000])
  func exchange(piece: Int) throws {
    let files = try ServerFiles()
    let pair = try TLSPair(files)
    pair.piece = piece
    #expect(pair.client.write([1]) == 0, "nothing is written before the handshake")
    pair.settle()
    #expect(pair.client.isEstablished)
    #expect(pair.server.isEstablished)
    #expect(pair.client.write([1, 2, 3]) == 3)
    #expect(pair.server.write([4, 5]) == 2)
    pair.settle()
    #expect(pair.server.readAll() == [1, 2, 3])
    #expect(pair.client.readAll() == [4, 5])
    #expect(pair.client.readAll() == [])
  }

  @Test("an IP address is verified as an address", arguments: ["192.0.2.1", "2001:db8::1"])
  func address(host: String) throws {
    let files = try ServerFiles(host: host)
    let right = try TLSPair(files, name: host)
    right.settle()
    #expect(right.client.isEstablished)
    let wrong = try TLSPair(files, name: "192.0.2.2")
    wrong.settle()
    #expect(wrong.client.failure == .wrongName)
  }

  @Test(
    "a certificate for another name is refused and the server is told",
    arguments: ["other.example", "x.besoeg.example", "besoeg.example.evil.example", "192.0.2.1"])
  func wrongName(name: String) throws {
    let pair = try TLSPair(try ServerFiles(), name: name)
    pair.settle()
    #expect(pair.client.failure == .wrongName)
    #expect(!pair.client.isEstablished)
    // In TLS 1.3 the server is done before the client has judged; the alert ends it.
    _ = pair.server.readAll()
    #expect(pair.server.failure == .protocolViolation)
  }

  @Test("a name is compared without regard to case or a final dot")
  func equalNames() throws {
    for name in ["BESOEG.example", "besoeg.example."] {
      let pair = try TLSPair(try ServerFiles(), name: name)
      pair.settle()
      #expect(pair.client.isEstablished, "\(name)")
    }
  }

  @Test("a certificate that nobody trusted vouches for is refused")
  func untrusted() throws {
    let mine = try ServerFiles()
    let theirs = try ServerFiles()
    let pair = try TLSPair(mine, trust: .file(theirs.certificateFile))
    pair.settle()
    #expect(pair.client.failure == .untrustedCertificate)
    let system = try TLSPair(mine, trust: .systemRoots)
    system.settle()
    #expect(system.client.failure == .untrustedCertificate)
  }

  @Test("a certificate that has expired is refused, unless it is the pinned one")
  func expired() throws {
    let files = try ServerFiles(age: 60, lasting: 30)
    let pair = try TLSPair(files)
    pair.settle()
    #expect(pair.client.failure == .notValidNow)
    let pinned = try TLSPair(
      files, trust: .pinned(certificate: files.server.certificate))
    pinned.settle()
    #expect(pinned.client.isEstablished)
  }

  @Test("a pinned certificate is known by itself, and no other with the same name will do")
  func pinned() throws {
    let files = try ServerFiles(host: "a.example")
    let pin = TLSTrust.Source.pinned(certificate: files.server.certificate)
    let right = try TLSPair(files, name: "b.example", trust: pin)
    right.settle()
    #expect(right.client.isEstablished)
    let wrong = try TLSPair(try ServerFiles(host: "a.example"), name: "a.example", trust: pin)
    wrong.settle()
    #expect(wrong.client.failure == .untrustedCertificate)
  }

  @Test("a name that is none is refused before anything is sent")
  func badNames() throws {
    let trust = try TLSTrust(.systemRoots)
    let long = String(repeating: "a", count: 64)
    for name in ["", ".", "a..b", "-a.b", "a b", "a\0b", "a/b", "\(long).example", "å.example"] {
      #expect(throws: TLSError.name, "\(name)") { _ = try TLSStream(client: name, trust: trust) }
    }
  }

  @Test("a close is told, and what came before it is read first")
  func close() throws {
    let pair = try TLSPair(try ServerFiles())
    pair.settle()
    #expect(pair.client.write([9, 9]) == 2)
    pair.client.stream.close()
    #expect(pair.client.isOver)
    #expect(pair.client.failure == nil)
    #expect(pair.client.write([1]) == 0)
    pair.settle()
    #expect(!pair.server.isPeerDone)
    #expect(pair.server.readAll() == [9, 9])
    #expect(pair.server.isPeerDone)
    #expect(pair.server.write([7]) == 1, "we may go on speaking until we close too")
  }
}

@Suite("TLS files")
struct TLSFileTests {
  @Test("what cannot be loaded says which part it is")
  func files() throws {
    let files = try ServerFiles()
    let other = try ServerFiles()
    #expect(throws: TLSError.certificate) {
      _ = try TLSIdentity(certificateFile: "/nonexistent", privateKeyFile: files.privateKeyFile)
    }
    #expect(throws: TLSError.privateKey) {
      _ = try TLSIdentity(certificateFile: files.certificateFile, privateKeyFile: "/nonexistent")
    }
    #expect(throws: TLSError.keyMismatch) {
      _ = try TLSIdentity(
        certificateFile: files.certificateFile, privateKeyFile: other.privateKeyFile)
    }
    #expect(throws: TLSError.roots) { _ = try TLSTrust(.file("/nonexistent")) }
    #expect(throws: TLSError.roots) { _ = try TLSTrust(.file(files.privateKeyFile)) }
    #expect(throws: TLSError.certificate) { _ = try TLSTrust(.pinned(certificate: "nothing")) }
    #expect(throws: TLSError.name) { _ = try SelfSignedServer(host: "a,DNS:b", now: 0, days: 1) }
  }
}
