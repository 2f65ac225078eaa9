import CLinux
import Glibc
import Testing
import Transport
import Wire

@testable import Relay

/// The table of streams in virtual time, each stream one end of a socket pair.
private final class Streams {
  var table: StreamTable
  var core: RelayCore
  var now = MonotonicTime.zero
  var peers: [Int32] = []
  let epoll: Int32

  init() throws {
    epoll = epoll_create1(0)
    try #require(epoll >= 0)
    table = StreamTable(epoll: epoll, firstTag: 0)
    core = try RelayCoreTests.makeCore()
  }

  deinit {
    close(epoll)
    for peer in peers { close(peer) }
  }

  /// Brings a stream of `client`; its number is the lowest free one.
  func add(from client: UInt32 = 1, port: UInt16 = 1) {
    add(from: SocketAddress(ipv4: client, port: port))
  }

  /// Brings a stream of `client`.
  func add(from client: SocketAddress) {
    var ends: [Int32] = [-1, -1]
    guard socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0, &ends) == 0 else {
      Issue.record("no socket pair")
      return
    }
    peers.append(ends[0])
    table.add(
      ArrivedStream(descriptor: ends[1], client: client),
      wasWatched: false, now: now, core: core)
  }

  /// Writes to stream `number` as its client.
  func write(_ bytes: [UInt8], to number: Int = 0) {
    _ = send(peers[number], bytes, bytes.count, Int32(MSG_NOSIGNAL))
  }

  /// What the worker reads from stream `number` now.
  func read(_ number: Int = 0) -> [[UInt8]] {
    var packets: [[UInt8]] = []
    while table.contains(number) {
      let hasMore = table.fill(number)
      while let packet = table.next(number) { packets.append(Array(packet)) }
      if !hasMore { break }
    }
    return packets
  }

  /// Lets time pass and closes what is over; how many that was.
  func advance(_ span: TimeSpan) -> Int {
    now = now + span
    var closed = 0
    while let name = table.closeNext(now: now, core: core) {
      core.streamClosed(name, at: TurnTime(now: now, wallMilliseconds: 0))
      closed += 1
    }
    return closed
  }

  /// Whether the client of stream `number` sees it closed.
  func isClosed(_ number: Int) -> Bool {
    var byte: UInt8 = 0
    return recv(peers[number], &byte, 1, Int32(MSG_DONTWAIT)) == 0
  }
}

@Suite("Hostile byte streams")
struct HostileStreamTests {
  @Test("slow loris: a byte now and then keeps no stream that has shown no password")
  func slowLoris() throws {
    let streams = try Streams()
    streams.add()
    var closed = 0
    var sent = 0
    while closed == 0, sent < 1_000 {
      streams.write([4])
      sent += 1
      let packets = streams.read()
      #expect(packets.isEmpty)
      closed = streams.advance(.milliseconds(100))
    }
    #expect(closed == 1)
    #expect(sent >= 49 && sent <= 56)
    #expect(streams.isClosed(0))
    #expect(streams.table.counters.strangers == 1)
  }

  @Test("half a frame waits and costs nothing more; its end brings it; a break frees it")
  func halfFrames() throws {
    let streams = try Streams()
    streams.add()
    streams.write([0, 3, 7])
    #expect(streams.read().isEmpty)
    #expect(streams.advance(.seconds(1)) == 0)
    streams.write([8, 9])
    #expect(streams.read() == [[7, 8, 9]])
    streams.write([0, 200, 1])
    shutdown(streams.peers[0], Int32(SHUT_WR))
    // The bytes first, then the end.
    #expect(streams.read().isEmpty)
    #expect(streams.read().isEmpty)
    #expect(streams.advance(.zero) == 1)
    #expect(streams.table.count == 0)
  }

  @Test("a flood of null packets is passed over and ends with the stream's time")
  func nullPackets() throws {
    let streams = try Streams()
    streams.add()
    let nulls = [UInt8](repeating: 0, count: 60_000)
    var closed = 0
    for _ in 0..<60 where closed == 0 {
      streams.write(nulls)
      #expect(streams.read().isEmpty)
      closed = streams.advance(.milliseconds(100))
    }
    #expect(closed == 1)
  }

  @Test(
    "a frame of 65535 bytes, or of one too many, ends the stream at once",
    arguments: [65_535, 2_049])
  func tooLong(length: Int) throws {
    let streams = try Streams()
    streams.add()
    streams.write([0, 1, 5, UInt8(length >> 8), UInt8(length & 0xFF), 1, 2, 3])
    #expect(streams.read() == [[5]])
    #expect(streams.advance(.zero) == 1)
    #expect(streams.isClosed(0))
  }

