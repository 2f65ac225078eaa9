import Foundation
import Testing

@testable import VisitClient

struct BesoegAPITests {
  private static let visitJSON = """
    {"id":"v1","citizen":{"id":"karen","displayName":"Karen Friis"},
     "worker":{"id":"anne","displayName":"Anne Holm"},"start":"2026-11-21T09:00:00Z",
     "durationMinutes":30,"form":"screen","mediaMode":"video","state":"booked","new":1}
    """

  @Test func aVisitIsReadAsTheServiceWritesIt() async throws {
    let exchange = ScriptedExchange([.success(.json(200, Self.visitJSON))])
    let visit = try await BesoegAPI.scripted(exchange).visit("v1")
    #expect(visit.citizen.displayName == "Karen Friis")
    #expect(visit.start == Date(timeIntervalSince1970: 1_795_251_600))
    #expect(visit.state == .booked)
    #expect(exchange.requests[0].path == "/api/v1/visits/v1")
  }

  @Test func listsAreReadWrappedOrBare() async throws {
    let exchange = ScriptedExchange([
      .success(.json(200, "{\"visits\":[\(Self.visitJSON)]}")),
      .success(.json(200, "[\(Self.visitJSON)]")), .success(.json(200, "{}")),
    ])
    let api = try BesoegAPI.scripted(exchange)
    for expected in [1, 1, 0] {
      let visits = try await api.visits(
        from: Date(timeIntervalSince1970: 0), to: Date(timeIntervalSince1970: 1))
      #expect(visits.count == expected)
    }
    #expect(exchange.requests[0].path.hasPrefix("/api/v1/visits?from=1970-01-01T00:00:00"))
  }

  @Test func aCancellationSaysByWhomAndWhy() async throws {
    let exchange = ScriptedExchange([.success(.json(200, Self.visitJSON))])
    try await BesoegAPI.scripted(exchange).cancel(
      "v1", reason: nil, by: "citizen", because: "illness")
    #expect(exchange.requests[0].path == "/api/v1/visits/v1/cancel")
    let body = try JSONDecoder().decode(
      [String: String].self, from: #require(exchange.requests[0].body))
    #expect(body == ["cancelledBy": "citizen", "because": "illness"])
  }

  @Test func aStateOfANewerServiceIsUnknownAndNoError() async throws {
    let text = Self.visitJSON.replacing("booked", with: "teleported")
    let exchange = ScriptedExchange([.success(.json(200, text))])
    #expect(try await BesoegAPI.scripted(exchange).visit("v1").state == .unknown)
  }

  @Test func aRefusalCarriesItsDanishText() async throws {
    let body = """
      {"type":"https://besoeg.dk/problems/wrong-state","title":"Det kan ikke lade sig gøre nu",
       "status":409,"detail":"Besøget er allerede slut.","detailEn":"The visit is over."}
      """
    let exchange = ScriptedExchange([.success(.json(409, body))])
    let api = try BesoegAPI.scripted(exchange)
    let error = await #expect(throws: ServiceError.self) { try await api.ring("v1") }
    let problem = try #require(error)
    #expect(problem.text(in: .danish, server: api.server) == "Besøget er allerede slut.")
    #expect(problem.text(in: .english, server: api.server) == "The visit is over.")
    guard case .refused(let document) = problem else {
      Issue.record("\(problem)")
      return
    }
    #expect(document.slug == "wrong-state")
    #expect(exchange.requests.count == 1, "a refusal is not tried again")
  }

  @Test func aRefusalWithoutAProblemDocumentStillSaysSomethingDanish() {
    let problem = ProblemDocument(status: 502, body: Data("<html>".utf8))
    #expect(
      problem.text(in: .danish) == "Serveren sagde nej (fejl 502). Prøv igen om lidt.")
  }

  @Test func anUnreachableServiceIsNamed() throws {
    let text = ServiceError.unreachable.text(in: .danish, server: "https://x.dk")
    #expect(text.hasPrefix("Jeg kan ikke få fat i https://x.dk lige nu."))
  }

  @Test func aServiceThatComesBackIsAskedAgain() async throws {
    let exchange = ScriptedExchange([
      .failure(.unreachable), .success(.json(200, Self.visitJSON)),
    ])
    #expect(try await BesoegAPI.scripted(exchange).visit("v1").id == "v1")
    #expect(exchange.requests.count == 2)
  }

  @Test func aBookingThatMayHaveHappenedIsNotMadeTwice() async throws {
    let exchange = ScriptedExchange([.failure(.uncertain), .success(.json(201, Self.visitJSON))])
    let api = try BesoegAPI.scripted(exchange)
    let new = NewVisit(
      citizenId: "karen", start: Date(timeIntervalSince1970: 0), durationMinutes: 30)
    await #expect(throws: ServiceError.uncertain) { try await api.book(new) }
    #expect(exchange.requests.count == 1)
  }

  @Test func aHangUpThatMayHaveHappenedIsRepeated() async throws {
    let exchange = ScriptedExchange([.failure(.uncertain), .success(.json(200, ""))])
    try await BesoegAPI.scripted(exchange).hangUp("v1", reason: nil)
    #expect(exchange.requests.map(\.path) == Array(repeating: "/api/v1/visits/v1/hangup", count: 2))
  }

