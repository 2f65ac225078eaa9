import NIOCore

/// One reply of a mail server: RFC 5321 §4.2.
///
/// ```
///   250-mail.example greets besoeg
///   250-STARTTLS
///   250 AUTH PLAIN LOGIN
/// ```
struct SMTPReply: Sendable, Equatable {
  /// Three digits; the first says whether it went well.
  var code: Int
  /// The texts behind them.
  var lines: [String]

  /// Whether it is done (2xx).
  var isDone: Bool { code / 100 == 2 }
  /// Whether trying again is of no use (5xx).
  var isFinal: Bool { code / 100 == 5 }
}

/// Puts replies together from what arrives.
struct SMTPReplyParser {
  /// RFC 5321 §4.5.3.1.5 allows 512 octets; servers are known to write more.
  static let longestLine = 2048
  /// No server lists this many extensions.
  static let mostLines = 100

  private var line: [UInt8] = []
  private var lines: [String] = []

  /// Takes bytes up to the end of a reply; nil where more are needed.
  mutating func take(_ buffer: inout ByteBuffer) throws(SMTPError) -> SMTPReply? {
    while let byte = buffer.readInteger(as: UInt8.self) {
      guard byte == 0x0a else {
        guard line.count < Self.longestLine else { throw .malformedReply }
        line.append(byte)
        continue
      }
      if line.last == 0x0d { line.removeLast() }
      let whole = line
      line = []
      guard whole.count >= 3, let code = Self.code(whole) else { throw .malformedReply }
      guard lines.count < Self.mostLines else { throw .malformedReply }
      lines.append(String(decoding: whole.dropFirst(4), as: UTF8.self))
      // A hyphen after the code: more lines follow.
      if whole.count > 3, whole[3] == 0x2d { continue }
      guard whole.count == 3 || whole[3] == 0x20 else { throw .malformedReply }
      defer { lines = [] }
      return SMTPReply(code: code, lines: lines)
    }
    return nil
  }

  private static func code(_ line: [UInt8]) -> Int? {
    let digits = line.prefix(3).map { Int($0) - 0x30 }
    guard digits.allSatisfy((0...9).contains), (2...5).contains(digits[0]) else { return nil }
    return digits[0] * 100 + digits[1] * 10 + digits[2]
  }
}

/// What went wrong while talking to a mail server.
enum SMTPError: Error, Equatable {
  /// It closed the connection, or said nothing for too long.
  case closed
  /// What it says is no reply.
  case malformedReply
  /// It offers no encryption, and we were told to insist.
  case noEncryption
  /// Something was said between STARTTLS and the encryption: somebody is in between.
  case injected
  /// It offers no way to sign in that we know.
  case noSignIn
  /// It said no.
  case refused(SMTPReply, to: String)

  /// A short code for the message's record.
  var failure: String {
    switch self {
    case .closed: "smtp-closed"
    case .malformedReply: "smtp-malformed-reply"
    case .noEncryption: "smtp-no-encryption"
    case .injected: "smtp-injected"
    case .noSignIn: "smtp-no-sign-in"
    case .refused(let reply, let command): "smtp-\(command)-\(reply.code)"
    }
  }

  /// Whether trying again is of no use: the address is wrong. A wrong password of ours is mended.
  var isFinal: Bool {
    if case .refused(let reply, let command) = self {
      reply.isFinal && command == "rcpt"
    } else {
      false
    }
  }
}