  @Test("what is no TCP of ours at all (an HTTP request) ends at once or in its time")
  func otherProtocol() throws {
    let streams = try Streams()
    streams.add()
    streams.write(Array("GET / HTTP/1.1\r\nHost: example.org\r\n\r\n".utf8))
    #expect(streams.read().isEmpty)
    #expect(streams.advance(.zero) == 1)
  }

  @Test("one address gets 32 streams that have shown no password, and no more")
  func floodFromOneAddress() throws {
    let streams = try Streams()
    for port in 0..<200 { streams.add(from: 7, port: UInt16(port)) }
    #expect(streams.table.count == 32)
    #expect(streams.table.counters.refused == 168)
    #expect(streams.isClosed(199))
    streams.add(from: 8)
    #expect(streams.table.count == 33)
    #expect(streams.advance(.seconds(6)) == 33)
    streams.add(from: 7)
    #expect(streams.table.count == 1)
  }

  @Test("all addresses of one IPv6 network are one household's")
  func floodFromOneNetwork() throws {
    let streams = try Streams()
    for number in 0..<100 {
      streams.add(from: SocketAddress(high: 0x2001_0DB8_0000_0001, low: UInt64(number), port: 9))
    }
    #expect(streams.table.count == 32)
    streams.add(from: SocketAddress(high: 0x2001_0DB8_0000_0002, low: 1, port: 9))
    #expect(streams.table.count == 33)
  }

  @Test("a flood from many addresses fills the table, and a newcomer still gets in")
  func floodFromMany() throws {
    let streams = try Streams()
    for number in 0..<StreamTable.capacity { streams.add(from: UInt32(number)) }
    streams.add(from: 10_000)
    // They are all as young: the newcomer must come again.
    #expect(streams.table.counters.refused == 1)
    #expect(streams.table.count == StreamTable.capacity)
    #expect(streams.advance(.milliseconds(1_100)) == 0)
    streams.add(from: 10_001)
    #expect(streams.table.count == StreamTable.capacity)
    #expect(streams.isClosed(0))
    #expect(streams.table.counters.strangers == 1)
  }

  @Test("whoever stops reading fills a bounded queue: picture goes first, then the rest")
  func stalledReader() throws {
    let streams = try Streams()
    streams.add()
    streams.add(from: 2)
    let name = streams.table.names(of: 0).name
    let other = streams.table.names(of: 1).name
    let bytes = UnsafeMutableRawPointer.allocate(byteCount: 1_000, alignment: 16)
    defer { bytes.deallocate() }
    bytes.initializeMemory(as: UInt8.self, repeating: 0x80, count: 1_000)
    func datagram(to name: SocketAddress, isPicture: Bool) -> OutgoingDatagram {
      OutgoingDatagram(
        bytes: bytes, length: 1_000, destination: name, local: LocalPath.streams.rawValue,
        isPicture: isPicture)
    }
    var rounds = 0
    while streams.table.counters.droppedPicture == 0, rounds < 10_000 {
      streams.table.queue(datagram(to: name, isPicture: true), at: streams.now)
      streams.table.flush(at: streams.now)
      rounds += 1
    }
    #expect(streams.table.counters.droppedPicture == 1)
    #expect(streams.table.counters.dropped == 0)
    // There is room for sound for a while yet.
    for _ in 0..<30 { streams.table.queue(datagram(to: name, isPicture: false), at: streams.now) }
    #expect(streams.table.counters.dropped == 0)
    for _ in 0..<1_000 {
      streams.table.queue(datagram(to: name, isPicture: false), at: streams.now)
    }
    #expect(streams.table.counters.dropped >= 900)
    // The neighbour is served all the while.
    streams.table.queue(datagram(to: other, isPicture: true), at: streams.now)
    streams.table.flush(at: streams.now)
    var received = [UInt8](repeating: 0, count: 2_000)
    #expect(recv(streams.peers[1], &received, 2_000, Int32(MSG_DONTWAIT)) == 1_002)
    #expect(Array(received[..<3]) == [3, 0xE8, 0x80])
  }

  @Test("the address of a stream is never another's, nor a datagram's")
  func names() throws {
    let streams = try Streams()
    streams.add()
    let first = streams.table.names(of: 0).name
    #expect(streams.advance(.seconds(6)) == 1)
    streams.add()
    let second = streams.table.names(of: 0).name
    #expect(first != second)
    #expect(first.high == 0x0100_0000_0000_0000)
    // What was meant for the one that is gone goes to nobody.
    let bytes = UnsafeMutableRawPointer.allocate(byteCount: 16, alignment: 16)
    defer { bytes.deallocate() }
    streams.table.queue(
      OutgoingDatagram(
        bytes: bytes, length: 16, destination: first, local: 200, isPicture: false),
      at: streams.now)
    streams.table.flush(at: streams.now)
    var byte: UInt8 = 0
    #expect(recv(streams.peers[1], &byte, 1, Int32(MSG_DONTWAIT)) == -1)
  }
}

