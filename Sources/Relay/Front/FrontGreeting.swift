import CLinux
import Glibc
import Transport
import Wire

// What a connection is for, by its first bytes: those of the socket, then those within TLS.
extension FrontConnection {
  /// Looks at the first bytes, leaving them in the socket.
  func open() {
    let room = UnsafeMutableRawBufferPointer(rebasing: services.scratch[..<StreamOpening.longest])
    guard case .bytes(let count) = client.receive(into: room, leaving: true) else { return close() }
    let bytes = UnsafeRawBufferPointer(rebasing: room[..<count])
    switch StreamOpening(bytes.bytes) {
    case .undecided:
      if count > 0 { deadline = min(deadline, services.now + Self.silenceLimit) }
    case .frames(let username):
      // The bytes stay in the socket: the worker reads them itself.
      if let tag = WorkerTag(userName: username, in: bytes.bytes),
        let connection = services.connect(
          toWorker: tag.worker, kind: .descriptor, client: address, descriptor: client.descriptor)
      {
        Glibc.close(connection)
      }
      close()
    case .tls: startTLS()
    case .http: redirect(count)
    case .turn, .unknown: close()
    }
  }

  private func startTLS() {
    do {
      tls = try TLSStream(server: services.identity)
    } catch {
      return close()
    }
    stage = .greeting
    deadline = services.now + Self.greetingLimit
    clinux_tune_stream(client.descriptor, Int32(Self.mediaBacklog), 60_000)
    client.watch(read: true, write: false)
    receive()
    process()
  }

  /// Answers a request that came without TLS. It is read first: closing over unread bytes would reset
  /// the connection and the answer with it.
  private func redirect(_ count: Int) {
    let room = UnsafeMutableRawBufferPointer(rebasing: services.scratch[..<count])
    guard case .bytes(let read) = client.receive(into: room) else { return close() }
    let answer = PlainHTTP.redirect(Array(room[..<read]), to: services.options.publicHost)
    _ = answer.withUnsafeBytes { client.send($0) }
    shutdown(client.descriptor, Int32(SHUT_WR))
    close()
  }

  /// Looks at the first plaintext.
  func greet() {
    let room = StreamOpening.longest - greeting.count
    let buffer = UnsafeMutableRawBufferPointer(rebasing: services.scratch[..<room])
    while greeting.count < StreamOpening.longest, let count = tls?.read(into: buffer), count > 0 {
      greeting.append(contentsOf: buffer[..<min(count, StreamOpening.longest)])
      if count < buffer.count { break }
    }
    if tls?.isPeerDone == true || tls?.failure != nil { return leave() }
    let first = greeting
    switch StreamOpening(first.span.bytes) {
    case .undecided: return
    case .http: stage = .http(makePipe(first))
    case .turn:
      tls?.keepBuffers()
      stage = .turn(TURNRelay(services.makeTURNServer(for: address), first, services.now))
    case .frames(let username):
      guard let tag = WorkerTag(userName: username, in: first.span.bytes),
        let stream = makeStream(toWorker: tag.worker, peer: nil, index: 0)
      else { return leave() }
      tls?.keepBuffers()
      stage = .frames(stream)
      first.withUnsafeBytes { stream.send($0) }
    case .tls, .unknown: return leave()
    }
    greeting = []
  }
}
