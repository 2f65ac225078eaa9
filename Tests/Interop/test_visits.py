"""Visits on real media: Chromium, our native client, and an independent peer, through the relay."""

import json
import os
import signal
import time

import pytest

from browser import (
    JOIN, grown, launch, open_page, stats, stood, wait_for_media, wait_for_state, wait_for_steady_media)
from deployment import program, wait_until


# As Chromium's `srtpCipher` names them.
GCM = ("SRTP_AEAD_AES_128_GCM", "SRTP_AEAD_AES_256_GCM")


@pytest.fixture
def people(deployment):
    """A worker and a citizen."""
    return deployment.person("supportWorker", "Anne Holm"), deployment.person("citizen", "Karen Friis")


@pytest.fixture
def parties(deployment, people):
    """A worker, a citizen and a visit booked for now."""
    worker, citizen = people
    return worker, citizen, deployment.book(worker, citizen)["id"]


@pytest.fixture
def chromiums(deployment, parties, playwright):
    """The citizen's page and the worker in a second Chromium page, in the visit, both with media."""
    worker, citizen, visit = parties
    browser = launch(playwright)
    page = open_page(browser, citizen.page)
    wait_for_state(page, "idle", 10)
    worker.json("POST", f"/visits/{visit}/ring", {})
    answer_in(page)
    other = open_page(browser, deployment.origin + "/")
    other.evaluate(JOIN, {"token": worker.token, "visit": visit, "participant": worker.person["id"]})
    for peer in (page, other):
        wait_for_media(peer, 20)
    yield page, other
    browser.close()


def kinds(ledger):
    return [entry["kind"] for entry in ledger]


def heard(ledger):
    """Who has been heard, in the order in which their first sound arrived."""
    return [entry["participant"] for entry in ledger
            if entry["kind"] == "media-connected" and entry["cause"] == "audio"]


def answer_in(page):
    wait_for_state(page, "ringing", 15)
    page.get_by_role("button", name="Svar").click()


def hold_with_native_client(deployment, worker, citizen, page, folder, machine):
    """A call between the citizen's page and the command line client: the visit, what both saw, how many
    pictures Chromium left out of those its camera gave it while it sent, and for how many seconds of the
    call the machine was short of processor."""
    visit = deployment.book(worker, citizen)["id"]
    start = time.monotonic()
    folder.mkdir()
    native = program("besoeg", "call", visit, "--for", 24, "--source", "tones", "--proof", folder / "proof.json",
                     device=worker, folder=folder, label="worker")
    answer_in(page)
    first = wait_for_first_picture_sent(page, 20)
    wait_for_media(page, 20)
    seen = last = wait_for_steady_media(page, 6, machine, tries=3)
    while native.poll() is None and time.monotonic() < start + 90:
        now = stats(page) or {}
        last = now if "source_video" in now and "outbound_video" in now else last
        page.wait_for_timeout(100)
    assert native.wait(1) == 0, (folder / "worker.log").read_text()
    short = machine.short_seconds(start)
    wait_for_state(page, "ended", 10)
    left_out = grown(first, last, "source_video", "frames") - grown(first, last, "outbound_video", "framesEncoded")
    return visit, seen, json.loads((folder / "proof.json").read_text()), left_out, short


