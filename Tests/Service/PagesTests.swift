import HTTPTypes
import Testing

@testable import Service

@Suite("Pages")
struct PagesTests {
  @Test(arguments: ["/", "/borger"])
  func aPageIsHTMLWithoutInlineScript(path: String) async throws {
    let town = try await Municipality()
    try await town.serve { browser in
      let answer = try await browser.send(.get, path)
      #expect(answer.status == .ok)
      #expect(answer.headers[.contentType] == "text/html; charset=utf-8")
      #expect(answer.headers[.contentLanguage] == "da")
      #expect(answer.text.contains("<html lang=\"da\">"))
      #expect(!answer.text.contains("{{"))
      #expect(answer.text.matches(of: /<script(?![^>]*\bsrc=)/).isEmpty)
      #expect(answer.text.matches(of: /\son[a-z]+=/).isEmpty)
      let policy = try #require(answer.headers[.contentSecurityPolicy])
      #expect(policy.hasPrefix("default-src 'self';"))
      #expect(!policy.contains("unsafe"))
      let permissions = try #require(answer.headers[.permissionsPolicy])
      #expect(permissions.contains("camera=(self), microphone=(self)"))
      #expect(answer.headers[.xContentTypeOptions] == "nosniff")
      #expect(answer.headers[.referrerPolicy] == "no-referrer")
    }
  }

  @Test func everythingAPageAsksForIsThere() async throws {
    let town = try await Municipality()
    try await town.serve { browser in
      for path in ["/", "/borger"] {
        let page = try await browser.send(.get, path)
        for link in page.text.matches(of: /(?:src|href)="(\/[^"#]*)"/).map({ String($0.1) }) {
          let asset = try await browser.send(.get, link)
          #expect(asset.status == .ok, "\(link)")
        }
      }
      let names = Assets().names
      #expect(names.contains("texts/da.json"))
      for name in names {
        let asset = try await browser.send(.get, "/assets/\(name)")
        #expect(asset.status == .ok)
        #expect(asset.headers[.contentType] == Assets.contentType(of: name))
        let tag = try #require(asset.headers[.eTag])
        let again = try await browser.send(
          .get, "/assets/\(name)", headers: [.ifNoneMatch: tag])
        #expect(again.status == .notModified)
        #expect(again.text.isEmpty)
      }
    }
  }

  @Test func noPathLeadsOutOfTheAssets() async throws {
    let town = try await Municipality()
    try await town.serve { browser in
      for path in [
        "/assets/..", "/assets/../borger.mustache", "/assets/%2e%2e%2fborger.mustache",
        "/assets/texts/../../openapi.json", "/assets/", "/assets/.", "/assets/texts%2fda.json",
        "/assets/citizen.mjs%00",
      ] {
        let answer = try await browser.send(.get, path)
        #expect(answer.status == .notFound, "\(path)")
      }
    }
  }

  @Test(
    arguments: [
      (nil, "da"), ("da", "da"), ("en", "en"), ("en-GB,en;q=0.9,da;q=0.8", "en"),
      ("de,en;q=0.5", "en"), ("de", "da"), ("*", "da"), ("da;q=0.1,en;q=0.2", "en"),
      (";;q=,,", "da"), ("en;q=0,da;q=0", "da"),
    ] as [(String?, String)])
  func aPageSpeaksDanishUnlessAskedForEnglish(accept: String?, language: String) {
    #expect(Pages.language(for: accept) == language)
  }
}
