// What the browser measured (W3C webrtc-stats), as one quality sample of the service.

const milliseconds = (seconds) => (seconds === undefined ? undefined : Math.round(seconds * 1000));

/** Folds a stats report into a sample; counters are cumulative, as in webrtc-stats. */
export function sampleOf(report, { participant, attempt, firstSoundMs, firstPictureMs }) {
  const sample = {
    participant,
    source: "browser",
    at: new Date().toISOString(),
    intervalMs: 5000,
    attempt,
    firstSoundMs: firstSoundMs === undefined ? undefined : Math.round(firstSoundMs),
    firstPictureMs: firstPictureMs === undefined ? undefined : Math.round(firstPictureMs),
    packetsReceived: 0,
    packetsLost: 0,
    bytesReceived: 0,
  };
  for (const stat of report.values()) {
    if (stat.type === "transport") {
      sample.srtpProfile = stat.srtpCipher;
      const pair = report.get(stat.selectedCandidatePairId);
      sample.roundTripMs = milliseconds(pair?.currentRoundTripTime);
    }
    if (stat.type !== "inbound-rtp") continue;
    sample.packetsReceived += stat.packetsReceived ?? 0;
    sample.packetsLost += stat.packetsLost ?? 0;
    sample.bytesReceived += stat.bytesReceived ?? 0;
    if (stat.kind === "audio") {
      sample.jitterMs = milliseconds(stat.jitter);
      sample.concealedSamples = (stat.concealedSamples ?? 0) - (stat.silentConcealedSamples ?? 0);
      sample.totalSamples = stat.totalSamplesReceived;
      sample.audioLevel = stat.audioLevel;
    } else if (stat.kind === "video") {
      sample.framesDecoded = stat.framesDecoded;
      sample.framesPerSecond = stat.framesPerSecond;
      sample.freezeCount = stat.freezeCount;
      sample.totalFreezesDurationMs = milliseconds(stat.totalFreezesDuration);
      sample.frameWidth = stat.frameWidth;
      sample.frameHeight = stat.frameHeight;
    }
  }
  return sample;
}
