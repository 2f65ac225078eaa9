/// The proof's moving picture: a `CounterCode` in the middle of a still gradient, and a coloured
/// square that travels along each side.
struct CounterPicture {
  /// The picture as last drawn.
  let picture: Picture
  private let grid: CounterGrid
  private let square: Int
  private let columnWidth: Int
  private var lastSquareTop: Int?

  /// A picture of the given size, before the first frame is drawn. Width and height must be even
  /// and the picture no narrower than it is high.
  init(width: Int, height: Int) {
    picture = Picture(width: width, height: height)
    grid = .fitted(toHeight: height, width: width)
    square = (height / 6) & ~1
    columnWidth = min(width / 4, Int(grid.left)) & ~1
    drawBackground(from: 0, rows: height)
    picture.fill(blue: 118, red: 122, x: 0, y: 0, width: width, height: height)
  }

  /// Draws a frame over the last one.
  mutating func draw(_ code: CounterCode) {
    drawSquares(frame: Int(code.frame))
    var column = 0
    while column < CounterGrid.columns {
      drawCell(column: column, row: 0, white: CounterGrid.isReferenceWhite(column: column))
      column += 1
    }
    let bits = code.bits
    var index = 0
    while index < 64 {
      drawCell(column: index & 7, row: 1 + index >> 3, white: bits >> (63 - index) & 1 == 1)
      index += 1
    }
  }

  private func drawCell(column: Int, row: Int, white: Bool) {
    let left = Int((grid.left + Double(column) * grid.cell).rounded())
    let right = Int((grid.left + Double(column + 1) * grid.cell).rounded())
    let top = Int((grid.top + Double(row) * grid.cell).rounded())
    let bottom = Int((grid.top + Double(row + 1) * grid.cell).rounded())
    picture.fill(
      luma: white ? CounterGrid.white : CounterGrid.black, x: left, y: top, width: right - left,
      height: bottom - top)
  }

  /// Moves the squares down the left and up the right side, a full trip every 64 frames.
  private mutating func drawSquares(frame: Int) {
    let room = picture.height - square
    let step = frame & 63
    let top = (room * (step < 32 ? step : 64 - step) / 32) & ~1
    let left = (columnWidth - square) / 2 & ~1
    let right = picture.width - left - square
    if let last = lastSquareTop {
      drawBackground(from: last, rows: square)
      drawBackground(from: room - last & ~1, rows: square)
      for x in [left, right] {
        picture.fill(blue: 118, red: 122, x: x, y: 0, width: square, height: picture.height)
      }
    }
    let opposite = room - top & ~1
    picture.fill(luma: 150, x: left, y: top, width: square, height: square)
    picture.fill(blue: 90, red: 180, x: left, y: top, width: square, height: square)
    picture.fill(luma: 150, x: right, y: opposite, width: square, height: square)
    picture.fill(blue: 180, red: 90, x: right, y: opposite, width: square, height: square)
    lastSquareTop = top
  }

  /// A gradient from dark to light, in bands of eight rows; flat bands cost almost nothing to code.
  private func drawBackground(from top: Int, rows: Int) {
    for row in top..<min(top + rows, picture.height) {
      let luma = UInt8(70 + 80 * (row & ~7) / picture.height)
      picture.fill(luma: luma, x: 0, y: row, width: columnWidth, height: 1)
      picture.fill(
        luma: luma, x: picture.width - columnWidth, y: row, width: columnWidth, height: 1)
      let inner = picture.width - 2 * columnWidth
      if lastSquareTop == nil, inner > 0 {
        picture.fill(luma: luma, x: columnWidth, y: row, width: inner, height: 1)
      }
    }
  }
}
