// One participant's media in one visit: joins, holds, and joins again by itself.

import { Cushion } from "./cushion.mjs";
import { Ladder, fit } from "./ladder.mjs";
import { codecs, encodings, iceServers, ufrag, withRepairedSound } from "./offer.mjs";
import { Redundancy, withSound } from "./redundancy.mjs";
import { sampleOf } from "./samples.mjs";

/** Silence for this long is told to the user, in ms; shorter gaps heal before anyone has read it. */
const tellAfter = 2000;
/** Silence for this long means that the path has to be looked for anew, whatever the browser says, in ms. */
const silenceLimit = 2500;
/** A path that the browser calls broken may heal by itself for so long, in ms. */
const healTime = 1000;
/** So long after an ICE restart another one may be tried, in ms. */
const restartPause = 4000;
/** So many in vain, over a minute, and the session itself is given up for a new one. */
const mostRestarts = 15;
/** A connection that has not come up for this long is tried anew, in ms. */
const connectLimit = 8000;
/** The service answers within this, or the network is away, in ms. */
const answerLimit = 3000;
/** So long a new connection may take beside the old one before the old one is given up for it, in ms. */
const moveLimit = 5000;
/** Pauses between attempts to join, in ms; the last one repeats. */
const pauses = [0, 500, 1000];
const policies = { bundlePolicy: "max-bundle", rtcpMuxPolicy: "require" };

/**
 * A call. Reports `connecting`, `sound`, `picture`, `reconnecting`, `refused` through `onState`.
 *
 * Three lines hold it: the path heals by itself or the relay follows the new address; an ICE restart
 * finds another path for the same session; a new session takes the place of the old one.
 */
export class Call {
  /**
   * `tracks`: the local tracks to send. `slots`: how many remote participants there can be.
   * `onTrack(kind, slot, track)` is called for every remote track of every attempt.
   */
  constructor({ service, visit, participant, tracks, slots, onState, onTrack }) {
    Object.assign(this, { service, visit, participant, tracks, slots, onState, onTrack });
    this.attempt = 0;
    this.isOver = false;
    this.startedAt = performance.now();
  }

  /** Joins, and keeps the call up until `close`. */
  start() {
    this.onState("connecting");
    this.watch = setInterval(() => this.#check(), 250);
    this.onNetwork = () => this.#restartICE();
    addEventListener("online", this.onNetwork);
    navigator.connection?.addEventListener?.("change", this.onNetwork);
    this.sampling = setInterval(() => this.#sendSample(), 5000);
    return this.#join();
  }

  /** The service says that the relay's end is gone: joins again at once. */
  rejoin(session) {
    if (!session || session === this.session) this.#restart();
  }

  /**
   * The service says that the relay's end goes on only until there is another one: makes a second
   * connection, sends on both, and leaves the first one when the second has sound. Nothing is lost.
   */
  async move(session) {
    if (session !== this.session || this.isOver || this.isJoining || this.next) return;
    const next = this.#line();
    this.next = next;
    try {
      await this.#negotiate(next);
      const until = performance.now() + moveLimit;
      while (!this.isOver && this.next === next && performance.now() < until && !(await hasSound(next.peer))) {
        await new Promise((resume) => setTimeout(resume, 20));
      }
      // A break meanwhile has been mended by a new join.
      if (this.isOver || this.next !== next) return next.peer.close();
      const old = this.peer;
      this.#take(next);
      this.heardAt = performance.now();
      setTimeout(() => old.close(), 500);
    } catch {
      // The service asks again.
      next.peer.close();
    } finally {
      if (this.next === next) this.next = undefined;
    }
  }

  /** Leaves and frees everything. */
  async close() {
    if (this.isOver) return;
    this.isOver = true;
    clearInterval(this.watch);
    clearInterval(this.sampling);
    removeEventListener("online", this.onNetwork);
    navigator.connection?.removeEventListener?.("change", this.onNetwork);
    await this.#sendSample().catch(() => {});
    const location = this.next?.location ?? this.location;
    this.next?.peer.close();
    this.peer?.close();
    if (location) await this.service.request("DELETE", location).catch(() => {});
  }

  /** Replaces what is sent of one kind; null sends nothing. */
  async replace(kind, track) {
    this.tracks = this.tracks.filter((old) => old.kind !== kind).concat(track ?? []);
    for (const line of [this, this.next]) {
      const sender = kind === "audio" ? line?.audioSender : line?.videoSender;
      await sender?.replaceTrack(track);
    }
  }

  #restart() {
    if (this.isOver || this.isJoining) return;
    this.onState("reconnecting");
    this.#join();
  }

  async #join() {
    this.isJoining = true;
    for (let failures = 0; !this.isOver; failures += 1) {
      await new Promise((resume) => setTimeout(resume, pauses[Math.min(failures, pauses.length - 1)]));
      if (this.isOver) break;
      try {
        await this.#connect();
        break;
      } catch (error) {
        this.peer?.close();
        this.peer = undefined;
        if ([401, 403, 404, 409, 410].includes(error.status)) {
          this.isJoining = false;
          this.onState("refused");
          return;
        }
        this.onState("reconnecting");
      }
    }
    this.isJoining = false;
  }

