import Forwarding
import Transport
import Wire

/// What the service asks, carried out.
extension RelayCore {
  /// Carries out a command. Events it causes come after its reply.
  public mutating func handle(_ command: RelayCommand, at time: TurnTime) -> RelayReply {
    do {
      switch command {
      case .join(let request): return .joined(try join(request, at: time))
      case .restart(let session, let offer):
        return .joined(try restart(session, offer: offer, at: time))
      case .leave(let session): try leave(session, at: time)
      case .close(let room): close(room, at: time)
      }
      return .done
    } catch {
      switch command {
      case .join, .restart: counters.joinsRefused &+= 1
      case .leave, .close: break
      }
      return .failed(error)
    }
  }

  /// Ends every session, as when the worker is told to stop.
  public mutating func endAll(cause: String, at time: TurnTime) {
    for session in sessionNumbers.values.sorted() { end(session, cause: cause, at: time) }
  }

  private mutating func join(
    _ request: JoinRequest, at time: TurnTime
  ) throws(RelayControlError) -> JoinAnswer {
    guard sessions.count < sessions.capacity, halfOpen < configuration.maximumHalfOpen else {
      throw .unavailable
    }
    let capacity = min(max(request.capacity, 2), Room.maximumCapacity)
    let credentials = makeCredentials()
    // The offer is read before anything else happens: a refused one leaves no trace.
    let negotiated: NegotiatedSession
    do {
      negotiated = try NegotiatedSession.answer(
        offer: request.offer, capacity: capacity, local: localTransport(credentials),
        using: &random)
    } catch {
      throw .invalidOffer(line: error.line, reason: error.reason)
    }
    guard let fragment = RouteTable.UserFragment(credentials.ufrag) else {
      throw .unavailable
    }

    let room = findRoom(request.room, capacity: capacity, at: time)
    let previous = session(of: request.participant, in: room)
    let participant: Int
    if let previous {
      participant = sessions[previous].participant
      rooms[room].room.replace(participant, with: negotiated.media, at: time.now)
    } else {
      do {
        participant = try rooms[room].room.join(negotiated.media, at: time.now)
      } catch {
        // Only a room that others are in can be full, so there is no empty one to take away.
        throw .roomFull
      }
    }

    let reference = SessionReference(
      session: makeSessionID(), room: request.room, participant: request.participant)
    let session = sessions.insert(
      Session(
        reference: reference,
        transport: makeTransport(credentials, remote: negotiated.remote, at: time),
        negotiated: negotiated.withoutAnswer, fragment: fragment, room: room,
        participant: participant,
        joinedAt: time.now))
    (footprints + session).initialize(to: SessionPlaces())
    rooms[room].members[participant] = Int32(truncatingIfNeeded: session)
    routes.add(fragment, of: session)
    routes.add(sourcesOf: negotiated.media, of: session)
    sessionNumbers[reference.session] = session
    halfOpen += 1
    counters.sessionsJoined &+= 1
    if let previous { forget(previous, cause: "replaced", at: time) }
    settle(session, at: time)
    settleRoom(room, at: time)
    return JoinAnswer(
      session: reference.session, answer: negotiated.answer, slots: slots(of: session))
  }

