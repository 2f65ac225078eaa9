// A question before anything is passed on: what, to whom and why; yes or no, and a no is as good (C8).

import { failureText, Problem } from "./api.mjs";
import { element, say } from "./screen.mjs";
import { fill } from "./words.mjs";

/** The questions that wait for the citizen, one at a time. */
export class Disclosures {
  constructor(service, texts, me) {
    Object.assign(this, { service, texts, path: `/citizens/${me}/disclosures` });
    this.questions = [];
    this.said = "";
    element("disclosure-yes").onclick = () => this.#answer(true);
    element("disclosure-no").onclick = () => this.#answer(false);
  }

  /** Reads what is asked: after loading the page, after each break, and when it changed. */
  async read() {
    const known = { disclosures: this.questions };
    const { disclosures } = await this.service.get(this.path).catch(() => known);
    const questions = disclosures.filter(({ state }) => state === "asked");
    // What was said belongs to the question before; a new one is looked at afresh.
    if (questions[0] && questions[0].id !== this.questions[0]?.id) this.said = "";
    this.questions = questions;
    this.show();
  }

  /** Shows the first; `isCalm` while nothing rings and no call goes on. */
  show(isCalm = this.isCalm) {
    this.isCalm = isCalm;
    const question = this.questions[0];
    element("disclosure").hidden = !isCalm || (!question && this.said === "");
    for (const id of ["disclosure-yes", "disclosure-no", "disclosure-lines"]) element(id).hidden = !question;
    say("disclosure-title", question ? this.texts.disclosureQuestion : "");
    say("disclosure-free", question ? fill(this.texts.disclosureFree, { worker: question.askedBy.displayName }) : "");
    say("disclosure-status", this.said);
    for (const part of question ? ["what", "recipient", "reason"] : []) {
      say(`disclosure-${part}`, question[part]);
    }
  }

  async #answer(isYes) {
    const question = this.questions[0];
    if (!question) return;
    try {
      await this.service.post(`${this.path}/${question.id}/answer`, { isYes });
      this.said = fill(isYes ? this.texts.disclosureSaidYes : this.texts.disclosureSaidNo, question);
      this.questions = this.questions.slice(1);
    } catch (error) {
      this.said = failureText(error, this.texts);
      // Answered on another device, or taken back by who asked: it waits no longer.
      if (error instanceof Problem) this.questions = this.questions.slice(1);
    }
    this.show();
    // The button that was pressed may be gone; who uses the keyboard hears what came of it.
    if (document.activeElement === document.body) element("disclosure-status").focus();
  }
}