def wait_for_first_picture_sent(page, seconds):
    """Waits until Chromium has encoded a picture; returns the stats."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        seen = stats(page) or {}
        if seen.get("outbound_video", {}).get("framesEncoded", 0) > 0 and "source_video" in seen:
            return seen
        page.wait_for_timeout(20)
    raise AssertionError(f"no picture sent within {seconds} s: {page.messages}")


def test_chromium_and_native_client_hear_and_see_each_other(
        deployment, people, playwright, proof_files, machine, tmp_path):
    worker, citizen = people
    browser = launch(playwright, **proof_files)
    page = open_page(browser, citizen.page)
    wait_for_state(page, "idle", 10)
    for attempt in range(3):
        visit, seen, proof, left_out, short = hold_with_native_client(
            deployment, worker, citizen, page, tmp_path / f"call-{attempt}", machine)
        if short < 1:
            break
        page.reload()
        wait_for_state(page, "idle", 10)

    # What Chromium says it received from the native client.
    assert seen["srtpCipher"] in GCM
    assert seen["inbound_video"]["framesDecoded"] > 60
    assert stood(seen) <= short, (seen, short)
    assert seen["inbound_audio"]["totalAudioEnergy"] > 0.001

    # What the native client proves that it received from Chromium.
    assert proof["framesSeen"] > 100, proof
    assert proof["packetsLost"] == 0, proof
    # A picture that Chromium itself left out, busy or still asking what the path carries, was never sent.
    assert proof["framesMissing"] <= left_out + 15 * short, (left_out, short, proof)
    assert proof["longestFreezeMs"] < 1000 + 1000 * short, (proof, short)
    assert proof["tonesHeard"] >= 10, proof
    # Over the whole call, its start included: "ok" is under 5 %.
    assert proof["concealedSamples"] < 0.05 * proof["totalSamples"] + 48_000 * short, (proof, short)

    entries = worker.ledger(visit)
    assert [entry["sequence"] for entry in entries] == list(range(1, len(entries) + 1))
    assert kinds(entries)[:3] == ["booked", "rung", "answered"]
    assert sorted(heard(entries)) == sorted([worker.person["id"], citizen.person["id"]])
    assert kinds(entries)[-1] == "ended"
    verdict = worker.json("GET", f"/visits/{visit}/verdict")
    assert verdict["firstTry"] is True, verdict
    browser.close()


def test_two_chromiums_hear_and_see_each_other(deployment, parties, chromiums, machine):
    worker, citizen, visit = parties
    page, other = chromiums
    for peer in (page, other):
        start = time.monotonic()
        first = stats(peer)
        seen = wait_for_steady_media(peer, 4, machine)
        frozen = stood(seen) - stood(first)
        assert frozen <= machine.short_seconds(start), (frozen, seen)
        assert seen["srtpCipher"] in GCM
        assert seen["inbound_video"]["framesDecoded"] > 30
        assert seen["inbound_audio"]["totalAudioEnergy"] > 0
        # Transport-wide feedback lets Chromium leave its cautious start rate.
        wait_until(lambda: stats(peer)["outbound_video"]["targetBitrate"] > 300_000, 20, "it left its start rate")
    worker.json("POST", f"/visits/{visit}/hangup", {})
    wait_for_state(page, "ended", 10)


def test_a_picture_that_stands_still_is_explained_in_plain_words(deployment, parties, chromiums):
    worker, citizen, visit = parties
    page, other = chromiums
    caption = page.get_by_role("status").filter(has_text="Nettet er svagt")
    assert not caption.is_visible()
    worker.json("POST", f"/visits/{visit}/picture", {"level": "held", "cause": "sender-network"})
    caption.wait_for(state="visible", timeout=5000)
    assert caption.inner_text() == "Nettet er svagt. Vi har slukket billedet for at holde lyden."
    worker.json("POST", f"/visits/{visit}/picture", {"level": "full", "cause": "recovered"})
    caption.wait_for(state="hidden", timeout=5000)
    causes = [entry["cause"] for entry in worker.ledger(visit) if entry["kind"] == "picture"]
    assert "held:sending:sender-network" in causes and "full:sending:recovered" in causes


def test_media_is_back_within_five_seconds_of_a_killed_worker(deployment, parties, chromiums, machine):
    worker, citizen, visit = parties
    page, other = chromiums
    before = [peer.evaluate("globalThis.besoegCall.session") for peer in (page, other)]
    for process in deployment.workers():
        os.kill(process, signal.SIGKILL)
    killed = time.monotonic()
    for peer, session in zip((page, other), before):
        peer.wait_for_function("old => globalThis.besoegCall.session !== old", arg=session, timeout=15_000, polling=50)
        wait_for_media(peer, 15)
    took = time.monotonic() - killed
    assert took < 5 + machine.short_seconds(killed), took
    wait_for_state(page, "call", 5)
    entries = worker.ledger(visit)
    assert "interrupted" in kinds(entries) and "resumed" in kinds(entries)
    worker.json("POST", f"/visits/{visit}/hangup", {})
    verdict = worker.json("GET", f"/visits/{visit}/verdict")
    assert verdict["firstTry"] is False and verdict["causes"], verdict


def test_a_killed_control_process_loses_nothing_and_media_goes_on(deployment, parties, chromiums):
    worker, citizen, visit = parties
    page, other = chromiums
    wait_until(lambda: len(heard(worker.ledger(visit))) == 2, 10, "both heard, says the ledger")
    entries = worker.ledger(visit)
    sessions = [peer.evaluate("globalThis.besoegCall.session") for peer in (page, other)]
    workers = set(deployment.workers())
    deployment.kill()
    frames = stats(page)["inbound_video"]["framesDecoded"]
    time.sleep(3)
    wait_until(lambda: stats(page)["inbound_video"]["framesDecoded"] > frames + 20, 10, "the picture goes on")
    deployment.start()
    assert set(deployment.workers()) == workers, "the restarted control process takes its workers back"
    assert worker.ledger(visit)[: len(entries)] == entries
    assert [peer.evaluate("globalThis.besoegCall.session") for peer in (page, other)] == sessions
    worker.json("POST", f"/visits/{visit}/hangup", {})
    wait_for_state(page, "ended", 15)
    assert kinds(worker.ledger(visit))[-1] == "ended"


def test_the_kiosk_answers_a_ring_from_the_command_line(deployment, parties, tmp_path):
    worker, citizen, visit = parties
    kiosk = program("besoeg-kiosk", "--auto-answer", "--once", "--source", "tones", "--proof", tmp_path / "kiosk.json",
                    device=citizen, folder=tmp_path, label="kiosk")
    native = program("besoeg", "call", visit, "--for", 8, "--source", "tones", "--proof", tmp_path / "worker.json",
                     device=worker, folder=tmp_path, label="worker")
    assert native.wait(60) == 0, (tmp_path / "worker.log").read_text()
    assert kiosk.wait(20) == 0, (tmp_path / "kiosk.log").read_text()
    for name in ("kiosk", "worker"):
        proof = json.loads((tmp_path / f"{name}.json").read_text())
        assert proof["framesSeen"] > 60, proof
        assert proof["framesMissing"] <= 2, proof
        assert proof["tonesHeard"] >= 8, proof
        assert proof["mouthToEarP95Ms"] < 400, proof
