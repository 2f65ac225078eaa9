// In a group: a hand to raise, whose turn it is, and whether a guest may look on (D2, D9, D10).

import { failureText } from "./api.mjs";
import { element, say } from "./screen.mjs";
import { fill } from "./words.mjs";

/** Whether a visit is a meeting of several. */
export const isMeeting = (visit) => visit?.form === "group";

/** What a member of a group is asked and told besides the call itself. */
export class Meeting {
  constructor(service, texts, me) {
    Object.assign(this, { service, texts, me });
    /** The floor of the meeting that goes on, as the service told it last. */
    this.floor = undefined;
    /** Questions about guests that are not answered: `{ meeting, groupName, person, purpose }`. */
    this.questions = [];
    this.said = "";
    element("guest-yes").onclick = () => this.#answer(true);
    element("guest-no").onclick = () => this.#answer(false);
  }

  /** The floor of `visit`, where anything is known of it. */
  #of = (visit) => (this.floor?.visit === visit ? this.floor : undefined);

  take(floor) {
    this.floor = floor;
  }

  /** Whose turn it is, in a sentence; empty while the word is free. */
  turn(visit) {
    const round = this.#of(visit)?.round;
    if (!round?.current) return "";
    const text = round.current.id === this.me ? this.texts.turnIsYours : this.texts.turnIs;
    const turn = fill(text, { name: round.current.displayName });
    return round.question ? `${fill(this.texts.roundAbout, { question: round.question })} ${turn}` : turn;
  }

  /** The button that raises one's hand, or takes it down; `changed` shows what came of it. */
  hand(visit, changed) {
    const isUp = this.#of(visit)?.handIsUp === true;
    return {
      text: isUp ? this.texts.handDown : this.texts.handUp,
      action: async () => {
        // What cannot be told now is told by pressing again; the call goes on.
        const answer = await this.service.post(`/visits/${visit}/hand`, { isUp: !isUp }).catch(() => undefined);
        if (answer) this.take(await answer.json());
        changed();
      },
    };
  }

  /** Reads which guests are asked about: after loading the page, after each break, and when it changed. */
  async read(visits) {
    const meetings = [...visits].filter((visit) => isMeeting(visit) && ["booked", "active"].includes(visit.state));
    const lists = await Promise.all(
      meetings.map(({ id }) => this.service.get(`/meetings/${id}/observers`).catch(() => ({ observers: [] }))),
    );
    this.questions = lists.flatMap(({ meeting, groupName, observers }) =>
      observers.filter(({ ownAnswer, consent }) => ownAnswer === undefined && consent !== "declined")
        .map(({ person, purpose }) => ({ meeting, groupName, person, purpose })));
    if (this.questions.length) this.said = "";
    this.show();
  }

  /** Shows the first question; `isCalm` while nothing rings and no call goes on. */
  show(isCalm = this.isCalm) {
    this.isCalm = isCalm;
    const question = this.questions[0];
    element("guest").hidden = !isCalm || (!question && this.said === "");
    for (const id of ["guest-yes", "guest-no"]) element(id).hidden = !question;
    const asked = question && { name: question.person.displayName, group: question.groupName };
    say("guest-title", question ? fill(this.texts.guestQuestion, asked) : "");
    say("guest-lead", question ? `${question.purpose} ${this.texts.guestFree}` : "");
    say("guest-status", this.said);
  }

  async #answer(isYes) {
    const question = this.questions[0];
    if (!question) return;
    try {
      await this.service.post(`/meetings/${question.meeting}/observers/${question.person.id}/answer`, { isYes });
      this.said = isYes ? this.texts.guestSaidYes : this.texts.guestSaidNo;
      this.questions = this.questions.slice(1);
    } catch (error) {
      this.said = failureText(error, this.texts);
    }
    this.show();
    // The button that was pressed is gone; who uses the keyboard hears what came of it.
    if (document.activeElement === document.body) element("guest-status").focus();
  }
}
