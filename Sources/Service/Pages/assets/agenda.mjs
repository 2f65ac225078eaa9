// What a group's next meeting is about, in the words written for those who come, and one's own step.

import { Problem } from "./api.mjs";
import { element } from "./screen.mjs";
import { fill } from "./words.mjs";

/** The section about the next meeting, where the next appointment is a group's. */
export class Agenda {
  constructor(service, texts) {
    this.service = service;
    this.texts = texts;
  }

  /** Reads and shows what `visit` is about; nothing where it is no meeting, or while something goes on. */
  async show(visit) {
    this.wanted = visit?.form === "group" ? visit.id : undefined;
    if (!this.wanted) return this.#say([]);
    const meeting = await this.service.get(`/meetings/${this.wanted}`).catch((error) => {
      // What cannot be read now is read again after the break; who is no member is shown nothing.
      if (error instanceof Problem) this.lines = [];
      return undefined;
    });
    if (this.wanted !== visit.id) return;
    if (!meeting) return this.#say(this.lines ?? []);
    const steps = (meeting.steps ?? []).map((step) => fill(this.texts.meetingStep, { step: step.text }));
    this.#say([...(meeting.forCitizens ? [meeting.forCitizens] : []), ...steps]);
  }

  /** Hides the section while something goes on. */
  hide() {
    this.wanted = undefined;
    element("agenda").hidden = true;
  }

  #say(lines) {
    this.lines = lines;
    const list = element("agenda-lines");
    // Written anew, a screen reader would say it again.
    if ([...list.children].map((line) => line.textContent).join("\n") !== lines.join("\n")) {
      list.replaceChildren(...lines.map((line) => {
        const paragraph = document.createElement("p");
        paragraph.textContent = line;
        return paragraph;
      }));
    }
    element("agenda").hidden = lines.length === 0;
  }
}
