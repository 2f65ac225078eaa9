/// Reads a drawn `CounterCode` back from a decoded picture of any size.
enum CounterReader {
  /// The least difference between white and black that counts as a drawn code.
  private static let leastContrast = 40

  /// The code in a picture, or nil where none can be read.
  static func read(_ picture: PictureView) -> CounterCode? {
    // Under 72 rows a cell has fewer than 6 pixels; nothing survives coding.
    guard picture.height >= 72, picture.width >= 72 else { return nil }
    if let code = read(
      picture, grid: .fitted(toHeight: picture.height, width: picture.width))
    {
      return code
    }
    return read(picture, grid: .fitted(toWidth: picture.width, height: picture.height))
  }

  private static func read(_ picture: PictureView, grid: CounterGrid) -> CounterCode? {
    let right = grid.left + Double(CounterGrid.columns) * grid.cell
    let bottom = grid.top + Double(CounterGrid.rows) * grid.cell
    guard grid.left >= 0, grid.top >= 0, right <= Double(picture.width),
      bottom <= Double(picture.height)
    else { return nil }

    var white = 0
    var black = 0
    var column = 0
    while column < CounterGrid.columns {
      let level = cellLevel(picture, grid, column: column, row: 0)
      if CounterGrid.isReferenceWhite(column: column) { white += level } else { black += level }
      column += 1
    }
    // Both sums are of four cells; so is the threshold.
    guard white - black >= 4 * leastContrast else { return nil }
    let threshold = (white + black) / 2

    var bits: UInt64 = 0
    var index = 0
    while index < 64 {
      let level = cellLevel(picture, grid, column: index & 7, row: 1 + index >> 3)
      bits = bits << 1 | (4 * level > threshold ? 1 : 0)
      index += 1
    }
    return CounterCode(bits: bits)
  }

  /// The mean luma of a cell's inner half, from a lattice of 5 x 5 samples: coding smears the rim.
  private static func cellLevel(
    _ picture: PictureView, _ grid: CounterGrid, column: Int, row: Int
  ) -> Int {
    let step = grid.cell / 8
    let x0 = grid.left + (Double(column) + 0.25) * grid.cell
    let y0 = grid.top + (Double(row) + 0.25) * grid.cell
    var sum = 0
    var j = 0
    while j < 5 {
      let line = picture.y + Int(y0 + Double(j) * step) * picture.yStride
      var i = 0
      while i < 5 {
        sum += Int(line[Int(x0 + Double(i) * step)])
        i += 1
      }
      j += 1
    }
    return sum / 25
  }
}
