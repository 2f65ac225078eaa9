"""The starred rows of the quality table: a citizen in a real Chromium behind a bad network, and a support
worker with the native client in an office. Behind a strict firewall there are both of them.

How long a row is held and against what: see `network.py`.
"""

import json
import time

import pytest

from browser import grown, invented, launch, open_page, stats, stood, wait_for_media, wait_for_state
from deployment import program, wait_until
from network import (
    SECONDS, THROUGH_PROXY, CitizenBehindProxy, Network, ProxiedDeployment, allowed, bound,
)


@pytest.fixture
def behind(tmp_path):
    running = CitizenBehindProxy(tmp_path).start()
    yield running
    running.stop()


@pytest.fixture
def proxied(tmp_path):
    running = ProxiedDeployment(tmp_path).start()
    yield running
    running.stop()


class Call:
    """The citizen in Chromium and the support worker's command line client, in a visit."""

    def __init__(self, deployment, playwright, folder, seconds):
        self.deployment, self.folder = deployment, folder
        self.worker = deployment.person("supportWorker", "Anne Holm")
        self.citizen = deployment.person("citizen", "Karen Friis")
        self.visit = deployment.book(self.worker, self.citizen)["id"]
        self.browser = launch(playwright, "--ignore-certificate-errors")
        self.page = open_page(self.browser, self.citizen.page, before=THROUGH_PROXY)
        wait_for_state(self.page, "idle", 10)
        self.native = program(
            "besoeg", "call", self.visit, "--for", seconds, "--source", "tones",
            "--ca", deployment.certificates / "certificate.pem", "--proof", folder / "proof.json",
            device=self.worker, folder=folder, label="worker")
        wait_for_state(self.page, "ringing", 15)
        self.answered = time.monotonic()
        self.page.get_by_role("button", name="Svar").click()
        wait_for_media(self.page, 20)
        self.media_after = time.monotonic() - self.answered

    @property
    def session(self):
        return self.page.evaluate("globalThis.besoegCall.session")

    def requests(self):
        """How often the page has asked the service about media so far."""
        return self.page.evaluate("""() => performance.getEntriesByType("resource")
          .filter(({ name }) => /\\/media(\\/|$)/.test(new URL(name).pathname)).length""")

    def finish(self):
        """Hangs up and returns what the native client proves, and the ledger."""
        self.worker.json("POST", f"/visits/{self.visit}/hangup", {})
        assert self.native.wait(30) == 0, (self.folder / "worker.log").read_text()
        self.browser.close()
        return json.loads((self.folder / "proof.json").read_text()), self.worker.ledger(self.visit)


def reception(page, seconds):
    """What the page received in `seconds`: shares in percent."""
    before = wait_for_media(page, 10)
    start = time.monotonic()
    page.wait_for_timeout(seconds * 1000)
    after = wait_for_media(page, 10)
    elapsed = time.monotonic() - start
    samples = max(1, grown(before, after, "inbound_audio", "totalSamplesReceived"))
    frozen = stood(after) - stood(before)
    return {
        "concealed": 100 * (invented(after) - invented(before)) / samples,
        "frozen": 100 * frozen / elapsed,
        "frames": grown(before, after, "inbound_video", "framesDecoded") / elapsed,
        "elapsed": elapsed,
        "after": after,
    }


def silence(page, seconds):
    """The longest time without a sound packet in the next `seconds`, in seconds."""
    return page.evaluate("""async (seconds) => {
      const peer = globalThis.besoegCall.peer;
      let heard = performance.now(), packets = -1, longest = 0;
      for (const end = heard + seconds * 1000; performance.now() < end;) {
        let now = 0;
        for (const stat of (await globalThis.besoegCall.peer.getStats()).values())
          if (stat.type === "inbound-rtp" && stat.kind === "audio") now += stat.packetsReceived;
        if (now !== packets) { longest = Math.max(longest, performance.now() - heard); heard = performance.now(); packets = now; }
        await new Promise((resume) => setTimeout(resume, 20));
      }
      return Math.max(longest, performance.now() - heard) / 1000;
    }""", seconds)


def test_five_percent_random_loss(behind, playwright, tmp_path, machine, findings):
    network = Network(behind, "--scenario", "loss5")
    call = Call(behind, playwright, tmp_path, SECONDS + 30)
    call.page.wait_for_timeout(5000)
    since = time.monotonic()
    seen = reception(call.page, SECONDS)
    call.finish()
    network.stop()
    findings.note("loss5, Chromium", "concealed sound", "%", "< 0.5", seen["concealed"], seen["concealed"] < 0.5)
    findings.note("loss5, Chromium", "freeze ratio", "%", "< 0.5", seen["frozen"], seen["frozen"] < 0.5)
    assert seen["concealed"] < allowed(bound(0.5, 3), machine, since, seen["elapsed"]), seen
    assert seen["frozen"] < allowed(bound(0.5, 10), machine, since, seen["elapsed"]), seen


