// "Passer det ikke?": the citizen's own next visit held another way, talked over, or called off (E3, B16).

import { failureText } from "./api.mjs";
import { element, say } from "./screen.mjs";
import { fill, whenOf } from "./words.mjs";

/** A time as the worker reads it: in Danish, whatever the page speaks. */
const inDanish = (instant) => new Date(instant).toLocaleString("da-DK", {
  timeZone: "Europe/Copenhagen", weekday: "long", day: "numeric", month: "long", hour: "2-digit", minute: "2-digit",
});

/** What else there is to do about a visit, gentler things first; nothing is done before a second yes. */
export class Change {
  constructor(service, texts) {
    this.service = service;
    this.texts = texts;
    /** What was done last, or why not. */
    this.said = "";
    element("change-open").onclick = () => this.#choose();
    element("change-keep").onclick = () => this.#close("change-open");
  }

  /** Shows the button for the next visit; what is being answered stays until it is another visit. */
  show(visit) {
    if (visit?.id !== this.visit?.id || visit?.start !== this.visit?.start) {
      this.visit = visit;
      this.#card();
    }
    this.visit = visit;
    element("change").hidden = !visit && this.said === "";
    element("change-open").hidden = !visit || !element("change-card").hidden;
    say("change-status", this.said);
  }

  /** While something rings or goes on there is nothing to change. */
  hide() {
    this.visit = undefined;
    this.said = "";
    this.#card();
    element("change").hidden = true;
  }

  /** The ways there are, as the service knows them; talking about it is always one. */
  async #choose() {
    const { visit } = this;
    const { conversions, canCancel } = await this.service.get(`/visits/${visit.id}/ways`)
      .catch(() => ({ conversions: [], canCancel: false }));
    if (this.visit?.id !== visit.id) return;
    this.said = "";
    say("change-status", "");
    const ways = [...conversions, "talk", ...(canCancel ? ["cancel"] : [])];
    this.#card(fill(this.texts.changeTitle, this.#words()), ways.map((way) => ({
      text: this.texts[`change-${way}`], action: () => this.#ask(way), isStop: way === "cancel",
    })));
  }

  /** Nothing happens by one press. */
  #ask(way) {
    const question = fill(this.texts[`change-${way}-question`], this.#words());
    this.#card(question, [{ text: this.texts[`change-${way}-yes`], action: () => this.#do(way), isStop: way === "cancel" }]);
  }

  async #do(way) {
    const { visit, texts } = this;
    const words = this.#words();
    try {
      if (way === "cancel") await this.service.post(`/visits/${visit.id}/cancel`);
      else if (way === "talk") {
        await this.service.post("/callbacks", { about: fill(texts.changeAbout, { when: inDanish(visit.start) }) });
      } else await this.service.post(`/visits/${visit.id}/convert`, { to: way });
      this.said = fill(texts[`change-${way}-done`], words);
    } catch (error) {
      this.said = failureText(error, texts);
    }
    this.#close("change-status");
  }

  #words = () => ({
    worker: this.visit?.worker?.displayName ?? this.texts.someone,
    when: this.visit ? whenOf(this.visit.start, this.texts) : "",
  });

  #close(focus) {
    this.#card();
    element("change").hidden = !this.visit && this.said === "";
    element("change-open").hidden = !this.visit;
    say("change-status", this.said);
    element(focus).focus();
  }

  /** A question with its large buttons, and the one that leaves everything as it is; none hides it. */
  #card(title, buttons = []) {
    element("change-card").hidden = !title;
    element("change-open").hidden = Boolean(title) || !this.visit;
    element("change-title").textContent = title ?? "";
    element("change-ways").replaceChildren(...buttons.map(({ text, action, isStop }) => {
      const button = document.createElement("button");
      button.type = "button";
      button.textContent = text;
      button.classList.toggle("stop", isStop);
      button.onclick = action;
      return button;
    }));
    if (title) element("change-title").focus();
  }
}
