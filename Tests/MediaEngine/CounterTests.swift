import Testing

@testable import MediaEngine

@Suite struct CounterTests {
  @Test func aDrawnCodeIsReadBack() {
    var picture = CounterPicture(width: 640, height: 360)
    for frame: UInt16 in [0, 1, 255, 256, 0x7FFF, 0xFFFF] {
      let code = CounterCode(frame: frame, milliseconds: 1_790_000_000_123, source: 9)
      picture.draw(code)
      #expect(CounterReader.read(picture.picture.view) == code)
    }
  }

  @Test(arguments: [(1280, 720), (960, 540), (320, 180), (480, 270), (1920, 1080)])
  func pictureSizesOtherThanTheUsualWork(_ width: Int, _ height: Int) {
    var picture = CounterPicture(width: width, height: height)
    let code = CounterCode(frame: 4711, milliseconds: 77, source: 3)
    picture.draw(code)
    #expect(CounterReader.read(picture.picture.view) == code)
  }

  /// What a browser's camera pipeline and encoder adaptation do: scale, crop to 4:3, add bars.
  @Test(arguments: [
    (320, 180, 0, 0), (480, 270, 0, 0), (214, 120, 0, 0), (1280, 720, 0, 0),
    (480, 360, 80, 0), (360, 360, 140, 0), (640, 480, 0, -60),
  ])
  func aScaledCroppedOrBarredPictureIsStillRead(
    _ width: Int, _ height: Int, _ cutLeft: Int, _ cutTop: Int
  ) {
    var source = CounterPicture(width: 640, height: 360)
    let code = CounterCode(frame: 0xA5A5, milliseconds: 123_456, source: 255)
    source.draw(code)
    let target = Picture(width: width, height: height)
    target.fill(luma: 16)
    let isScaled = cutLeft == 0 && cutTop == 0
    for y in 0..<height {
      for x in 0..<width {
        let fromX = isScaled ? x * 640 / width : x + cutLeft
        let fromY = isScaled ? y * 360 / height : y + cutTop
        guard (0..<640).contains(fromX), (0..<360).contains(fromY) else { continue }
        target.y[y * width + x] = source.picture.y[fromY * 640 + fromX]
      }
    }
    #expect(CounterReader.read(target.view) == code)
  }

  @Test(arguments: [100_000, 200_000, 400_000])
  func theCodeSurvivesVp8AtLowBitrate(_ bitrate: Int) throws {
    let encoder = try VP8Encoder(.init(width: 640, height: 360, bitrate: bitrate))
    let decoder = try VP8Decoder()
    var picture = CounterPicture(width: 640, height: 360)
    var bytes = 0
    for frame in 0..<60 {
      let code = CounterCode(
        frame: UInt16(frame), milliseconds: Int64(frame) * 67 + 1_790_000_000_000, source: 1)
      picture.draw(code)
      var read: CounterCode?
      try encoder.encode(
        SourceFrame(
          code: code, timestamp: Int64(frame) * 6000, duration: 6000, temporalLayer: 0,
          pixels: picture.picture.view),
        keyFrame: frame == 0
      ) { data, encoded in
        #expect(encoded.isKeyFrame == (frame == 0))
        bytes += data.count
        let decoded = decoder.decode(data) { read = $0.pixels.flatMap(CounterReader.read) }
        #expect(decoded)
      }
      #expect(read == code)
    }
    // Four seconds of pictures; the rate control may overshoot by a fifth.
    #expect(bytes * 8 / 4 < bitrate * 12 / 10)
  }

  @Test func anEvenlyLitOrNoisyPictureHasNoCode() {
    let picture = Picture(width: 640, height: 360)
    for luma: UInt8 in [0, 16, 128, 255] {
      picture.fill(luma: luma)
      #expect(CounterReader.read(picture.view) == nil)
    }
    var generator = SplitMix64(seed: 3)
    for i in 0..<640 * 360 { picture.y[i] = UInt8.random(in: 0...255, using: &generator) }
    #expect(CounterReader.read(picture.view) == nil)
    let tiny = Picture(width: 64, height: 48)
    tiny.fill(luma: 100)
    #expect(CounterReader.read(tiny.view) == nil)
  }

  @Test func oneFlippedBitIsNoticed() {
    let code = CounterCode(frame: 1, milliseconds: 2, source: 3)
    for bit in 0..<64 {
      #expect(CounterCode(bits: code.bits ^ (1 << UInt64(bit))) == nil)
    }
    #expect(CounterCode(bits: code.bits) == code)
    #expect(CounterCode(bits: 0) == nil)
    #expect(CounterCode(bits: .max) == nil)
  }

  @Test func gapsRepeatsRestartsAndDelaysAreCounted() {
    var proof = PictureProof()
    func take(_ frame: UInt16, drawn: Int64, shown: Int64, source: UInt8 = 1) {
      proof.take(
        CounterCode(frame: frame, milliseconds: drawn, source: source), shownAt: shown)
    }
    take(0xFFFE, drawn: 0, shown: 100)
    take(0xFFFF, drawn: 67, shown: 187)
    take(2, drawn: 267, shown: 367)
    take(2, drawn: 267, shown: 400)
    take(0, drawn: 500, shown: 600)
    take(1, drawn: 567, shown: 667, source: 2)
    proof.take(nil, shownAt: 700)
    #expect(proof.framesSeen == 5)
    #expect(proof.framesMissing == 2)
    #expect(proof.restarts == 2)
    #expect(proof.framesUnreadable == 1)
    #expect(proof.delays.percentile(50) == 100)
    #expect(proof.delays.percentile(95) == 120)
    #expect(proof.source == 2)
  }

  @Test func delaysAreRightAcrossTheWrapOfTheDrawnClock() {
    var proof = PictureProof()
    let wrap: Int64 = 1 << 24
    proof.take(
      CounterCode(frame: 1, milliseconds: 5 * wrap - 40, source: 1), shownAt: 5 * wrap + 60)
    #expect(proof.delays.percentile(50) == 100)
    // A clock that is a few milliseconds behind makes no delay of hours.
    proof.take(
      CounterCode(frame: 2, milliseconds: 6 * wrap + 3, source: 1), shownAt: 6 * wrap)
    #expect(proof.delays.percentile(1) == 0)
    // A file's pictures carry no clock.
    proof.take(CounterCode(frame: 3, clock: CounterCode.noClock, source: 1), shownAt: 1)
    #expect(proof.delays.count == 2)
    #expect(proof.framesSeen == 3)
  }
}
