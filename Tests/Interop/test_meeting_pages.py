"""A group's meeting seen on two members' own pages: guests, raised hands, and the word going round (D2, D9, D10)."""

import os
import subprocess

from browser import launch, open_page, wait_for_state, wait_for_streams
from deployment import RELEASE, program, wait_until
from test_commands import say
from test_told import ahead, fits, picture


def test_two_members_let_a_guest_in_raise_hands_and_speak_in_turn(deployment, playwright, tmp_path):
    worker, guest = (deployment.person("supportWorker", name) for name in ("Anne Holm", "Eva Lund"))
    karen, ole = (deployment.person("citizen", name) for name in ("Karen Friis", "Ole Bo"))
    group = worker.json("POST", "/groups", {"name": "Torsdag", "capacity": 6})["id"]
    for member in (karen, ole):
        worker.json("POST", f"/groups/{group}/members", {"citizenId": member.person["id"]})
    meeting = worker.json("POST", f"/groups/{group}/meetings", {"start": ahead(1)})["meetings"][0]["id"]

    browser = launch(playwright)
    pages = [open_page(browser, member.page) for member in (karen, ole)]
    for page in pages:
        wait_for_state(page, "idle", 10)
        page.get_by_text("Din gruppe mødes med Anne Holm her på skærmen").wait_for(timeout=5000)
    worker.json("POST", f"/meetings/{meeting}/observers", {
        "personId": guest.person["id"], "purpose": "Eva er ny i teamet."})
    for page in pages:
        page.get_by_text("Må Eva Lund kigge med, når Torsdag mødes?").wait_for(timeout=5000)
    fits(pages[0])
    picture(pages[0], "guest")
    # By keyboard, and nobody is told what the other said.
    pages[0].locator("#guest-yes").focus()
    pages[0].keyboard.press("Enter")
    pages[0].get_by_text("Du kan altid sige fra igen").wait_for(timeout=5000)
    assert "Mangler svar fra: Ole Bo" in say(worker, "groups", "guests", "Torsdag")
    assert "Karen" not in pages[1].inner_text("#guest")
    pages[1].get_by_role("button", name="Ja, det er fint").click()
    pages[1].get_by_text("Du kan altid sige fra igen").wait_for(timeout=5000)
    assert "Alle har sagt ja" in say(worker, "groups", "guests", "Torsdag")

    deployment.clients.append(program("besoeg", "groups", "call", "Torsdag", "--for", "60", device=worker,
                                      folder=tmp_path, label="facilitator"))
    said = lambda: " ".join((tmp_path / "facilitator.log").read_text().split())
    for page in pages:
        wait_for_state(page, "return", 20)
    pages[0].get_by_text("I samtalen: Anne Holm").wait_for(timeout=15000)
    for page in pages:
        page.get_by_role("button", name="Tilbage til samtalen").click()
        wait_for_streams(page, 20)
    pages[0].get_by_text("Ole Bo").first.wait_for(timeout=10000)

    pages[1].get_by_role("button", name="Ræk hånden op").click()
    pages[1].get_by_role("button", name="Tag hånden ned").wait_for(timeout=5000)
    wait_until(lambda: "Ole Bo vil gerne have ordet" in said(), 10, "the facilitator sees the hand")
    assert pages[0].get_by_role("button", name="Ræk hånden op").is_visible(), "one's hand is one's own"
    floor = say(worker, "groups", "floor", "Torsdag")
    assert "Vil gerne have ordet: Ole Bo" in floor and "Taletid (det ser kun du)" in floor
    assert all("Taletid" not in page.inner_text("body") for page in pages)

    looking = program("besoeg", "call", meeting, "--for", "6", device=guest, folder=tmp_path, label="guest")
    deployment.clients.append(looking)
    for page in pages:
        page.get_by_text("Eva Lund").first.wait_for(timeout=15000)
    picture(pages[0], "meeting")

    begun = say(worker, "groups", "round", "Torsdag", "--question", "Hvordan har ugen været?")
    first = 0 if "Karen Friis har ordet" in begun else 1
    for turn in (first, 1 - first):
        name = ("Karen Friis", "Ole Bo")[turn]
        pages[turn].get_by_text("Nu er det dig, der har ordet").wait_for(timeout=5000)
        pages[1 - turn].get_by_text(f"{name} har ordet.").wait_for(timeout=5000)
        begun = say(worker, "groups", "round", "Torsdag", "--next")
    assert "Alle har haft ordet" in begun
    assert looking.wait(30) == 0, (tmp_path / "guest.log").read_text()
    worker.json("POST", f"/visits/{meeting}/hangup", {})
    for page in pages:
        wait_for_state(page, "ended", 10)
        # The browser logs that the page said goodbye to a session that the hangup had ended already.
        assert not [one for one in page.messages if one.startswith("error:")], page.messages
    browser.close()


def test_the_case_worker_is_rung_in_her_own_terminal_when_the_status_meeting_begins(deployment, tmp_path):
    worker, citizen = deployment.person("supportWorker", "Anne Holm"), deployment.person("citizen", "Karen Friis")
    lise = deployment.person("caseWorker", "Lise Bang")
    worker.json("POST", f"/citizens/{citizen.person['id']}/status-meetings", {
        "start": ahead(1), "caseWorkerId": lise.person["id"]})
    environment = os.environ | {"BESOEG_SERVER": lise.origin, "BESOEG_TOKEN": lise.token}
    waiting = subprocess.Popen([RELEASE / "besoeg", "answer", "--for", "4"], env=environment, stdin=subprocess.PIPE,
                               text=True, stdout=open(tmp_path / "lise.log", "wb"), stderr=subprocess.STDOUT)
    kiosk = program("besoeg-kiosk", "--auto-answer", "--once", device=citizen, folder=tmp_path, label="kiosk")
    deployment.clients += [waiting, kiosk]
    said = lambda label: " ".join((tmp_path / f"{label}.log").read_text().split())
    wait_until(lambda: "Det ringer her, når mødet begynder" in said("lise"), 10, "the case worker waits")
    wait_until(lambda: "Skriv r og tryk Enter" in said("kiosk"), 10, "the kiosk is there")
    call = program("besoeg", "call", "Karen", "--for", "20", device=worker, folder=tmp_path, label="call")
    deployment.clients.append(call)
    wait_until(lambda: "Anne Holm ringer. Tryk Enter for at svare" in said("lise"), 15, "it rings: " + said("call"))
    waiting.stdin.write("\n")
    waiting.stdin.flush()
    assert waiting.wait(30) == 0, said("lise")
    # Who was invited leaves; the visit goes on for the others.
    assert call.poll() is None, said("call")
    call.terminate()
    call.wait(20)
