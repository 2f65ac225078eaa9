// The ring: two soft tones, made here, so that there is no file to fetch while it matters.

/** Rings until told to stop. Browsers stay silent until the page has been touched once. */
export class Ringer {
  /** Called from a click, so that a later ring may sound. */
  unlock() {
    this.context ??= new AudioContext();
    this.context.resume();
  }

  start() {
    this.stop();
    this.unlock();
    this.timer = setInterval(() => this.#ring(), 3000);
    this.#ring();
  }

  stop() {
    clearInterval(this.timer);
    this.timer = undefined;
  }

  #ring() {
    // Tones made while the browser holds the sound back would all play at once when it lets go.
    if (this.context.state !== "running") return;
    const start = this.context.currentTime;
    for (const [index, frequency] of [523, 659, 523, 659].entries()) {
      const tone = this.context.createOscillator();
      const level = this.context.createGain();
      const from = start + index * 0.3;
      tone.frequency.value = frequency;
      level.gain.setValueAtTime(0, from);
      level.gain.linearRampToValueAtTime(0.25, from + 0.03);
      level.gain.exponentialRampToValueAtTime(0.001, from + 0.28);
      tone.connect(level).connect(this.context.destination);
      tone.start(from);
      tone.stop(from + 0.3);
    }
  }
}
