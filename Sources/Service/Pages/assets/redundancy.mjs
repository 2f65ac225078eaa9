// When sound is sent twice, the second time in the packet after (RED, RFC 2198).

/** From this share of sound packets lost on the way to the relay on, each is sent twice. */
const lossy = 0.02;
/** Below this share nothing is lost that anybody hears. */
const clean = 0.005;
/** So long below it, and each is sent once again, in ms. */
const calm = 20_000;
/** With less room than this in bit/s, twice the sound would be lost to the queue it makes. */
const leastRoom = 100_000;

/** Chooses. Told about once a second. */
export class Redundancy {
  constructor() {
    this.isOn = false;
    this.packets = this.nacks = 0;
    this.lostAt = -Infinity;
  }

  /**
   * Whether to send sound twice from now on, or undefined where that stays as it is.
   * `packetsSent` and `nackCount`: of the sound sent so far; `fractionLost`: what the relay last reported;
   * `available`: what may be sent in all, in bit/s; `now` in ms.
   */
  update({ packetsSent = 0, nackCount = 0, fractionLost = 0 }, available, now) {
    const sent = packetsSent - this.packets;
    const asked = nackCount - this.nacks;
    Object.assign(this, { packets: packetsSent, nacks: nackCount });
    // What came again in time is not reported lost, but was asked for.
    const share = Math.max(fractionLost, sent > 0 ? asked / sent : 0);
    if (share > clean) this.lostAt = now;
    const hasRoom = available === undefined || available >= leastRoom;
    const wanted = this.isOn
      ? hasRoom && now - this.lostAt < calm
      : hasRoom && share > lossy;
    if (wanted === this.isOn) return undefined;
    this.isOn = wanted;
    return wanted;
  }
}

/**
 * An answer that makes the browser send its sound twice, or once: it sends RED where that stands before the
 * codec inside it. (Chromium takes RED by `setParameters` without an error, and goes on as before.)
 */
export function withSound(sdp, isTwice) {
  const red = /^a=rtpmap:(\d+) red\/48000/m.exec(sdp)?.[1];
  if (!red) return sdp;
  // The first section is what the page sends.
  return sdp.replace(/^(m=audio \d+ \S+) (.*)$/m, (line, start, types) => {
    const others = types.split(" ").filter((type) => type !== red);
    return [start, ...(isTwice ? [red, ...others] : [...others, red])].join(" ");
  });
}
