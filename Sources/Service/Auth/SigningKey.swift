import FoundationEssentials
import JWTKit

/// The secret that device tokens are signed with (HS256, RFC 7518 §3.2), in a file that only the
/// service's user can read.
public struct SigningKey: Sendable {
  /// 256 bits, as RFC 7518 §3.2 asks for with HS256.
  static let length = 32

  let bytes: [UInt8]

  /// A new key from the system's generator.
  public init() {
    bytes = Self.random()
  }

  /// The key in `directory`, made on the first run.
  public init(directory: String) throws {
    let file = "\(directory)/signing.key"
    if let data = FileManager.default.contents(atPath: file) {
      let text = String(decoding: data, as: UTF8.self).filter { !$0.isWhitespace }
      guard let decoded = Data(base64Encoded: text), decoded.count >= Self.length else {
        throw SigningKeyError.damaged(path: file)
      }
      bytes = Array(decoded)
    } else {
      bytes = Self.random()
      try PrivateFile.write(Data(bytes).base64EncodedString() + "\n", to: file)
    }
  }
}

extension SigningKey {
  private static func random() -> [UInt8] {
    var generator = SystemRandomNumberGenerator()
    return (0..<length).map { _ in UInt8.random(in: .min ... .max, using: &generator) }
  }
}

/// Why a signing key cannot be used.
public enum SigningKeyError: Error, Equatable, CustomStringConvertible {
  /// The file is there but holds no key. Replacing it would revoke every token, so nobody does
  /// that silently.
  case damaged(path: String)

  /// What is wrong, for the log.
  public var description: String {
    switch self {
    case .damaged(let path): "\(path) holds no signing key of at least 32 bytes in base64"
    }
  }
}
