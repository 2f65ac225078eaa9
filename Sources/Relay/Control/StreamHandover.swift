import CLinux
import Glibc
import Wire

/// What whoever brings a worker a byte stream says first, in 20 bytes:
///
///      0       1       2                      18      20
///     +-------+-------+-----------------------+-------+
///     | 1     | kind  | address (IPv6 form)   | port  |
///     +-------+-------+-----------------------+-------+
///
/// All numbers in network byte order. After it come frames (RFC 4571) both ways: on the descriptor
/// that came with it, or on this very connection.
struct StreamHandover: Hashable, Sendable, BitwiseCopyable {
  /// Where the frames are.
  enum Kind: UInt8, Sendable, BitwiseCopyable {
    /// On the client's own TCP connection, whose descriptor comes with the header's first byte
    /// (`SCM_RIGHTS`, unix(7)) and of which nothing has been read.
    case descriptor = 1
    /// On this connection, from the byte after the header: somebody is between us and the client.
    case thisConnection = 2
  }

  /// Bytes of it.
  static let length = 20
  private static let version: UInt8 = 1

  /// Where the frames are.
  var kind: Kind
  /// The client's address, as the public listener saw it.
  var client: SocketAddress

  /// A handover of the stream of `client`.
  init(kind: Kind, client: SocketAddress) {
    self.kind = kind
    self.client = client
  }

  /// Reads one.
  init(parsing bytes: RawSpan) throws(ParseError) {
    guard bytes.byteCount >= Self.length else { throw .truncated }
    guard bytes.loadUInt8(at: 0) == Self.version else { throw .notThisFormat }
    guard let kind = Kind(rawValue: bytes.loadUInt8(at: 1)) else { throw .invalidField }
    self.kind = kind
    client = SocketAddress(
      high: bytes.loadUInt64(at: 2), low: bytes.loadUInt64(at: 10), port: bytes.loadUInt16(at: 18))
  }

  /// Its bytes.
  var bytes: [UInt8] {
    var buffer = [UInt8](repeating: 0, count: Self.length)
    var span = buffer.mutableSpan
    var bytes = span.mutableBytes
    bytes.storeUInt8(Self.version, at: 0)
    bytes.storeUInt8(kind.rawValue, at: 1)
    bytes.storeUInt64(client.high, at: 2)
    bytes.storeUInt64(client.low, at: 10)
    bytes.storeUInt16(client.port, at: 18)
    return buffer
  }

  /// Says it on `connection`, a connected Unix socket, giving away a copy of `descriptor` where the
  /// kind is `.descriptor`; the caller closes its own. False where the worker does not take it.
  func send(on connection: Int32, descriptor: Int32 = -1) -> Bool {
    let header = bytes
    let attached = kind == .descriptor ? descriptor : -1
    // Twenty bytes into an empty socket buffer go whole or not at all.
    return header.withUnsafeBytes {
      clinux_send_with_descriptor(connection, $0.baseAddress, $0.count, attached) == Self.length
    }
  }
}
