public import Logging
public import Visits

/// What carries reminders; nothing where nothing is set up.
public struct DeliverySettings: Sendable {
  /// The mail server.
  public var smtp: SMTPSettings?
  /// Gateways, by what they carry.
  public var gateways: [ReminderChannel: WebhookSettings]
  /// The municipality's journal (H11).
  public var journal: WebhookSettings?

  /// Settings.
  public init(
    smtp: SMTPSettings? = nil, gateways: [ReminderChannel: WebhookSettings] = [:],
    journal: WebhookSettings? = nil
  ) {
    self.smtp = smtp
    self.gateways = gateways
    self.journal = journal
  }

  func channels(logger: Logger) -> [ReminderChannel: any MessageChannel] {
    var channels: [ReminderChannel: any MessageChannel] = [:]
    if let smtp { channels[.email] = SMTPChannel(settings: smtp, logger: logger) }
    for (channel, settings) in gateways {
      channels[channel] = WebhookChannel(settings: settings, channel: channel, logger: logger)
    }
    return channels
  }
}
