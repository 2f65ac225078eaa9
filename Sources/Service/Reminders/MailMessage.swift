import FoundationEssentials
import Visits

/// A short e-mail: RFC 5322, with its text in UTF-8.
struct MailMessage: Sendable {
  let from: String
  let to: String
  let message: OutgoingMessage

  /// Whether an address can stand in a command and a header as it is: one `@`, and nothing that
  /// could end the line or the brackets (RFC 5321 §4.1.2, without quoted names).
  static func isAddress(_ text: String) -> Bool {
    let parts = text.split(separator: "@", omittingEmptySubsequences: false)
    guard parts.count == 2, text.utf8.count <= 254, !parts[0].isEmpty, !parts[1].isEmpty else {
      return false
    }
    return text.utf8.allSatisfy { byte in
      byte > 0x20 && byte < 0x7f && !#"<>()[],;:\""#.utf8.contains(byte)
    }
  }

  /// Header and text, lines ended by CRLF, ready for `DATA`: a line that begins with a dot has
  /// another before it (RFC 5321 §4.5.2). Without the final dot.
  var data: String {
    let lines =
      [
        "From: <\(from)>", "To: <\(to)>", "Subject: \(Self.word(message.subject))",
        "Date: \(Self.date(message.at))", "Message-ID: <\(message.key)@\(domain)>",
        // A machine wrote it (RFC 3834): nobody's holiday notice need answer.
        "Auto-Submitted: auto-generated", "MIME-Version: 1.0",
        "Content-Type: text/plain; charset=utf-8", "Content-Transfer-Encoding: base64", "",
      ] + Self.folded(Data(message.text.utf8).base64EncodedString())
    return lines.map { Self.stuffed($0) + "\r\n" }.joined()
  }

  private var domain: Substring { from.split(separator: "@").last ?? "localhost" }

  static func stuffed(_ line: String) -> String { line.hasPrefix(".") ? ".\(line)" : line }

  /// A header's text: as it is, or as an encoded word (RFC 2047).
  static func word(_ text: String) -> String {
    let isPlain = text.utf8.allSatisfy { $0 >= 0x20 && $0 < 0x7f }
    return isPlain ? text : "=?utf-8?B?\(Data(text.utf8).base64EncodedString())?="
  }

  /// `21 Nov 2026 09:00:00 +0000` (RFC 5322 §3.3).
  static func date(_ time: UTCMilliseconds) -> String {
    let text = Array(time.rfc3339)
    let months = [
      "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ]
    let month = months[(Int(String(text[5...6])) ?? 1) - 1]
    return "\(String(text[8...9])) \(month) \(String(text[0...3])) \(String(text[11...18])) +0000"
  }

  /// In lines of 76 characters (RFC 2045 §6.8).
  private static func folded(_ text: String) -> [String] {
    stride(from: 0, to: text.count, by: 76).map { offset in
      String(text.dropFirst(offset).prefix(76))
    }
  }
}
