import Wire

@testable import Forwarding

/// A sender of three encodings with three temporal layers each, as a browser sends them: each has its
/// own SSRC, numbers and clock, and sends a keyframe first and when asked.
struct SimulcastSender {
  static let names = ["q", "h", "f"]
  /// The temporal layers of four pictures (L1T3), and which of them depend on the base layer alone.
  static let pattern: [UInt8] = [0, 2, 1, 2]

  let number: Int
  var index: Int
  /// Which encodings it sends.
  var active = [true, true, true]
  /// Packets lost on the way to the room, by encoding and sequence number.
  var isLost: (Int, UInt16) -> Bool = { _, _ in false }
  private var sequences: [UInt16] = [65_500, 100, 32_000]
  private var pictures: [UInt16] = [5, 32_700, 900]
  private var bases: [UInt8] = [250, 3, 77]
  private var wantsKeyframe = [true, true, true]
  private var count = 0
  private let clocks: [UInt32] = [1_000_000, 4_294_900_000, 77]

  init(number: Int, index: Int) {
    self.number = number
    self.index = index
  }

  static func ssrc(_ number: Int, _ layer: Int) -> SSRC {
    SSRC(UInt32(5_000 + number * 10 + layer))
  }

  /// The session of a participant that sends so.
  static func media(_ media: inout SessionMedia) {
    media.video?.layers = names
    media.video?.ssrc = nil
    media.video?.retransmissionSSRC = nil
    media.video?.extensions.streamID = TestMedia.ridID
    media.video?.extensions.repairedStreamID = TestMedia.repairedRidID
  }

  /// The picture's timestamp in an encoding's clock.
  func timestamp(_ layer: Int, picture: Int) -> UInt32 {
    clocks[layer] &+ UInt32(picture) * 3000
  }

  /// Takes note of requests for keyframes among what the room sent.
  mutating func read(_ sent: [RoomDriver.Sent]) {
    for part in sent.rtcp(.pictureLossIndication, to: index) {
      guard let request = try? PictureLossIndication(parsing: part.span.bytes) else { continue }
      for layer in 0..<3 where Self.ssrc(number, layer) == request.mediaSSRC {
        wantsKeyframe[layer] = true
      }
    }
  }

  /// The packets of the next picture, two of each encoding: the layer, and the bytes; what is lost is
  /// left out.
  mutating func next() -> [(layer: Int, bytes: [UInt8])] {
    var packets: [(Int, [UInt8])] = []
    let position = count % 4
    for layer in 0..<3 {
      guard active[layer] else {
        wantsKeyframe[layer] = true
        continue
      }
      // A keyframe begins the pattern anew; here it simply takes the base layer's place.
      let isKeyframe = wantsKeyframe[layer] && position == 0
      let tid = Self.pattern[position]
      if isKeyframe { wantsKeyframe[layer] = false }
      if tid == 0 { bases[layer] &+= 1 }
      for part in 0..<2 {
        if !isLost(layer, sequences[layer]) {
          packets.append(
            (
              layer,
              TestPacket.video(
                number, sequence: sequences[layer], timestamp: timestamp(layer, picture: count),
                picture: pictures[layer], temporal: bases[layer], tid: tid,
                sync: count % 8 < 4 && tid > 0, keyframe: isKeyframe, start: part == 0,
                marker: part == 1, ssrc: Self.ssrc(number, layer), mid: "v",
                rid: Self.names[layer], length: 200 + layer * 300)
            ))
        }
        sequences[layer] &+= 1
      }
      pictures[layer] = (pictures[layer] + 1) & 0x7FFF
    }
    count += 1
    return packets
  }
}

/// What one receiver got of one slot's picture, and whether it could be shown.
struct PictureCheck {
  /// The lengths of the payloads tell the encodings apart: 200, 500, 800.
  static func layer(of packet: RoomDriver.Sent) -> Int { (packet.payload.count - 200) / 300 }

  var sequences: [UInt16] = []
  var pictures: [UInt16] = []
  var bases: [UInt8] = []
  var timestamps: [UInt32] = []
  var layers: [Int] = []
  var temporal: [UInt8] = []
  /// Whether every change of encoding began with a keyframe.
  var switchesAtKeyframes = true

  mutating func read(_ sent: [RoomDriver.Sent], of ssrc: SSRC) {
    for packet in sent {
      guard let header = packet.header, header.ssrc == ssrc,
        let descriptor = try? VP8PayloadDescriptor(parsing: packet.payload.span.bytes)
      else { continue }
      let layer = Self.layer(of: packet)
      if layer != layers.last, !descriptor.startsKeyframe(in: packet.payload.span.bytes) {
        switchesAtKeyframes = false
      }
      sequences.append(header.sequenceNumber.rawValue)
      timestamps.append(header.timestamp.rawValue)
      pictures.append(descriptor.pictureID ?? 0)
      bases.append(descriptor.temporalBaseIndex ?? 0)
      temporal.append(descriptor.temporalLayer ?? 0)
      layers.append(layer)
    }
  }

  /// Whether numbers rise by one from packet to packet and pictures from picture to picture.
  var isContinuous: Bool {
    for (earlier, later) in zip(sequences, sequences.dropFirst()) where later != earlier &+ 1 {
      return false
    }
    for index in 1..<max(1, pictures.count) {
      let step = (pictures[index] &- pictures[index - 1]) & 0x7FFF
      guard step == (timestamps[index] == timestamps[index - 1] ? 0 : 1) else { return false }
      let rise = Int32(bitPattern: timestamps[index] &- timestamps[index - 1])
      guard rise >= 0, step == 0 || rise > 0 else { return false }
      let base = bases[index] &- bases[index - 1]
      guard base == (step == 1 && temporal[index] == 0 ? 1 : 0) else { return false }
    }
    return true
  }
}
