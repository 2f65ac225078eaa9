"""Calls between our own programs under a sound that never pauses, so that every gap in it shows."""

import array
import json
import math
import signal
import time
import wave

from deployment import program, wait_until

RATE = 48_000
# Pitches in turn without a pause between them: an encoder takes one steady tone for noise, and sends less.
PITCHES = (440, 732, 568, 945, 1219, 660)
PITCH_SECONDS = 0.1


def steady_sound(path):
    """A WAVE file of some seconds that can be played over and over."""
    samples = array.array("h")
    for _ in range(5):
        for pitch in PITCHES:
            samples.extend(int(8000 * math.sin(2 * math.pi * pitch * index / RATE))
                           for index in range(int(RATE * PITCH_SECONDS)))
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE)
        file.writeframes(samples.tobytes())
    return path


def offer():
    """An offer as a client makes it, from one that will never send anything."""
    transport = ["c=IN IP4 0.0.0.0", "a=ice-ufrag:cLiE", "a=ice-pwd:0123456789abcdefghijklmn",
                 "a=fingerprint:sha-256 " + ":".join(f"{byte:02X}" for byte in range(0x10, 0x30)),
                 "a=setup:actpass", "a=rtcp-mux"]
    lines = ["v=0", "o=- 1 2 IN IP4 127.0.0.1", "s=-", "t=0 0", "a=group:BUNDLE 0 1 2 3"]
    for section in range(4):
        lines += ["m=audio 9 UDP/TLS/RTP/SAVPF 111", "a=rtpmap:111 opus/48000/2"] if section % 2 == 0 else \
                 ["m=video 9 UDP/TLS/RTP/SAVPF 96", "a=rtpmap:96 VP8/90000", "a=rtcp-fb:96 nack pli"]
        lines += transport + [f"a=mid:{section}", "a=sendonly" if section < 2 else "a=recvonly"]
    return "\r\n".join(lines) + "\r\n"


class Pair:
    """A support worker and a citizen in a visit, on our command line client and our kiosk."""

    def __init__(self, deployment, number, folder, sound, seconds):
        self.folder = folder / f"pair-{number}"
        self.folder.mkdir()
        self.worker = deployment.person("supportWorker", f"Anne {number}")
        self.citizen = deployment.person("citizen", f"Karen {number}")
        self.visit = deployment.book(self.worker, self.citizen)["id"]
        media = ("--no-picture", "--source", f"speech:{sound}", "--proof")
        self.kiosk = program("besoeg-kiosk", "--auto-answer", "--once", *media, self.folder / "kiosk.json",
                             device=self.citizen, folder=self.folder, label="kiosk")
        self.caller = program("besoeg", "call", self.visit, "--for", round(seconds), *media, self.folder / "caller.json",
                              device=self.worker, folder=self.folder, label="caller")
        deployment.clients += [self.kiosk, self.caller]

    def wait_until_heard(self, seconds=20):
        wait_until(lambda: self.count("media-connected") >= 2, seconds, "both are heard, says the ledger")

    def ledger(self):
        return self.worker.ledger(self.visit)

    def count(self, kind):
        return sum(entry["kind"] == kind for entry in self.ledger())

    def finish(self):
        """Hangs up; returns what both ends say of it."""
        self.caller.send_signal(signal.SIGINT)
        assert self.caller.wait(30) == 0, self.tail()
        assert self.kiosk.wait(30) == 0, self.tail()
        return [json.loads((self.folder / f"{name}.json").read_text()) for name in ("caller", "kiosk")]

    def tail(self):
        return "\n".join((self.folder / f"{name}.log").read_text(errors="replace")[-2000:]
                         for name in ("caller", "kiosk"))


def lost_sound(proof):
    """The longest gap that one end of a call had in the other's sound, in ms. What was invented to hide
    a gap is one, too."""
    return proof["longestSilenceMs"] + 1000 * proof["concealedSamples"] / RATE


def hold(deployment, count, folder, seconds):
    """`count` calls that are heard at both ends."""
    sound = steady_sound(folder / "steady.wav")
    pairs = [Pair(deployment, number, folder, sound, seconds) for number in range(count)]
    for pair in pairs:
        pair.wait_until_heard()
    # The start of a call is another test's matter.
    time.sleep(1)
    return pairs
