import Glibc
import Testing

@testable import MediaEngine

/// A directory of its own, removed when the test ends.
private final class Scratch {
  let path: String

  init() throws {
    var template = Array("/tmp/besoeg-media-XXXXXX".utf8CString)
    guard mkdtemp(&template) != nil else { throw MediaError.file(path: "/tmp", code: errno) }
    path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }

  deinit {
    for name in ["a.wav", "b.wav", "a.y4m"] { unlink("\(path)/\(name)") }
    rmdir(path)
  }
}

@Suite struct FileTests {
  @Test func soundIsReadAsItWasWritten() throws {
    let scratch = try Scratch()
    let sound = WaveFile(samples: (0..<4800).map { Int16($0 * 6 - 14_400) })
    try sound.write(path: scratch.path + "/a.wav")
    #expect(try WaveFile(path: scratch.path + "/a.wav") == sound)
    #expect(sound.milliseconds == 100)
  }

  @Test func otherRatesAndStereoBecome48kMono() throws {
    // A ramp at 24 kHz stereo, both channels alike; with a chunk to skip, and a length that claims
    // more than there is.
    var bytes = Array("RIFF".utf8) + [0xFF, 0xFF, 0xFF, 0xFF] + Array("WAVE".utf8)
    bytes += Array("LIST".utf8) + [3, 0, 0, 0, 1, 2, 3, 0]
    bytes += Array("fmt ".utf8) + [16, 0, 0, 0, 1, 0, 2, 0]
    bytes += [0xC0, 0x5D, 0, 0, 0, 0x77, 1, 0, 4, 0, 16, 0]
    bytes += Array("data".utf8) + [0xFF, 0xFF, 0xFF, 0x7F]
    for i in 0..<2400 {
      let value = UInt16(bitPattern: Int16(i * 8))
      for _ in 0..<2 { bytes += [UInt8(value & 0xFF), UInt8(value >> 8)] }
    }
    let samples = try #require(WaveFile.decode(bytes))
    #expect(samples.count == 4800)
    for i in 2..<4790 { #expect(abs(Int(samples[i]) - i * 4) <= 1) }
  }

  @Test func whatIsNoUsableWaveIsRefused() throws {
    #expect(WaveFile.decode([]) == nil)
    #expect(WaveFile.decode(Array("RIFF....WAVEdata".utf8) + [4, 0, 0, 0, 1, 2, 3, 4]) == nil)
    let scratch = try Scratch()
    #expect(throws: MediaError.file(path: scratch.path + "/b.wav", code: ENOENT)) {
      try WaveFile(path: scratch.path + "/b.wav")
    }
    let file = try BinaryFile(path: scratch.path + "/a.wav", mode: "wb")
    try file.write(Array("not sound".utf8))
    try file.flush()
    #expect(throws: MediaError.unsupportedFile(path: scratch.path + "/a.wav")) {
      try WaveFile(path: scratch.path + "/a.wav")
    }
    #expect(throws: MediaError.unsupportedFile(path: scratch.path + "/a.wav")) {
      _ = try Y4MReader(path: scratch.path + "/a.wav")
    }
  }

  @Test func proofFilesHoldACounterInEveryPictureAndEveryTone() throws {
    let scratch = try Scratch()
    let picturePath = scratch.path + "/a.y4m"
    let soundPath = scratch.path + "/a.wav"
    try ProofFiles.write(picture: picturePath, sound: soundPath, seconds: 3)

    var reader = try Y4MReader(path: picturePath)
    #expect(reader.width == 640 && reader.height == 360 && reader.framesPerSecond == 15)
    var codes: [CounterCode?] = []
    while try reader.next({ codes.append(CounterReader.read($0)) }) {}
    // Rounded up to a whole tone cycle of four seconds.
    #expect(codes.map { $0.map { Int($0.frame) } } == Array(0..<60))
    #expect(codes.allSatisfy { $0?.clock == CounterCode.noClock && $0?.source == 0xFE })

    let sound = try WaveFile(path: soundPath)
    #expect(sound.milliseconds == 4000)
    var proof = SoundProof()
    // Twice over, as a browser loops it.
    sound.samples.withUnsafeBufferPointer { samples in
      guard let start = samples.baseAddress else { return }
      for block in 0..<800 {
        proof.take(start + block % 400 * 480, heardAt: Int64(block) * 10)
      }
    }
    #expect(proof.tonesHeard == 16)
    #expect(proof.tonesExpected == 16)
    #expect(proof.delays.count == 0)
  }

  @Test func aWriterOfReceivedPicturesSkipsOtherSizes() throws {
    let scratch = try Scratch()
    var writer = try Y4MWriter(
      path: scratch.path + "/a.y4m", width: 64, height: 48, framesPerSecond: 20)
    let right = Picture(width: 64, height: 48)
    let wrong = Picture(width: 32, height: 24)
    right.fill(luma: 77)
    wrong.fill(luma: 77)
    try writer.append(right.view)
    try writer.append(wrong.view)
    try writer.append(right.view)
    try writer.finish()
    var reader = try Y4MReader(path: scratch.path + "/a.y4m")
    var lumas: [UInt8] = []
    while try reader.next({ lumas.append($0.y[0]) }) {}
    #expect(lumas == [77, 77])
    #expect(reader.framesPerSecond == 20)
  }
}
