"""The group's row of the quality table: one of six on a narrow line, and what that costs the others."""

import datetime
import json
import time

import pytest

from browser import launch, open_page, streams, wait_for_state, wait_for_streams
from deployment import program, wait_until
from network import SECONDS, THROUGH_PROXY, Network, OpenDeployment, allowed, bound
from pairs import RATE, steady_sound

# Everybody has met and the narrow line's owner has found out how narrow it is.
SETTLE = 8


@pytest.fixture
def open_deployment(tmp_path):
    running = OpenDeployment(tmp_path).start()
    yield running
    running.stop()


class Meeting:
    """Five on our command line client, reached directly, and one in Chromium behind a narrow line.

    The facilitator sends sound and picture, the first member sound; the others listen, as most do most
    of the time. (Two cores also have to carry all of this.)
    """

    def __init__(self, deployment, playwright, folder, seconds):
        self.folder = folder
        self.worker = deployment.person("supportWorker", "Anne Holm")
        citizens = [deployment.person("citizen", name)
                    for name in ("Ole Bo", "Else Lund", "Ib Dam", "Eva Juhl", "Karen Friis")]
        group = self.worker.json("POST", "/groups", {"name": "Torsdag", "capacity": 6})["id"]
        for citizen in citizens:
            self.worker.json("POST", f"/groups/{group}/members", {"citizenId": citizen.person["id"]})
        start = datetime.datetime.now(datetime.timezone.utc).replace(microsecond=0) + datetime.timedelta(minutes=1)
        self.visit = self.worker.json(
            "POST", f"/groups/{group}/meetings", {"start": start.isoformat()})["meetings"][0]["id"]
        # First, while nobody's sound can suffer from a browser that starts.
        self.browser = launch(playwright)
        self.page = open_page(self.browser, citizens[4].page, before=THROUGH_PROXY)
        wait_for_state(self.page, "idle", 15)
        talk = ("--source", f"speech:{steady_sound(folder / 'steady.wav')}")
        listen = ("--source", "silence", "--no-picture")
        self.natives = {}
        self.enter(self.worker, "facilitator", seconds, talk)
        wait_until(lambda: self.worker.json("GET", f"/visits/{self.visit}")["state"] == "active", 15, "the room is open")
        for number, citizen in enumerate(citizens[:4]):
            self.enter(citizen, f"member{number}", seconds, (*talk, "--no-picture") if number == 0 else listen)
        deployment.clients += self.natives.values()
        wait_for_state(self.page, "return", 15)
        self.page.get_by_role("button", name="Tilbage til samtalen").click()
        wait_for_streams(self.page, 20)
        wait_until(lambda: len(self.worker.json("GET", f"/visits/{self.visit}/room")["occupants"]) == 6, 15,
                   "all six are in the room")

    def enter(self, device, label, seconds, media):
        self.natives[label] = program(
            "besoeg", "call", self.visit, "--for", seconds, *media, "--proof", self.folder / f"{label}.json",
            device=device, folder=self.folder, label=label)

    def finish(self):
        """Waits until everybody has left; returns what each native client proves."""
        proofs = {}
        for label, native in self.natives.items():
            assert native.wait(90) == 0, (self.folder / f"{label}.log").read_text()
            proofs[label] = json.loads((self.folder / f"{label}.json").read_text())
        self.browser.close()
        return proofs


def heard(page):
    """Samples of the others' sound that the page played, and those of them that it invented."""
    sounds = streams(page, "inbound", "audio")
    return (sum(one["totalSamplesReceived"] for one in sounds),
            sum(one["concealedSamples"] - one["silentConcealedSamples"] for one in sounds))


def test_one_of_six_on_a_narrow_line_costs_the_five_others_nothing(
        open_deployment, playwright, tmp_path, machine, findings):
    network = Network(open_deployment, "--scenario", "group")
    since = time.monotonic()
    # The narrow one leaves last, so that nobody counts what its leaving does.
    meeting = Meeting(open_deployment, playwright, tmp_path, SECONDS + SETTLE + 30)
    meeting.page.wait_for_timeout(SETTLE * 1000)
    before, begun = heard(meeting.page), time.monotonic()
    meeting.page.wait_for_timeout(SECONDS * 1000)
    samples, invented = (now - then for now, then in zip(heard(meeting.page), before))
    narrow_elapsed = time.monotonic() - begun
    proofs = meeting.finish()
    elapsed = time.monotonic() - since
    line = network.stop()
    narrow = 100 * invented / max(samples, 1)
    assert samples > 1.5 * RATE * SECONDS, "the sixth hears both who talk"

    lost = concealed = frozen = 0
    for label, proof in proofs.items():
        assert len(proof["attempts"]) == 1 and proof["interruptions"] == [], (label, proof)
        # The sixth's own picture bears no counter: what its line does to that is its own trouble.
        others = [slot for slot in proof["slots"] if slot["framesUnreadable"] == 0 and slot["totalSamples"] > 0]
        for slot in others:
            lost = max(lost, slot["packetsLost"])
            concealed = max(concealed, 100 * slot["concealedSamples"] / slot["totalSamples"])
            frozen = max(frozen, slot["totalFreezesDurationMs"] / 10 / elapsed)
        shown = [slot for slot in others if slot["framesSeen"] > 0]
        assert len(shown) == (0 if label == "facilitator" else 1), (label, proof["slots"])
        for slot in shown:
            assert slot["width"] == 640 and slot["framesSeen"] > 15 * (SECONDS + 20), (label, slot)
    name = "group, Chromium"
    findings.note(name, "the five: packets lost, worst", "", "<= 0", lost, lost == 0)
    findings.note(name, "the five: concealed sound", "%", "< 0.1", concealed, concealed < 0.1)
    findings.note(name, "the five: freeze ratio", "%", "< 0.1", frozen, frozen < 0.1)
    findings.note(name, "the sixth: concealed sound", "%", "< 1", narrow, narrow < 1)
    assert line["down"]["bytes"] > 8_000 * SECONDS, "what the sixth got, it got over the narrow line"
    short = machine.short_seconds(since) > 0
    assert lost == 0 or short, proofs
    assert concealed < allowed(bound(0.1, 0.5), machine, since, elapsed), proofs
    assert frozen < allowed(bound(0.1, 0.5), machine, since, elapsed), proofs
    assert narrow < allowed(bound(1, 5), machine, begun, narrow_elapsed), (samples, invented)
