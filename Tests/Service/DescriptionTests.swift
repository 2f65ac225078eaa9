import FoundationEssentials
import HTTPTypes
import Testing

@testable import Service

@Suite("The API's description")
struct DescriptionTests {
  private func description() throws -> JSONValue {
    let data = try #require(PageResources.data("openapi.json"))
    return try JSONDecoder().decode(JSONValue.self, from: data)
  }

  @Test func itListsExactlyTheRegisteredRoutes() async throws {
    let town = try await Municipality()
    var described: [String] = []
    for (path, operations) in try description()["paths"].object {
      for method in operations.object.keys { described.append("\(method.uppercased()) \(path)") }
    }
    #expect(described.sorted() == town.service.routes.descriptions)
  }

  @Test func itIsServedAsItIs() async throws {
    let town = try await Municipality()
    try await town.serve { browser in
      let answer = try await browser.send(.get, "/openapi.json")
      #expect(answer.status == .ok)
      #expect(answer.headers[.contentType] == "application/json")
      #expect(answer.json["openapi"].string == "3.1.0")
      #expect(answer.json == (try description()))
    }
  }

  @Test func everyReferenceLeadsSomewhereAndEveryOperationIsWhole() throws {
    let document = try description()
    var references: Set<String> = []
    func collect(_ value: JSONValue) {
      if let reference = value["$ref"].string { references.insert(reference) }
      for member in value.object.values { collect(member) }
      for element in value.array { collect(element) }
    }
    collect(document)
    for reference in references {
      let target = reference.split(separator: "/").dropFirst()
        .reduce(document) { $0[String($1)] }
      #expect(target != .null, "\(reference)")
    }
    var ids: [String] = []
    for (path, operations) in document["paths"].object {
      for operation in operations.object.values {
        ids.append(try #require(operation["operationId"].string))
        #expect(operation["summary"].string?.isEmpty == false)
        #expect(!operation["responses"].object.isEmpty)
        let named = path.matches(of: /\{(\w+)\}/).map { String($0.1) }
        let given = operation["parameters"].array.compactMap { parameter in
          parameter["$ref"].string?.split(separator: "/").last.map(String.init)
        }
        #expect(named.allSatisfy(given.contains), "\(path)")
      }
    }
    #expect(Set(ids).count == ids.count)
  }

  /// What the service answers has the shape that the description promises: required members are
  /// there, and nothing is there that is not described.
  @Test func answersHaveTheDescribedShape() async throws {
    let schemas = try description()["components"]["schemas"]
    let town = try await Municipality()
    try await town.serve { browser in
      let visit = try await browser.holdVisit()
      _ = try await browser.post("hangup", visit, as: town.worker)
      let device = try await browser.send(
        .post, "/api/v1/people/karen/devices", as: town.worker, json: ["label": "x"])
      expect(device.json, isA: "DeviceToken", in: schemas)
      for (path, schema) in [
        ("/api/v1/me", "Person"), ("/api/v1/people", "People"),
        ("/api/v1/people/karen/devices", "Devices"), ("/api/v1/visits", "Visits"),
        ("/api/v1/visits/\(visit)", "Visit"), ("/api/v1/visits/\(visit)/ledger", "Ledger"),
        ("/api/v1/visits/\(visit)/verdict", "Verdict"), ("/api/v1/visits/none", "Problem"),
        ("/api/v1/visits/\(visit)/ledger?after=x", "Problem"), ("/api/v1/guidance", "Guidance"),
        ("/api/v1/equipment", "EquipmentList"), ("/api/v1/home-orders", "HomeOrders"),
        ("/api/v1/requests", "IncomingRequests"), ("/api/v1/drop-in/topics", "DropInTopics"),
        ("/api/v1/citizens/karen/talks", "ClarifyingTalks"),
      ] {
        let answer = try await browser.send(.get, path, as: town.operations)
        expect(answer.json, isA: schema, in: schemas)
      }
      for (path, schema) in [
        ("/api/v1/citizens/karen/start", "Start"),
        ("/api/v1/citizens/karen/start/advice", "StartAdvice"),
      ] {
        let answer = try await browser.send(.get, path, as: town.worker)
        expect(answer.json, isA: schema, in: schemas)
      }
    }
  }

  private func expect(_ value: JSONValue, isA name: String, in schemas: JSONValue) {
    let errors = Self.errors(value, schema: schemas[name], schemas: schemas, path: name)
    #expect(errors == [])
  }

  /// The little of JSON Schema that the description uses.
  private static func errors(
    _ value: JSONValue, schema: JSONValue, schemas: JSONValue, path: String
  ) -> [String] {
    if let reference = schema["$ref"].string?.split(separator: "/").last {
      return errors(value, schema: schemas[String(reference)], schemas: schemas, path: path)
    }
    let choices = schema["enum"].array
    if !choices.isEmpty, !choices.contains(value) { return ["\(path): \(value)"] }
    switch (schema["type"].string, value) {
    case ("object", .object(let members)):
      let properties = schema["properties"].object
      let missing = schema["required"].array.compactMap(\.string).filter { members[$0] == nil }
      return missing.map { "\(path).\($0) is missing" }
        + members.sorted { $0.key < $1.key }.flatMap { name, member -> [String] in
          guard let property = properties[name] else { return ["\(path).\(name) is unknown"] }
          return errors(member, schema: property, schemas: schemas, path: "\(path).\(name)")
        }
    case ("array", .array(let elements)):
      return elements.flatMap {
        errors($0, schema: schema["items"], schemas: schemas, path: "\(path)[]")
      }
    case ("string", .string), ("number", .number), ("boolean", .bool): return []
    case ("integer", .number(let number)):
      return number == number.rounded() ? [] : ["\(path) is no integer"]
    default: return ["\(path) is \(value)"]
    }
  }
}