  async #connect() {
    this.attempt += 1;
    this.peer?.close();
    this.next?.peer.close();
    this.next = undefined;
    const line = this.#line();
    this.#take(line);
    this.hasSound = false;
    this.heardAt = performance.now();
    await this.#negotiate(line);
  }

  /** This connection is the one from now on. */
  #take(line) {
    Object.assign(this, line, {
      packets: 0, brokenAt: undefined, restarts: 0, restartedAt: 0, ladder: new Ladder(),
      cushions: new Map(), cushionedAt: 0, redundancy: new Redundancy(), countedAt: 0,
    });
    for (const { kind, slot, track } of line.remote) this.onTrack(kind, slot, track);
  }

  /** A connection that has not been negotiated. */
  #line() {
    const peer = new RTCPeerConnection(policies);
    const track = (kind) => this.tracks.find((one) => one.kind === kind);
    const audioSender = peer.addTransceiver(track("audio") ?? "audio", {
      direction: "sendonly",
      sendEncodings: [{ priority: "high", networkPriority: "high" }],
    }).sender;
    const videoSender = peer.addTransceiver(track("video") ?? "video", {
      direction: "sendonly",
      sendEncodings: encodings(this.slots),
    }).sender;
    const remote = [];
    const receivers = new Map();
    for (let slot = 0; slot < this.slots; slot += 1) {
      for (const kind of ["audio", "video"]) {
        const transceiver = peer.addTransceiver(kind, { direction: "recvonly" });
        transceiver.setCodecPreferences(codecs(kind));
        receivers.set(transceiver.receiver, { kind, slot });
      }
    }
    peer.ontrack = ({ receiver, track }) => {
      const place = receivers.get(receiver);
      if (!place) return;
      remote.push({ ...place, track });
      if (peer === this.peer) this.onTrack(place.kind, place.slot, track);
    };
    peer.onconnectionstatechange = () => {
      if (peer !== this.peer) return;
      this.brokenAt = ["disconnected", "failed"].includes(peer.connectionState)
        ? this.brokenAt ?? performance.now()
        : undefined;
    };
    return { peer, audioSender, videoSender, receivers, remote };
  }

  async #negotiate(line) {
    const { peer } = line;
    const offer = withRepairedSound(await peer.createOffer());
    const answer = await this.service.request("POST", `/visits/${this.visit}/media`, {
      body: offer.sdp,
      type: "application/sdp",
      headers: { "besoeg-attempt": String(this.attempt) },
      within: answerLimit,
    });
    line.location = new URL(answer.headers.get("location"), location.href).pathname.replace(/^\/api\/v1/, "");
    line.session = line.location.split("/").pop();
    (this.own ??= new Set()).add(line.session);
    if (peer === this.peer) Object.assign(this, { location: line.location, session: line.session });
    await this.#apply(peer, offer, answer);
  }

  /** Only now does the browser look for paths: it knows all servers, and one request was enough. */
  async #apply(peer, offer, answer) {
    peer.setConfiguration({ ...policies, iceServers: iceServers(answer.headers.get("link")) });
    await peer.setLocalDescription(offer);
    const isTwice = peer === this.peer && this.redundancy.isOn;
    await peer.setRemoteDescription({ type: "answer", sdp: withSound(await answer.text(), isTwice) });
  }

  /** Looks for a path anew; keys, session and whatever still gets through stay. */
  async #restartICE() {
    const { peer } = this;
    const now = performance.now();
    if (!peer?.remoteDescription || this.isOver || this.isJoining || this.isRestarting) return;
    if (now - this.restartedAt < restartPause) return;
    if (this.restarts >= mostRestarts) return this.#restart();
    this.isRestarting = true;
    try {
      const offer = withRepairedSound(await peer.createOffer({ iceRestart: true }));
      const answer = await this.service.request("PATCH", this.location, {
        body: offer.sdp,
        type: "application/sdp",
        within: answerLimit,
      });
      if (peer !== this.peer) return;
      await this.#apply(peer, offer, answer);
      this.restarts += 1;
      this.restartedAt = performance.now();
    } catch (error) {
      // Without a status the network is away for the service too: it is tried again in a moment.
      if (error.status && error.status !== 503 && peer === this.peer) this.#restart();
      else this.restartedAt = performance.now() - restartPause + 500;
    } finally {
      this.isRestarting = false;
    }
  }

  /** Looks at what has arrived: the truth about the call, whatever the states say. */
  async #check() {
    const { peer } = this;
    if (!peer || this.isOver || peer.connectionState === "closed") return;
    const now = performance.now();
    const report = await peer.getStats();
    if (peer !== this.peer) return;
    let packets = 0;
    for (const stat of report.values()) {
      if (stat.type === "transport") packets += stat.packetsReceived ?? 0;
      if (stat.type !== "inbound-rtp") continue;
      if (stat.kind === "audio" && stat.packetsReceived > 0 && stat.totalSamplesReceived > 0) {
        this.firstSoundMs ??= now - this.startedAt;
        if (!this.hasSound) {
          this.hasSound = true;
          this.onState("sound");
        }
      }
      if (stat.kind === "video" && stat.framesDecoded > 0 && this.firstPictureMs === undefined) {
        this.firstPictureMs = now - this.startedAt;
        this.onState("picture");
      }
    }
    if (packets !== this.packets) {
      this.packets = packets;
      this.heardAt = now;
      if (this.hasToldSilence && this.hasSound) {
        this.hasToldSilence = false;
        this.restarts = 0;
        this.onState("sound");
      }
    }
    this.#weigh(report, now);
    this.#double(report, now);
    this.#hold(report, now);
    const silent = now - this.heardAt;
    if (this.hasSound && silent > tellAfter && !this.hasToldSilence) {
      this.hasToldSilence = true;
      this.onState("reconnecting");
    }
    const isBroken = this.brokenAt !== undefined && now - this.brokenAt > healTime;
    if (peer.connectionState === "connecting" && !this.hasSound) {
      if (silent > connectLimit) this.#restart();
    } else if (silent > silenceLimit || (isBroken && silent > healTime) || peer.connectionState === "failed") {
      this.#restartICE();
    }
  }

  /** Holds each picture that comes back for as long as its lost parts take to be sent again. */
  #hold(report, now) {
    if (now - this.cushionedAt < 1000) return;
    this.cushionedAt = now;
    const stats = [...report.values()];
    const transport = stats.find(({ type }) => type === "transport");
    const roundTrip = 1000 * (report.get(transport?.selectedCandidatePairId)?.currentRoundTripTime ?? 0);
    for (const receiver of this.receivers.keys()) {
      const stat = stats.find(({ type, kind, trackIdentifier }) =>
        type === "inbound-rtp" && kind === "video" && trackIdentifier === receiver.track.id);
      if (!stat) continue;
      if (!this.cushions.has(receiver)) this.cushions.set(receiver, new Cushion());
      const delay = this.cushions.get(receiver).update(stat, roundTrip, now);
      // Not every browser takes it (W3C webrtc-extensions); without, it finds the delay more slowly.
      if (delay !== undefined && "jitterBufferTarget" in receiver) receiver.jitterBufferTarget = delay;
    }
  }

  /** Fits the picture that is sent to what the network takes. */
  #weigh(report, now) {
    const transport = [...report.values()].find(({ type }) => type === "transport");
    const available = report.get(transport?.selectedCandidatePairId)?.availableOutgoingBitrate;
    if (available === undefined || !this.tracks.some(({ kind }) => kind === "video")) return;
    const wasFull = this.ladder.index === 0;
    const before = this.ladder.index;
    const level = this.ladder.update(available, now);
    if (!level) return;
    const parameters = this.videoSender.getParameters();
    if (parameters.encodings?.length > 0) {
      fit(parameters.encodings, level);
      this.videoSender.setParameters(parameters).catch(() => {});
    }
    // The relay has told everyone already where it is the receiver who has no room.
    if (this.isSteered && wasFull) return;
    const cause = this.ladder.index > before ? "sender-network" : "recovered";
    this.service.post(`/visits/${this.visit}/picture`, { level: level.name, cause }).catch(() => {});
  }

  /** Sends sound twice where it is lost on its way. */
  #double(report, now) {
    if (now - this.countedAt < 1000) return;
    this.countedAt = now;
    const stats = [...report.values()];
    const sound = (type) => stats.find((stat) => stat.type === type && stat.kind === "audio");
    const sent = sound("outbound-rtp");
    if (!sent) return;
    const transport = stats.find(({ type }) => type === "transport");
    const available = report.get(transport?.selectedCandidatePairId)?.availableOutgoingBitrate;
    const { fractionLost } = sound("remote-inbound-rtp") ?? {};
    const isOn = this.redundancy.update({ ...sent, fractionLost }, available, now);
    if (isOn !== undefined) this.#sendSound(isOn);
  }

  /** The browser negotiates with itself: to the relay nothing changes, it takes both. */
  async #sendSound(isTwice) {
    const { peer } = this;
    if (this.isRestarting || this.isJoining || peer.signalingState !== "stable") {
      // Asked again in a second.
      this.redundancy.isOn = !isTwice;
      return;
    }
    this.isRestarting = true;
    const answer = peer.remoteDescription.sdp;
    try {
      const offer = withRepairedSound(await peer.createOffer());
      // An offer that wants new paths is the relay's business.
      if (ufrag(offer.sdp) !== ufrag(peer.localDescription.sdp)) return;
      await peer.setLocalDescription(offer);
      await peer.setRemoteDescription({ type: "answer", sdp: withSound(answer, isTwice) });
    } catch {
      // It goes on as it did.
      if (peer.signalingState === "have-local-offer") {
        await peer.setLocalDescription({ type: "rollback" }).catch(() => {});
      }
    } finally {
      this.isRestarting = false;
    }
  }

  async #sendSample() {
    if (!this.peer || this.peer.connectionState === "closed") return;
    const sample = sampleOf(await this.peer.getStats(), {
      participant: this.participant,
      attempt: this.attempt,
      firstSoundMs: this.firstSoundMs,
      firstPictureMs: this.firstPictureMs,
    });
    await this.service.post(`/visits/${this.visit}/samples`, { samples: [sample] }).catch(() => {});
  }
}

/** Whether any sound has come in on a connection. */
async function hasSound(peer) {
  for (const stat of (await peer.getStats()).values()) {
    if (stat.type === "inbound-rtp" && stat.kind === "audio" && stat.packetsReceived > 0) return true;
  }
  return false;
}