  private mutating func restart(
    _ name: String, offer: String, at time: TurnTime
  ) throws(RelayControlError) -> JoinAnswer {
    guard let session = sessionNumbers[name] else { throw .noSuchSession }
    let room = sessions[session].room
    let credentials = makeCredentials()
    let negotiated: NegotiatedSession
    do {
      negotiated = try sessions[session].negotiated.answer(
        laterOffer: offer, capacity: rooms[room].room.capacity, local: localTransport(credentials),
        using: &random)
    } catch {
      throw .invalidOffer(line: error.line, reason: error.reason)
    }
    guard let fragment = RouteTable.UserFragment(credentials.ufrag) else {
      throw .unavailable
    }
    // Checks under the last generation's fragment come until the client has this answer, and may
    // come from a new address; only the one before is over.
    if let earlier = sessions[session].earlierFragment { routes.remove(earlier) }
    routes.add(fragment, of: session)
    sessions[session].earlierFragment = sessions[session].fragment
    sessions[session].fragment = fragment
    routes.remove(sourcesOf: sessions[session].negotiated.media, of: session)
    routes.add(sourcesOf: negotiated.media, of: session)
    sessions[session].negotiated = negotiated.withoutAnswer
    sessions[session].pictures = PayloadTypeSet(picturesIn: negotiated.media)
    sessions[session].transport.restartICE(
      local: credentials, remote: negotiated.remote.credentials, now: time.now)
    rooms[room].room.update(
      sessions[session].participant, with: negotiated.media, at: time.now)
    settle(session, at: time)
    settleRoom(room, at: time)
    return JoinAnswer(session: name, answer: negotiated.answer, slots: slots(of: session))
  }

  private mutating func leave(_ name: String, at time: TurnTime) throws(RelayControlError) {
    guard let session = sessionNumbers[name] else { throw .noSuchSession }
    end(session, cause: "left", at: time)
  }

  private mutating func close(_ name: String, at time: TurnTime) {
    guard let room = roomNumbers[name] else { return }
    let members = (0..<Room.maximumCapacity).compactMap { rooms[room].session(of: $0) }
    for session in members { end(session, cause: "left", at: time) }
  }

  private mutating func findRoom(_ name: String, capacity: Int, at time: TurnTime) -> Int {
    if let room = roomNumbers[name] { return room }
    let room = rooms.insert(
      RoomRecord(
        name: name,
        room: Room(
          capacity: capacity, seed: random.next(), now: time.now,
          wallMilliseconds: time.wallMilliseconds)))
    roomNumbers[name] = room
    return room
  }

  private func session(of participant: String, in room: Int) -> Int? {
    for index in 0..<Room.maximumCapacity {
      if let session = rooms[room].session(of: index),
        sessions[session].reference.participant == participant
      {
        return session
      }
    }
    return nil
  }

  private mutating func makeTransport(
    _ credentials: ICECredentials, remote: RemoteTransport, at time: TurnTime
  ) -> SecureTransport {
    var transport = SecureTransport(
      configuration: TransportConfiguration(
        role: .relay, local: credentials, remote: remote.credentials,
        remoteFingerprint: remote.fingerprint),
      identity: identity, seed: random.next(), now: time.now)
    for path in 1..<max(1, configuration.localPaths) {
      transport.addLocalPath(
        LocalPath(rawValue: UInt8(truncatingIfNeeded: path)), cost: 0, now: time.now)
    }
    return transport
  }

  private func localTransport(_ credentials: ICECredentials) -> LocalTransport {
    LocalTransport(
      iceUfrag: credentials.ufrag, icePassword: credentials.password,
      fingerprint: identity.fingerprint, candidates: configuration.candidates,
      tcpCandidates: configuration.tcpCandidates)
  }

  /// Fresh credentials, whose fragment says on which worker the session lives.
  private mutating func makeCredentials() -> ICECredentials {
    var credentials = ICECredentials.generate(using: &random)
    credentials.ufrag = WorkerTag(worker: configuration.worker).text + credentials.ufrag
    return credentials
  }

  /// 128 random bits in hexadecimal: knowing one is what lets its holder leave or restart, and two
  /// workers never make the same.
  private mutating func makeSessionID() -> String {
    (0..<2).map { _ in
      let digits = String(random.next(), radix: 16)
      return String(repeating: "0", count: 16 - digits.count) + digits
    }.joined()
  }
}

extension RemoteTransport {
  /// The peer's ICE credentials as Transport wants them.
  var credentials: ICECredentials { ICECredentials(ufrag: iceUfrag, password: icePassword) }
}
