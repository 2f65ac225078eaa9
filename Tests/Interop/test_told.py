"""That whoever is said to know does know: delays, misses, requests to be called, and what was written."""

import datetime
import os
import subprocess

from browser import launch, open_page, wait_for_state
from deployment import RELEASE, Device, program, wait_until
from test_commands import say


def ahead(minutes):
    start = datetime.datetime.now(datetime.timezone.utc).replace(microsecond=0) + datetime.timedelta(minutes=minutes)
    return start.isoformat().replace("+00:00", "Z")


def fits(page):
    """Nothing is cut off on a narrow screen and at 200 %."""
    for width, size in [(320, "112.5%"), (1280, "225%")]:
        page.set_viewport_size({"width": width, "height": 720})
        page.evaluate("size => { document.documentElement.style.fontSize = size }", size)
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), "no sideways scrolling"


def picture(page, name):
    page.set_viewport_size({"width": 1024, "height": 768})
    page.evaluate("document.documentElement.style.fontSize = '112.5%'")
    if folder := os.environ.get("BESOEG_SCREENSHOTS"):
        page.screenshot(path=f"{folder}/{name}.png", full_page=True)


def test_the_page_tells_of_a_delay_and_of_what_happens_after_a_miss(deployment, playwright):
    worker, citizen = deployment.person("supportWorker", "Anne Holm"), deployment.person("citizen", "Karen Friis")
    visit = worker.json("POST", "/visits", {"citizenId": citizen.person["id"], "start": ahead(5),
                                            "durationMinutes": 30})["id"]
    browser = launch(playwright)
    page = open_page(browser, citizen.page)
    wait_for_state(page, "idle", 10)
    told = worker.json("POST", f"/visits/{visit}/delay", {"minutes": 10})["told"]
    assert [one["by"] for one in told] == ["screen"]
    page.get_by_text("Anne Holm er cirka 10 minutter forsinket. Du behøver ikke gøre noget.").wait_for(timeout=5000)
    fits(page)
    picture(page, "delay")
    page.reload()
    page.get_by_text("Anne Holm er cirka 10 minutter forsinket.").wait_for(timeout=10000)
    worker.json("POST", f"/visits/{visit}/ring", {})
    wait_for_state(page, "ringing", 10)
    page.get_by_role("button", name="Nej tak").click()
    page.get_by_text("Anne Holm kontakter dig, og dine andre aftaler står ved magt.").wait_for(timeout=10000)
    assert page.messages == [] or all("AudioContext" in message for message in page.messages), page.messages
    browser.close()


def test_ring_mig_op_on_the_kiosk_is_told_at_once_to_who_watches(deployment, tmp_path):
    worker, citizen = deployment.person("supportWorker", "Anne Holm"), deployment.person("citizen", "Karen Friis")
    watch = program("besoeg", "callbacks", "watch", device=worker, folder=tmp_path, label="watch")
    environment = os.environ | {"BESOEG_SERVER": citizen.origin, "BESOEG_TOKEN": citizen.token}
    kiosk = subprocess.Popen([RELEASE / "besoeg-kiosk"], env=environment, stdin=subprocess.PIPE, text=True,
                             stdout=open(tmp_path / "kiosk.log", "wb"), stderr=subprocess.STDOUT)
    deployment.clients += [watch, kiosk]

    def shows(label, text):
        log = tmp_path / f"{label}.log"
        wait_until(lambda: text in " ".join(log.read_text().split()), 10, f"{label} says: {text}")

    def press(key):
        kiosk.stdin.write(f"{key}\n")
        kiosk.stdin.flush()

    shows("kiosk", "Skriv r og tryk Enter")
    shows("watch", "Du får besked her")
    press("r")
    # When, depends on whether anybody is at work just now.
    shows("kiosk", "Vi ringer til dig")
    shows("watch", "Karen Friis beder om at blive ringet op")
    say(worker, "callbacks")
    shows("kiosk", "Set af Anne Holm kl.")
    press("h")
    shows("watch", "DET HASTER: Karen Friis beder om at blive ringet op")
    press("f")
    shows("kiosk", "Du har fortrudt.")
    shows("watch", "Karen Friis venter ikke længere.")
    assert worker.json("GET", "/callbacks")["callbacks"] == []