  @Test func aJoinSendsTheOfferAndReadsSessionAnswerAndSlots() async throws {
    var reply = ServiceReply.json(201, "v=0\r\n")
    reply.headers = [
      (name: "Location", value: "https://besoeg.example/api/v1/visits/v1/media/s42"),
      (name: "Besoeg-Slots", value: "[{\"slot\":0,\"audioMid\":\"2\",\"participant\":\"karen\"}]"),
    ]
    let exchange = ScriptedExchange([.success(reply)])
    let join = try await BesoegAPI.scripted(exchange).join("v1", offer: "v=0\r\no=x", attempt: 3)
    #expect(join.session == "s42")
    #expect(join.location == "/api/v1/visits/v1/media/s42")
    #expect(join.answer == "v=0\r\n")
    #expect(join.slots.first?.participant == "karen")
    let request = exchange.requests[0]
    #expect("\(request.method)" == "POST")
    #expect(request.contentType == "application/sdp")
    #expect(request.body == Data("v=0\r\no=x".utf8))
    #expect(request.headers.contains { $0.name == "besoeg-attempt" && $0.value == "3" })
  }

  @Test func aJoinWithoutALocationIsMalformed() async throws {
    let exchange = ScriptedExchange([.success(.json(201, "v=0\r\n"))])
    let api = try BesoegAPI.scripted(exchange)
    await #expect(throws: ServiceError.malformedReply) {
      try await api.join("v1", offer: "", attempt: 1)
    }
  }

  @Test func idsAreOneSegmentOfAPath() async throws {
    let exchange = ScriptedExchange([.failure(.cancelled)])
    _ = try? await BesoegAPI.scripted(exchange).visit("../people?x=æ")
    #expect(exchange.requests[0].path == "/api/v1/visits/%2E%2E%2Fpeople%3Fx%3D%C3%A6")
  }

  @Test func samplesAreWrittenAsTheContractSays() async throws {
    let exchange = ScriptedExchange([.success(.json(202, ""))])
    var sample = QualitySample(participant: "anne", at: Date(timeIntervalSince1970: 1.5))
    sample.framesDecoded = 75
    try await BesoegAPI.scripted(exchange).post([sample], visit: "v1")
    let body = String(decoding: exchange.requests[0].body ?? Data(), as: UTF8.self)
    #expect(
      body
        == "{\"samples\":[{\"at\":\"1970-01-01T00:00:01.500Z\",\"framesDecoded\":75,"
        + "\"participant\":\"anne\",\"source\":\"native\"}]}")
  }

  @Test func theTokenTellsWhoseItIs() throws {
    let claims = Data("{\"sub\":\"anne\",\"rol\":\"supportWorker\"}".utf8).base64EncodedString()
      .replacing("=", with: "")
    let api = try BesoegAPI(server: "https://x.dk", token: "e30.\(claims).sig")
    #expect(api.personID == "anne")
    #expect(api.role == .supportWorker)
    #expect(try BesoegAPI(server: "https://x.dk", token: "nonsense").personID == nil)
  }

  @Test(arguments: [
    ("https://besoeg.kommune.dk/", "https://besoeg.kommune.dk"),
    (" besoeg.kommune.dk ", "https://besoeg.kommune.dk"),
    ("http://127.0.0.1:8080", "http://127.0.0.1:8080"),
  ])
  func serversAreTakenAsTyped(typed: String, origin: String) throws {
    #expect(try ServiceOrigin(typed).text == origin)
  }

  @Test(arguments: ["", "ftp://x.dk", "https://x.dk/path", "https://", "http://x.dk?y=1"])
  func whatIsNoServerIsRefused(typed: String) {
    #expect(throws: ServiceError.invalidServer) { try ServiceOrigin(typed) }
  }

  @Test func eventsOfTheStreamAreRead() throws {
    let event = ServerEvent(
      name: "ring",
      data: "{\"visit\":\"v1\",\"from\":{\"id\":\"anne\",\"displayName\":\"Anne Holm\"},"
        + "\"expiresAt\":\"2026-11-21T09:00:45.250Z\"}")
    guard case .ring(let ring) = try #require(VisitEvent(event)) else {
      Issue.record("not a ring")
      return
    }
    #expect(ring.from.displayName == "Anne Holm")
    #expect(abs(ring.expiresAt.timeIntervalSince1970 - 1_795_251_645.25) < 0.002)
    #expect(VisitEvent(ServerEvent(name: "tomorrow", data: "{}")) == nil)
    #expect(VisitEvent(ServerEvent(name: "ring", data: "{")) == nil)
  }

  @Test func settingsComeFromTheEnvironmentBeforeTheFile() throws {
    let folder = FileManager.default.temporaryDirectory
      .appendingPathComponent("besoeg-test-\(UUID().uuidString)")
    defer { try? FileManager.default.removeItem(at: folder) }
    let home = ["XDG_CONFIG_HOME": folder.path]
    #expect(ClientSettings.load(environment: home) == nil)
    try ClientSettings(server: "https://a.dk", token: "file").save(environment: home)
    #expect(
      ClientSettings.load(environment: home)
        == ClientSettings(server: "https://a.dk", token: "file"))
    let both = home.merging(["BESOEG_TOKEN": "environment"]) { $1 }
    #expect(
      ClientSettings.load(environment: both)
        == ClientSettings(server: "https://a.dk", token: "environment"))
    let file = ClientSettings.path(environment: home).path
    let mode = try FileManager.default.attributesOfItem(atPath: file)[.posixPermissions]
    #expect(mode as? Int == 0o600)
  }
}
