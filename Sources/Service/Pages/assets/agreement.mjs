// Somebody is away: what is proposed instead, and the citizen's yes or no to it (B11).

import { failureText } from "./api.mjs";
import { element, say } from "./screen.mjs";
import { fill, whenOf } from "./words.mjs";

/** Nobody's visit changes because a worker is away until its citizen has said yes. */
export class Agreement {
  constructor(service, texts) {
    this.service = service;
    this.texts = texts;
    this.open = [];
    /** What was said last: that it is agreed, or why not. */
    this.said = "";
    element("agreement-yes").onclick = () => this.#answer("agree", this.texts.agreementYesSaid);
    element("agreement-no").onclick = () => this.#answer("decline", this.texts.agreementNoSaid);
  }

  /** Reads what was proposed: after loading the page, after each break, and when something changed. */
  async read() {
    const { todos } = await this.service.get("/todos").catch(() => ({ todos: this.open }));
    const open = todos.filter((todo) => todo.state === "proposed" && todo.remedy);
    if (open[0] && keyOf(open[0]) !== keyOf(this.open[0])) this.said = "";
    this.open = open;
    this.show();
  }

  /** Shows the first that is unanswered; `isCalm` while nothing rings and no call goes on. */
  show(isCalm = this.isCalm) {
    this.isCalm = isCalm;
    const todo = this.open[0];
    element("agreement").hidden = !isCalm || (!todo && this.said === "");
    for (const id of ["agreement-yes", "agreement-no"]) element(id).hidden = !todo;
    say("agreement-title", todo ? this.#question(todo) : "");
    say("agreement-status", this.said);
  }

  #question({ visit, remedy }) {
    const worker = visit.worker?.displayName ?? this.texts.someone;
    const values = {
      worker,
      other: remedy.workerName ?? worker,
      when: whenOf(visit.start, this.texts),
      then: whenOf(remedy.start ?? visit.start, this.texts),
    };
    const place = visit.form === "physical" ? "AtHome" : "OnScreen";
    const kind = remedy.kind === "substitute" ? `substitute${place}` : remedy.kind;
    return fill(this.texts[`agreement-${kind}`], values);
  }

  async #answer(verb, words) {
    const todo = this.open[0];
    if (!todo) return;
    try {
      await this.service.post(`/absences/${todo.absence}/visits/${todo.visit.id}/${verb}`);
      this.said = words;
      this.open = this.open.slice(1);
    } catch (error) {
      this.said = failureText(error, this.texts);
    }
    this.show();
    // The button that was pressed is gone; who uses the keyboard hears what came of it.
    if (document.activeElement === document.body) element("agreement-status").focus();
  }
}

/** Names a proposal: another remedy for the same visit is another question. */
const keyOf = (todo) => todo && [todo.absence, todo.visit.id, JSON.stringify(todo.remedy)].join(" ");
