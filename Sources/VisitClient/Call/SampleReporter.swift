import Foundation
import MediaEngine

/// Hands in what a call measured. While the service is away, samples wait here.
actor SampleReporter {
  private let api: BesoegAPI
  private let visit: String
  private var waiting: [QualitySample] = []
  private var isSending = false

  /// Five minutes of samples; older ones are dropped, since counters are cumulative.
  private static let capacity = 60

  init(api: BesoegAPI, visit: String) {
    self.api = api
    self.visit = visit
  }

  /// Adds a sample and hands in what is waiting.
  func report(_ sample: QualitySample) async {
    waiting.append(sample)
    if waiting.count > Self.capacity { waiting.removeFirst() }
    // A second sender would hand in the same samples.
    guard !isSending else { return }
    isSending = true
    defer { isSending = false }
    while !waiting.isEmpty {
      let batch = waiting
      do {
        try await api.post(batch, visit: visit)
      } catch {
        // What the service refuses it will refuse again; what it could not take waits.
        if !error.isPassing { waiting.removeAll { batch.contains($0) } }
        return
      }
      waiting.removeAll { batch.contains($0) }
    }
  }
}

extension QualitySample {
  /// What `statistics` say at `date`.
  init(
    participant: String, at date: Date, statistics: MediaStatistics, path: PathReport,
    intervalMs: Int, profile: String?, attempt: Int
  ) {
    self.init(participant: participant, at: date)
    let received = statistics.received
    self.intervalMs = intervalMs
    packetsReceived = received.packetsReceived
    packetsLost = max(received.packetsLost, 0)
    jitterMs = received.jitterMs
    roundTripMs = statistics.roundTripMs
    concealedSamples = max(received.concealedSamples - received.silentConcealedSamples, 0)
    totalSamples = received.totalSamples
    framesDecoded = received.framesDecoded
    framesPerSecond = received.framesPerSecond
    freezeCount = received.freezeCount
    totalFreezesDurationMs = received.totalFreezesDurationMs
    longestFreezeMs = received.longestFreezeMs
    if received.frameWidth > 0 {
      frameWidth = received.frameWidth
      frameHeight = received.frameHeight
    }
    audioLevel = received.audioLevel
    firstSoundMs = received.firstSoundMs
    firstPictureMs = received.firstPictureMs
    srtpProfile = profile
    bytesReceived = received.bytesReceived
    self.attempt = attempt
    self.path = path.kind?.rawValue
    addressChanges = path.addressChanges
  }
}
