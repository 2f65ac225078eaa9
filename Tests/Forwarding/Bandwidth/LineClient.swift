import Congestion
import Wire

@testable import Forwarding

/// A participant behind a line: sends sound and a picture that obeys REMB, takes what comes, tells
/// arrivals, asks again for lost pictures' packets and answers when asked.
final class LineClient {
  let number: Int
  /// To the relay, and from it.
  var up = Line()
  var down = Line()
  /// The most its picture takes, in bit/s; 0 for no picture.
  var most = 600_000
  /// Whether it heeds REMB.
  var obeys = true
  /// Whether it gives transport-wide feedback.
  var givesFeedback = true
  /// What REMB last allowed it.
  private(set) var allowed: Int?
  /// Bytes of picture that came, keyframes that began to come, sound packets that came.
  private(set) var pictureBytes = 0
  private(set) var paddingBytes = 0
  private(set) var keyframes = 0
  private(set) var soundPackets = 0
  private(set) var soundSent = 0
  /// What came of each of the slots' pictures.
  private(set) var pictures: [UInt32: Picture] = [:]
  private(set) var requests = 0
  private(set) var lastSoundAt = MonotonicTime.zero
  private(set) var longestSilence = TimeSpan.zero

  private var arrivals = ArrivalRecorder(isUsed: true)
  private var sequence: (sound: UInt16, picture: UInt16, repair: UInt16) = (0, 0, 0)
  private var frame: UInt16 = 0
  private var wantsKeyframe = true
  private var nextSoundAt: MonotonicTime
  private var nextFrameAt: MonotonicTime
  private var kept: [UInt16: [UInt8]] = [:]
  /// The round trip it assumes when it asks again.
  var patience = TimeSpan.milliseconds(120)

  init(_ number: Int, now: MonotonicTime) {
    self.number = number
    nextSoundAt = now + .milliseconds(Int64(number))
    nextFrameAt = now + .milliseconds(Int64(number))
    lastSoundAt = now
  }

  /// What its picture takes now.
  var bitrate: Int {
    guard obeys, let allowed else { return most }
    return min(most, max(20_000, allowed - 46_000))
  }

  // MARK: Sending

  /// The RTP that is due.
  func media(at now: MonotonicTime) -> [[UInt8]] {
    var packets: [[UInt8]] = []
    while nextSoundAt <= now {
      packets.append(TestPacket.audio(number, sequence: sequence.sound))
      sequence.sound &+= 1
      soundSent += 1
      nextSoundAt = nextSoundAt + .milliseconds(20)
    }
    while most > 0, nextFrameAt <= now {
      packets += makePicture()
      nextFrameAt = nextFrameAt + .milliseconds(33)
    }
    return packets
  }

  private func makePicture() -> [[UInt8]] {
    frame = (frame + 1) & 0x7FFF
    let isKey = wantsKeyframe
    wantsKeyframe = false
    var left = max(60, bitrate / 8 * 33 / 1000 * (isKey ? 4 : 1))
    var packets: [[UInt8]] = []
    while left > 0 {
      let length = min(left, 1_100)
      left -= length
      let packet = TestPacket.video(
        number, sequence: sequence.picture, timestamp: UInt32(frame) &* 2970, picture: frame,
        keyframe: isKey && packets.isEmpty, start: packets.isEmpty, marker: left == 0,
        length: max(20, length))
      kept[sequence.picture] = packet
      kept[sequence.picture &- 1000] = nil
      sequence.picture &+= 1
      packets.append(packet)
    }
    return packets
  }

  // MARK: Receiving

  /// Takes RTP from the relay.
  func receive(_ packet: [UInt8], at now: MonotonicTime) {
    guard let header = try? RTPHeader(parsing: packet.span.bytes) else { return }
    if let number = header.transportSequence(id: TestMedia.transportID, in: packet.span.bytes) {
      arrivals.note(number.rawValue, now: now)
    }
    let media = header.ssrc.rawValue & 3
    switch media {
    case 0:
      soundPackets += 1
      longestSilence = max(longestSilence, now - lastSoundAt)
      lastSoundAt = now
    case 1: note(header.sequenceNumber.rawValue, of: header.ssrc.rawValue, packet, header)
    default:
      guard header.payloadLength > 2 else {
        paddingBytes += packet.count
        return
      }
      let at = header.payloadRange.lowerBound
      note(
        UInt16(packet[at]) << 8 | UInt16(packet[at + 1]), of: header.ssrc.rawValue - 1, packet,
        header)
    }
  }

