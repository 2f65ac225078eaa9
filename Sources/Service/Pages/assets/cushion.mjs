// How long pictures are held back before they are shown, so that lost ones can be sent again in time.

/** So large a share of the picture's packets asked for again is a network that loses. */
const lossy = 0.02;
/** Beyond this share, what is sent again is lost again often enough to wait for it once more. */
const veryLossy = 0.15;
/** What repairs take beyond the round trips: noticing the gap, the sender's turn, the network's jitter, in ms. */
const repair = 120;
/** More than this nobody wants to wait for an answer, in ms. */
const longest = 480;
/** Added each time the picture stood still all the same, in ms. */
const step = 60;
/** Without loss for so long, the cushion is taken away a little at a time, in ms. */
const calm = 20_000;
const shrink = 20;

/**
 * Chooses the delay. A browser finds it by itself, but learns from each picture that stood still; the
 * first minute of a call is when nobody has the patience for that.
 */
export class Cushion {
  constructor() {
    this.delay = 0;
    this.packets = this.nacks = this.freezes = 0;
    this.lostAt = -Infinity;
  }

  /**
   * The new delay in ms, or undefined where it stays. Told about once a second: the picture's
   * `inbound-rtp`, the round trip in ms, and the time in ms.
   */
  update({ packetsReceived = 0, nackCount = 0, freezeCount = 0 }, roundTrip, now) {
    const received = packetsReceived - this.packets;
    const asked = nackCount - this.nacks;
    const froze = freezeCount - this.freezes;
    Object.assign(this, { packets: packetsReceived, nacks: nackCount, freezes: freezeCount });
    const before = this.delay;
    const share = received > 0 ? asked / received : 0;
    if (share > lossy) {
      this.lostAt = now;
      this.delay = Math.max(this.delay, (share > veryLossy ? 2 : 1) * roundTrip + repair);
      if (froze > 0) this.delay += step;
    } else if (now - this.lostAt > calm) {
      this.delay = Math.max(0, this.delay - shrink);
    }
    this.delay = Math.min(this.delay, longest);
    return this.delay === before ? undefined : this.delay;
  }
}
