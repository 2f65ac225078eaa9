/// Whether calls' own media is more than the worker keeps up with.
///
/// A flood of anything else is not: nobody's repairs stop for it.
struct Backlog {
  private var datagramsThen: Int64 = 0
  private var mediaThen: Int64 = 0

  /// Judges by a turn that left datagrams waiting, or none: whether most that came since the last one was
  /// media of calls. `datagrams` and `media` are counted since the start.
  mutating func isMedia(isLeft: Bool, datagrams: Int64, media: Int64) -> Bool {
    let came = datagrams &- datagramsThen
    let ours = media &- mediaThen
    datagramsThen = datagrams
    mediaThen = media
    return isLeft && ours &* 2 > came
  }
}
