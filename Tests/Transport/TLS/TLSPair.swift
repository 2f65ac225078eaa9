import Glibc
import Testing

@testable import Transport

/// PEM files of a server in a directory of their own, gone with the test.
final class ServerFiles {
  let server: SelfSignedServer
  let directory: String
  var certificateFile: String { directory + "/certificate.pem" }
  var privateKeyFile: String { directory + "/key.pem" }

  init(host: String = "besoeg.example", age days: Int64 = 0, lasting: Int64 = 30) throws {
    server = try SelfSignedServer(
      host: host, now: Int64(time(nil)) - days * 86_400, days: lasting)
    var template = Array("/tmp/tls-test-XXXXXX".utf8CString)
    let made = template.withUnsafeMutableBufferPointer { mkdtemp($0.baseAddress!) != nil }
    try #require(made)
    directory = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    try write(server.certificate, to: certificateFile)
    try write(server.privateKey, to: privateKeyFile)
  }

  deinit {
    unlink(certificateFile)
    unlink(privateKeyFile)
    rmdir(directory)
  }

  func write(_ text: String, to path: String) throws {
    let file = try #require(fopen(path, "w"))
    fputs(text, file)
    fclose(file)
  }

  var identity: TLSIdentity {
    get throws {
      try TLSIdentity(certificateFile: certificateFile, privateKeyFile: privateKeyFile)
    }
  }
}

/// One end of a connection, with its bytes as arrays.
final class TLSEnd {
  var stream: TLSStream

  init(_ stream: consuming TLSStream) { self.stream = stream }

  var isEstablished: Bool { stream.isEstablished }
  var isOver: Bool { stream.isOver }
  var isPeerDone: Bool { stream.isPeerDone }
  var failure: TLSFailure? { stream.failure }
  var outputCount: Int { stream.outputCount }

  /// Writes bytes and says how many were accepted.
  func write(_ bytes: [UInt8]) -> Int { bytes.withUnsafeBytes { stream.write($0) } }

  /// Receives bytes and says how many were taken.
  func receive(_ bytes: [UInt8]) -> Int { bytes.withUnsafeBytes { stream.receive($0) } }

  /// Everything that can be read now.
  func readAll(at most: Int = 1_000) -> [UInt8] {
    var plain: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: most)
    while true {
      let count = buffer.withUnsafeMutableBytes { stream.read(into: $0) }
      if count == 0 { return plain }
      plain += buffer[..<count]
    }
  }

  /// Everything there is to send, in pieces through a small buffer.
  func takeOutput() -> [UInt8] {
    var output: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 700)
    while true {
      let count = buffer.withUnsafeMutableBytes { stream.nextOutput(into: $0) }
      if count == 0 { return output }
      output += buffer[..<count]
    }
  }
}

/// A client and a server joined by a wire that carries so many bytes at a time.
final class TLSPair {
  let client: TLSEnd
  let server: TLSEnd
  /// The most bytes that the wire carries in one piece.
  var piece = 1_400

  init(_ files: ServerFiles, name: String = "besoeg.example", trust: TLSTrust.Source? = nil) throws
  {
    client = TLSEnd(
      try TLSStream(client: name, trust: TLSTrust(trust ?? .file(files.certificateFile))))
    server = TLSEnd(try TLSStream(server: files.identity))
  }

  /// Carries everything both ways until neither has more to say.
  func settle() {
    for _ in 0..<10_000 {
      let outward = Self.carry(from: client, to: server, most: piece)
      let inward = Self.carry(from: server, to: client, most: piece)
      if outward + inward == 0 { return }
    }
  }

  /// Carries one piece.
  static func carry(from: TLSEnd, to: TLSEnd, most: Int) -> Int {
    var carried = 0
    from.stream.withOutput { output in
      carried = to.stream.receive(UnsafeRawBufferPointer(rebasing: output.prefix(most)))
      return carried
    }
    return carried
  }
}
