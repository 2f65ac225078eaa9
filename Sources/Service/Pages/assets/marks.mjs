// Lines to mark in a visit, at its beginning or its end: slowly, with what was marked last time beside
// them, and never a duty (H8). And afterwards the curve of all of them.

import { failureText } from "./api.mjs";
import { curveOf, pointsOf } from "./curve.mjs";
import { element } from "./screen.mjs";
import { fill } from "./words.mjs";

/** The scales of a visit, one at a time, and those of the person in the folded section below. */
export class Marks {
  constructor(service, texts, me) {
    this.service = service;
    this.texts = texts;
    this.path = `/citizens/${me}/scales`;
    this.waiting = [];
    element("marks-form").onsubmit = (event) => {
      event.preventDefault();
      this.#send(this.lines.map(({ mark }) => mark));
    };
    element("marks-skip").onclick = () => this.#send([]);
    element("scores").ontoggle = () => element("scores").open && this.#readScores();
  }

  /** Asks for what belongs to this moment of the visit, `beginning` or `end`; once for each. */
  async ask(visit, moment) {
    if (this.visit === visit && this.moment === moment) return;
    [this.visit, this.moment, this.waiting] = [visit, moment, []];
    this.#next();
    const { scales } = await this.service.get(`/visits/${visit}/scales`).catch(() => ({ scales: [] }));
    if (this.visit !== visit || this.moment !== moment) return;
    this.waiting = scales.filter(({ scale, isOffered, answers }) =>
      isOffered && scale.moment === moment && !answers.some((answer) => answer.visit === visit));
    this.#next();
  }

  /** Shows the lines in the states in which there is peace for them. */
  show(state) {
    const isPeaceful = ["call", "ended"].includes(state);
    element("marks").hidden = !isPeaceful || (!this.current && element("marks-status").textContent === "");
  }

  #next(said = "") {
    this.current = this.waiting.shift();
    element("marks-form").hidden = !this.current;
    this.#say(said);
    if (this.current) this.#showLines(this.current);
    this.show(document.body.dataset.state);
  }

  #showLines({ scale, answers }) {
    element("marks-title").textContent = scale.title;
    const last = pointsOf({ answers }).at(-1);
    this.lines = scale.items.map((item, index) => this.#line(item, scale, last?.marks[index], `mark-${index}`));
    element("marks-lines").replaceChildren(...this.lines.map(({ node }) => node));
  }

  /** One line. Nothing is marked before it is touched: a line left alone is left out. */
  #line({ prompt, low, high }, { lowest, highest }, last, name) {
    const line = { mark: null };
    const [node, label, range, ends, status] = ["div", "label", "input", "span", "output"]
      .map((name) => document.createElement(name));
    Object.assign(range, { type: "range", id: name, min: lowest, max: highest, step: 1 });
    range.value = Math.round((lowest + highest) / 2);
    range.className = "untouched";
    Object.assign(label, { htmlFor: name, textContent: prompt });
    ends.className = "ends";
    for (const text of [low, high]) ends.append(Object.assign(document.createElement("span"), { textContent: text }));
    ends.id = `${name}-ends`;
    status.id = `${name}-last`;
    status.htmlFor = name;
    range.setAttribute("aria-describedby", `${ends.id} ${status.id}`);
    const before = last === undefined || last === null ? "" : fill(this.texts.marksLast, { mark: last });
    const tell = () => {
      status.textContent = [line.mark === null ? this.texts.marksNone : fill(this.texts.marksNow, { mark: line.mark }), before]
        .filter(Boolean).join(" ");
      range.setAttribute("aria-valuetext", line.mark === null ? this.texts.marksNone : `${line.mark}`);
    };
    const take = () => {
      line.mark = Number(range.value);
      range.className = "";
      tell();
    };
    range.oninput = take;
    // The middle is a mark too, where somebody presses on it.
    range.onclick = take;
    // A handler that returns false would take the arrow keys away.
    range.onkeydown = ({ key }) => {
      if (key === "Enter" || key === " ") take();
    };
    tell();
    node.className = "line";
    node.append(label, range, ends, status);
    return Object.assign(line, { node });
  }

  async #send(marks) {
    const isSkipped = marks.every((mark) => mark === null);
    try {
      const path = `/visits/${this.visit}/scales/${this.current.scale.id}`;
      await this.service.request("PUT", path, { body: { marks: isSkipped ? [] : marks } });
      this.#next(isSkipped ? this.texts.marksSkipped : this.texts.marksSaved);
    } catch (error) {
      this.#say(failureText(error, this.texts));
    }
    // The button that was pressed may be gone; who uses the keyboard hears what came of it.
    if (document.activeElement === document.body) element("marks-status").focus();
  }

  #say(text) {
    element("marks-status").textContent = text;
    element("marks-status").hidden = text === "";
  }

  /** Everything the person has marked, each scale with its curve and a way to be left alone with it. */
  async #readScores() {
    const status = element("scores-status");
    try {
      const { scales } = await this.service.get(this.path);
      const shown = scales.map((scores) => this.#score(scores)).filter(Boolean);
      element("scores-list").replaceChildren(...shown);
      status.textContent = shown.length ? "" : this.texts.scoresNone;
    } catch (error) {
      status.textContent = failureText(error, this.texts);
    }
    status.hidden = status.textContent === "";
  }

  #score(scores) {
    const curve = curveOf(scores, this.texts);
    if (!curve || !scores.isOffered) return curve;
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = fill(this.texts.scoresStop, { title: scores.scale.title });
    button.onclick = async () => {
      const path = `${this.path}/${scores.scale.id}`;
      const answer = await this.service.request("PUT", path, { body: { offered: false } }).catch((error) => error);
      const status = element("scores-status");
      if (answer instanceof Error) {
        status.textContent = failureText(answer, this.texts);
      } else {
        button.remove();
        status.textContent = this.texts.scoresStopped;
      }
      status.hidden = false;
      status.focus();
    };
    curve.append(button);
    return curve;
  }
}
