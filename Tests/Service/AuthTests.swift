import FoundationEssentials
import HTTPTypes
import Testing
import Visits

@testable import Service

@Suite("Who is asking")
struct AuthTests {
  private let me = "/api/v1/me"

  @Test func aTokenProvesThePerson() async throws {
    let town = try await Municipality()
    try await town.serve { browser in
      let answer = try await browser.send(.get, me, as: town.worker)
      #expect(answer.status == .ok)
      #expect(answer.json["id"].string == "mette")
      #expect(answer.json["role"].string == "supportWorker")
      #expect(answer.json["displayName"].string == "Mette")
    }
  }

  @Test func withoutATokenNothingIsTold() async throws {
    let town = try await Municipality()
    try await town.serve { browser in
      for header in [nil, "", "Basic a2FyZW46", "Bearer", "Bearer "] {
        let headers: HTTPFields = header.map { [.authorization: $0] } ?? [:]
        let answer = try await browser.send(.get, me, headers: headers)
        #expect(answer.status == .unauthorized)
        #expect(answer.problem == "token-missing")
        #expect(answer.headers[.wwwAuthenticate] == "Bearer")
      }
    }
  }

  @Test func anExpiredTokenSaysSo() async throws {
    let town = try await Municipality()
    let token = try await town.token(town.citizen)
    town.clock.advance(milliseconds: TokenService.lifetimeMilliseconds)
    try await town.serve { browser in
      let answer = try await browser.send(
        .get, me, headers: [.authorization: "Bearer \(token)"])
      #expect(answer.status == .unauthorized)
      #expect(answer.problem == "token-expired")
    }
  }

  @Test func aTamperedTokenIsWorthNothing() async throws {
    let town = try await Municipality()
    let token = try await town.token(town.citizen)
    let parts = token.split(separator: ".").map(String.init)
    let claims =
      #"{"sub":"drift","ten":"kommune","rol":"operations","dev":"drift-device","#
      + #""iat":0,"exp":9999999999}"#
    let forged = base64URL(claims)
    let unsigned = base64URL(#"{"alg":"none","typ":"JWT"}"#)
    try await town.serve { browser in
      let tokens = [
        "\(parts[0]).\(forged).\(parts[2])", "\(unsigned).\(forged).", "\(parts[0]).\(parts[1])",
        token + "A", "x", String(repeating: "A", count: 100_000), "..", "\u{0}.é.🙂",
      ]
      for token in tokens {
        let answer = try await browser.send(
          .get, me, headers: [.authorization: "Bearer \(token)"])
        #expect(answer.status == .unauthorized)
        #expect(answer.problem == "token-invalid", "\(token.prefix(40))")
      }
    }
  }

  @Test func aTokenOfAnotherInstallationIsWorthNothing() async throws {
    let town = try await Municipality()
    let other = try await Municipality()
    let token = try await other.token(other.operations)
    try await town.serve { browser in
      let answer = try await browser.send(
        .get, me, headers: [.authorization: "Bearer \(token)"])
      #expect(answer.problem == "token-invalid")
    }
  }

  @Test func aTokenWhosePersonOrDeviceIsGoneIsWorthNothing() async throws {
    let town = try await Municipality()
    var stranger = town.citizen
    stranger.id = PersonID(rawValue: "nobody")
    var promoted = town.citizen
    promoted.role = .operations
    let tokens = [
      try await town.token(stranger, device: "karen-device"),
      try await town.token(town.citizen, device: "no-device"),
      try await town.token(town.citizen, device: "mette-device"),
      try await town.token(promoted),
    ]
    try await town.serve { browser in
      for token in tokens {
        let answer = try await browser.send(
          .get, me, headers: [.authorization: "Bearer \(token)"])
        #expect(answer.status == .unauthorized)
        #expect(answer.problem == "token-invalid")
      }
    }
  }

  @Test func aRevokedDeviceIsOutAtOnceAndItsStreamEnds() async throws {
    let town = try await Municipality()
    try await town.serve { browser in
      let stream = try await browser.events(as: town.citizen)
      let revoked = try await browser.send(
        .delete, "/api/v1/people/karen/devices/karen-device", as: town.operations)
      #expect(revoked.status == .noContent)
      let answer = try await browser.send(.get, me, as: town.citizen)
      #expect(answer.status == .unauthorized)
      #expect(answer.problem == "token-revoked")
      #expect(await stream.next() == nil)
    }
  }

  @Test func aStreamEndsWhenItsTokenExpires() async throws {
    let town = try await Municipality()
    try await town.serve { browser in
      let stream = try await browser.events(as: town.citizen)
      let beat = town.clock.now().adding(milliseconds: EventHub.heartbeatMilliseconds)
      await town.clock.waitForSleeper(until: beat)
      town.clock.advance(milliseconds: TokenService.lifetimeMilliseconds)
      #expect(await stream.next() == nil)
    }
  }

  private func base64URL(_ text: String) -> String {
    Data(text.utf8).base64EncodedString().replacing("+", with: "-").replacing("/", with: "_")
      .replacing("=", with: "")
  }
}
