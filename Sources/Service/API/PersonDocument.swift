import FoundationEssentials
import Visits

/// A person as the API shows them.
struct PersonDocument: Encodable, Sendable {
  var id: String
  var role: Role
  var displayName: String
  /// Whom colleagues ask about screen visits; said of teams' members alone.
  var isKeyWorker: Bool?

  init(_ person: Person) {
    id = person.id.rawValue
    role = person.role
    displayName = person.displayName
  }

  /// A person as a role sees them: whoever runs the system needs to know how many citizens there are
  /// and whose device is silent, not what they are called.
  init(_ person: Person, for role: Role) {
    self.init(person)
    guard role == .operations, person.role == .citizen else { return }
    displayName = PersonName(withoutName: person).displayName
  }
}

/// A device as the API shows it.
struct DeviceDocument: Encodable, Sendable {
  var id: String
  var person: String
  var label: String
  var createdAt: APITime
  var isRevoked: Bool

  init(_ device: Device) {
    id = device.id.rawValue
    person = device.person.rawValue
    label = device.label
    createdAt = APITime(device.createdAt)
    isRevoked = device.revokedAt != nil
  }
}

/// The texts of a request, checked.
enum RequestText {
  /// The longest label of a device, in characters.
  static let longestLabel = 100

  /// A text of at most `most` characters without surrounding blanks; refuses others.
  static func checked(_ text: String, field: String, most: Int) throws -> String {
    let trimmed = text.trimmingCharacters { $0.isWhitespace }
    guard !trimmed.isEmpty, trimmed.count <= most,
      !trimmed.unicodeScalars.contains(where: { $0.properties.generalCategory == .control })
    else { throw Problem(.invalidText, ["field": field, "most": String(most)]) }
    return trimmed
  }

  /// One of a closed set of values; refuses others and says which there are.
  static func choice<Choice>(_ text: String, field: String) throws -> Choice
  where Choice: RawRepresentable & CaseIterable, Choice.RawValue == String {
    guard let choice = Choice(rawValue: text) else {
      let choices = Choice.allCases.map(\.rawValue).joined(separator: ", ")
      throw Problem(.unknownChoice, ["field": field, "choices": choices])
    }
    return choice
  }
}

extension String {
  fileprivate func trimmingCharacters(_ isBlank: (Character) -> Bool) -> String {
    var slice = self[...]
    while let first = slice.first, isBlank(first) { slice.removeFirst() }
    while let last = slice.last, isBlank(last) { slice.removeLast() }
    return String(slice)
  }
}
