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

/// Makes a call's joins: an offer with new secrets each time, and the plan that the answer gives.
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

  /// Joins. `number` is what the service is told: which join of this call it is, from 1.
  func join(
    attempt: Int, number: Int, fingerprint: [UInt8]
  ) async throws(JoinFailure) -> (MediaJoin, MediaThread.Plan) {
    var random = SystemRandomNumberGenerator()
    let credentials = ICECredentials.generate(using: &random)
    let offer = ClientOffer(
      transport: LocalTransport(
        iceUfrag: credentials.ufrag, icePassword: credentials.password, fingerprint: fingerprint),
      identity: identity, slots: slots, sendsVideo: sendsVideo, session: session,
      version: UInt64(attempt))
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
      role: .client, local: credentials,
      remote: ICECredentials(ufrag: answer.iceUfrag, password: answer.icePassword),
      remoteFingerprint: answer.fingerprint)
    return (
      join,
      MediaThread.Plan(
        attempt: attempt, transport: transport, candidates: answer.candidates, media: answer.media)
    )
  }
}
