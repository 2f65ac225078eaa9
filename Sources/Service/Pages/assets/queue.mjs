// The drop-in queue: one press to stand in line, and then nothing to do but live one's life.

import { failureText } from "./api.mjs";
import { element } from "./screen.mjs";

/** The citizen's place in the queue of today's advice, below the page's one large button. */
export class Queue {
  constructor(service, texts) {
    this.service = service;
    this.texts = texts;
    element("join-queue").onclick = () =>
      this.#send("POST", `/drop-in/sessions/${this.session.id}/tickets`, { topic: element("queue-topic").value });
    element("leave-queue").onclick = () => this.#send("DELETE", `/drop-in/tickets/${this.ticket.id}`);
  }

  /** Reads what is open and the citizen's own place: after loading the page, and after each break. */
  async read() {
    const { sessions } = await this.service.get("/drop-in/sessions").catch(() => ({ sessions: [] }));
    const { tickets } = await this.service.get("/drop-in/tickets").catch(() => ({ tickets: [] }));
    this.session = sessions.find((session) => session.isOpen);
    this.ticket = tickets[0];
    if (this.session) await this.#offerTopics();
    // A window that opens while the page stands there is found when it opens.
    const next = sessions.map((one) => [one.start, one.end]).flat().map(Date.parse).filter((at) => at > Date.now());
    clearTimeout(this.timer);
    if (next.length) this.timer = setTimeout(() => this.read(), Math.min(Math.min(...next) - Date.now() + 500, 2 ** 31 - 1));
    this.show();
  }

  /** The citizen's place as the service tells it. */
  take(ticket) {
    this.ticket = ticket;
    this.show();
  }

  /** Shows what fits the page's state. */
  show() {
    const isIn = ["waiting", "claimed"].includes(this.ticket?.state);
    const isOver = ["left", "handed-on"].includes(this.ticket?.state);
    const text = isIn || isOver ? this.ticket.status[this.texts.language] : "";
    element("queue-status").hidden = text === "";
    if (element("queue-status").textContent !== text) element("queue-status").textContent = text;
    const canJoin = !isIn && this.session && this.ticket?.state !== "talking";
    element("join-queue").hidden = !canJoin;
    element("queue-about").hidden = !canJoin || element("queue-topic").options.length < 2;
    element("leave-queue").hidden = !isIn;
  }

  /** What one can come with, the citizen's own grant first. Saying nothing is always a choice. */
  async #offerTopics() {
    const { topics } = await this.service.get("/drop-in/topics").catch(() => ({ topics: [] }));
    const list = element("queue-topic");
    const known = [...list.options].slice(1).map((option) => option.value);
    // The worker reads Danish, whatever the page speaks.
    if (known.join() === topics.map((topic) => topic.text.da).join()) return;
    list.length = 1;
    for (const topic of topics) list.add(new Option(topic.text[this.texts.language], topic.text.da));
  }

  async #send(method, path, body = {}) {
    try {
      const answer = await this.service.request(method, path, method === "POST" ? { body } : {});
      if (answer.status === 204) await this.read();
      else this.take(await answer.json());
    } catch (error) {
      element("queue-status").hidden = false;
      element("queue-status").textContent = failureText(error, this.texts);
    }
  }
}
