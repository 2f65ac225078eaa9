/// What one device is told during a ring.
public enum RingSignal: Hashable, Sendable {
  /// Ring.
  case ring(DeviceID)
  /// Stop ringing, and show why.
  case stop(DeviceID, because: RingEnd)

  /// The device concerned.
  public var device: DeviceID {
    switch self {
    case .ring(let device): device
    case .stop(let device, _): device
    }
  }
}

/// How a ring ended for a person.
public enum RingEnd: String, Codable, Sendable, Hashable, CaseIterable {
  /// It was answered on one device.
  case answered
  /// The person declined, on one device for all.
  case declined
  /// Nobody answered in time.
  case missed
  /// The caller gave up.
  case callerGaveUp = "caller-gave-up"
}

/// One ring on all of a person's devices (E5): answering on one stops the others.
///
/// Signals may be sent again after a restart or a lost connection: a device that is told twice to
/// ring or to stop does it once.
public struct RingFanOut: Hashable, Sendable, Codable {
  /// The visit rung for.
  public private(set) var visit: VisitID
  /// Devices told to ring.
  public private(set) var ringing: Set<DeviceID> = []
  /// Devices that have said that they ring: the caller hears that it rings from the first one on.
  public private(set) var confirmed: Set<DeviceID> = []
  /// How it ended; nil while it rings.
  public private(set) var end: RingEnd?
  /// Where it was answered.
  public private(set) var answeredOn: DeviceID?
  /// When it ends by itself.
  public private(set) var expiresAt: UTCMilliseconds

  /// A ring that no device knows of yet.
  public init(visit: VisitID, expiresAt: UTCMilliseconds) {
    self.visit = visit
    self.expiresAt = expiresAt
  }

  /// Rings the devices, now or when they come online while it rings. Those told already are told
  /// again: a device that reconnects has forgotten.
  public mutating func ring(_ devices: some Sequence<DeviceID>) -> [RingSignal] {
    let devices = Set(devices).sorted { $0.rawValue < $1.rawValue }
    guard let end else {
      ringing.formUnion(devices)
      return devices.map { .ring($0) }
    }
    // It was offline when the ring ended and may still be ringing.
    return devices.filter { ringing.contains($0) && $0 != answeredOn }
      .map { .stop($0, because: end) }
  }

  /// A device says that it rings. True when it is the first.
  public mutating func confirm(_ device: DeviceID) -> Bool {
    guard end == nil, ringing.contains(device) else { return false }
    return confirmed.insert(device).inserted && confirmed.count == 1
  }

  /// A device answers. Exactly one device ever does; asked again there, nothing changes.
  public mutating func answer(on device: DeviceID) throws(Refusal) -> [RingSignal] {
    switch end {
    case nil:
      answeredOn = device
      return stop(.answered, except: device)
    case .answered?:
      guard answeredOn == device else { throw .answeredElsewhere }
      return []
    case .declined?, .missed?, .callerGaveUp?: throw .ringOver
    }
  }

  /// The person declines: everywhere, for they are one person.
  public mutating func decline(on device: DeviceID) throws(Refusal) -> [RingSignal] {
    switch end {
    case nil: return stop(.declined, except: nil)
    case .answered?: throw .answeredElsewhere
    case .declined?, .missed?, .callerGaveUp?: return []
    }
  }

  /// The caller gives up.
  public mutating func giveUp() -> [RingSignal] {
    end == nil ? stop(.callerGaveUp, except: nil) : []
  }

  /// The ring's time may be up.
  public mutating func advance(to now: UTCMilliseconds) -> [RingSignal] {
    end == nil && now >= expiresAt ? stop(.missed, except: nil) : []
  }

  private mutating func stop(_ end: RingEnd, except answered: DeviceID?) -> [RingSignal] {
    self.end = end
    return ringing.filter { $0 != answered }.sorted { $0.rawValue < $1.rawValue }
      .map { .stop($0, because: end) }
  }
}
