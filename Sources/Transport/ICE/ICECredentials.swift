public import Wire

/// One agent's ICE user name fragment and password (RFC 8445 §5.3).
public struct ICECredentials: Sendable, Hashable {
  /// The user name fragment (`a=ice-ufrag`), 4 ... 256 ICE characters.
  public var ufrag: String
  /// The password (`a=ice-pwd`), 22 ... 256 ICE characters.
  public var password: String

  /// Credentials as they stand in an SDP.
  public init(ufrag: String, password: String) {
    self.ufrag = ufrag
    self.password = password
  }

  /// Fresh credentials: 48 random bits of user name, which a relay also finds its session by, and
  /// 144 of password (RFC 8445 §5.3 asks for 24 and 128).
  public static func generate(using generator: inout some RandomNumberGenerator) -> Self {
    Self(ufrag: iceCharacters(8, &generator), password: iceCharacters(24, &generator))
  }

  /// `count` characters of six random bits each (RFC 8839 §5.4 `ice-char`).
  private static func iceCharacters(
    _ count: Int, _ generator: inout some RandomNumberGenerator
  ) -> String {
    let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
    let characters = (0..<count).map { _ in
      alphabet[Int(truncatingIfNeeded: generator.next() & 63 as UInt64)]
    }
    return String(decoding: characters, as: UTF8.self)
  }
}

extension ICECredentials: Redacted {}
