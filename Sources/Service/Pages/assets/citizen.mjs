// The citizen's page: one state at a time, one large button, and always a next step.

import { Agenda } from "./agenda.mjs";
import { Agreement } from "./agreement.mjs";
import { Problem, Service } from "./api.mjs";
import { Call } from "./call.mjs";
import { Change } from "./change.mjs";
import { Contact } from "./contact.mjs";
import { Disclosures } from "./disclosures.mjs";
import { Hours } from "./hours.mjs";
import { Marks } from "./marks.mjs";
import { isMeeting, Meeting } from "./meeting.mjs";
import { Own } from "./own.mjs";
import { Ringer } from "./ringer.mjs";
import { element } from "./screen.mjs";
import { fill, joinNames, whenOf } from "./words.mjs";

const texts = await (await fetch(`/assets/texts/${document.documentElement.lang}.json`)).json();
const ringer = new Ringer();

const page = {
  me: undefined,
  service: undefined,
  visits: new Map(),
  ring: undefined,
  call: undefined,
  tracks: [],
  /** Whose network, in which direction, has no room for a picture now. */
  held: new Set(),
  /** What was said of a visit that begins later: `{ visit, start, text }`; kept over a reload. */
  delay: JSON.parse(localStorage.getItem("delay") ?? "null"),
  /** What was said of the visit that was missed last: `{ visit, text }`. */
  missed: undefined,
  /** The ring that ended last: `{ visit, worker }`. */
  ended: undefined,
  isPrepared: localStorage.getItem("prepared") === "yes",
};

/** Shows a state. `primary` and `secondary` are `{ text, action, isStop }`; none hides the button. */
function show(state, { title, lead = "", primary, secondary, hasChoices = false }) {
  document.body.dataset.state = state;
  element("title").textContent = title;
  element("lead").textContent = lead;
  element("choices").hidden = !hasChoices;
  for (const [id, button] of [["primary", primary], ["secondary", secondary]]) {
    const node = element(id);
    const hadFocus = document.activeElement === node;
    node.hidden = !button;
    if (!button) continue;
    node.textContent = button.text;
    node.onclick = button.action;
    node.classList.toggle("stop", button.isStop === true);
    if (id === "primary" && (state === "ringing" || hadFocus)) node.focus();
  }
  if (!["call", "reconnecting", "connecting"].includes(state)) {
    element("stage").hidden = true;
    element("room").textContent = "";
    element("caption").hidden = true;
  }
  page.contact?.show();
  page.own?.show(Contact.states.includes(state));
  if (state !== "idle") {
    page.agenda?.hide();
    page.change?.hide();
  }
  page.agreement?.show(Contact.states.includes(state));
  page.meeting?.show(Contact.states.includes(state));
  page.disclosures?.show(Contact.states.includes(state));
  page.hours?.show(Contact.states.includes(state));
  page.marks?.show(state);
}

const workerOf = (visit) => visit?.worker?.displayName ?? texts.someone;

/** What the page shows while nothing rings: the call it was in before a reload, or the next visit. */
function showIdle() {
  const active = [...page.visits.values()].find((visit) => visit.state === "active");
  if (active) {
    const worker = workerOf(active);
    showRoom(active);
    return show("return", {
      title: fill(texts.stateReturnTitle, { worker }),
      lead: texts.stateReturnLead,
      primary: { text: texts.return, action: () => returnTo(active) },
      hasChoices: true,
    });
  }
  const next = [...page.visits.values()]
    .filter((visit) => visit.state === "booked" && Date.parse(visit.start) > Date.now() - 3_600_000)
    .sort((a, b) => Date.parse(a.start) - Date.parse(b.start))[0];
  const when = next && fill(nextText(next), { worker: workerOf(next), when: whenOf(next.start, texts) });
  const delay = next && delayOf(next);
  // The delay says itself that there is nothing to do.
  const todo = page.isPrepared ? (delay ? "" : texts.stateIdleWait) : texts.stateIdlePrepare;
  show("idle", {
    title: page.isPrepared ? texts.stateIdleTitle : texts.stateWelcomeTitle,
    lead: [when ?? texts.stateIdleNoVisit, delay, todo].filter(Boolean).join(" "),
    primary: page.isPrepared ? undefined : { text: texts.prepare, action: prepare },
    hasChoices: true,
  });
  page.agenda?.show(next);
  page.change?.show(next);
}