def test_fifteen_percent_loss_in_bursts(behind, playwright, tmp_path, machine, findings):
    network = Network(behind, "--scenario", "bursts15")
    call = Call(behind, playwright, tmp_path, SECONDS + 30)
    call.page.wait_for_timeout(5000)
    since = time.monotonic()
    seen = reception(call.page, SECONDS)
    call.finish()
    network.stop()
    moving = 100 - seen["frozen"]
    findings.note("bursts15, Chromium", "concealed sound", "%", "< 3", seen["concealed"], seen["concealed"] < 3)
    findings.note("bursts15, Chromium", "picture moving", "%", "> 95", moving, moving > 95)
    assert seen["concealed"] < allowed(bound(3, 15), machine, since, seen["elapsed"]), seen
    # In 20 s a single still of a second is the target's whole 5 %. The short row is told beside the target
    # but held to a bound of its own: most of the time may stand still only where the call is broken.
    assert seen["frozen"] < allowed(bound(5, 60), machine, since, seen["elapsed"]), seen


def test_the_line_gets_narrow_and_wide_again(behind, playwright, tmp_path, machine, findings):
    network = Network(behind, "--delay", 25, "--rate", 3000)
    call = Call(behind, playwright, tmp_path, 2 * SECONDS + 60)
    call.page.wait_for_timeout(8000)
    since = time.monotonic()
    network.order("set rate=250")
    narrow = reception(call.page, SECONDS)
    network.order("set rate=3000")
    risen = time.monotonic()
    whole = moving = None
    while time.monotonic() - risen < 40 and whole is None:
        frames = reception(call.page, 1)
        size = frames["after"]["inbound_video"]["frameHeight"]
        if frames["frames"] >= 8 and moving is None:
            moving = time.monotonic() - risen
        if frames["frames"] >= 14 and size >= 360:
            whole = time.monotonic() - risen
    wide = reception(call.page, SECONDS / 2)
    call.finish()
    network.stop()
    worst = max(narrow["concealed"], wide["concealed"])
    findings.note("steps, Chromium", "concealed sound, worst stretch", "%", "<= 1", worst, worst <= 1)
    findings.note("steps, Chromium", "whole picture after a rise", "s", "<= 10", whole or 99, (whole or 99) <= 10)
    assert worst <= allowed(bound(1, 5), machine, since, SECONDS), (narrow, wide)
    assert moving is not None, wide
    assert (whole or 99) <= bound(10, 99) + machine.short_seconds(risen), wide


def test_the_address_changes(behind, playwright, tmp_path, machine, findings):
    network = Network(behind, "--delay", 25)
    call = Call(behind, playwright, tmp_path, 60)
    call.page.wait_for_timeout(3000)
    session, requests = call.session, call.requests()
    since = time.monotonic()
    network.order("rebind")
    gap = silence(call.page, 6)
    assert call.session == session and call.requests() == requests, "it took signalling"
    call.finish()
    network.stop()
    findings.note("rebinding, Chromium", "longest gap in speech", "s", "<= 1", gap, gap <= 1)
    assert gap <= bound(1, 2) + machine.short_seconds(since), gap


def test_thirty_seconds_without_any_network(behind, playwright, tmp_path, machine, findings):
    network = Network(behind, "--delay", 25)
    call = Call(behind, playwright, tmp_path, 90)
    call.page.wait_for_timeout(2000)
    session = call.session
    network.order("cut")
    call.page.wait_for_timeout(5000)
    wait_for_state(call.page, "reconnecting", 5)
    assert "Vi prøver igen" in call.page.inner_text("main")
    call.page.wait_for_timeout(25_000)
    packets = lambda: (stats(call.page) or {}).get("inbound_audio", {}).get("packetsReceived", 0)
    before = packets()
    network.order("heal")
    healed = time.monotonic()
    wait_until(lambda: packets() > before + 5, 10, "sound after the outage")
    back = time.monotonic() - healed
    wait_for_state(call.page, "call", 5)
    assert call.session == session, "the session was given up"
    proof, ledger = call.finish()
    network.stop()
    assert [entry["kind"] for entry in ledger].count("resumed") >= 1
    assert len(proof["attempts"]) == 1, proof["attempts"]
    findings.note("outage, Chromium", "heard again after the outage", "s", "<= 2", back, back <= 2)
    assert back <= 2 + machine.short_seconds(healed), back


@pytest.mark.parametrize("name, option", [("blocked-udp", "--udp-blocked"), ("only-tls", "--tls-only")])
def test_the_first_join_gets_through_a_strict_firewall(
        proxied, playwright, tmp_path, machine, findings, name, option):
    network = Network(proxied, "--delay", 25, option)
    since = time.monotonic()
    call = Call(proxied, playwright, tmp_path, 60)
    frames = lambda: wait_for_media(call.page, 10)["inbound_video"]["framesDecoded"]
    before = frames()
    wait_until(lambda: frames() > before + 60, 20 + machine.short_seconds(since), "a moving picture")
    sounded = call.page.evaluate("globalThis.besoegCall.firstSoundMs") / 1000
    assert call.page.evaluate("globalThis.besoegCall.attempt") == 1
    proof, ledger = call.finish()
    network.stop()
    native = proof["firstSoundMs"] / 1000
    findings.note(f"{name}, Chromium", "time to first sound", "s", "<= 2", sounded, sounded <= 2)
    findings.note(f"{name}, native", "time to first sound", "s", "<= 2", native, native <= 2)
    assert len(proof["attempts"]) == 1, proof["attempts"]
    assert max(sounded, native) <= 2 + machine.short_seconds(since), (sounded, native)
