/// What a stretch of an emulated call came to.
struct Figures: CustomStringConvertible {
  /// Part of the sound's packets that arrived.
  var soundArrived: Double
  /// The delay that 95 % of the sound did not exceed, in ms.
  var soundDelay: Double
  /// What arrived of the picture (and padding), in bit/s.
  var picture: Int
  /// The wait in the path's queue that 95 % of the time was not exceeded, in ms.
  var wait: Double
  /// Lowest, middle and highest estimate, in bit/s.
  var estimates: (least: Int, middle: Int, most: Int)

  var description: String {
    "sound \(Int(soundArrived * 1000)) ‰, p95 \(Int(soundDelay)) ms; picture \(picture / 1000) kbit/s; "
      + "queue p95 \(Int(wait)) ms; estimate \(estimates.least / 1000) … "
      + "\(estimates.middle / 1000) … \(estimates.most / 1000) kbit/s"
  }
}

extension EmulatedNetwork {
  /// Lets time pass and gives what it came to for one call.
  func measure(seconds: Int, call index: Int = 0) -> Figures {
    reset()
    run(seconds: seconds)
    let call = calls[index]
    let delays = call.soundDelays.sorted()
    let waited = waits.sorted()
    let estimated = estimates[index].sorted()
    return Figures(
      soundArrived: Double(call.soundArrived) / Double(max(1, call.soundSent)),
      soundDelay: delays.isEmpty ? 0 : delays[delays.count * 95 / 100],
      picture: call.pictureBytesArrived * 8 / seconds,
      wait: waited.isEmpty ? 0 : waited[waited.count * 95 / 100],
      estimates: (
        estimated.first ?? 0, estimated.isEmpty ? 0 : estimated[estimated.count / 2],
        estimated.last ?? 0
      ))
  }
}