/** Who does what at the next visit: rings here, rings the telephone, comes, or opens the meeting. */
function nextText(visit) {
  if (visit.form === "physical") return texts.stateIdleNextHome;
  if (visit.mediaMode === "phone") return texts.stateIdleNextPhone;
  return visit.form === "group" ? texts.stateIdleNextGroup : texts.stateIdleNext;
}

/** What was said of a visit's delay; no longer so once the visit has another time. */
function delayOf(visit) {
  const { delay } = page;
  return delay?.visit === visit.id && delay.start === visit.start ? delay.text : "";
}

/** What happens now that a ring was not answered, in the service's words where they have come. */
function missedLead(visit, worker) {
  return page.missed?.visit === visit ? page.missed.text : fill(texts.stateMissedLead, { worker });
}

/** Says who is in the room before anybody goes in: nobody meets six people unprepared (D10). */
async function showRoom(visit) {
  clearTimeout(page.roomTimer);
  const room = await page.service.get(`/visits/${visit.id}/room`).catch(() => undefined);
  if (document.body.dataset.state !== "return") return;
  // Who stands outside is not told of those who come and go.
  page.roomTimer = setTimeout(() => showRoom(visit), 3000);
  const names = room?.occupants.map((one) => one.displayName) ?? [];
  element("room").textContent = names.length === 0 ? "" : fill(texts.inTheRoom, { names: joinNames(names, texts.and) });
}

/** Asks for camera and microphone once, so that the first ring finds them allowed; then lets go. */
async function prepare() {
  ringer.unlock();
  const tracks = await localTracks();
  for (const track of tracks) track.stop();
  const passed = tracks.some((track) => track.kind === "audio");
  page.service?.post("/self-tests", { passed }).catch(() => {});
  if (!passed) return showNoMicrophone(prepare);
  page.isPrepared = true;
  localStorage.setItem("prepared", "yes");
  showIdle();
  element("lead").textContent += ` ${texts.stateIdlePrepared}`;
}

function showRinging(ring) {
  page.ring = ring;
  ringer.start();
  const own = Date.parse(ring.autoAnswer?.find((one) => one.device === page.device)?.at);
  // A ring that came late, after a break, or by a clock that is wrong leaves no time to say no: it just rings.
  if (own - Date.now() > leastCountdown && own < Date.parse(ring.expiresAt)) return countDown(ring, own);
  show("ringing", {
    title: fill(texts.stateRingingTitle, { worker: ring.from.displayName }),
    lead: page.isPrepared ? "" : texts.stateRingingLead,
    primary: { text: texts.answer, action: answer },
    secondary: { text: texts.decline, action: decline },
    hasChoices: true,
  });
}

/** So long there is at least to say no, in milliseconds. */
const leastCountdown = 8_000;

/** The citizen has agreed that this device answers by itself: it says so, and "Nej tak" is the large button. */
function countDown(ring, at) {
  if (page.ring !== ring) return;
  const seconds = Math.ceil((at - Date.now()) / 1000);
  if (seconds <= 0) return answer();
  const lead = fill(texts.stateCountdownLead, { seconds });
  if (document.body.dataset.state === "ringing") element("lead").textContent = lead;
  else {
    show("ringing", {
      title: fill(texts.stateRingingTitle, { worker: ring.from.displayName }),
      lead,
      primary: { text: texts.decline, action: decline, isStop: true },
      secondary: { text: texts.answer, action: answer },
    });
  }
  setTimeout(() => countDown(ring, at), Math.min(1000, at - Date.now()));
}

/** Asks for camera and microphone; says how to allow them, with `retry`, where there is no sound. */
async function openDevices(worker, retry) {
  show("connecting", {
    title: fill(texts.stateConnectingTitle, { worker }),
    lead: texts.stateConnectingLead,
  });
  page.tracks = await localTracks();
  if (page.tracks.some((track) => track.kind === "audio")) return true;
  showNoMicrophone(retry, worker);
  return false;
}

