import Foundation
import Testing

@testable import VisitClient

struct ICEServerLinkTests {
  @Test func theServersOwnFormIsRead() {
    let header = """
      <turns:besoeg.example:8443?transport=tcp>; rel="ice-server"; username="17:01:ab"; \
      credential="x,;<>\\"y="; credential-type="password"
      """
    #expect(
      ICEServerLink.all(in: [header]) == [ICEServerLink(host: "besoeg.example", port: 8443)])
  }

  @Test(arguments: [
    ("<turns:x.dk?transport=tcp>; rel=ice-server", ICEServerLink(host: "x.dk", port: 5349)),
    ("<turns:[2001:db8::1]:443>;rel=\"ice-server\"", .init(host: "2001:db8::1", port: 443)),
    ("<TURNS:192.0.2.1:443>; rel=\"next ice-server\"", .init(host: "192.0.2.1", port: 443)),
  ])
  func otherFormsOfTheSameAreRead(header: String, expected: ICEServerLink) {
    #expect(ICEServerLink.all(in: [header]) == [expected])
  }

  @Test func severalLinksInOneHeaderAreTold() {
    let header = """
      <stun:a.dk>; rel="ice-server", <turns:b.dk:1>; rel="ice-server"; username="a, <b>; c", \
      <turns:c.dk:2>; rel="ice-server"
      """
    #expect(ICEServerLink.all(in: [header]).map(\.host) == ["b.dk", "c.dk"])
  }

  @Test(arguments: [
    "", "<", "<>", "<turns:>; rel=\"ice-server\"", "<turns:x.dk:0>; rel=\"ice-server\"",
    "<turns:x.dk:99999>; rel=\"ice-server\"", "<turns:[::1:443>; rel=\"ice-server\"",
    "<turns:x.dk:443>; rel=\"next\"", "<turns:x.dk:443>", "<turn:x.dk:443>; rel=\"ice-server\"",
    "<turns:x.dk:443?transport=udp>; rel=\"ice-server\"", "turns:x.dk; rel=\"ice-server\"",
    "<turns:x.dk:443>; rel=\"ice-server",
  ])
  func whatNamesNoTLSServerIsPassedOver(header: String) {
    #expect(ICEServerLink.all(in: [header]) == [])
  }

  @Test func randomBytesAreNoTrouble() {
    var random = SystemRandomNumberGenerator()
    let alphabet = Array("<>;,\"\\=: turns:rel=ice-server[]?.0")
    for _ in 0..<2000 {
      let text = String((0..<60).map { _ in alphabet.randomElement(using: &random) ?? " " })
      #expect(ICEServerLink.all(in: [text]).count <= 60)
    }
  }
}

struct MediaRequestTests {
  private func joined() -> ServiceReply {
    ServiceReply(
      status: 201,
      headers: [
        ("Location", "https://besoeg.example/api/v1/visits/v1/media/s1"),
        ("Link", "<turns:besoeg.example:443?transport=tcp>; rel=\"ice-server\""),
      ], body: Data("v=0\r\n".utf8))
  }

  @Test func aJoinSaysWhereTLSIsTaken() async throws {
    let exchange = ScriptedExchange([.success(joined())])
    let join = try await BesoegAPI.scripted(exchange).join("v1", offer: "v=0", attempt: 2)
    #expect(join.session == "s1")
    #expect(join.location == "/api/v1/visits/v1/media/s1")
    #expect(join.servers == [ICEServerLink(host: "besoeg.example", port: 443)])
  }

  @Test func anICERestartPatchesTheSession() async throws {
    let exchange = ScriptedExchange([
      .success(joined()), .success(ServiceReply(status: 200, body: Data("v=0\r\nnew".utf8))),
    ])
    let api = try BesoegAPI.scripted(exchange)
    let join = try await api.join("v1", offer: "v=0", attempt: 1)
    #expect(try await api.restart(join, offer: "v=1") == "v=0\r\nnew")
    let request = exchange.requests[1]
    #expect("\(request.method)" == "PATCH")
    #expect(request.path == "/api/v1/visits/v1/media/s1")
    #expect(request.contentType == "application/sdp")
    #expect(request.body == Data("v=1".utf8))
  }

  @Test func whatARefusedRestartMeans() {
    func failure(_ status: Int) -> ResumePolicy.RestartFailure {
      RestartError(.refused(ProblemDocument(type: "x", status: status))).failure
    }
    #expect(failure(404) == .sessionGone)
    #expect(failure(409) == .sessionGone)
    #expect(failure(503) == .unreachable)
    #expect(failure(429) == .unreachable)
    #expect(RestartError(.uncertain).failure == .uncertain)
    #expect(RestartError(.unreachable).failure == .unreachable)
  }

  @Test func aStepOfTheOwnPictureIsPosted() async throws {
    let exchange = ScriptedExchange([.success(.json(202, ""))])
    let step = PictureStep(level: "held", cause: "sender-network")
    try await BesoegAPI.scripted(exchange).post(step, visit: "v1")
    #expect(exchange.requests[0].path == "/api/v1/visits/v1/picture")
    #expect(
      exchange.requests[0].body == Data(#"{"cause":"sender-network","level":"held"}"#.utf8))
  }

  @Test func pausesAreJitteredDownwards() {
    let policy = RetryPolicy(pauses: [1000], isRepeatable: true)
    #expect(policy.pause(after: 1, error: .unreachable) == 1000)
    #expect(policy.pause(after: 1, error: .unreachable, jitter: 1) == 750)
  }

  @Test func aPictureEventIsRead() {
    let event = VisitEvent(
      ServerEvent(
        name: "picture",
        data: #"{"visit":"v1","participant":"p1","level":"held","direction":"receiving","#
          + #""cause":"receiver-network"}"#))
    guard case .picture(let picture) = event else {
      Issue.record("\(String(describing: event))")
      return
    }
    #expect(picture.isHeld)
    #expect(event?.visitID == "v1")
  }
}
