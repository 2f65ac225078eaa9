// "Ring mig op": always there while no call goes on, one press, and always what happens next.

import { failureText } from "./api.mjs";
import { Proposals } from "./proposals.mjs";
import { Queue } from "./queue.mjs";
import { element, say } from "./screen.mjs";

/** The citizen's request to be called, below the page's one large button. */
export class Contact {
  /** States in which asking makes sense: nobody is being talked with, and nothing rings. */
  static states = ["idle", "missed", "declined", "ended", "elsewhere"];

  constructor(service, texts) {
    this.service = service;
    this.texts = texts;
    this.queue = new Queue(service, texts);
    this.proposals = new Proposals(service, texts);
    element("call-me").onclick = () => this.#ask({ origin: this.#isMissed() ? "ring-back" : "button" });
    element("call-me-urgent").onclick = () => this.#ask({ isUrgent: true });
    element("call-me-not").onclick = () => this.#send(`/callbacks/${this.request.id}/withdraw`);
  }

  /** Reads the newest request: after loading the page, and after each break. */
  async read() {
    const { callbacks } = await this.service.get("/callbacks").catch(() => ({ callbacks: [] }));
    if (callbacks[0]) this.take(callbacks[0]);
    await this.queue.read();
    await this.proposals.read();
    this.show();
  }

  /** A request as the service tells it. */
  take(request) {
    this.request = request;
    this.show();
  }

  /** Shows what fits the page's state. */
  show() {
    const request = this.request;
    const isOpen = ["waiting", "claimed"].includes(request?.state);
    const isCalm = Contact.states.includes(document.body.dataset.state);
    element("contact").hidden = !isCalm;
    this.proposals.show(isCalm);
    say("contact-status", isOpen || request?.state === "withdrawn" ? request.status[this.texts.language] : "");
    element("call-me").hidden = isOpen;
    element("call-me").textContent = this.#isMissed() ? this.texts.ringBack : this.texts.callMe;
    element("call-me-urgent").hidden = !isOpen || request.isUrgent;
    element("call-me-not").hidden = !isOpen;
    this.queue.show();
  }

  #isMissed = () => document.body.dataset.state === "missed";

  #ask(body) {
    return this.#send("/callbacks", body);
  }

  async #send(path, body) {
    try {
      this.take(await (await this.service.post(path, body)).json());
      // The button that was pressed may be gone; who uses the keyboard stays where they were.
      const next = [...element("contact").querySelectorAll("button")].find((button) => !button.hidden);
      if (document.activeElement === document.body) next?.focus();
    } catch (error) {
      say("contact-status", failureText(error, this.texts));
    }
  }
}
