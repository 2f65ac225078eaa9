import HTTPTypes
import Testing

@testable import Service

@Suite("Problem documents")
struct ProblemTests {
  @Test func everyKindHasTextsInBothLanguages() {
    #expect(ProblemCatalogue.shared.names == Set(ProblemKind.allCases.map(\.rawValue)))
    for kind in ProblemKind.allCases {
      let texts = ProblemCatalogue.shared[kind]
      #expect(texts.title.count > 8)
      #expect(texts.danish.count > 20)
      #expect(texts.english.count > 20)
      #expect(texts.danish != texts.english)
    }
  }

  @Test func anUnknownPathIsAProblem() async throws {
    let town = try await Municipality()
    try await town.serve { browser in
      for path in ["/nowhere", "/api/v1/nowhere", "/api", "/assets/../openapi.json", "/%00"] {
        let answer = try await browser.send(.get, path)
        #expect(answer.status == .notFound, "\(path)")
        #expect(answer.problem == "not-found")
        #expect(answer.json["type"].string == "https://besoeg.dk/problems/not-found")
        #expect(answer.json["status"].number == 404)
        #expect(answer.json["title"].string == "Det findes ikke")
      }
    }
  }

  @Test func aWrongMethodSaysWhichAreRight() async throws {
    let town = try await Municipality()
    try await town.serve { browser in
      let deleted = try await browser.send(.delete, "/api/v1/visits", as: town.operations)
      #expect(deleted.status == .methodNotAllowed)
      #expect(deleted.problem == "method-not-allowed")
      #expect(deleted.headers[.allow] == "GET, HEAD, POST")
      let got = try await browser.send(.get, "/api/v1/visits/x/media/y", as: town.operations)
      #expect(got.headers[.allow] == "DELETE, PATCH")
      let posted = try await browser.send(.post, "/healthz")
      #expect(posted.headers[.allow] == "GET, HEAD")
    }
  }

  @Test func aBodyThatIsTooLargeIsRefused() async throws {
    let town = try await Municipality()
    try await town.serve { browser in
      let answer = try await browser.send(
        .post, "/api/v1/people", as: town.operations,
        body: "{\"displayName\":\"\(String(repeating: "x", count: 70_000))\"}",
        type: "application/json")
      #expect(answer.status == .contentTooLarge)
      #expect(answer.problem == "too-large")
    }
  }

  @Test func aBodyOfAnotherTypeIsRefused() async throws {
    let town = try await Municipality()
    try await town.serve { browser in
      let answer = try await browser.send(
        .post, "/api/v1/people", as: town.operations, body: "role=citizen",
        type: "application/x-www-form-urlencoded")
      #expect(answer.status == .unsupportedMediaType)
      #expect(answer.json["expected"].string == "application/json")
    }
  }

  @Test func textsTakeNoPlaceholderFromACaller() {
    let texts = ProblemTexts(title: "{no}", danish: "{a}{b} {", english: "x{b}y{a}z}")
    let filled = texts.filled(with: ["a": "{b}", "b": "{a}"])
    #expect(filled == ProblemTexts(title: "{no}", danish: "{b}{a} {", english: "x{a}y{b}z}"))
  }
}
