import CallQuality
import FoundationEssentials
import HTTPTypes
import Hummingbird
import NIOCore
import Relay
import Visits

extension Request {
  /// The JSON body as `type`. An empty body counts as `{}`, so that a plain `POST` needs none.
  func json<Body: Decodable>(_ type: Body.Type, context: ServiceContext) async throws -> Body {
    var data = Data(
      buffer: try await body.collect(upTo: ServiceContext.bodyLimit))
    if data.isEmpty {
      data = Data("{}".utf8)
    } else {
      try requireMediaType("application/json")
    }
    do {
      return try JSONDecoder().decode(type, from: data)
    } catch let error as DecodingError {
      throw Problem(decoding: error)
    }
  }

  /// The SDP body (`application/sdp`, RFC 8866 §8.1).
  func sessionDescription(context: ServiceContext) async throws -> String {
    try requireMediaType("application/sdp")
    let buffer = try await body.collect(upTo: ServiceContext.bodyLimit)
    return String(buffer: buffer)
  }

  private func requireMediaType(_ expected: String) throws {
    let given = headers[.contentType] ?? ""
    let essence = given.prefix { $0 != ";" }.lowercased().filter { !$0.isWhitespace }
    guard essence == expected else {
      throw Problem(.unsupportedMediaType, ["expected": expected])
    }
  }
}

/// A sample as a client writes it: flat, and its time as text.
struct SampleBody: Decodable, Sendable {
  /// The sample.
  var sample: QualitySample

  private enum Key: String, CodingKey { case participant, source, at }

  init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: Key.self)
    sample = QualitySample(
      participant: try container.decode(String.self, forKey: .participant),
      source: try container.decode(SampleSource.self, forKey: .source),
      at: try container.decode(UTCMilliseconds.self, forKey: .at).rawValue)
    sample.figures = try QualityFigures(from: decoder)
  }
}

/// How much picture a client sends.
struct PictureBody: Decodable, Sendable {
  var level: String
  var cause: String

  /// The step it names; throws where there is none of that name.
  func change() throws -> PictureChange {
    guard let known = PictureLevel(rawValue: level) else {
      let names = PictureLevel.allCases.map(\.rawValue).joined(separator: ", ")
      throw Problem(.unknownChoice, ["field": "level", "choices": names])
    }
    // What comes down to a client, the relay knows best.
    let causes = [PictureChange.Cause.senderNetwork, .recovered]
    guard let why = PictureChange.Cause(rawValue: cause), causes.contains(why) else {
      let names = causes.map(\.rawValue).joined(separator: ", ")
      throw Problem(.unknownChoice, ["field": "cause", "choices": names])
    }
    return PictureChange(to: known, .sending, isRecovery: why == .recovered)
  }
}

extension Data {
  /// The readable bytes of `buffer`.
  init(buffer: ByteBuffer) {
    self.init(buffer.readableBytesView)
  }
}

extension Problem {
  /// Which field of a JSON body is at fault, and how.
  init(decoding error: DecodingError) {
    func path(_ context: DecodingError.Context, _ last: (any CodingKey)? = nil) -> String {
      (context.codingPath + (last.map { [$0] } ?? [])).reduce(into: "") { path, key in
        if let index = key.intValue {
          path += "[\(index)]"
        } else {
          path += path.isEmpty ? key.stringValue : ".\(key.stringValue)"
        }
      }
    }
    switch error {
    case .keyNotFound(let key, let context):
      self.init(.missingField, ["field": path(context, key)])
    case .valueNotFound(_, let context):
      self.init(.missingField, ["field": path(context)])
    case .typeMismatch(_, let context) where !context.codingPath.isEmpty:
      self.init(.wrongFieldType, ["field": path(context)])
    case .dataCorrupted(let context) where !context.codingPath.isEmpty:
      self.init(.wrongFieldType, ["field": path(context)])
    default:
      self.init(.malformedJSON)
    }
  }
}
