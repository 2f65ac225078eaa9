import MediaEngine

/// Notices the first sound and the first picture.
struct Milestones {
  private var hasSound: Bool
  private var hasPicture: Bool

  init(after statistics: MediaStatistics) {
    hasSound = statistics.received.firstSoundMs != nil
    hasPicture = statistics.received.firstPictureMs != nil
  }

  mutating func passed(in statistics: MediaStatistics) -> [MediaThread.Report] {
    var reports: [MediaThread.Report] = []
    if !hasSound, let milliseconds = statistics.received.firstSoundMs {
      hasSound = true
      reports.append(.firstSound(milliseconds: milliseconds))
    }
    if !hasPicture, let milliseconds = statistics.received.firstPictureMs {
      hasPicture = true
      reports.append(.firstPicture(milliseconds: milliseconds))
    }
    return reports
  }
}
