// What is the citizen's own: the card for hard days, what she has agreed to, and what is granted.

import { failureText } from "./api.mjs";
import { element } from "./screen.mjs";
import { fill, dayOf, joinNames, whenOf } from "./words.mjs";

/** "Det hjælper: gå en tur" as a point of the card, and back. */
export const pointOf = (line) => {
  const colon = line.indexOf(":");
  // A colon inside a clock or an address is no heading.
  if (colon < 1 || colon > 60 || line[colon + 1] !== " ") return { text: line };
  return { title: line.slice(0, colon).trim(), text: line.slice(colon + 1).trim() };
};
export const lineOf = ({ title, text }) => (title ? `${title}: ${text}` : text);

/** The folded sections at the foot of the page; nothing of them is read before one is opened. */
export class Own {
  constructor(service, texts, me) {
    this.service = service;
    this.texts = texts;
    this.path = `/citizens/${me}`;
    this.card = element("card-text").value;
    element("card").ontoggle = () => element("card").open && this.#readCard();
    element("card-form").onsubmit = (event) => {
      event.preventDefault();
      this.#saveCard();
    };
    element("consents").ontoggle = () => element("consents").open && this.#readConsents();
    element("grants").ontoggle = () => element("grants").open && this.#readGrants();
    this.grantsPath = `/people/${me}/grants`;
  }

  /** Shows the sections while nothing goes on, as the contact button is. */
  show(isQuiet) {
    element("own").hidden = !isQuiet;
  }

  /**
   * Shows the card as it stands. What is written stays until it is saved, also while the section is closed;
   * and nothing can be written before what stands there is known.
   */
  #readCard = () => this.#try("card-status", async () => {
    const text = element("card-text");
    if (text.value !== this.card) return;
    this.#lockCard(true);
    const card = await this.service.get(`${this.path}/card`);
    // Opened twice: the other reading came first, and something has been written since.
    if (text.value !== this.card) return;
    this.revision = card.revision;
    this.card = text.value = card.points.map(lineOf).join("\n");
    this.#lockCard(false);
  });

  #lockCard(isLocked) {
    element("card-text").readOnly = element("card-save").disabled = isLocked;
  }

  #saveCard = () => this.#try("card-status", async () => {
    const text = element("card-text").value;
    const lines = text.split("\n").map((line) => line.trim()).filter(Boolean);
    const body = { points: lines.map(pointOf), revision: this.revision };
    try {
      const answer = await this.service.request("PUT", `${this.path}/card`, { body });
      this.revision = (await answer.json()).revision;
    } catch (error) {
      // Changed by somebody else meanwhile: the answer asks for it to be opened again, and then it is read.
      if (error.status === 409) this.card = text;
      throw error;
    }
    this.card = text;
    return this.texts.cardSaved;
  });

  #readConsents = () => this.#try("consents-status", async () => {
    const { consents } = await this.service.get(`${this.path}/consents`);
    const valid = consents.filter((consent) => consent.isValid);
    element("consents-list").replaceChildren(...valid.map((consent) => this.#item(consent)));
    return valid.length ? "" : this.texts.consentsNone;
  });

  #item(consent) {
    const item = document.createElement("li");
    const button = document.createElement("button");
    const what = fill(this.texts[`consent-${consent.kind}`], { recipient: consent.recipient ?? "" });
    item.append(what, " ");
    button.type = "button";
    button.textContent = this.texts.consentWithdraw;
    button.setAttribute("aria-label", `${this.texts.consentWithdraw}: ${what}`);
    button.onclick = () => this.#try("consents-status", async () => {
      await this.service.post(`${this.path}/consents/${consent.id}/withdraw`);
      await this.#readConsents();
      element("consents").querySelector("summary").focus();
      return this.texts.consentWithdrawn;
    });
    item.append(button);
    return item;
  }

  #readGrants = () => this.#try("grants-status", async () => {
    const { grants } = await this.service.get(this.grantsPath);
    element("grants-list").replaceChildren(...grants.flatMap((grant) => this.#grant(grant)));
    return grants.length ? "" : this.texts.grantsNone;
  });

  /** A decision: what it gives, what was written on the way, and always how to complain about it (A11). */
  #grant(grant) {
    const { texts } = this;
    const heading = document.createElement("h3");
    const law = grant.basis === "82b" ? "§ 82 b" : "§ 85";
    const [from, to] = [dayOf(grant.start, texts), grant.lastDay && dayOf(grant.lastDay, texts)];
    heading.textContent = fill(to ? texts.grantUntil : texts.grantFrom, { law, from, to });
    const terms = grant.terms.at(-1)?.terms;
    const forms = terms ? joinNames(terms.forms.map((form) => texts[`form-${form}`]), texts.and) : "";
    const lines = [
      terms && fill(terms.weeklyMinutes ? texts.grantMinutes : texts.grantForms, { forms, minutes: terms.weeklyMinutes }),
      grant.visitCap && fill(texts.grantCap, { count: grant.visitCap }),
      grant.proposal && texts.grantProposal,
      ...(grant.statuses ?? []).map((status) =>
        fill(texts.grantStatus, { when: whenOf(status.at, texts), text: status.text })),
      grant.appeal[texts.language],
    ];
    return [heading, ...lines.filter(Boolean).map((line) => {
      const paragraph = document.createElement("p");
      paragraph.textContent = line;
      return paragraph;
    })];
  }

  async #try(status, action) {
    let text = "";
    try {
      text = (await action()) ?? "";
    } catch (error) {
      text = failureText(error, this.texts);
    }
    element(status).textContent = text;
    element(status).hidden = text === "";
  }
}