/** Goes back into a call that is going on, after the page was loaded again. */
async function returnTo(visit) {
  const isOpen = await openDevices(workerOf(visit), () => returnTo(visit));
  if (isOpen) startCall(visit.id, workerOf(visit));
}

async function answer() {
  const ring = page.ring;
  ringer.stop();
  page.ring = undefined;
  const isOpen = await openDevices(ring.from.displayName, () => {
    page.ring = ring;
    return answer();
  });
  if (!isOpen) return;
  try {
    await page.service.post(`/visits/${ring.visit}/answer`);
  } catch (error) {
    releaseTracks();
    if (!(error instanceof Problem)) {
      page.ring = ring;
      return showRinging(ring);
    }
    return showIdle();
  }
  startCall(ring.visit, ring.from.displayName);
}

async function decline() {
  const ring = page.ring;
  ringer.stop();
  page.ring = undefined;
  page.ended = { visit: ring.visit, worker: ring.from.displayName };
  show("declined", {
    title: texts.stateDeclinedTitle,
    lead: fill(texts.stateDeclinedLead, { worker: ring.from.displayName }),
  });
  await page.service.post(`/visits/${ring.visit}/decline`, { reason: "declined-by-citizen" }).catch(() => {});
}

function startCall(visit, worker) {
  page.worker = worker;
  const capacity = page.visits.get(visit)?.capacity ?? 2;
  const streams = { audio: new MediaStream(), video: new MediaStream() };
  page.call = new Call({
    service: page.service,
    visit,
    participant: page.me,
    tracks: page.tracks,
    slots: capacity - 1,
    onState: (state) => showCallState(state, worker),
    onTrack(kind, slot, track) {
      if (kind === "video" && slot > 0) return;
      if (slot === 0) for (const old of streams[kind].getTracks()) streams[kind].removeTrack(old);
      streams[kind].addTrack(track);
      const sink = element(kind === "audio" ? "sound" : "remote");
      sink.srcObject = streams[kind];
      sink.play().catch(() => {});
    },
  });
  page.held.clear();
  globalThis.besoegCall = page.call;
  page.call.start();
}

function showCallState(state, worker) {
  const hangUp = { text: texts.hangUp, action: hangUpCall, isStop: true };
  const hasCamera = page.tracks.some((track) => track.kind === "video");
  if (state === "refused") return endCall(texts.stateEndedTitle, texts.stateEndedLead);
  if (state === "connecting") {
    return show("connecting", {
      title: fill(texts.stateConnectingTitle, { worker }),
      lead: texts.stateConnectingLead,
      secondary: hangUp,
    });
  }
  if (state === "reconnecting") {
    return show("reconnecting", {
      title: texts.stateReconnectingTitle,
      lead: fill(texts.stateReconnectingLead, { worker }),
      secondary: hangUp,
    });
  }
  const hasPicture = page.call?.firstPictureMs !== undefined;
  element("stage").hidden = !hasPicture;
  const noCamera = hasCamera || element("sound-only").checked ? "" : fill(texts.noCameraLead, { worker });
  const { visit } = page.call ?? {};
  const hand = isMeeting(page.visits.get(visit)) ? page.meeting.hand(visit, refreshCall) : undefined;
  show("call", {
    title: fill(texts.stateInCall, { worker }),
    lead: page.meeting.turn(visit) || noCamera || (hasPicture ? "" : texts.stateWaitingPicture),
    primary: hangUp,
    secondary: hand,
    hasChoices: true,
  });
  showSelf();
  showCaption();
  if (page.call) page.marks?.ask(page.call.visit, "beginning");
}

/** Shows the call again, with what has changed about the meeting. */
function refreshCall() {
  if (page.call && document.body.dataset.state === "call") showCallState("sound", page.worker);
}

function showCaption() {
  element("caption").textContent = texts.pictureHeld;
  element("caption").hidden = page.held.size === 0;
}

/** Another of the person's devices has the call now: this one lets go, and can have it back. */
function moveAway(visit) {
  page.call.close();
  page.call = undefined;
  releaseTracks();
  showElsewhere(visit, texts.stateMovedTitle);
}

