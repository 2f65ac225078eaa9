import Forwarding
import Transport
import Wire

/// What happens to a session after its transport was mutated, and how it ends.
extension RelayCore {
  /// Carries out what a session's transport wants: datagrams sent, events told, the next wake.
  mutating func settle(_ session: Int, at time: TurnTime) {
    var ending: String?
    while let event = sessions[session].transport.nextEvent() {
      switch event {
      case .addressAdded(let address):
        routes.learn(address, of: session)
      case .addressRemoved(let address):
        routes.forget(address, of: session)
      case .secured(let profile):
        connect(session, profile: profile, at: time)
      case .consentLost:
        setReachable(session, false, at: time)
      case .consentRegained:
        setReachable(session, true, at: time)
      case .pathChanged:
        let room = sessions[session].room
        rooms[room].room.pathChanged(sessions[session].participant, at: time.now)
        if let roundTrip = sessions[session].transport.roundTrip {
          tellRoundTrip(roundTrip, of: session)
        }
      case .iceConnected:
        if let roundTrip = sessions[session].transport.roundTrip {
          tellRoundTrip(roundTrip, of: session)
        }
      case .failed(let failure):
        ending = failure.closeCause
      case .closed:
        ending = "dtls-closed"
      }
    }
    sendTransportDatagrams(of: session)
    if let ending {
      end(session, cause: ending, at: time)
    } else {
      sessionWakes.set(session, to: sessions[session].nextWake)
    }
  }

  /// Ends a session: tells its peer and the room, and forgets it.
  mutating func end(_ session: Int, cause: String, at time: TurnTime) {
    let room = sessions[session].room
    let participant = sessions[session].participant
    if rooms[room].session(of: participant) == session {
      rooms[room].room.leave(participant, at: time.now)
      rooms[room].members[participant] = -1
    }
    forget(session, cause: cause, at: time)
    settleRoom(room, at: time)
    if rooms[room].room.count == 0 {
      roomNumbers[rooms[room].name] = nil
      roomWakes.set(room, to: nil)
      rooms.remove(room)
    }
  }

  /// Takes a session out of every table but its room.
  mutating func forget(_ session: Int, cause: String, at time: TurnTime) {
    sessions[session].transport.close()
    sendTransportDatagrams(of: session)
    routes.remove(sessions[session].fragment)
    if let earlier = sessions[session].earlierFragment { routes.remove(earlier) }
    routes.remove(sourcesOf: sessions[session].negotiated.media, of: session)
    routes.forgetAll(of: session)
    sessionWakes.set(session, to: nil)
    if sessions[session].handshakesWaiting > 0 { handshakes.forget(session) }
    if !sessions[session].isConnected { halfOpen -= 1 }
    let reference = sessions[session].reference
    sessionNumbers[reference.session] = nil
    sessions.remove(session)
    events.append(.closed(reference, cause: cause, milliseconds: time.wallMilliseconds))
  }

  /// Either kind of silence came or went; the service is told of the first and of the end of both.
  mutating func setSilence(
    of session: Int, path: Bool? = nil, media: Bool? = nil, at time: TurnTime
  ) {
    let wasSilent = sessions[session].isPathSilent || sessions[session].isMediaSilent
    if let path { sessions[session].isPathSilent = path }
    if let media { sessions[session].isMediaSilent = media }
    let isSilent = sessions[session].isPathSilent || sessions[session].isMediaSilent
    guard sessions[session].isConnected, wasSilent != isSilent else { return }
    let reference = sessions[session].reference
    let cause = path != nil ? "path" : "media"
    events.append(
      isSilent
        ? .interrupted(reference, cause: cause, milliseconds: time.wallMilliseconds)
        : .resumed(reference, cause: cause, milliseconds: time.wallMilliseconds))
  }

  /// The peer fell silent, or is heard from again. Nothing is sent into a silence: what would pile up
  /// in a dead network's queues is old when it comes out. What is sent after it begins with keyframes
  /// and a sender report, which `Room.setConnected` sees to.
  private mutating func setReachable(_ session: Int, _ isReachable: Bool, at time: TurnTime) {
    setSilence(of: session, path: !isReachable, at: time)
    guard sessions[session].isConnected else { return }
    let room = sessions[session].room
    rooms[room].room.setConnected(sessions[session].participant, isReachable, at: time.now)
    settleRoom(room, at: time)
  }

  private mutating func connect(_ session: Int, profile: SRTPProfile, at time: TurnTime) {
    guard !sessions[session].isConnected else { return }
    sessions[session].isConnected = true
    sessions[session].nextSample = time.now + configuration.sampleInterval
    halfOpen -= 1
    counters.sessionsConnected &+= 1
    events.append(
      .connected(
        sessions[session].reference, profile: profile.name, milliseconds: time.wallMilliseconds))
    if let roundTrip = sessions[session].transport.roundTrip {
      tellRoundTrip(roundTrip, of: session)
    }
    let room = sessions[session].room
    rooms[room].room.setConnected(sessions[session].participant, true, at: time.now)
    settleRoom(room, at: time)
  }

  private func tellRoundTrip(_ roundTrip: TimeSpan, of session: Int) {
    rooms[sessions[session].room].room.setRoundTrip(sessions[session].participant, roundTrip)
  }

  private mutating func sendTransportDatagrams(of session: Int) {
    // With no slot free the transport keeps its datagram until it is next settled.
    while let slot = queue.transportSlot(),
      let transmit = sessions[session].transport.nextTransmit(into: slot)
    {
      queue.commitTransport(
        length: transmit.length, to: transmit.destination, local: transmit.localPath.rawValue)
    }
  }
}

extension TransportFailure {
  /// The word for it in a `closed` event.
  var closeCause: String {
    switch self {
    case .noPath: "setup-timeout"
    case .fingerprintMismatch, .handshake, .handshakeLimit: "dtls-failed"
    case .consentExpired: "consent-expired"
    }
  }
}
