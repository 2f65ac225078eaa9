public import Wire

/// One client's TURN connection over a stream (RFC 8656), as a value: frames in, replies and data out.
///
///     switch server.receive(frame, reply: &reply, at: time) {
///     case .nothing: break
///     case .reply(let length): …            // the first bytes of `reply`, to the client
///     case .forward(let peer, let range): … // these bytes of the frame, to the worker
///     }
///
/// A connection has at most one allocation. Which worker's media it leads to stands in the user name;
/// who speaks is proven by the password alone, and nothing is kept of anyone who has not proven it.
public struct TURNServer: Sendable {
  /// What is to be done about a frame.
  public enum Outcome: Sendable, Hashable {
    /// Nothing.
    case nothing
    /// Send the client so many bytes of the reply.
    case reply(length: Int)
    /// Pass on these bytes of the frame to this media address.
    case forward(to: SocketAddress, Range<Int>)
  }

  /// Bytes that a reply can take.
  public static let longestReply = 512

  let configuration: TURNConfiguration
  let client: SocketAddress
  let relayedPort: UInt16
  var nonce: TURNNonce
  var failures = 0
  /// The name whose credentials were right last, and its key, so that it is not made for each request.
  var known: (name: String, key: HMACSHA1)?
  /// What the client may do; nil while it may do nothing.
  public internal(set) var allocation: TURNAllocation?

  /// A connection from `client`. `seed` makes its nonces unlike any other connection's and need not be
  /// secret; `relayedPort` is the port in the address it is told its data comes from, which no socket
  /// has.
  public init(
    configuration: TURNConfiguration, client: SocketAddress, relayedPort: UInt16, seed: UInt64,
    now: MonotonicTime
  ) {
    self.configuration = configuration
    self.client = client
    self.relayedPort = relayedPort
    nonce = TURNNonce(
      secret: configuration.secret, seed: seed, lifetime: configuration.nonceLifetime, now: now)
  }

  /// Whether it has tried credentials often enough to be shown the door.
  public var isExhausted: Bool { failures >= configuration.failureLimit }

  /// When `advance` is wanted.
  public var nextWake: MonotonicTime? { allocation?.expires }

  /// Tells the time: an allocation that was not refreshed ends.
  public mutating func advance(to now: MonotonicTime) {
    if let expires = allocation?.expires, expires <= now { allocation = nil }
  }

  /// Ends the allocation: the client is gone.
  public mutating func release() { allocation = nil }

  /// Takes in one frame, whole; `reply` has room for `longestReply` bytes. `mayAllocate` is asked
  /// whether a user whose credentials are right may have one allocation more, over all connections.
  public mutating func receive(
    _ frame: RawSpan, reply: inout MutableRawSpan, at time: TURNTime,
    mayAllocate: (TURNUserName) -> Bool = { _ in true }
  ) -> Outcome {
    advance(to: time.now)
    guard let start = try? TURNFrame(startOf: frame), frame.byteCount >= start.length else {
      return .nothing
    }
    switch start {
    case .channelData(let channel, let count, _):
      guard let peer = allocation?.peer(on: channel, at: time.now),
        allocation?.isPermitted(peer, at: time.now) == true
      else { return .nothing }
      let header = TURNFrame.channelHeaderLength
      return .forward(to: peer, header..<(header + count))
    case .message(let length):
      guard let message = try? TURNMessage(parsing: frame.extracting(0..<length)) else {
        return .nothing
      }
      switch message.stun.messageClass {
      case .request:
        let length = answer(
          message, in: frame.extracting(0..<length), reply: &reply, at: time,
          mayAllocate: mayAllocate)
        return length.map { .reply(length: $0) } ?? .nothing
      case .indication: return indicate(message, at: time.now)
      case .success, .error: return .nothing
      }
    }
  }

  /// Frames `data` that a media address sent for the client; nil where the client has not allowed it
  /// to, or where there is no room.
  public func wrap(
    _ data: RawSpan, from peer: SocketAddress, into bytes: inout MutableRawSpan,
    at now: MonotonicTime
  ) -> Int? {
    guard let allocation, now < allocation.expires, allocation.isPermitted(peer, at: now) else {
      return nil
    }
    if let channel = allocation.channel(to: peer, at: now) {
      return TURNFrame.write(data, on: channel, into: &bytes)
    }
    // Nobody answers an indication, so its transaction need not be told from any other.
    var writer = STUNWriter(
      .indication, method: .data, transactionID: STUNTransactionID(high: 0, low: 0), into: &bytes)
    writer.add(peerAddress: peer, to: &bytes)
    writer.add(.data, value: data, to: &bytes)
    return writer.finish(in: &bytes)
  }

  /// Indications are not authenticated and never answered (§11.2): what does not fit is dropped.
  private func indicate(_ message: TURNMessage, at now: MonotonicTime) -> Outcome {
    guard message.stun.method == .send, message.unknownRequired == nil,
      let peer = message.onlyPeer, let data = message.data, let allocation
    else { return .nothing }
    guard allocation.refusal(of: peer) == nil, allocation.isPermitted(peer.address, at: now) else {
      return .nothing
    }
    return .forward(to: peer.address, data)
  }
}
