// Times for a visit, named by the worker or free in a window she opened: one press chooses, another says
// that none of them suits (B19).

import { failureText, Problem } from "./api.mjs";
import { element, say } from "./screen.mjs";
import { fill, whenOf } from "./words.mjs";

/** The times that were put to the citizen, each a large button. */
export class Proposals {
  constructor(service, texts) {
    this.service = service;
    this.texts = texts;
    this.open = [];
    /** What was said last: that a time is agreed, or why not. */
    this.said = "";
    element("proposal-later").onclick = () => this.#showLater();
    element("proposal-none").onclick = () => this.#answer("decline", {}, () => this.texts.proposalDeclined);
  }

  /** Reads what is open: after loading the page, after each break, and when something changed. */
  async read() {
    const query = this.from ? `?from=${this.from}` : "";
    const { proposals } = await this.service.get(`/proposals${query}`).catch(() => ({ proposals: this.open }));
    // What was said belongs to the times before; new ones are looked at afresh.
    if (proposals[0] && proposals[0].id !== this.open[0]?.id) {
      this.said = "";
      if (this.from) {
        this.from = undefined;
        return this.read();
      }
    }
    this.open = proposals;
    this.show();
  }

  /** Times on the days after those shown, and from the first day again after the last. */
  async #showLater() {
    const [proposal] = this.open;
    const last = proposal?.starts.at(-1);
    const next = last && dayAfter(last);
    this.from = next && next <= proposal.window.last ? next : undefined;
    this.said = "";
    await this.read();
    element("proposal-times").querySelector("button")?.focus();
  }

  /** Shows the first that is open; `isCalm` while nothing rings and no call goes on. */
  show(isCalm = this.isCalm) {
    this.isCalm = isCalm;
    const proposal = this.open[0];
    const times = proposal?.starts.filter((start) => Date.parse(start) > Date.now()) ?? [];
    const isAsked = times.length > 0 || proposal?.window !== undefined;
    element("proposal").hidden = !isCalm || (!isAsked && this.said === "");
    element("proposal-none").hidden = !isAsked;
    element("proposal-later").hidden = !proposal?.window || (!this.from && isShort(proposal));
    say("proposal-status", this.said || (isAsked && times.length === 0 ? this.texts.pickNothing : ""));
    if (isAsked) {
      const name = `${proposal.window ? "pick" : "proposal"}${proposal.form === "physical" ? "AtHome" : "OnScreen"}`;
      const values = { worker: this.#worker(proposal), minutes: proposal.durationMinutes };
      say("proposal-title", fill(this.texts[name], values));
    } else say("proposal-title", "");
    this.#showTimes(proposal, times);
  }

  /** A button for each time; those that are there already stay, and with them the focus. */
  #showTimes(proposal, times) {
    const list = element("proposal-times");
    for (const button of [...list.children]) if (!times.includes(button.dataset.start)) button.remove();
    for (const start of times) {
      if ([...list.children].some((button) => button.dataset.start === start)) continue;
      const button = document.createElement("button");
      button.type = "button";
      button.dataset.start = start;
      button.textContent = whenOf(start, this.texts);
      button.onclick = () => this.#choose(proposal, start);
      list.append(button);
    }
  }

  #choose(proposal, start) {
    const text = proposal.form === "physical" ? this.texts.proposalChosenAtHome : this.texts.proposalChosenOnScreen;
    return this.#answer("choose", { start }, () => fill(text, {
      worker: this.#worker(proposal),
      when: whenOf(start, this.texts),
    }));
  }

  #worker = (proposal) => proposal.workerName ?? this.texts.someone;

  async #answer(verb, body, words) {
    const proposal = this.open[0];
    if (!proposal) return;
    try {
      await this.service.post(`/proposals/${proposal.id}/${verb}`, body);
      this.said = words();
      this.open = this.open.slice(1);
      this.from = undefined;
    } catch (error) {
      this.said = failureText(error, this.texts);
      // A time that was booked meanwhile is offered no longer; the others still are.
      if (error instanceof Problem && body.start) proposal.starts = proposal.starts.filter((one) => one !== body.start);
    }
    this.show();
    // The button that was pressed is gone; who uses the keyboard hears what came of it.
    if (document.activeElement === document.body) element("proposal-status").focus();
  }
}

/** The Danish day after a time's, as ISO 8601 writes it. */
function dayAfter(instant) {
  const day = new Date(instant).toLocaleDateString("sv-SE", { timeZone: "Europe/Copenhagen" });
  // Noon: no change of the clocks makes another day of it.
  return new Date(Date.parse(`${day}T12:00:00Z`) + 86_400_000).toISOString().slice(0, 10);
}

/** Whether all days of a window are shown already. */
const isShort = ({ starts, window }) => starts.length > 0 && dayAfter(starts.at(-1)) > window.last;
