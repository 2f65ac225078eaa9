/// Totals of a worker's byte streams since it started.
struct StreamCounters: Equatable, BitwiseCopyable {
  /// Streams taken in.
  var opened: Int64 = 0
  /// Streams turned away: too many in all, or from one address.
  var refused: Int64 = 0
  /// Streams ended, for whatever reason.
  var closed: Int64 = 0
  /// Streams ended because no session knew them in time.
  var strangers: Int64 = 0
  /// Packets of picture left out for want of room.
  var droppedPicture: Int64 = 0
  /// Other packets left out for want of room.
  var dropped: Int64 = 0

  /// The totals by metric name.
  var byMetricName: [String: Int64] {
    [
      "besoeg_relay_streams_opened_total": opened,
      "besoeg_relay_streams_refused_total": refused,
      "besoeg_relay_streams_closed_total": closed,
      "besoeg_relay_streams_unauthenticated_total": strangers,
      "besoeg_relay_stream_picture_dropped_total": droppedPicture,
      "besoeg_relay_stream_dropped_total": dropped,
    ]
  }
}
