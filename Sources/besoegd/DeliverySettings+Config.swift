import Configuration
import Service
import Visits

extension DeliverySettings {
  /// What the settings say. Secrets come from the environment alone: the settings file may be read
  /// by more people than may send in the municipality's name.
  init(_ config: ConfigReader, host: String) throws {
    self.init()
    if let server = config.string(forKey: "smtp.host") {
      let text = config.string(forKey: "smtp.security", default: "starttls")
      guard let security = SMTPSettings.Security(rawValue: text) else {
        throw SettingError(description: "BESOEG_SMTP_SECURITY: starttls, tls, none.")
      }
      guard let from = config.string(forKey: "smtp.from") else {
        throw SettingError(description: "BESOEG_SMTP_FROM: mangler / missing.")
      }
      let usual = security == .tls ? 465 : security == .startTLS ? 587 : 25
      let user = config.string(forKey: "smtp.user")
      guard user == nil || security != .none else {
        throw SettingError(
          description: "BESOEG_SMTP_USER: kun krypteret / only with encryption: starttls, tls.")
      }
      smtp = SMTPSettings(
        host: server, port: try config.number("smtp.port", default: usual, in: 1...65_535),
        security: security, user: user,
        password: config.string(forKey: "smtp.password", isSecret: true, default: ""), from: from,
        authorities: config.string(forKey: "smtp.authorities"))
    }
    for (channel, name) in [(ReminderChannel.sms, "sms"), (.webhook, "webhook")] {
      gateways[channel] = try Self.webhook(name, config)
    }
    journal = try Self.webhook("journal", config)
  }

  /// A webhook's settings; nil where no address is named.
  private static func webhook(
    _ name: String, _ config: ConfigReader
  ) throws -> WebhookSettings? {
    guard let url = config.string(forKey: ConfigKey([name, "url"])) else { return nil }
    guard let secret = config.string(forKey: ConfigKey([name, "secret"]), isSecret: true),
      secret.utf8.count >= shortestSecret
    else {
      throw SettingError(
        description: "BESOEG_\(name.uppercased())_SECRET: mindst / at least "
          + "\(shortestSecret) byte.")
    }
    return WebhookSettings(url: url, secret: secret)
  }

  /// The shortest secret to sign with, in bytes: as long as 128 random bits in hexadecimal.
  private static let shortestSecret = 32
}
