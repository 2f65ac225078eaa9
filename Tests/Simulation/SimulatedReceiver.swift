import Wire

/// Takes a participant's incoming packets, asks again for pictures' packets that are missing, and
/// keeps the numbers that senders put into their payloads.
struct SimulatedReceiver {
  /// One incoming stream.
  struct Stream {
    /// Numbers found in payloads, in the order they came.
    var numbers: [Int] = []
    /// The unwrapped sequence numbers that arrived.
    var sequences: Set<Int> = []
    /// The first and the highest of them.
    var first: Int
    var highest: Int
    /// The longest time between two packets.
    var longestGap = TimeSpan.zero
    /// Packets that came twice.
    var repeated = 0
    /// Packets that came on the retransmission stream.
    var repaired = 0
    /// How often a missing packet was asked for, and when last.
    var asked: [Int: (count: Int, at: MonotonicTime)] = [:]
    var lastAt: MonotonicTime

    /// Notes a packet.
    mutating func take(_ sequence: UInt16, number: Int, isRepair: Bool, at now: MonotonicTime) {
      // The nearest unwrapped number to the highest so far.
      let distance = Int16(truncatingIfNeeded: Int(sequence) - highest)
      let unwrapped = highest + Int(distance)
      if sequences.insert(unwrapped).inserted {
        numbers.append(number)
        if isRepair { repaired += 1 }
      } else {
        repeated += 1
      }
      first = min(first, unwrapped)
      highest = max(highest, unwrapped)
      asked[unwrapped] = nil
      longestGap = max(longestGap, now - lastAt)
      lastAt = now
    }

    /// Notes what is to be asked for now, and returns it.
    mutating func takeMissing(at now: MonotonicTime) -> [Int] {
      let from = max(first, highest - SimulatedReceiver.askingWindow)
      let missing = (from..<highest).filter { sequence in
        guard !sequences.contains(sequence) else { return false }
        guard let asked = asked[sequence] else { return true }
        return asked.count < SimulatedReceiver.asksPerPacket
          && now - asked.at >= SimulatedReceiver.askAgainAfter
      }.prefix(SimulatedReceiver.asksPerPoll)
      for sequence in missing { asked[sequence] = ((asked[sequence]?.count ?? 0) + 1, now) }
      return Array(missing)
    }

    /// The share of sequence numbers up to the highest that never came.
    var lossRatio: Double {
      1 - Double(sequences.count) / Double(highest - first + 1)
    }
  }

  static let pollInterval = TimeSpan.milliseconds(20)
  private static let askAgainAfter = TimeSpan.milliseconds(120)
  private static let asksPerPacket = 8
  private static let asksPerPoll = 100
  private static let askingWindow = 300

  /// By SSRC.
  private(set) var streams: [UInt32: Stream] = [:]
  /// Which stream each retransmission stream repairs.
  var repairs: [UInt32: UInt32] = [:]
  /// Sender reports seen, by SSRC.
  private(set) var senderReports: [UInt32: Int] = [:]
  private(set) var nextPoll: MonotonicTime?
  private var payloadTypes: [UInt32: UInt8] = [:]

  /// The incoming stream of a kind, where exactly one has come.
  func only(_ payloadType: UInt8) -> Stream? {
    let matching = streams.filter { payloadTypes[$0.key] == payloadType }
    return matching.count == 1 ? matching.first?.value : nil
  }

  /// All incoming streams of a kind.
  func all(_ payloadType: UInt8) -> [Stream] {
    streams.filter { payloadTypes[$0.key] == payloadType }.map(\.value)
  }

  /// Takes a decrypted RTP packet.
  mutating func receive(_ packet: [UInt8], at now: MonotonicTime) {
    guard let header = try? RTPHeader(parsing: packet.span.bytes), header.payloadLength >= 6 else {
      return
    }
    var ssrc = header.ssrc.rawValue
    var sequence = header.sequenceNumber.rawValue
    let isRepair = header.payloadType.rawValue == SimulatedOffer.retransmission
    if isRepair {
      guard let media = repairs[ssrc] else { return }
      ssrc = media
      sequence = UInt16(packet[header.headerLength]) << 8 | UInt16(packet[header.headerLength + 1])
    } else {
      payloadTypes[ssrc] = header.payloadType.rawValue
    }
    let number = packet.suffix(4).reduce(0) { $0 << 8 | Int($1) }
    if streams[ssrc] == nil {
      guard !isRepair else { return }
      streams[ssrc] = Stream(first: Int(sequence), highest: Int(sequence), lastAt: now)
      nextPoll = nextPoll ?? now + Self.pollInterval
    }
    // In place: a copy would copy everything the stream ever received.
    streams[ssrc]?.take(sequence, number: number, isRepair: isRepair, at: now)
  }

  /// Takes decrypted RTCP.
  mutating func receiveRTCP(_ compound: RawSpan) {
    guard var reader = try? CompoundReader(parsing: compound) else { return }
    while let packet = reader.next(in: compound) {
      guard packet.kind == .senderReport else { continue }
      senderReports[compound.loadUInt32(at: packet.offset + 4), default: 0] += 1
    }
  }

  /// The RTCP that is due: what is missing of pictures.
  mutating func feedback(at now: MonotonicTime, ownSSRC: UInt32) -> [[UInt8]] {
    guard let due = nextPoll, due <= now else { return [] }
    nextPoll = now + Self.pollInterval
    var made: [[UInt8]] = []
    for (ssrc, type) in payloadTypes where type == SimulatedOffer.vp8 {
      let missing = streams[ssrc]?.takeMissing(at: now) ?? []
      if !missing.isEmpty { made.append(Self.nack(missing, ssrc: ssrc, from: ownSSRC)) }
    }
    return made
  }

  /// An empty receiver report and a generic NACK (RFC 4585 §6.2.1).
  private static func nack(_ missing: [Int], ssrc: UInt32, from own: UInt32) -> [UInt8] {
    func word(_ value: UInt32) -> [UInt8] {
      (0..<4).map { UInt8(truncatingIfNeeded: value >> (24 - 8 * UInt32($0))) }
    }
    var packet: [UInt8] = [0x80, 201, 0, 1] + word(own)
    packet += [0x81, 205] + [0, UInt8(2 + missing.count)] + word(own) + word(ssrc)
    for sequence in missing {
      packet += word(UInt32(UInt16(truncatingIfNeeded: sequence)) << 16)
    }
    return packet
  }
}