  private func note(_ sequence: UInt16, of ssrc: UInt32, _ packet: [UInt8], _ header: RTPHeader) {
    guard pictures[ssrc, default: Picture(sequence)].take(sequence) else { return }
    pictureBytes += packet.count
    // Behind the four bytes of the descriptor's long form stands the frame's tag.
    let payload = packet[header.payloadRange]
    if let descriptor = try? VP8PayloadDescriptor(parsing: [UInt8](payload).span.bytes),
      descriptor.startsKeyframe(in: [UInt8](payload).span.bytes)
    {
      keyframes += 1
    }
  }

  /// Packets of pictures that never came, of all up to the last one that did.
  var missing: Int { pictures.values.reduce(0) { $0 + $1.missing.count } }

  /// Takes RTCP from the relay; returns the RTP it answers with.
  func receiveRTCP(_ packet: [UInt8]) -> [[UInt8]] {
    var answers: [[UInt8]] = []
    guard var reader = try? CompoundReader(parsing: packet.span.bytes) else { return [] }
    while let part = reader.next(in: packet.span.bytes) {
      let bytes = [UInt8](packet[part.range])
      switch part.kind {
      case .pictureLossIndication: wantsKeyframe = true
      case .receiverEstimatedMaximumBitrate:
        if let report = try? ReceiverEstimatedMaximumBitrate(parsing: bytes.span.bytes) {
          allowed = Int(report.bitrate)
        }
      case .genericNACK:
        guard let request = try? GenericNACK(parsing: bytes.span.bytes) else { continue }
        request.forEachLost(in: bytes.span.bytes) { lost in
          guard let original = kept[lost.rawValue] else { return }
          answers.append(TestPacket.rtx(number, sequence: sequence.repair, of: original))
          sequence.repair &+= 1
        }
      default: continue
      }
    }
    return answers
  }

  /// The RTCP that is due: arrivals, and requests for what is missing.
  func feedback(at now: MonotonicTime) -> [[UInt8]] {
    var packets: [[UInt8]] = []
    if givesFeedback, let due = arrivals.dueAt, due <= now {
      packets.append(
        TestPacket.write {
          arrivals.writeFeedback(
            into: &$0, at: 0, sender: SSRC(1), media: SSRC(2), now: now)
        })
    }
    for ssrc in pictures.keys {
      let lost = pictures[ssrc]?.takeDue(at: now, patience: patience) ?? []
      requests += lost.count
      if !lost.isEmpty { packets.append(TestPacket.nack(lost, of: SSRC(ssrc))) }
    }
    return packets
  }
}

/// One incoming picture stream: what is missing of it.
struct Picture {
  /// Its highest number so far, unwrapped.
  private var highest: Int
  /// Packets that came.
  private(set) var count = 0
  /// What has not come: how often each was asked for, and when last.
  private(set) var missing: [Int: (count: Int, at: MonotonicTime)] = [:]

  init(_ first: UInt16) { highest = Int(first) - 1 }

  /// Notes a packet; false where it was here already.
  mutating func take(_ sequence: UInt16) -> Bool {
    let unwrapped = highest + Int(Int16(truncatingIfNeeded: Int(sequence) - highest))
    if unwrapped > highest {
      for number in (highest + 1)..<unwrapped { missing[number] = (0, .zero) }
      highest = unwrapped
    } else if missing.removeValue(forKey: unwrapped) == nil {
      return false
    }
    count += 1
    return true
  }

  /// What to ask for now.
  mutating func takeDue(at now: MonotonicTime, patience: TimeSpan) -> [UInt16] {
    guard !missing.isEmpty else { return [] }
    let due = missing.filter {
      $0.key > highest - 200 && $0.value.count < 10 && now - $0.value.at >= patience
    }
    for number in due.keys { missing[number] = ((missing[number]?.count ?? 0) + 1, now) }
    return due.keys.sorted().map { UInt16(truncatingIfNeeded: $0) }
  }
}