def test_the_third_unanswered_visit_in_a_row_can_be_followed_up_to_its_end(deployment):
    worker, citizen = deployment.person("supportWorker", "Anne Holm"), deployment.person("citizen", "Karen Friis")
    other = deployment.person("supportWorker", "Jonas Bach")
    deployment.operations.json("PUT", "/teams/vest", {
        "name": "Vest", "members": [one.person["id"] for one in (worker, other, citizen)]})
    for number in range(3):
        visit = worker.json("POST", "/visits", {"citizenId": citizen.person["id"], "start": ahead(40 * number),
                                                "durationMinutes": 30})["id"]
        worker.json("POST", f"/visits/{visit}/ring", {})
        worker.json("POST", f"/visits/{visit}/hangup", {})
    assert len(worker.json("GET", "/follow-ups")["followUps"]) == 3
    assert "slut: aftalt" in say(worker, "follow-ups", "Karen", "--close", "aftalt")
    assert "Jonas Bach følger op på Karen Friis nu" in say(worker, "follow-ups", "Karen", "--to", "Jonas")
    assert "Karen Friis" in say(other, "follow-ups")
    asked = say(worker, "follow-ups", "Karen", "--by", "telefon", "--reached")
    assert "3 gange i træk" in asked and "--ready TRIN" in asked and "mindre-skridt" in asked
    assert "--text" in say(worker, "follow-ups", "Karen", "--ready", "mindre-skridt", fails=True)
    ended = say(worker, "follow-ups", "Karen", "--ready", "mindre-skridt", "--text", "Ti minutter ad gangen")
    assert "Du fik kontakt med Karen Friis" in ended
    assert "ingen at følge op på" in say(worker, "follow-ups")


def test_what_is_written_for_the_citizen_is_on_her_page(deployment, playwright):
    worker, citizen = deployment.person("supportWorker", "Anne Holm"), deployment.person("citizen", "Karen Friis")
    lise, ole = deployment.person("caseWorker", "Lise Bang"), deployment.person("citizen", "Ole Bo")
    group = worker.json("POST", "/groups", {"name": "Torsdag", "capacity": 6})["id"]
    for member in (citizen, ole):
        worker.json("POST", f"/groups/{group}/members", {"citizenId": member.person["id"]})
    meeting = worker.json("POST", f"/groups/{group}/meetings", {"start": ahead(20)})["meetings"][0]["id"]
    worker.json("PUT", f"/meetings/{meeting}/plan", {"title": "Søvn", "forCitizens": "Vi taler om at sove godt."})
    for member, text in ((citizen, "gå en tur"), (ole, "ringe til Lise")):
        worker.json("POST", f"/meetings/{meeting}/steps", {"citizenId": member.person["id"], "text": text})
    assert "Karen Friis: gå en tur" in say(worker, "groups", "show", "Torsdag")
    day = datetime.date.today().isoformat()
    made = lise.json("POST", f"/people/{citizen.person['id']}/grants", {
        "basis": "82b", "start": day, "born": "1980-05-01", "forms": ["screen"], "weeklyMinutes": 60})
    worker.json("POST", f"/grants/{made['id']}/status", {"milestone": "status-1", "text": "Posten bliver åbnet."})
    assert "Posten bliver åbnet." in say(worker, "grant", "Karen")
    browser = launch(playwright)
    page = open_page(browser, citizen.page)
    page.get_by_text("Vi taler om at sove godt.").wait_for(timeout=10000)
    page.get_by_text("Du ville: gå en tur").wait_for(timeout=5000)
    assert "ringe til Lise" not in page.inner_text("body"), "what another set out to do is the other's"
    page.get_by_text("Det er jeg bevilget").focus()
    page.keyboard.press("Enter")
    page.get_by_text("Der kan ikke klages over en afgørelse").wait_for(timeout=5000)
    text = page.inner_text("#grants")
    assert "på skærmen: 60 minutter om ugen" in text and "Posten bliver åbnet." in text and "§ 82 b" in text
    assert not any(sign in page.inner_text("body") for sign in ("{", "}", "undefined", "null", "NaN"))
    fits(page)
    picture(page, "own")
    browser.close()


def test_figures_and_logs_have_their_words(deployment):
    worker, citizen = deployment.person("supportWorker", "Anne Holm"), deployment.person("citizen", "Karen Friis")
    administrator = Device(deployment.origin, None, (deployment.data / "administrator.token").read_text().strip())
    deployment.book(worker, citizen)
    assert "ingen skærmbesøg" in say(worker, "figures")
    assert "ingen skærmbesøg" in say(worker, "mine-tal")
    assert "Karen Friis" in say(worker, "continuity", "Karen")
    audit = say(administrator, "audit")
    assert "Anne Holm" in audit and "visit.book" in audit
    assert "Anne Holm" in say(administrator, "access-log")
    help_text = say(worker, "--help")
    assert all(word in help_text for word in ("figures", "continuity", "report", "audit"))
