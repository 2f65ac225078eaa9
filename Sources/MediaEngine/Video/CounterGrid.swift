/// Where the cells of a drawn `CounterCode` lie in a picture.
///
/// Eight columns of nine rows of squares in the middle of the picture: a first row of alternating
/// white and black, which shows a reader where white and black lie after coding, and eight rows of
/// eight bits. In a 640x360 picture a cell is 32 pixels, aligned to VP8's 16-pixel macroblocks, so
/// that a cell costs few bits; in the middle, so that a camera pipeline that crops to 4:3 or even to
/// a square still shows all of it.
///
///        192                     448        (640x360)
///     32  +--+--+--+--+--+--+--+--+
///         |##|  |##|  |##|  |##|  |         reference row
///     64  +--+--+--+--+--+--+--+--+
///         | 0| 1| 2| 3| 4| 5| 6| 7|         bits 0-7, most significant first
///                  ...
///    320  +--+--+--+--+--+--+--+--+
struct CounterGrid {
  static let columns = 8
  static let rows = 9
  /// The luma of a set and of an unset cell: inside the 16-235 that video keeps, and close enough to
  /// each other not to ring.
  static let white: UInt8 = 210
  static let black: UInt8 = 40

  /// A cell's side in pixels.
  let cell: Double
  /// The left edge of column 0.
  let left: Double
  /// The upper edge of row 0.
  let top: Double

  /// The grid in a picture that was scaled by its height and cropped at the sides.
  static func fitted(toHeight height: Int, width: Int) -> CounterGrid {
    let scale = Double(height) / 360
    return CounterGrid(
      cell: 32 * scale, left: Double(width) / 2 - 128 * scale, top: 32 * scale)
  }

  /// The grid in a picture that was scaled by its width and given bars above and below.
  static func fitted(toWidth width: Int, height: Int) -> CounterGrid {
    let scale = Double(width) / 640
    return CounterGrid(
      cell: 32 * scale, left: 192 * scale, top: Double(height) / 2 - 148 * scale)
  }

  /// Whether a cell of the reference row is white.
  static func isReferenceWhite(column: Int) -> Bool { column & 1 == 0 }
}
