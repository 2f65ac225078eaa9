import CLinux
import Wire

/// Where a worker's datagrams arrive, many in one system call.
struct MediaInbox: ~Copyable {
  /// The most messages one call brings.
  static let capacity = Int(CLINUX_INBOX)

  /// One datagram, or several of one peer that the kernel has put together.
  struct Message: BitwiseCopyable {
    /// The first byte of those that have not been taken.
    fileprivate var bytes: UnsafeMutableRawPointer
    /// The bytes of all of them.
    fileprivate var length: Int
    /// The length of each but the last, which may be shorter.
    fileprivate var segment: Int
    /// Who sent them.
    var source: SocketAddress
  }

  private let inbox: UnsafeMutablePointer<clinux_inbox>
  private let longest: Int

  /// An empty inbox for datagrams of at most `longest` bytes; longer ones are of no use to anyone above.
  init(longest: Int) {
    self.longest = longest
    guard let made = clinux_inbox_make() else { fatalError("no memory to receive into") }
    inbox = made
  }

  deinit { clinux_inbox_free(inbox) }

  /// Receives without waiting; how many messages came. Those before are gone.
  func receive(from descriptor: Int32) -> Int {
    max(0, Int(clinux_inbox_receive(inbox, descriptor)))
  }

  /// Message `index` of those that came last.
  func message(at index: Int) -> Message {
    var segment: UInt32 = 0
    let datagram = clinux_inbox_message(inbox, Int32(truncatingIfNeeded: index), &segment)
    return Message(
      bytes: datagram.bytes, length: Int(datagram.length), segment: Int(segment),
      source: SocketAddress(high: datagram.high, low: datagram.low, port: datagram.port))
  }

  /// Who sent message `index`.
  func source(of index: Int) -> SocketAddress {
    var datagram = clinux_datagram()
    clinux_inbox_source(inbox, Int32(truncatingIfNeeded: index), &datagram)
    return SocketAddress(high: datagram.high, low: datagram.low, port: datagram.port)
  }

  /// Takes the next datagram out of a message; it may be changed where it lies. Empty where it is too
  /// long, nil where all are taken.
  func next(of message: inout Message) -> UnsafeMutableRawBufferPointer? {
    guard message.length > 0 else { return nil }
    let length = min(message.segment, message.length)
    let datagram = UnsafeMutableRawBufferPointer(
      start: message.bytes, count: length <= longest ? length : 0)
    message.bytes += length
    message.length -= length
    return datagram
  }
}
