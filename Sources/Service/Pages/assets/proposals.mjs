// Two or three times for a visit: one press chooses, another says that none of them suits (B19).

import { Problem } from "./api.mjs";
import { fill, whenOf } from "./words.mjs";

const element = (id) => document.getElementById(id);

/** The times that were put to the citizen, each a large button. */
export class Proposals {
  constructor(service, texts) {
    this.service = service;
    this.texts = texts;
    this.open = [];
    /** What was said last: that a time is agreed, or why not. */
    this.said = "";
    element("proposal-none").onclick = () => this.#answer("decline", {}, () => this.texts.proposalDeclined);
  }

  /** Reads what is open: after loading the page, after each break, and when something changed. */
  async read() {
    const { proposals } = await this.service.get("/proposals").catch(() => ({ proposals: this.open }));
    // What was said belongs to the times before; new ones are looked at afresh.
    if (proposals[0] && proposals[0].id !== this.open[0]?.id) this.said = "";
    this.open = proposals;
    this.show();
  }

  /** Shows the first that is open; `isCalm` while nothing rings and no call goes on. */
  show(isCalm = this.isCalm) {
    this.isCalm = isCalm;
    const proposal = this.open[0];
    const times = proposal?.starts.filter((start) => Date.parse(start) > Date.now()) ?? [];
    element("proposal").hidden = !isCalm || (times.length === 0 && this.said === "");
    element("proposal-none").hidden = times.length === 0;
    this.#say("proposal-status", this.said);
    if (times.length) {
      const text = proposal.form === "physical" ? this.texts.proposalAtHome : this.texts.proposalOnScreen;
      this.#say("proposal-title", fill(text, { worker: this.#worker(proposal), minutes: proposal.durationMinutes }));
    } else this.#say("proposal-title", "");
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
    } catch (error) {
      this.said = error instanceof Problem ? error.message : this.texts.stateOfflineLead;
      // A time that was booked meanwhile is offered no longer; the others still are.
      if (error instanceof Problem && body.start) proposal.starts = proposal.starts.filter((one) => one !== body.start);
    }
    this.show();
    // The button that was pressed is gone; who uses the keyboard hears what came of it.
    if (document.activeElement === document.body) element("proposal-status").focus();
  }

  #say(id, text) {
    const node = element(id);
    // Written anew, a screen reader would say it again.
    if (node.textContent !== text) node.textContent = text;
    node.hidden = text === "";
  }
}
