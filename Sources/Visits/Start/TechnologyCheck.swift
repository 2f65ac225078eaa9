/// What a citizen has to hold a screen visit with, as somebody found it ("teknologiafklares", F7).
public struct TechnologyCheck: Hashable, Sendable, Codable {
  /// What the citizen would use.
  public enum Device: String, Codable, Sendable, Hashable, CaseIterable {
    /// Nothing that can show and send.
    case none
    /// A telephone.
    case phone
    /// A tablet.
    case tablet
    /// A computer.
    case computer
    /// The screen with one button.
    case kiosk
  }

  /// How it reaches the internet.
  public enum Network: String, Codable, Sendable, Hashable, CaseIterable {
    /// Not at all.
    case none
    /// Wi-Fi at home.
    case wifi
    /// The mobile network.
    case mobile
    /// A cable.
    case wired
  }

  /// What was measured, each where it was.
  public struct Figures: Hashable, Sendable, Codable {
    /// Round trip to the relay in milliseconds, the middle one.
    public var roundTripMs: Int?
    /// Packets lost on the way to the citizen, in per cent.
    public var lossPercent: Double?
    /// To the citizen, in kbit/s.
    public var downloadKbps: Int?
    /// From the citizen, in kbit/s.
    public var uploadKbps: Int?
    /// What carried the packets: `udp`, `tcp` or `tls`.
    public var path: String?

    /// Figures.
    public init(
      roundTripMs: Int? = nil, lossPercent: Double? = nil, downloadKbps: Int? = nil,
      uploadKbps: Int? = nil, path: String? = nil
    ) {
      self.roundTripMs = roundTripMs
      self.lossPercent = lossPercent
      self.downloadKbps = downloadKbps
      self.uploadKbps = uploadKbps
      self.path = path
    }
  }

  /// What it comes to.
  public enum Conclusion: String, Codable, Sendable, Hashable, CaseIterable {
    /// Picture and sound.
    case ready
    /// Sound; a picture only now and then.
    case soundOnly = "sound-only"
    /// Something to talk into is missing or broken.
    case needsEquipment = "needs-equipment"
    /// The network does not carry a talk.
    case needsNetwork = "needs-network"
  }

  /// What the citizen would use.
  public var device: Device
  /// Whether the municipality lent it.
  public var isLent: Bool
  /// Whether both hear each other on it.
  public var hasSound: Bool
  /// Whether its camera and its screen work.
  public var hasPicture: Bool
  /// Whether there is a headset, where one is wanted (E11, E20).
  public var hasHeadset: Bool
  /// Whether the citizen can talk undisturbed there.
  public var isPrivate: Bool
  /// How it reaches the internet.
  public var network: Network
  /// What was measured; nil where nothing was.
  public var figures: Figures?
  /// The call the figures come from.
  public var visit: VisitID?
  /// What else there is to know.
  public var note: String?
  /// Who looked.
  public var by: PersonID
  /// When.
  public var at: UTCMilliseconds

  /// A check.
  public init(
    device: Device, isLent: Bool = false, hasSound: Bool = true, hasPicture: Bool = true,
    hasHeadset: Bool = false, isPrivate: Bool = true, network: Network, figures: Figures? = nil,
    visit: VisitID? = nil, note: String? = nil, by: PersonID, at: UTCMilliseconds
  ) {
    self.device = device
    self.isLent = isLent
    self.hasSound = hasSound
    self.hasPicture = hasPicture
    self.hasHeadset = hasHeadset
    self.isPrivate = isPrivate
    self.network = network
    self.figures = figures
    self.visit = visit
    self.note = note
    self.by = by
    self.at = at
  }

  /// What a talk needs at the least, in kbit/s: sound holds at 64 (see the measurements in the
  /// README), with nothing to spare.
  static let soundKbps = 64
  /// What a picture needs, in kbit/s, each way.
  static let pictureKbps = 300
  /// Loss in per cent up to which sound is repaired, and up to which a picture moves.
  static let (mostSoundLoss, mostPictureLoss) = (30.0, 15.0)
  /// A round trip in milliseconds beyond which people talk into each other's words all the time.
  static let longestRoundTripMs = 1000

  /// What it comes to. What was not measured is not held against anybody.
  public var conclusion: Conclusion {
    guard device != .none, hasSound else { return .needsEquipment }
    let loss = figures?.lossPercent ?? 0
    let rates = [figures?.downloadKbps, figures?.uploadKbps].compactMap(\.self)
    let slowest = rates.min() ?? .max
    guard network != .none, loss <= Self.mostSoundLoss, slowest >= Self.soundKbps,
      figures?.roundTripMs ?? 0 <= Self.longestRoundTripMs
    else { return .needsNetwork }
    let carriesPicture = loss <= Self.mostPictureLoss && slowest >= Self.pictureKbps
    return hasPicture && carriesPicture ? .ready : .soundOnly
  }
}
