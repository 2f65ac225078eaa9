import CLinux
import Glibc
import Transport
import Wire

/// One accepted connection, plain or with TLS: told apart by the first byte, as the front does.
final class FakeConnection {
  let descriptor: Int32
  let remote: SocketAddress
  var way: FakeRelay.Way?
  var tls: TLSStream?
  var reader = FramedStreamReader()

  init(_ descriptor: Int32, _ remote: SocketAddress) {
    self.descriptor = descriptor
    self.remote = remote
  }

  deinit { close(descriptor) }

  func flush() {
    let descriptor = descriptor
    tls?.withOutput { max(0, send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))) }
  }

  /// Returns false at its end.
  func read(_ relay: FakeRelay, _ take: ([UInt8]) -> Void) -> Bool {
    var bytes = [UInt8](repeating: 0, count: 4096)
    let count = recv(descriptor, &bytes, bytes.count, 0)
    if count == 0 || (count < 0 && errno != EAGAIN) { return false }
    guard count > 0 else { return true }
    if way == nil {
      way = bytes[0] == 0x16 ? .tls : .tcp
      if way == .tls { tls = try? TLSStream(server: relay.tlsIdentity) }
      relay.noteAccepted(way ?? .tcp)
    }
    // What is blocked never comes to anything, and is not told so.
    if let way, relay.isBlocked(way) { return true }
    if way == .tls {
      _ = bytes.withUnsafeBytes { tls?.receive(UnsafeRawBufferPointer(rebasing: $0[0..<count])) }
      while reader.fill({ tls?.read(into: $0) ?? 0 }) > 0 { hand(take) }
      flush()
    } else {
      _ = bytes.withUnsafeBytes {
        reader.append(UnsafeRawBufferPointer(rebasing: $0[0..<count]).bytes)
      }
      hand(take)
    }
    return true
  }

  private func hand(_ take: ([UInt8]) -> Void) {
    while let packet = try? reader.next() { take([UInt8](packet)) }
  }

  func write(_ packet: [UInt8]) {
    let frame = [UInt8(packet.count >> 8), UInt8(packet.count & 255)] + packet
    if way == .tls {
      _ = frame.withUnsafeBytes { tls?.write($0) }
      flush()
    } else {
      _ = send(descriptor, frame, frame.count, Int32(MSG_NOSIGNAL))
    }
  }
}
