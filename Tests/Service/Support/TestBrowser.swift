import FoundationEssentials
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import Logging
import NIOCore
import Store
import Testing
import Visits

@testable import Service

/// Asks the service for things on behalf of its people.
struct TestBrowser: Sendable {
  let municipality: Municipality
  let client: any TestClientProtocol

  /// An answer, with its JSON where it holds any.
  struct Answer: Sendable {
    var status: HTTPResponse.Status
    var headers: HTTPFields
    var text: String

    var json: JSONValue {
      (try? JSONDecoder().decode(JSONValue.self, from: Data(text.utf8))) ?? .null
    }

    /// The last part of a problem's `type`; nil where this is no problem document.
    var problem: String? {
      guard headers[.contentType] == "application/problem+json" else { return nil }
      return json["type"].string?.split(separator: "/").last.map(String.init)
    }
  }

  /// Sends a request with JSON, or with whatever `body` and `type` say.
  func send(
    _ method: HTTPRequest.Method, _ path: String, as person: Person? = nil,
    device: String? = nil, json: JSONValue? = nil, body: String? = nil, type: String? = nil,
    headers: HTTPFields = [:]
  ) async throws -> Answer {
    var headers = headers
    if let person {
      let token = try await municipality.token(person, device: device)
      headers[.authorization] = "Bearer \(token)"
    }
    var bytes = body.map { ByteBuffer(string: $0) }
    if let json {
      bytes = ByteBuffer(bytes: try ServiceJSON.data(json))
      headers[.contentType] = "application/json"
    }
    if let type { headers[.contentType] = type }
    return try await client.execute(
      uri: path, method: method, headers: headers, body: bytes
    ) { response in
      Answer(
        status: response.status, headers: response.headers, text: String(buffer: response.body))
    }
  }

  /// Books a visit that starts in an hour; its id.
  func book(minutesAhead: Int = 60) async throws -> String {
    let start = municipality.clock.now().adding(minutes: minutesAhead)
    let answer = try await send(
      .post, "/api/v1/visits", as: municipality.worker,
      json: [
        "citizenId": .string(municipality.citizen.id.rawValue),
        "start": .string(start.rfc3339), "durationMinutes": 30,
      ])
    #expect(answer.status == .created)
    return try #require(answer.json["id"].string)
  }

  /// Books, rings and answers a visit; its id.
  func holdVisit() async throws -> String {
    let visit = try await book()
    let rung = try await post("ring", visit, as: municipality.worker)
    #expect(rung.status == .accepted)
    let answered = try await post("answer", visit, as: municipality.citizen)
    #expect(answered.status == .ok)
    return visit
  }

  /// Posts one of a visit's commands.
  func post(
    _ command: String, _ visit: String, as person: Person, device: String? = nil,
    json: JSONValue? = nil
  ) async throws -> Answer {
    try await send(
      .post, "/api/v1/visits/\(visit)/\(command)", as: person, device: device, json: json)
  }

  /// Joins a visit's room; the session's id.
  func join(
    _ visit: String, as person: Person, device: String? = nil, attempt: Int = 1
  ) async throws -> String {
    let answer = try await send(
      .post, "/api/v1/visits/\(visit)/media", as: person, device: device, body: "v=0\r\n",
      type: "application/sdp", headers: [.besoegAttempt: String(attempt)])
    #expect(answer.status == .created)
    let session = answer.headers[.location]?.split(separator: "/").last
    return try #require(session.map(String.init))
  }

  /// A visit's ledger as `kind participant cause`, participants by id.
  func ledger(_ visit: String) async throws -> [String] {
    let answer = try await send(
      .get, "/api/v1/visits/\(visit)/ledger", as: municipality.worker)
    return answer.json["entries"].array.map { entry in
      [entry["kind"].string, entry["participant"].string, entry["cause"].string]
        .compactMap(\.self).joined(separator: " ")
    }
  }

  /// Opens an event stream.
  func events(
    as person: Person, device: String? = nil, after lastID: Int64? = nil
  ) async throws -> EventProbe {
    let token = try await municipality.token(person, device: device)
    var headers: HTTPFields = [.authorization: "Bearer \(token)"]
    if let lastID { headers[.lastEventID] = String(lastID) }
    return try await EventProbe(municipality: municipality, headers: headers)
  }
}

extension JSONValue: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral,
  ExpressibleByDictionaryLiteral, ExpressibleByArrayLiteral
{
  init(stringLiteral value: String) { self = .string(value) }
  init(integerLiteral value: Int) { self = .number(Double(value)) }
  init(arrayLiteral elements: JSONValue...) { self = .array(elements) }
  init(dictionaryLiteral elements: (String, JSONValue)...) {
    self = .object(Dictionary(elements) { $1 })
  }

  subscript(_ name: String) -> JSONValue {
    if case .object(let members) = self { members[name] ?? .null } else { .null }
  }

  var string: String? { if case .string(let value) = self { value } else { nil } }
  var number: Double? { if case .number(let value) = self { value } else { nil } }
  var bool: Bool? { if case .bool(let value) = self { value } else { nil } }
  var array: [JSONValue] { if case .array(let values) = self { values } else { [] } }
  var object: [String: JSONValue] {
    if case .object(let members) = self { members } else { [:] }
  }
}
