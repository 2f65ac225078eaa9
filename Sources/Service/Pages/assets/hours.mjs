// Whether anybody answers now. Where nobody does: when that is again, and the number that is always
// answered (E23).

import { element, say } from "./screen.mjs";

/** So long at most between two looks, in milliseconds: hours may be changed meanwhile. */
const longestWait = 600_000;

/** What stands above the contact button outside the opening hours. */
export class Hours {
  constructor(service, texts) {
    this.service = service;
    this.texts = texts;
  }

  /** Reads the state: after loading the page, after each break, and when it opens or closes. */
  async read() {
    clearTimeout(this.timer);
    // What cannot be read now is as it was: the number stays while there is no network.
    this.contact = await this.service.get("/contact").catch(() => this.contact);
    this.show();
    const change = Date.parse(this.contact?.changesAt) - Date.now();
    const wait = Number.isNaN(change) ? longestWait : Math.min(Math.max(change, 5_000), longestWait);
    this.timer = setTimeout(() => this.read(), wait);
  }

  /** Shows it; `isCalm` while nothing rings and no call goes on. */
  show(isCalm = this.isCalm) {
    this.isCalm = isCalm;
    const { notice, emergencyNumber } = this.contact ?? {};
    element("hours").hidden = !isCalm || !notice;
    say("hours-text", notice?.[this.texts.language] ?? "");
    const link = element("hours-call");
    link.hidden = !emergencyNumber;
    if (!emergencyNumber) return;
    link.href = `tel:${emergencyNumber.replace(/[^+\d]/g, "")}`;
    link.textContent = this.texts.ringNumber.replace("{number}", emergencyNumber);
  }
}
