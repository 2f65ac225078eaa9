import MediaEngine
import Transport
import Wire

/// Why a join failed.
struct JoinFailure: Error, Sendable {
  /// For a developer, English.
  var text: String
  /// The refusal after which trying again cannot help; nil where it can.
  var final: ServiceError?

  init(_ error: ServiceError) {
    text = "\(error)"
    final = Self.isFinal(error) ? error : nil
  }

  init(answer error: NegotiationError) {
    text = "answer: \(error)"
    final = .malformedReply
  }

  private static func isFinal(_ error: ServiceError) -> Bool {
    switch error {
    case .refused(let problem):
      // 408 and 429 ask for another try later; other 4xx would be refused again.
      (400..<500).contains(problem.status) && problem.status != 408 && problem.status != 429
    case .malformedReply, .invalidServer: true
    case .unreachable, .uncertain, .cancelled: false
    }
  }
}

/// Makes a call's joins and ICE restarts: an offer with new secrets each time, and what the answer
/// says to do.
struct Joiner: Sendable {
  private let api: BesoegAPI
  private let visit: String
  private let slots: Int
  private let sendsVideo: Bool
  /// One name and the same sources through all joins: it is the same participant.
  private let identity: MediaIdentity
  private let session: UInt64

  init(api: BesoegAPI, visit: String, slots: Int, media: MediaConfiguration) {
    self.api = api
    self.visit = visit
    self.slots = slots
    if case .none = media.video { sendsVideo = false } else { sendsVideo = true }
    var random = SystemRandomNumberGenerator()
    identity = .random(using: &random)
    session = random.next()
  }

  /// Joins. `number` is what the service is told: which join of this call it is, from 1. `version`
  /// is higher than that of every offer before (RFC 8866 §5.2).
  func join(
    attempt: Int, number: Int, version: UInt64, fingerprint: [UInt8]
  ) async throws(JoinFailure) -> (MediaJoin, MediaBoard.Plan) {
    let (credentials, offer) = offer(version: version, fingerprint: fingerprint)
    let join: MediaJoin
    do {
      join = try await api.join(visit, offer: offer.sdp, attempt: number)
    } catch {
      throw JoinFailure(error)
    }
    let answer: ClientAnswer
    do {
      answer = try ClientAnswer(parsing: join.answer, to: offer)
    } catch {
      throw JoinFailure(answer: error)
    }
    let transport = TransportConfiguration(
      role: .client, local: credentials, remote: answer.credentials,
      remoteFingerprint: answer.fingerprint)
    return (
      join,
      MediaBoard.Plan(
        attempt: attempt, transport: transport, candidates: answer.candidates,
        streams: streams(answer, join), media: answer.media)
    )
  }

  /// Restarts ICE in the session of `join`.
  func restart(
    _ join: MediaJoin, attempt: Int, version: UInt64, fingerprint: [UInt8]
  ) async throws(RestartError) -> MediaBoard.Restart {
    let (credentials, offer) = offer(version: version, fingerprint: fingerprint)
    let text: String
    do {
      text = try await api.restart(join, offer: offer.sdp)
    } catch {
      throw RestartError(error)
    }
    guard let answer = try? ClientAnswer(parsing: text, to: offer) else {
      throw RestartError(failure: .uncertain)
    }
    return MediaBoard.Restart(
      attempt: attempt, local: credentials, remote: answer.credentials,
      candidates: answer.candidates, streams: streams(answer, join))
  }

  private func offer(
    version: UInt64, fingerprint: [UInt8]
  ) -> (ICECredentials, ClientOffer) {
    var random = SystemRandomNumberGenerator()
    let credentials = ICECredentials.generate(using: &random)
    let offer = ClientOffer(
      transport: LocalTransport(
        iceUfrag: credentials.ufrag, icePassword: credentials.password, fingerprint: fingerprint),
      identity: identity, slots: slots, sendsVideo: sendsVideo, session: session, version: version)
    return (credentials, offer)
  }

  private func streams(_ answer: ClientAnswer, _ join: MediaJoin) -> MediaBoard.StreamPlan {
    var plan = MediaBoard.StreamPlan(tcp: answer.tcpCandidates.map(\.address))
    if let server = join.servers.first, let trust = api.trust.transportTrust() {
      plan.server = (server.host, server.port, trust)
    }
    return plan
  }
}

/// Why an ICE restart failed.
struct RestartError: Error, Sendable {
  var failure: ResumePolicy.RestartFailure

  init(failure: ResumePolicy.RestartFailure) { self.failure = failure }

  init(_ error: ServiceError) {
    switch error {
    case .refused(let problem):
      // 408 and 429 ask for another try later, and 5xx may have one; after any other refusal the
      // session is of no more use.
      let mayPass = problem.status >= 500 || problem.status == 408 || problem.status == 429
      failure = mayPass ? .unreachable : .sessionGone
    case .unreachable, .invalidServer: failure = .unreachable
    case .uncertain, .malformedReply, .cancelled: failure = .uncertain
    }
  }
}

extension ClientAnswer {
  /// The relay's ICE credentials as Transport wants them.
  fileprivate var credentials: ICECredentials {
    ICECredentials(ufrag: iceUfrag, password: icePassword)
  }
}
