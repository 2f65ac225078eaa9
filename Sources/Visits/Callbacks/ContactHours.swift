/// Counting time in opening hours only.
enum ContactHours {
  /// The time when `minutes` of `open` have passed since `from`. Where the hours known run out, the
  /// rest counts on as if open: a request must fall due sooner or later.
  static func adding(
    minutes: Int, to from: UTCMilliseconds, in open: TimeWindows
  ) -> UTCMilliseconds {
    var left = Int64(max(0, minutes)) * 60_000
    var reached = from
    for window in open.windows where window.end > from {
      let start = max(window.start, from)
      let length = window.end.milliseconds(since: start)
      if left <= length { return start.adding(milliseconds: left) }
      left -= length
      reached = window.end
    }
    return reached.adding(milliseconds: left)
  }

  /// Whether `time` lies in the hours.
  static func contains(_ time: UTCMilliseconds, in open: TimeWindows) -> Bool {
    open.windows.contains { $0.contains(time) }
  }

  /// When the hours next begin; nil when not known.
  static func nextOpening(after time: UTCMilliseconds, in open: TimeWindows) -> UTCMilliseconds? {
    open.windows.first { $0.start > time }?.start
  }
}
