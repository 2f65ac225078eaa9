"""The day's work on the real service: asking to be called, a call that moves, a group in one room."""

import datetime
import os

from browser import JOIN, grown, launch, open_page, wait_for_media, wait_for_state
from deployment import program, wait_until


def hears(page):
    """Whether sound goes on arriving."""
    before = wait_for_media(page, 10)
    page.wait_for_timeout(2000)
    return grown(before, wait_for_media(page, 10), "inbound_audio", "totalSamplesReceived") > 0


def test_ring_mig_op_by_keyboard_and_every_step_is_shown(deployment, playwright, tmp_path):
    worker = deployment.person("supportWorker", "Anne Holm")
    citizen = deployment.person("citizen", "Karen Friis")
    browser = launch(playwright)
    page = open_page(browser, citizen.page)
    wait_for_state(page, "idle", 10)
    page.get_by_role("button", name="Ring mig op").focus()
    page.keyboard.press("Enter")
    asked = wait_until(lambda: worker.json("GET", "/callbacks")["callbacks"], 5, "the worker is shown the request")[0]
    worker.json("POST", f"/callbacks/{asked['id']}/see", {})
    page.get_by_text("Set af Anne Holm kl.").wait_for(timeout=5000)
    page.get_by_role("button", name="Det haster").click()
    wait_until(lambda: worker.json("GET", "/callbacks")["callbacks"][0]["isUrgent"], 5, "it is urgent")
    for width, size in [(320, "112.5%"), (1280, "225%")]:
        page.set_viewport_size({"width": width, "height": 720})
        page.evaluate("size => { document.documentElement.style.fontSize = size }", size)
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), "no sideways scrolling"
    if folder := os.environ.get("BESOEG_SCREENSHOTS"):
        page.set_viewport_size({"width": 1024, "height": 768})
        page.evaluate("document.documentElement.style.fontSize = '112.5%'")
        page.screenshot(path=f"{folder}/call-me.png")
    visit = worker.json("POST", f"/callbacks/{asked['id']}/call", {})["id"]
    wait_for_state(page, "ringing", 10)
    assert page.get_by_role("button", name="Ring mig op").count() == 0, "nothing to ask for while it rings"
    page.get_by_role("button", name="Nej tak").click()
    wait_until(lambda: worker.json("GET", "/callbacks")["callbacks"][0]["attempts"] == 1, 5, "the request still waits")
    assert worker.json("GET", f"/visits/{visit}")["state"] == "missed"
    page.get_by_role("button", name="Fortryd").click()
    wait_until(lambda: not worker.json("GET", "/callbacks")["callbacks"], 5, "it is withdrawn")
    browser.close()


def test_the_queue_tells_place_and_wait_and_rings_the_next(deployment, playwright, tmp_path):
    worker = deployment.person("supportWorker", "Anne Holm")
    citizens = [deployment.person("citizen", name) for name in ("Karen Friis", "Ole Bo")]
    now = datetime.datetime.now(datetime.timezone.utc).replace(microsecond=0)
    worker.json("POST", "/drop-in/sessions", {
        "start": now.isoformat(), "end": (now + datetime.timedelta(hours=2)).isoformat()})
    browser = launch(playwright)
    pages = [open_page(browser, citizen.page) for citizen in citizens]
    pages[0].get_by_label("Hvad drejer det sig om?").select_option(label="Post og e-Boks")
    for page in pages:
        page.get_by_role("button", name="Stil dig i kø").click()
        page.get_by_role("button", name="Gå ud af køen").wait_for(timeout=5000)
    pages[0].get_by_text("Du er den næste").wait_for(timeout=5000)
    pages[1].get_by_text("Du er nummer 2 i køen").wait_for(timeout=5000)
    if folder := os.environ.get("BESOEG_SCREENSHOTS"):
        pages[1].screenshot(path=f"{folder}/queue.png")
    shown = program("besoeg", "queue", device=worker, folder=tmp_path, label="queue")
    assert shown.wait(20) == 0
    lines = (tmp_path / "queue.log").read_text().splitlines()
    assert all(len(line) <= 80 for line in lines)
    rows = [line.split() for line in lines if line.strip()[:1].isdigit()]
    assert [row[1] for row in rows] == ["Karen", "Ole"], lines
    assert any("Post og e-Boks" in line for line in lines), "what she chose to say"
    worker_call = program("besoeg", "queue", "next", "--source", "tones", "--for", "4", device=worker,
                          folder=tmp_path, label="next")
    wait_for_state(pages[0], "ringing", 15)
    pages[0].get_by_role("button", name="Svar").click()
    pages[1].get_by_text("Du er nummer 1 i køen").or_(pages[1].get_by_text("Du er den næste")).wait_for(timeout=5000)
    assert worker_call.wait(40) == 0, (tmp_path / "next.log").read_text()
    browser.close()


