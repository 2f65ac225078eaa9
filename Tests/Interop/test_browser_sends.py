"""What Chromium sends against loss and for groups is used: sound twice (RED), pictures again (RTX), two sizes."""

import datetime
import json
import time

import pytest

from browser import launch, open_page, streams, wait_for_media, wait_for_state, wait_for_streams
from deployment import program, wait_until
from network import THROUGH_PROXY, Network, OpenDeployment
from pairs import steady_sound

SECONDS = 10


@pytest.fixture
def direct(tmp_path):
    running = OpenDeployment(tmp_path).start()
    yield running
    running.stop()


class Call:
    """The citizen's page behind a line of its own and the worker's command line client beside the relay."""

    def __init__(self, deployment, playwright, folder, files, seconds):
        self.folder = folder
        self.worker = deployment.person("supportWorker", "Anne Holm")
        citizen = deployment.person("citizen", "Karen Friis")
        self.visit = deployment.book(self.worker, citizen)["id"]
        self.browser = launch(playwright, **files)
        self.page = open_page(self.browser, citizen.page, before=THROUGH_PROXY)
        wait_for_state(self.page, "idle", 10)
        self.native = program("besoeg", "call", self.visit, "--for", seconds, "--source", "silence", "--proof",
                              folder / "proof.json", device=self.worker, folder=folder, label="worker")
        deployment.clients.append(self.native)
        wait_for_state(self.page, "ringing", 15)
        self.page.get_by_role("button", name="Svar").click()
        wait_for_media(self.page, 20)

    def finish(self):
        self.worker.json("POST", f"/visits/{self.visit}/hangup", {})
        assert self.native.wait(30) == 0, (self.folder / "worker.log").read_text()
        self.browser.close()
        return json.loads((self.folder / "proof.json").read_text())


def sound_packets(page, seconds=1):
    """The mean size of the sound packets that the page sends, in bytes, and how many it sends in that time."""
    before, = streams(page, "outbound", "audio")
    page.wait_for_timeout(1000 * seconds)
    after, = streams(page, "outbound", "audio")
    count = after["packetsSent"] - before["packetsSent"]
    return (after["bytesSent"] - before["bytesSent"]) / max(count, 1), count


def test_the_page_sends_its_sound_twice_where_it_is_lost_and_the_other_hears_it_whole(
        direct, playwright, tmp_path, machine):
    network = Network(direct, "--delay", 25)
    call = Call(direct, playwright, tmp_path, {"audio": steady_sound(tmp_path / "steady.wav")}, 60)
    once, _ = sound_packets(call.page)
    since = time.monotonic()
    network.order("set up.loss=0.15")
    # getStats names Opus either way: it is the size that tells.
    wait_until(lambda: sound_packets(call.page)[0] > 1.6 * once, 15, "the sound is sent twice")
    stretch = time.monotonic()
    size, count = sound_packets(call.page, SECONDS)
    enough = 40 * SECONDS - 50 * machine.short_seconds(stretch)
    assert size > 1.6 * once and count > enough, (once, size, count)
    proof = call.finish()
    assert network.stop()["up"]["lost"] > 0.1 * count
    concealed = 100 * proof["concealedSamples"] / proof["totalSamples"]
    assert concealed < 2 + 10 * machine.short_seconds(since), proof
    assert proof["longestSilenceMs"] < 250 + 1000 * machine.short_seconds(since), proof


def test_the_page_sends_lost_pictures_again_and_none_is_missing(direct, playwright, tmp_path, machine, proof_files):
    network = Network(direct, "--delay", 25)
    since = time.monotonic()
    call = Call(direct, playwright, tmp_path, proof_files, 60)
    network.order("set up.loss=0.05")
    call.page.wait_for_timeout(SECONDS * 1000)
    sent, = streams(call.page, "outbound", "video")
    network.order("set up.loss=0")
    call.page.wait_for_timeout(1000)
    proof = call.finish()
    assert network.stop()["up"]["lost"] > 0
    assert sent["rtxSsrc"] and sent["retransmittedPacketsSent"] > 0, sent
    assert sent["nackCount"] > 0, sent
    # Those on their way when the page was asked, and those of the second after, are not in its count.
    missing = sent["framesSent"] - proof["framesDecoded"]
    assert missing <= 2 + 25 * machine.short_seconds(since), (sent["framesSent"], proof)
    assert proof["freezeCount"] == 0 or proof["totalFreezesDurationMs"] < 500 + 1000 * machine.short_seconds(since), proof


def test_in_a_group_the_page_sends_two_sizes_and_each_gets_what_its_line_takes(direct, playwright, tmp_path, machine):
    network = Network(direct, "--delay", 25)
    worker = direct.person("supportWorker", "Anne Holm")
    members = [direct.person("citizen", name) for name in ("Karen Friis", "Ole Bo")]
    group = worker.json("POST", "/groups", {"name": "Torsdag", "capacity": 3})["id"]
    for member in members:
        worker.json("POST", f"/groups/{group}/members", {"citizenId": member.person["id"]})
    start = datetime.datetime.now(datetime.timezone.utc).replace(microsecond=0) + datetime.timedelta(minutes=1)
    visit = worker.json("POST", f"/groups/{group}/meetings", {"start": start.isoformat()})["meetings"][0]["id"]
    native = program("besoeg", "call", visit, "--for", "150", "--source", "silence", "--no-picture", "--proof",
                     tmp_path / "proof.json", device=worker, folder=tmp_path, label="worker")
    direct.clients.append(native)
    wait_until(lambda: worker.json("GET", f"/visits/{visit}")["state"] == "active", 15, "the room is open")
    browser = launch(playwright)
    sender = open_page(browser, members[0].page)
    narrow = open_page(browser, members[1].page, before=THROUGH_PROXY)
    for page in (sender, narrow):
        wait_for_state(page, "return", 15)
        page.get_by_role("button", name="Tilbage til samtalen").click()
    wait_for_streams(sender, 20)
    wait_for_streams(narrow, 20)
    sizes = lambda: sorted(one["frameWidth"] for one in streams(sender, "outbound", "video")
                           if one.get("framesPerSecond"))
    wait_until(lambda: sizes() == [320, 640], 20, "two sizes are sent")
    assert {one["rid"] for one in streams(sender, "outbound", "video")} == {"small", "full"}
    width = lambda page: max(one.get("frameWidth", 0) for one in streams(page, "inbound", "video"))
    wait_until(lambda: width(narrow) == 640, 20, "a line with room carries the larger one")
    network.order("set rate=220")
    wait_until(lambda: width(narrow) == 320, 20, "a narrow line carries the smaller one")
    wait_until(lambda: sizes() == [320, 640], 10, "the sender goes on sending both")
    worker.json("POST", f"/visits/{visit}/hangup", {})
    assert native.wait(30) == 0
    browser.close()
    network.stop()
    proof = json.loads((tmp_path / "proof.json").read_text())
    assert 640 in [slot["width"] for slot in proof["slots"]], "whoever has room sees the larger one to the end"
