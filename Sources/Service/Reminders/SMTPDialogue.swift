import FoundationEssentials
import NIOCore

/// One message's dialogue with a mail server: RFC 5321 §3, STARTTLS (RFC 3207), AUTH (RFC 4954).
struct SMTPDialogue {
  let connection: SMTPConnection
  var replies: NIOAsyncChannelInboundStream<ByteBuffer>.AsyncIterator
  let outbound: NIOAsyncChannelOutboundWriter<ByteBuffer>
  let settings: SMTPSettings
  private var parser = SMTPReplyParser()
  private var rest = ByteBuffer()
  private var read = 0
  private var extensions: [String] = []

  /// How long one reply may take before the final dot; all together less than a message's lease.
  private static let replyTimeout = TimeAmount.seconds(10)
  /// How long the last may take: a server may look for viruses first (RFC 5321 §4.5.3.2.6 would
  /// give it ten minutes).
  private static let finalTimeout = TimeAmount.seconds(90)

  init(
    connection: SMTPConnection,
    replies: NIOAsyncChannelInboundStream<ByteBuffer>.AsyncIterator,
    outbound: NIOAsyncChannelOutboundWriter<ByteBuffer>, settings: SMTPSettings
  ) {
    self.connection = connection
    self.replies = replies
    self.outbound = outbound
    self.settings = settings
  }

  /// Greets, encrypts and signs in.
  mutating func begin() async throws {
    try await expect("greeting")
    try await greet()
    if settings.security == .startTLS {
      guard extensions.contains("STARTTLS") else { throw SMTPError.noEncryption }
      try await ask("STARTTLS", "starttls")
      try await connection.encrypt(afterReading: read)
      try await greet()
    }
    if let user = settings.user { try await signIn(user) }
  }

  /// Says who writes to whom and what, all but the final dot.
  mutating func announce(_ mail: MailMessage) async throws {
    try await ask("MAIL FROM:<\(mail.from)>", "mail")
    try await ask("RCPT TO:<\(mail.to)>", "rcpt")
    try await write("DATA\r\n")
    let reply = try await reply(within: Self.replyTimeout)
    guard reply.code == 354 else { throw SMTPError.refused(reply, to: "data") }
    try await write(mail.data)
  }

  /// The final dot, and what the server says to it.
  mutating func finish() async throws -> SMTPReply {
    try await write(".\r\n")
    return try await reply(within: Self.finalTimeout)
  }

  /// Takes leave. What matters has been said.
  mutating func end() async throws {
    try await write("QUIT\r\n")
    _ = try await reply(within: Self.replyTimeout)
  }

  private mutating func greet() async throws {
    let reply = try await ask("EHLO besoeg", "ehlo")
    extensions = reply.lines.dropFirst().map { $0.uppercased() }
  }

  private mutating func signIn(_ user: String) async throws {
    let methods = extensions.first { $0.hasPrefix("AUTH ") }?.split(separator: " ") ?? []
    func base64(_ text: String) -> String { Data(text.utf8).base64EncodedString() }
    if methods.contains("PLAIN") {
      try await ask("AUTH PLAIN \(base64("\0\(user)\0\(settings.password)"))", "auth")
    } else if methods.contains("LOGIN") {
      for line in ["AUTH LOGIN", base64(user)] {
        try await write("\(line)\r\n")
        let reply = try await reply(within: Self.replyTimeout)
        guard reply.code == 334 else { throw SMTPError.refused(reply, to: "auth") }
      }
      try await ask(base64(settings.password), "auth")
    } else {
      throw SMTPError.noSignIn
    }
  }

  @discardableResult
  private mutating func ask(_ line: String, _ name: String) async throws -> SMTPReply {
    try await write("\(line)\r\n")
    return try await expect(name)
  }

  @discardableResult
  private mutating func expect(_ name: String) async throws -> SMTPReply {
    let reply = try await reply(within: Self.replyTimeout)
    guard reply.isDone else { throw SMTPError.refused(reply, to: name) }
    return reply
  }

  private func write(_ text: String) async throws {
    try await outbound.write(ByteBuffer(string: text))
  }

  private mutating func reply(within timeout: TimeAmount) async throws -> SMTPReply {
    let channel = connection.channel.channel
    // A closed connection ends the wait below, whatever the server does.
    let patience = channel.eventLoop.scheduleTask(in: timeout) { channel.close(promise: nil) }
    defer { patience.cancel() }
    while true {
      if let reply = try parser.take(&rest) { return reply }
      guard var bytes = try await replies.next() else { throw SMTPError.closed }
      read += bytes.readableBytes
      rest.writeBuffer(&bytes)
    }
  }
}