def test_a_call_moves_to_the_persons_other_device_and_the_first_lets_go(deployment, playwright):
    worker = deployment.person("supportWorker", "Anne Holm")
    citizen = deployment.person("citizen", "Karen Friis")
    visit = deployment.book(worker, citizen)["id"]
    tablet = deployment.operations.json("POST", f"/people/{citizen.person['id']}/devices", {"label": "tablet"})
    browser = launch(playwright)
    first, second = open_page(browser, citizen.page), open_page(browser, tablet["page"])
    for page in (first, second):
        wait_for_state(page, "idle", 10)
    worker.json("POST", f"/visits/{visit}/ring", {})
    for page in (first, second):
        wait_for_state(page, "ringing", 10)
    first.get_by_role("button", name="Svar").click()
    wait_for_state(second, "elsewhere", 10)
    other = open_page(browser, deployment.origin + "/")
    other.evaluate(JOIN, {"token": worker.token, "visit": visit, "participant": worker.person["id"]})
    wait_for_media(first, 20)
    second.get_by_role("button", name="Flyt samtalen hertil").click()
    wait_for_media(second, 20)
    wait_for_state(first, "elsewhere", 10)
    assert hears(second), "the call goes on where it was moved to"
    assert worker.json("GET", f"/visits/{visit}")["state"] == "active"
    worker.json("POST", f"/visits/{visit}/hangup", {})
    wait_for_state(second, "ended", 10)
    browser.close()


def test_a_group_of_native_clients_and_a_browser_meets_in_one_room(deployment, playwright, tmp_path):
    worker = deployment.person("supportWorker", "Anne Holm")
    members = [deployment.person("citizen", name) for name in ("Karen Friis", "Ole Bo", "Else Lund")]
    group = worker.json("POST", "/groups", {"name": "Torsdag", "capacity": 6})["id"]
    for member in members:
        worker.json("POST", f"/groups/{group}/members", {"citizenId": member.person["id"]})
    start = datetime.datetime.now(datetime.timezone.utc).replace(microsecond=0) + datetime.timedelta(minutes=1)
    visit = worker.json("POST", f"/groups/{group}/meetings", {"start": start.isoformat()})["meetings"][0]["id"]
    browser = launch(playwright)
    page = open_page(browser, members[2].page)
    wait_for_state(page, "idle", 15)
    calls = [program("besoeg", "call", visit, "--source", "tones", "--for", "30", device=worker, folder=tmp_path,
                     label="facilitator")]
    wait_until(lambda: worker.json("GET", f"/visits/{visit}")["state"] == "active", 15, "the room is open")
    calls += [program("besoeg", "call", visit, "--source", "tones", "--for", "20", device=member, folder=tmp_path,
                      label=member.person["displayName"]) for member in members[:2]]
    wait_for_state(page, "return", 15)
    page.get_by_text("I samtalen: Anne Holm").wait_for(timeout=5000)
    page.get_by_role("button", name="Tilbage til samtalen").click()
    wait_for_media(page, 20)
    room = wait_until(lambda: (r := worker.json("GET", f"/visits/{visit}/room")) and len(r["occupants"]) == 4 and r,
                      15, "all four are in the room")
    assert room["occupants"][0]["part"] == "facilitator"
    assert hears(page)
    for call in calls[1:]:
        assert call.wait(40) == 0, "a member's call ends well"
    assert worker.json("GET", f"/visits/{visit}")["state"] in ("active", "ended"), "who leaves leaves it to the others"
    assert calls[0].wait(40) == 0
    wait_for_state(page, "ended", 10)
    browser.close()