/// A listener that `#expect` can look at.
private final class Listener {
  private var listener: StreamListener

  init(path: String) throws { listener = try StreamListener(path: path) }

  func accept() -> [Int32] { listener.accept(now: .zero) }
  func read(_ connection: Int32) -> ArrivedStream? { listener.read(connection) }
  func advance(to now: MonotonicTime) { listener.advance(to: now) }
}

@Suite("Who brings streams to a worker")
struct StreamListenerTests {
  private func makeListener() throws -> (path: String, directory: String) {
    var template = Array("/tmp/relay-test-XXXXXX".utf8CString)
    let made = template.withUnsafeMutableBufferPointer { mkdtemp($0.baseAddress!) != nil }
    try #require(made)
    let directory = String(
      decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    return (directory + "/worker-0.streams", directory)
  }

  @Test("a header in pieces is read; more than the header is left to the stream")
  func pieces() throws {
    let (path, directory) = try makeListener()
    defer { rmdir(directory) }
    let listener = try Listener(path: path)
    var status = stat()
    #expect(stat(path, &status) == 0)
    #expect(status.st_mode & 0o777 == 0o600)
    let connection = clinux_unix_connect(path)
    defer { close(connection) }
    let accepted = try #require(listener.accept().first)
    let client = SocketAddress(ipv4: 9, port: 8)
    let bytes = StreamHandover(kind: .thisConnection, client: client).bytes + [0, 1, 77]
    send(connection, bytes, 7, 0)
    #expect(listener.read(accepted) == nil)
    _ = bytes.withUnsafeBytes { send(connection, $0.baseAddress! + 7, bytes.count - 7, 0) }
    let arrived = try #require(listener.read(accepted))
    #expect(arrived.descriptor == accepted)
    #expect(arrived.client == client)
    var rest = [UInt8](repeating: 0, count: 8)
    #expect(recv(accepted, &rest, 8, 0) == 3)
    close(arrived.descriptor)
  }

  @Test("a header of another version, another kind, or without its descriptor ends the connection")
  func wrongHeaders() throws {
    let (path, directory) = try makeListener()
    defer { rmdir(directory) }
    let listener = try Listener(path: path)
    var other = StreamHandover(kind: .thisConnection, client: SocketAddress(ipv4: 9, port: 8)).bytes
    other[0] = 2
    var kind = other
    kind[0] = 1
    kind[1] = 3
    let missing = StreamHandover(kind: .descriptor, client: SocketAddress(ipv4: 9, port: 8)).bytes
    for header in [other, kind, missing] {
      let connection = clinux_unix_connect(path)
      defer { close(connection) }
      let accepted = try #require(listener.accept().first)
      send(connection, header, header.count, 0)
      #expect(listener.read(accepted) == nil)
      var byte: UInt8 = 0
      #expect(recv(connection, &byte, 1, Int32(MSG_DONTWAIT)) == 0)
    }
  }

  @Test("connections that say nothing are bounded in number and time")
  func silence() throws {
    let (path, directory) = try makeListener()
    defer { rmdir(directory) }
    let listener = try Listener(path: path)
    var connections: [Int32] = []
    defer { for connection in connections { close(connection) } }
    var accepted = 0
    for _ in 0..<80 {
      connections.append(clinux_unix_connect(path))
      accepted += listener.accept().count
    }
    #expect(accepted == 64)
    listener.advance(to: .zero + .milliseconds(5_100))
    var byte: UInt8 = 0
    #expect(
      connections.allSatisfy { recv($0, &byte, 1, Int32(MSG_DONTWAIT)) == 0 })
    connections.append(clinux_unix_connect(path))
    #expect(listener.accept().count == 1)
  }

  @Test("a descriptor beside a header that needs none is not kept open")
  func surplusDescriptor() throws {
    let (path, directory) = try makeListener()
    defer { rmdir(directory) }
    let listener = try Listener(path: path)
    var ends: [Int32] = [-1, -1]
    try #require(socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0, &ends) == 0)
    defer { close(ends[0]) }
    let connection = clinux_unix_connect(path)
    defer { close(connection) }
    let accepted = try #require(listener.accept().first)
    let header = StreamHandover(kind: .thisConnection, client: SocketAddress(ipv4: 9, port: 8))
      .bytes
    _ = header.withUnsafeBytes {
      clinux_send_with_descriptor(connection, $0.baseAddress, $0.count, ends[1])
    }
    close(ends[1])
    #expect(listener.read(accepted) == nil)
    var byte: UInt8 = 0
    #expect(recv(ends[0], &byte, 1, Int32(MSG_DONTWAIT)) == 0)
  }
}
