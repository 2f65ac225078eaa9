// One participant's media in one visit: joins, holds, and joins again by itself.

import { sampleOf } from "./samples.mjs";

/** How long a broken connection may heal by itself before the call joins again, in ms. */
const healTime = 2500;
/** No packet for this long means that the connection is broken, whatever the browser says, in ms. */
const silenceLimit = 3000;
/** Pauses between attempts to join, in ms; the last one repeats. */
const pauses = [0, 500, 1000, 2000, 4000];
/** What the picture may cost, in bit/s and pictures/s. */
const video = { maxBitrate: 900_000, maxFramerate: 25 };

/** The codecs that the relay forwards: offering more only makes the offer of a large group huge. */
const ours = (kind) =>
  RTCRtpReceiver.getCapabilities(kind).codecs.filter(({ mimeType }) =>
    ["audio/opus", "video/vp8", "video/rtx"].includes(mimeType.toLowerCase()));

/** A call. Reports `connecting`, `sound`, `picture`, `reconnecting`, `refused` through `onState`. */
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
    this.sampling = setInterval(() => this.#sendSample(), 5000);
    return this.#join();
  }

  /** The service says that the relay's end is gone: joins again at once. */
  rejoin(session) {
    if (!session || session === this.session) this.#restart();
  }

  /** Leaves and frees everything. */
  async close() {
    if (this.isOver) return;
    this.isOver = true;
    clearInterval(this.watch);
    clearInterval(this.sampling);
    await this.#sendSample().catch(() => {});
    const location = this.location;
    this.peer?.close();
    if (location) await this.service.request("DELETE", location).catch(() => {});
  }

  /** Replaces what is sent of one kind; null sends nothing. */
  async replace(kind, track) {
    this.tracks = this.tracks.filter((old) => old.kind !== kind).concat(track ?? []);
    const sender = kind === "audio" ? this.audioSender : this.videoSender;
    await sender?.replaceTrack(track);
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
    const peer = new RTCPeerConnection({ bundlePolicy: "max-bundle", rtcpMuxPolicy: "require" });
    Object.assign(this, { peer, packets: 0, heardAt: performance.now(), brokenAt: undefined });
    this.hasSound = false;

    const track = (kind) => this.tracks.find((one) => one.kind === kind);
    this.audioSender = peer.addTransceiver(track("audio") ?? "audio", { direction: "sendonly" }).sender;
    this.videoSender = peer.addTransceiver(track("video") ?? "video", {
      direction: "sendonly",
      sendEncodings: [video],
    }).sender;
    const receivers = new Map();
    for (let slot = 0; slot < this.slots; slot += 1) {
      for (const kind of ["audio", "video"]) {
        const transceiver = peer.addTransceiver(kind, { direction: "recvonly" });
        transceiver.setCodecPreferences(ours(kind));
        receivers.set(transceiver.receiver, { kind, slot });
      }
    }
    peer.ontrack = ({ receiver, track: remote }) => {
      const place = receivers.get(receiver);
      if (place && peer === this.peer) this.onTrack(place.kind, place.slot, remote);
    };
    peer.onconnectionstatechange = () => {
      if (peer !== this.peer) return;
      this.brokenAt = ["disconnected", "failed"].includes(peer.connectionState)
        ? this.brokenAt ?? performance.now()
        : undefined;
      if (peer.connectionState === "failed") this.#restart();
    };

    await peer.setLocalDescription();
    const answer = await this.service.request("POST", `/visits/${this.visit}/media`, {
      body: peer.localDescription.sdp,
      type: "application/sdp",
      headers: { "besoeg-attempt": String(this.attempt) },
    });
    this.location = new URL(answer.headers.get("location"), location.href).pathname.replace(/^\/api\/v1/, "");
    this.session = this.location.split("/").pop();
    await peer.setRemoteDescription({ type: "answer", sdp: await answer.text() });
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
    }
    const isSilent = peer.connectionState === "connected" && now - this.heardAt > silenceLimit;
    const isBroken = this.brokenAt !== undefined && now - this.brokenAt > healTime;
    const isStuck = peer.connectionState === "connecting" && now - this.heardAt > 8000;
    if (isSilent || isBroken || isStuck) this.#restart();
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
