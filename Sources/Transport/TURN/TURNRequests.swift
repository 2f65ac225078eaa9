import Wire

/// How requests are answered.
extension TURNServer {
  /// What a request is answered with.
  private enum Answer {
    case error(UInt16, unknown: STUNAttribute? = nil)
    case mapped
    case allocated(SocketAddress, lifetime: UInt32, withoutIPv6: Bool)
    case refreshed(lifetime: UInt32)
    case done
  }

  /// Writes the answer to a request; nil where there is none.
  mutating func answer(
    _ message: TURNMessage, in frame: RawSpan, reply: inout MutableRawSpan, at time: TURNTime,
    mayAllocate: (TURNUserName) -> Bool
  ) -> Int? {
    nonce.advance(to: time.now)
    let isKnown: Bool =
      switch message.stun.method {
      case .binding, .allocate, .refresh, .createPermission, .channelBind: true
      default: false
      }
    // RFC 8489 §6.3: an unknown method is not answered.
    guard isKnown else { return nil }
    if message.stun.method == .binding {
      let answer =
        message.unknownRequired.map { Answer.error(420, unknown: $0) } ?? .mapped
      return write(answer, to: message, key: nil, reply: &reply)
    }
    switch authenticate(message, in: frame, at: time) {
    case .refused(let code):
      return write(.error(code), to: message, key: nil, reply: &reply)
    case .accepted(let user, let key):
      let answer = carryOut(message, for: user, at: time.now, mayAllocate: mayAllocate)
      return write(answer, to: message, key: key, reply: &reply)
    }
  }

  // MARK: Credentials

  private enum Verdict {
    case accepted(TURNUserName, HMACSHA1)
    case refused(UInt16)
  }

  /// RFC 8489 §9.2.4, in its order.
  private mutating func authenticate(
    _ message: TURNMessage, in frame: RawSpan, at time: TURNTime
  ) -> Verdict {
    // The first request of every client has no credentials: that is no failure.
    guard message.stun.integrityOffset != nil else { return .refused(401) }
    guard let name = message.stun.username, let realm = message.realm, let given = message.nonce
    else { return .refused(400) }
    let text = frame.string(name)
    guard frame.isEqual(realm, to: configuration.realm), let user = TURNUserName(text),
      isGood(user, at: time), let key = key(of: user, text: text),
      message.stun.verifyIntegrity(key: key, in: frame)
    else {
      failures += 1
      return .refused(401)
    }
    known = (text, key)
    guard frame.isEqual(given, to: nonce.text) else { return .refused(438) }
    return .accepted(user, key)
  }

  /// Whether the name may be used now. Who has begun in time may go on: expiry limits how long a name
  /// that got into wrong hands is of use, and must not end a visit that lasts.
  private func isGood(_ user: TURNUserName, at time: TURNTime) -> Bool {
    configuration.peers.indices.contains(user.worker)
      && (user.expires > time.wallSeconds || allocation?.user == user)
  }

  private func key(of user: TURNUserName, text: String) -> HMACSHA1? {
    if let known, known.name == text { return known.key }
    return longTermKey(
      userName: text, realm: configuration.realm,
      password: user.password(under: configuration.secret))
  }

  // MARK: Methods

  private mutating func carryOut(
    _ message: TURNMessage, for user: TURNUserName, at now: MonotonicTime,
    mayAllocate: (TURNUserName) -> Bool
  ) -> Answer {
    if let unknown = message.unknownRequired { return .error(420, unknown: unknown) }
    if message.stun.method == .allocate {
      return allocate(message, for: user, at: now, mayAllocate: mayAllocate)
    }
    guard let allocation else { return .error(437) }
    guard allocation.user == user else { return .error(441) }
    switch message.stun.method {
    case .refresh: return refresh(message, at: now)
    case .createPermission: return permit(message, at: now)
    default: return bind(message, at: now)
    }
  }

  /// RFC 8656 §7.2.
  private mutating func allocate(
    _ message: TURNMessage, for user: TURNUserName, at now: MonotonicTime,
    mayAllocate: (TURNUserName) -> Bool
  ) -> Answer {
    // One to a connection. Over a stream no request is sent twice, so this is no repeat.
    guard allocation == nil else { return .error(437) }
    guard let transport = message.requestedTransport else { return .error(400) }
    guard transport == 17 else { return .error(442) }
    if message.hasReservation {
      let isAmbiguous = message.wantsEvenPort || message.requestedFamily != nil
      // There is no pair of ports of which one could be waiting.
      return .error(isAmbiguous ? 400 : 508)
    }
    if message.wantsEvenPort { return .error(message.additionalFamily == nil ? 508 : 400) }
    if let additional = message.additionalFamily,
      additional != STUNFamily.ipv6.rawValue || message.requestedFamily != nil
    {
      return .error(400)
    }
    guard let family = STUNFamily(rawValue: message.requestedFamily ?? 1) else {
      return .error(440)
    }
    let peers = configuration.peers[user.worker]
    guard let peer = peers.first(where: { $0.isIPv4 == (family == .ipv4) }) else {
      return .error(440)
    }
    guard mayAllocate(user) else { return .error(486) }
    let lifetime = lifetime(wanted: message.lifetime, least: configuration.defaultLifetime)
    allocation = TURNAllocation(
      user: user, family: family, peers: peers, expires: now + lifetime)
    return .allocated(
      SocketAddress(high: peer.high, low: peer.low, port: relayedPort),
      lifetime: Self.seconds(lifetime), withoutIPv6: message.additionalFamily != nil)
  }

