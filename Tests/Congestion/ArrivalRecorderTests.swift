import Testing
import Wire

@testable import Congestion

@Suite("How often a receiver tells what arrived")
struct ArrivalRecorderTests {
  private enum Content { case sound, picture }

  /// Reports in each second of what comes, fifty packets of sound a second or two hundred with pictures.
  private func reports(_ seconds: [Content]) -> [Int] {
    var recorder = ArrivalRecorder(isUsed: true)
    var bytes = [UInt8](repeating: 0, count: 1_500)
    var sequence: UInt16 = 0
    return seconds.enumerated().map { second, kind in
      var reports = 0
      let rate = kind == .sound ? 50 : 200
      for millisecond in 0..<1_000 {
        let now = MonotonicTime(nanoseconds: Int64(second * 1_000 + millisecond) * 1_000_000)
        if millisecond * rate / 1_000 != (millisecond + 1) * rate / 1_000 {
          sequence &+= 1
          recorder.note(sequence, isSound: kind == .sound, now: now)
        }
        guard let due = recorder.dueAt, due <= now else { continue }
        var values = bytes.mutableSpan
        var span = values.mutableBytes
        let length = recorder.writeFeedback(
          into: &span, at: 0, sender: SSRC(1), media: SSRC(2), now: now)
        if length != nil { reports += 1 }
      }
      return reports
    }
  }

  @Test("twenty times a second with pictures, and in the first second of sound")
  func picture() {
    #expect(reports([.picture, .picture]).allSatisfy { (16...20).contains($0) })
    #expect((14...20).contains(reports([.sound])[0]))
  }

  @Test("four times while sound is alone, and twenty again as soon as there is a picture")
  func sound() {
    let told = reports([.sound, .sound, .sound, .picture, .picture, .sound, .sound, .sound])
    #expect(told[1...2].allSatisfy { (3...4).contains($0) }, "\(told)")
    #expect(told[3...4].allSatisfy { (16...20).contains($0) }, "\(told)")
    #expect(told[7] <= 4, "\(told)")
  }
}