function showElsewhere(id, title = texts.stateElsewhereTitle) {
  const visit = page.visits.get(id);
  const moveHere = visit && { text: texts.moveHere, action: () => returnTo(visit) };
  show("elsewhere", { title, lead: texts.stateElsewhereLead, secondary: moveHere });
}

async function hangUpCall() {
  const visit = page.call?.visit;
  endCall(texts.stateEndedTitle, texts.stateEndedLead);
  if (visit) await page.service.post(`/visits/${visit}/hangup`, { reason: "citizen-hung-up" }).catch(() => {});
}

function endCall(title, lead) {
  const visit = page.call?.visit;
  page.call?.close();
  page.call = undefined;
  releaseTracks();
  show("ended", { title, lead });
  if (visit) page.marks?.ask(visit, "end");
}

function showNoMicrophone(retry, worker = texts.someone) {
  show("no-microphone", {
    title: texts.noMicrophoneTitle,
    lead: fill(texts.noMicrophoneLead, { worker }),
    primary: { text: texts.tryAgain, action: retry },
  });
}

/** Camera and microphone; only the microphone where the camera is unwanted, missing or refused. */
async function localTracks() {
  const audio = { echoCancellation: true, noiseSuppression: true, autoGainControl: true };
  const picture = { width: { ideal: 640 }, height: { ideal: 360 }, frameRate: { ideal: 25 } };
  const wanted = element("sound-only").checked ? [{ audio }] : [{ audio, video: picture }, { audio }];
  for (const constraints of wanted) {
    try {
      return (await navigator.mediaDevices.getUserMedia(constraints)).getTracks();
    } catch {
      continue;
    }
  }
  return [];
}

function releaseTracks() {
  for (const track of page.tracks) track.stop();
  page.tracks = [];
  element("self").srcObject = null;
}

function showSelf() {
  const camera = page.tracks.find((track) => track.kind === "video");
  const isShown = element("show-self").checked && camera !== undefined;
  element("self").hidden = !isShown;
  element("self").srcObject = isShown ? new MediaStream([camera]) : null;
}

async function changeSoundOnly() {
  const isSoundOnly = element("sound-only").checked;
  localStorage.setItem("sound-only", isSoundOnly ? "yes" : "no");
  if (!page.call) return;
  for (const track of page.tracks.filter((one) => one.kind === "video")) track.stop();
  page.tracks = page.tracks.filter((track) => track.kind === "audio");
  if (!isSoundOnly) {
    const camera = await navigator.mediaDevices.getUserMedia({ video: true }).catch(() => undefined);
    page.tracks.push(...(camera?.getVideoTracks() ?? []));
  }
  await page.call?.replace("video", page.tracks.find((track) => track.kind === "video") ?? null);
  showSelf();
}

