/// What a leg has received of each SSRC within the current window, for gaps.
struct ReceivedStreams {
  private struct Stream {
    var ssrc: UInt32
    /// The sequence number before the first one that counts.
    var base: Int64
    var highest: Int64
    var packets: Int64
  }

  private var streams: [Stream] = []

  /// Notes a packet of `ssrc`.
  mutating func note(_ sequence: UInt16, of ssrc: UInt32) {
    for index in streams.indices where streams[index].ssrc == ssrc {
      let step = Int16(
        truncatingIfNeeded: Int64(sequence) - streams[index].highest)
      let number = streams[index].highest + Int64(step)
      if number > streams[index].highest { streams[index].highest = number }
      if number > streams[index].base { streams[index].packets += 1 }
      return
    }
    let number = Int64(sequence)
    streams.append(Stream(ssrc: ssrc, base: number - 1, highest: number, packets: 1))
  }

  /// A new window begins after what has come.
  mutating func beginWindow() {
    for index in streams.indices {
      streams[index].base = streams[index].highest
      streams[index].packets = 0
    }
  }

  /// Packets that are missing between others.
  var lost: Int {
    streams.reduce(0) { $0 + max(0, Int($1.highest - $1.base - $1.packets)) }
  }
}
