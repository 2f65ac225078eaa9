// How much picture is sent over a weak network: sound first, and never back and forth.

/** From the most picture to none, with the least room in bit/s that each one needs. */
export const levels = [
  { name: "full", least: 250_000, encoding: { active: true, maxFramerate: 25, scaleResolutionDownBy: 1 } },
  { name: "fewer-frames", least: 130_000, encoding: { active: true, maxFramerate: 12, scaleResolutionDownBy: 1 } },
  { name: "smaller", least: 70_000, encoding: { active: true, maxFramerate: 12, scaleResolutionDownBy: 2 } },
  { name: "held", least: 30_000, encoding: { active: false } },
  { name: "sound-only", least: 0, encoding: { active: false } },
];

/** Writes a level into what is sent. Of a picture sent in two sizes, the smaller one is the picture made smaller. */
export function fit(encodings, { encoding }) {
  const { scaleResolutionDownBy = 1, ...rest } = encoding;
  encodings.forEach((one, index) => {
    Object.assign(one, rest);
    if (encodings.length === 1) one.scaleResolutionDownBy = scaleResolutionDownBy;
    else one.active = encoding.active && (index === 0 || scaleResolutionDownBy === 1);
  });
}

/** What the sound takes with its headers, in bit/s. */
const sound = 48_000;
/** Room has to be missing for so long before the picture is cut back, in ms: longer than a probe takes. */
const patience = 1000;
/** Room has to be there for so long, with so much to spare, before the picture grows. */
const calm = 3000;
const margin = 1.15;
/** Little measures the room while little is sent, so it is tried; at first after this, in ms. */
const firstTrial = 8000;
/** What a trial is given to show that there is room, in ms: the browser's own estimate follows slowly. */
const trialPatience = 6000;
const longestTrial = 60_000;

/** Chooses the level. Told what may be sent in all, in bit/s, and the time in ms. */
export class Ladder {
  constructor() {
    this.index = 0;
    this.trial = firstTrial;
  }

  get level() {
    return levels[this.index];
  }

  /** The new level, or undefined where it stays. */
  update(available, now) {
    const room = available - sound;
    const fits = levels.findIndex(({ least }) => room >= least);
    const down = fits < 0 ? levels.length - 1 : fits;
    if (down > this.index) {
      this.roomySince = undefined;
      this.shortSince ??= now;
      const isTrial = this.triedAt !== undefined && this.triedAt === this.movedAt && down === this.index + 1;
      if (now - this.shortSince < (isTrial ? trialPatience : patience)) return undefined;
      // A trial that failed makes the next one wait longer.
      if (this.triedAt !== undefined && now - this.triedAt < this.trial) {
        this.trial = Math.min(this.trial * 2, longestTrial);
      }
      return this.#move(down, now);
    }
    this.shortSince = undefined;
    if (this.index === 0) return undefined;
    if (room >= levels[this.index - 1].least * margin) this.roomySince ??= now;
    else this.roomySince = undefined;
    const isRoomy = this.roomySince !== undefined && now - this.roomySince >= calm;
    if (!isRoomy && now - this.movedAt < this.trial) return undefined;
    if (isRoomy && this.index === 1) this.trial = firstTrial;
    if (!isRoomy) this.triedAt = now;
    const lowest = levels.findLastIndex(({ encoding }) => encoding.active);
    return this.#move(Math.min(this.index - 1, lowest), now);
  }

  #move(index, now) {
    this.index = index;
    this.movedAt = now;
    this.roomySince = undefined;
    this.shortSince = undefined;
    return this.level;
  }
}