  /// §8.2.
  private mutating func refresh(_ message: TURNMessage, at now: MonotonicTime) -> Answer {
    if let family = message.requestedFamily, family != allocation?.family.rawValue {
      return .error(443)
    }
    if message.lifetime == 0 {
      allocation = nil
      return .refreshed(lifetime: 0)
    }
    let lifetime = lifetime(wanted: message.lifetime, least: configuration.defaultLifetime)
    allocation?.expires = now + lifetime
    return .refreshed(lifetime: Self.seconds(lifetime))
  }

  /// §10.2: all of the peers or none.
  private mutating func permit(_ message: TURNMessage, at now: MonotonicTime) -> Answer {
    guard !message.peers.isEmpty else { return .error(400) }
    for peer in message.peers {
      if let code = allocation?.refusal(of: peer) { return .error(code) }
    }
    for peer in message.peers {
      allocation?.permit(peer.address, until: now + configuration.permissionLifetime)
    }
    return .done
  }

  /// §12.2.
  private mutating func bind(_ message: TURNMessage, at now: MonotonicTime) -> Answer {
    guard let number = message.channelNumber, let peer = message.onlyPeer,
      let channel = TURNChannel(rawValue: number)
    else { return .error(400) }
    if let code = allocation?.refusal(of: peer) { return .error(code) }
    let until = now + configuration.channelLifetime
    guard allocation?.bind(channel, to: peer.address, until: until, now: now) == true else {
      return .error(400)
    }
    allocation?.permit(peer.address, until: now + configuration.permissionLifetime)
    return .done
  }

  private func lifetime(wanted: UInt32?, least: TimeSpan) -> TimeSpan {
    guard let wanted else { return least }
    return min(max(.seconds(Int64(wanted)), least), configuration.longestLifetime)
  }

  private static func seconds(_ span: TimeSpan) -> UInt32 {
    UInt32(clamping: span.nanoseconds / 1_000_000_000)
  }

  // MARK: Replies

  private func write(
    _ answer: Answer, to message: TURNMessage, key: HMACSHA1?, reply: inout MutableRawSpan
  ) -> Int? {
    let isError = if case .error = answer { true } else { false }
    var writer = STUNWriter(
      isError ? .error : .success, method: message.stun.method,
      transactionID: message.stun.transactionID, into: &reply)
    switch answer {
    case .error(let code, let unknown):
      writer.add(errorCode: code, reason: Self.reason(code), to: &reply)
      if let unknown { writer.add(unknown: unknown, to: &reply) }
      if code == 401 || code == 438 {
        writer.add(realm: configuration.realm, to: &reply)
        writer.add(nonce: nonce.text, to: &reply)
      }
    case .mapped:
      writer.add(mappedAddress: client, to: &reply)
    case .allocated(let relayed, let lifetime, let withoutIPv6):
      writer.add(relayedAddress: relayed, to: &reply)
      writer.add(lifetime: lifetime, to: &reply)
      writer.add(mappedAddress: client, to: &reply)
      if withoutIPv6 {
        writer.add(addressError: 440, reason: Self.reason(440), family: .ipv6, to: &reply)
      }
    case .refreshed(let lifetime):
      writer.add(lifetime: lifetime, to: &reply)
    case .done:
      break
    }
    if let key { writer.addIntegrity(key: key, to: &reply) }
    return writer.finish(in: &reply)
  }

  /// The reason phrases of RFC 8489 §14.8 and RFC 8656 §19; for developers, not for people.
  private static func reason(_ code: UInt16) -> String {
    switch code {
    case 400: "Bad Request"
    case 401: "Unauthenticated"
    case 403: "Forbidden"
    case 420: "Unknown Attribute"
    case 437: "Allocation Mismatch"
    case 438: "Stale Nonce"
    case 440: "Address Family not Supported"
    case 441: "Wrong Credentials"
    case 442: "Unsupported Transport Protocol"
    case 443: "Peer Address Family Mismatch"
    case 486: "Allocation Quota Reached"
    case 508: "Insufficient Capacity"
    default: ""
    }
  }
}
