import Synchronization
import Transport

/// Whom a program believes to be its server: for HTTPS and for a call's own TLS alike.
public enum ServiceTrust: Sendable, Hashable {
  /// Whoever the machine's certificate authorities vouch for.
  case systemRoots
  /// Whoever the authorities in this PEM file vouch for, and nobody else.
  case file(String)

  /// The trust that a configured file asks for.
  public init(file: String?) {
    self = file.map { .file($0) } ?? .systemRoots
  }

  /// Reading a machine's hundred and fifty authorities takes tens of milliseconds: once is enough.
  private static let loaded = Mutex<[ServiceTrust: TLSTrust]>([:])

  /// The same for a call's TLS; nil where the file cannot be read or holds no certificate.
  func transportTrust() -> TLSTrust? {
    Self.loaded.withLock { loaded in
      if let known = loaded[self] { return known }
      let source: TLSTrust.Source =
        switch self {
        case .systemRoots: .systemRoots
        case .file(let path): .file(path)
        }
      guard let trust = try? TLSTrust(source) else { return nil }
      loaded[self] = trust
      return trust
    }
  }
}
