"""Upgrades and orderly ends while people talk: nobody notices."""

import os
import shutil
import signal
import time

import pytest

from browser import JOIN, launch, open_page, stats, wait_for_media, wait_for_state
from deployment import RELEASE, Deployment, wait_until
from pairs import hold, lost_sound
from test_networks import silence

# What a move to another process may cost, in ms of sound.
LOST = 1000


class Installed(Deployment):
    """A deployment whose program can be replaced by another release."""

    def __init__(self, folder):
        super().__init__(folder)
        self.executable = self.folder / "besoegd"
        self.install()

    def install(self):
        """Puts a program in place as a package does: another file under the same name."""
        fresh = self.folder / "besoegd.new"
        shutil.copy(RELEASE / "besoegd", fresh)
        fresh.rename(self.executable)

    def environment(self):
        return super().environment() | {"BESOEG_WORKERS": "1"}


@pytest.fixture
def deployment(tmp_path):
    running = Installed(tmp_path).start()
    yield running
    running.stop()


def moved(pair, machine, since):
    """Both ends went over without an interruption; returns the most sound that one lost, in ms."""
    proofs = pair.finish()
    for proof in proofs:
        assert [attempt["cause"] for attempt in proof["attempts"]] == ["first", "moved"], proof["attempts"]
        assert proof["interruptions"] == [], proof["interruptions"]
        assert lost_sound(proof) < LOST + 1000 * machine.short_seconds(since), proof
    kinds = [entry["kind"] for entry in pair.ledger()]
    assert "interrupted" not in kinds, kinds
    return max(map(lost_sound, proofs))


def test_an_upgrade_under_a_live_call_loses_less_than_a_second_of_sound(deployment, tmp_path, machine):
    since = time.monotonic()
    [pair] = hold(deployment, 1, tmp_path, 60)
    [old] = deployment.workers()
    control = deployment.process.pid
    deployment.install()
    deployment.process.send_signal(signal.SIGHUP)
    wait_until(lambda: old not in deployment.workers(), 20, "the old worker has ended")
    assert len(deployment.workers()) == 1, "its successor is there"
    assert deployment.process.pid == control and deployment.is_ready()
    time.sleep(1)
    worst = moved(pair, machine, since)
    verdict = pair.worker.json("GET", f"/visits/{pair.visit}/verdict")
    assert verdict["firstTry"] is True, verdict
    print(f"an upgrade: {worst:.0f} ms of sound lost at most")


def test_a_worker_that_is_told_to_end_hands_its_calls_over_first(deployment, tmp_path, machine):
    since = time.monotonic()
    [pair] = hold(deployment, 1, tmp_path, 60)
    [old] = deployment.workers()
    os.kill(old, signal.SIGTERM)
    wait_until(lambda: old not in deployment.workers(), 20, "the old worker has ended")
    time.sleep(1)
    worst = moved(pair, machine, since)
    print(f"a worker told to end: {worst:.0f} ms of sound lost at most")


def test_an_upgrade_under_a_call_between_browsers_loses_less_than_a_second_of_sound(
        deployment, playwright, machine):
    worker, citizen = deployment.person("supportWorker", "Anne Holm"), deployment.person("citizen", "Karen Friis")
    visit = deployment.book(worker, citizen)["id"]
    browser = launch(playwright)
    page = open_page(browser, citizen.page)
    wait_for_state(page, "idle", 10)
    worker.json("POST", f"/visits/{visit}/ring", {})
    wait_for_state(page, "ringing", 15)
    page.get_by_role("button", name="Svar").click()
    other = open_page(browser, deployment.origin + "/")
    other.evaluate(JOIN, {"token": worker.token, "visit": visit, "participant": worker.person["id"]})
    for peer in (page, other):
        wait_for_media(peer, 20)
    sessions = [peer.evaluate("globalThis.besoegCall.session") for peer in (page, other)]
    since = time.monotonic()
    deployment.install()
    deployment.process.send_signal(signal.SIGHUP)
    gap = silence(page, 8)
    for peer, session in zip((page, other), sessions):
        peer.wait_for_function("old => globalThis.besoegCall.session !== old", arg=session, timeout=10_000, polling=50)
        wait_for_media(peer, 5)
        assert peer.evaluate("globalThis.besoegCall.attempt") == 1
    wait_for_state(page, "call", 5)
    assert "interrupted" not in [entry["kind"] for entry in worker.ledger(visit)]
    print(f"an upgrade in Chromium: {1000 * gap:.0f} ms of sound lost at most")
    assert gap < LOST / 1000 + machine.short_seconds(since), gap
    assert stats(page)["state"] == "connected"
    browser.close()