const handlers = {
  visit(visit) {
    page.visits.set(visit.id, visit);
    // What was proposed for it may have been agreed on the telephone.
    if (page.agreement?.open.some((todo) => todo.visit.id === visit.id)) page.agreement.read();
    if (["loading", "idle", "return"].includes(document.body.dataset.state)) showIdle();
  },
  ring(ring) {
    if (!page.call && Date.parse(ring.expiresAt) > Date.now()) showRinging(ring);
  },
  "ring-stopped"({ visit, reason }) {
    if (page.ring?.visit !== visit) return;
    const worker = page.ring.from.displayName;
    ringer.stop();
    page.ring = undefined;
    page.ended = { visit, worker };
    if (reason === "answered") {
      showElsewhere(visit);
    } else if (reason === "missed") {
      show("missed", { title: fill(texts.stateMissedTitle, { worker }), lead: missedLead(visit, worker) });
    } else {
      showIdle();
    }
  },
  room({ visit, session, participants = [] }) {
    if (page.call?.visit !== visit) return;
    page.inRoom = session;
    // A join of ours may be on its way: the stream can be quicker than its answer.
    setTimeout(() => {
      if (page.call?.visit === visit && page.inRoom === session && page.call.own?.has(session) === false) moveAway(visit);
    }, 1500);
    const names = participants.map((one) => (one.id === page.me ? texts.you : one.displayName));
    element("room").textContent = fill(texts.inTheRoom, { names: joinNames(names, texts.and) });
  },
  rejoin({ visit, session, cause }) {
    if (page.call?.visit !== visit) return;
    if (cause === "relay-moved") page.call.move(session);
    else page.call.rejoin(session);
  },
  picture({ visit, participant, direction, level }) {
    if (page.call?.visit !== visit) return;
    if (participant !== page.me && direction === "receiving") page.call.isSteered = level !== "full";
    page.held.delete(`${participant}/${direction}`);
    if (["held", "sound-only"].includes(level)) page.held.add(`${participant}/${direction}`);
    showCaption();
  },
  delay({ visit, start, notice }) {
    page.delay = { visit, start, text: notice[texts.language] };
    localStorage.setItem("delay", JSON.stringify(page.delay));
    if (["idle", "return", "missed", "declined", "ended"].includes(document.body.dataset.state)) showIdle();
  },
  "we-missed-you"({ visit, notice }) {
    page.missed = { visit, text: notice[texts.language] };
    const { state } = document.body.dataset;
    if (page.ended?.visit !== visit || page.ring || page.call) return;
    // Who said no thank you has read that it is in order; what comes next is added to it.
    if (state === "declined") element("lead").textContent += ` ${page.missed.text}`;
    else if (["missed", "idle"].includes(state)) {
      show("missed", { title: fill(texts.stateMissedTitle, page.ended), lead: page.missed.text });
    }
  },
  callback(request) {
    page.contact.take(request);
  },
  proposal() {
    page.contact.proposals.read();
  },
  agreement() {
    page.agreement.read();
  },
  floor(floor) {
    page.meeting.take(floor);
    refreshCall();
  },
  observer() {
    page.meeting.read(page.visits.values());
  },
  disclosure() {
    page.disclosures.read();
  },
  "queue-place"(ticket) {
    page.contact.queue.take(ticket);
  },
  ended({ visit }) {
    if (document.body.dataset.state === "elsewhere") showIdle();
    if (page.call?.visit === visit) endCall(texts.stateEndedTitle, texts.stateEndedLead);
  },
};

async function main() {
  const fromLink = location.hash.slice(1);
  if (fromLink) {
    localStorage.setItem("token", fromLink);
    history.replaceState(null, "", location.pathname);
  }
  const token = localStorage.getItem("token");
  element("sound-only").checked = localStorage.getItem("sound-only") === "yes";
  element("sound-only").onchange = changeSoundOnly;
  element("show-self").onchange = showSelf;
  if (!token) return show("no-link", { title: texts.stateNoLinkTitle, lead: texts.stateNoLinkLead });
  page.service = new Service(token);
  page.contact = new Contact(page.service, texts);
  page.agenda = new Agenda(page.service, texts);
  page.agreement = new Agreement(page.service, texts);
  page.change = new Change(page.service, texts);
  page.hours = new Hours(page.service, texts);
  try {
    const claims = JSON.parse(atob(token.split(".")[1].replace(/-/g, "+").replace(/_/g, "/")));
    page.me = claims.sub;
    page.device = claims.dev;
    page.own = new Own(page.service, texts, page.me);
    page.meeting = new Meeting(page.service, texts, page.me);
    page.disclosures = new Disclosures(page.service, texts, page.me);
    page.marks = new Marks(page.service, texts, page.me);
    await page.service.readEvents(
      (name, data) => handlers[name]?.(data),
      async (isOnline) => {
        if (isOnline) {
          const { visits } = await page.service.get("/visits").catch(() => ({ visits: [] }));
          for (const visit of visits) page.visits.set(visit.id, visit);
          await page.contact.read();
          await page.agreement.read();
          await page.meeting.read(page.visits.values());
          await page.disclosures.read();
          await page.hours.read();
        }
        if (!page.call && !page.ring && ["loading", "idle", "return"].includes(document.body.dataset.state)) {
          showIdle();
          if (!isOnline) element("lead").textContent = texts.stateOfflineLead;
        }
      },
    );
  } catch {
    show("old-link", { title: texts.stateOldLinkTitle, lead: texts.stateOldLinkLead });
  }
}

main();
