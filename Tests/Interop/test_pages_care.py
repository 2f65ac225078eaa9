"""The newer cards of the citizen's page and kiosk, and the contrast of every state, measured."""

import datetime
import os
import subprocess

import contrast
from browser import JOIN, launch, open_page, wait_for_media, wait_for_state
from deployment import RELEASE, Device, wait_until
from test_commands import say
from test_told import ahead, fits, picture

QUESTION = ["--what", "Notatet om din medicin", "--to", "Din læge", "--why", "Så lægen kan se, hvad der virker"]


def closed(deployment):
    """A municipality that is closed now, with a number that is always answered."""
    administrator = Device(deployment.origin, None, (deployment.data / "administrator.token").read_text().strip())
    # The day after tomorrow is neither today nor the night before it.
    day = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(days=2)
    administrator.json("PUT", "/settings/daily", {
        "emergencyNumber": "12 34 56 78",
        "contactHours": [{"days": [day.strftime("%a")[:2].upper()], "hours": [{"from": "08:00", "to": "16:00"}]}]})


def test_the_citizen_says_yes_or_no_before_anything_is_passed_on(deployment, playwright):
    worker, citizen = deployment.person("supportWorker", "Anne Holm"), deployment.person("citizen", "Karen Friis")
    browser = launch(playwright)
    page = open_page(browser, citizen.page)
    wait_for_state(page, "idle", 10)
    asked = say(worker, "disclose", "Karen", *QUESTION)
    assert "Karen Friis er spurgt" in asked and "spurgt i dag" in asked
    assert "ikke svaret endnu" in say(worker, "disclose", "Karen", "--done", "1", fails=True)
    page.get_by_role("heading", name="Må vi give det her videre?").wait_for(timeout=5000)
    text = page.inner_text("#disclosure")
    assert all(part in text for part in [*QUESTION[1::2], "Anne Holm spørger", "helt i orden at sige nej"])
    contrast.check(page, "disclosure")
    fits(page)
    picture(page, "disclosure")
    page.locator("#disclosure-no").focus()
    page.keyboard.press("Enter")
    page.get_by_text("Vi giver det ikke videre.").wait_for(timeout=5000)
    assert page.evaluate("document.activeElement.id") == "disclosure-status", "who uses the keyboard stays there"
    assert "sagde nej i dag" in say(worker, "disclose", "Karen")
    assert "bliver ved nejet" in say(worker, "disclose", "Karen", *QUESTION, fails=True)
    say(worker, "disclose", "Karen", *QUESTION[:2], "--to", "Jobcentret", *QUESTION[4:])
    page.get_by_text("Jobcentret").wait_for(timeout=5000)
    page.get_by_role("button", name="Ja, det må I").click()
    page.get_by_text("Vi må give det videre til Jobcentret").wait_for(timeout=5000)
    assert "sagde ja i dag" in say(worker, "disclose", "Karen")
    page.get_by_text("Det har jeg sagt ja til", exact=True).click()
    page.get_by_text("I må give noget videre til Jobcentret").wait_for(timeout=5000)
    assert "givet videre i dag" in say(worker, "disclose", "Karen", "--done", "1")
    browser.close()


def test_the_kiosk_asks_and_says_whom_to_ring_while_it_is_closed(deployment, tmp_path):
    worker, citizen = deployment.person("supportWorker", "Anne Holm"), deployment.person("citizen", "Karen Friis")
    closed(deployment)
    log = tmp_path / "kiosk.log"
    environment = os.environ | {"BESOEG_SERVER": citizen.origin, "BESOEG_TOKEN": citizen.token}
    kiosk = subprocess.Popen([RELEASE / "besoeg-kiosk"], env=environment, stdin=subprocess.PIPE, text=True,
                             stdout=open(log, "wb"), stderr=subprocess.STDOUT)
    deployment.clients.append(kiosk)

    def shows(text):
        wait_until(lambda: text in " ".join(log.read_text().split()), 10, f"the kiosk says: {text}")

    shows("Vi har lukket lige nu.")
    shows("Har du brug for hjælp inden da, så ring på 12 34 56 78.")
    say(worker, "disclose", "Karen", *QUESTION)
    shows("Anne Holm spørger: Må vi give det her videre?")
    shows("Til hvem: Din læge")
    kiosk.stdin.write("j\n")
    kiosk.stdin.flush()
    shows("Vi må give det videre til Din læge.")
    assert "sagde ja i dag" in say(worker, "disclose", "Karen")
    assert all(len(line) <= 80 for line in log.read_text().splitlines())


def test_outside_the_hours_the_page_has_the_number_that_is_answered(deployment, playwright):
    citizen = deployment.person("citizen", "Karen Friis")
    closed(deployment)
    browser = launch(playwright)
    page = open_page(browser, citizen.page)
    link = page.get_by_role("link", name="Ring 12 34 56 78")
    link.wait_for(timeout=10000)
    assert link.get_attribute("href") == "tel:12345678"
    assert page.get_by_role("button", name="Ring mig op").is_visible(), "she can ask all the same"
    fits(page)
    picture(page, "closed")
    browser.close()


def test_a_telephone_visit_gives_the_worker_the_number_and_tells_the_citizen_where_it_rings(deployment, playwright):
    worker, citizen = deployment.person("supportWorker", "Anne Holm"), deployment.person("citizen", "Karen Friis")
    worker.json("POST", "/visits", {"citizenId": citizen.person["id"], "start": ahead(20), "durationMinutes": 30,
                                    "mediaMode": "phone"})
    assert "ikke noget telefonnummer til Karen Friis" in say(worker, "call", "Karen")
    say(worker, "reminders", "Karen", "--phone", "20 30 40 50", "--number-only")
    said = say(worker, "call", "Karen")
    assert "Ring til 20 30 40 50." in said and 'besoeg outcome "Karen Friis" --kind holdt --minutes 30' in said
    assert worker.json("GET", f"/people/{citizen.person['id']}/reminders")["before"] == []
    assert "Du får besked på 22 33 44 55" in say(worker, "callbacks", "notify", "--sms", "22 33 44 55")
    assert "ikke besked" in say(worker, "callbacks", "notify", "--off")
    browser = launch(playwright)
    page = open_page(browser, citizen.page)
    page.get_by_text("Anne Holm ringer til dig på telefonen").wait_for(timeout=10000)
    browser.close()


def test_contrast_is_measured_and_what_is_too_faint_is_found(deployment, playwright):
    browser = launch(playwright)
    page = open_page(browser, deployment.origin + "/")
    assert contrast.check(page, "landing") >= 4.5
    page.emulate_media(color_scheme="light")
    page.evaluate("""document.querySelector("main").append(
      Object.assign(document.createElement("p"), { textContent: "for svagt", style: "color: #8a8a8a" }))""")
    poor = [one for one in contrast.measure(page) if one["ratio"] < one["needed"]]
    assert [one["what"] for one in poor] == ["for svagt"] and 3 < poor[0]["ratio"] < 4.5
    browser.close()


def test_every_state_of_the_page_has_contrast_by_day_and_by_night(deployment, playwright):
    worker, citizen = deployment.person("supportWorker", "Anne Holm"), deployment.person("citizen", "Karen Friis")
    lead = deployment.person("teamLead", "Lea Toft")
    closed(deployment)
    ids = {"citizenId": citizen.person["id"], "durationMinutes": 30}
    lead.json("PUT", "/scales/uge", {
        "title": "Min uge", "moment": "beginning", "lowest": 0, "highest": 10,
        "items": [{"id": "a", "prompt": "Hvordan har ugen været?", "low": "Svær", "high": "God"}]})
    browser = launch(playwright)
    page = open_page(browser, deployment.origin + "/borger")
    wait_for_state(page, "no-link", 10)
    contrast.check(page, "no-link")
    page.goto("about:blank")
    page.goto(citizen.page)
    wait_for_state(page, "idle", 10)
    contrast.check(page, "welcome")
    page.get_by_role("button", name="Gør klar").click()
    page.get_by_text("Kamera og mikrofon virker").wait_for(timeout=10000)
    worker.json("POST", "/proposals", ids | {"starts": [ahead(24 * 60 + 60 * one) for one in (1, 2)]})
    worker.json("POST", f"/citizens/{citizen.person['id']}/disclosures",
                dict(zip(("what", "recipient", "reason"), QUESTION[1::2])))
    visit = deployment.book(worker, citizen)["id"]
    for shown in ("#proposal-times button", "#disclosure-yes", "#hours-call"):
        page.locator(shown).first.wait_for(timeout=10000)
    for folded in page.locator("#own summary").all():
        folded.click()
    page.get_by_role("button", name="Ring mig op").click()
    page.locator("#call-me-urgent").wait_for(timeout=5000)
    contrast.check(page, "idle", least=40)
    fits(page)
    picture(page, "all-cards")

    # By keyboard alone: every card's buttons are reached in the order they stand, each with a visible mark.
    reached = []
    page.evaluate("document.activeElement.blur()")
    for _ in range(40):
        page.keyboard.press("Tab")
        stop, width = page.evaluate("""[document.activeElement.id || document.activeElement.textContent.trim(),
                                        parseFloat(getComputedStyle(document.activeElement).outlineWidth)]""")
        if stop in reached:
            break
        reached.append(stop)
        assert width >= 2, f"{stop} shows that it has the focus"
    for wanted in ("proposal-none", "disclosure-yes", "disclosure-no", "hours-call", "call-me-urgent", "call-me-not"):
        assert wanted in reached, (wanted, reached)

    worker.json("POST", f"/visits/{visit}/ring", {})
    wait_for_state(page, "ringing", 10)
    contrast.check(page, "ringing")
    page.get_by_role("button", name="Nej tak").first.click()
    wait_for_state(page, "declined", 10)
    contrast.check(page, "declined")
    visit = worker.json("POST", "/visits", ids | {"start": ahead(45)})["id"]
    worker.json("POST", f"/visits/{visit}/ring", {})
    wait_for_state(page, "ringing", 10)
    worker.json("POST", f"/visits/{visit}/hangup", {})
    page.wait_for_selector('body:not([data-state="ringing"])', timeout=10000)
    contrast.check(page, "missed")
    worker.json("POST", f"/visits/{visit}/ring", {})
    wait_for_state(page, "ringing", 10)
    page.get_by_role("button", name="Svar").click()
    other = open_page(browser, deployment.origin + "/")
    other.evaluate(JOIN, {"token": worker.token, "visit": visit, "participant": worker.person["id"]})
    wait_for_media(page, 15)
    page.get_by_label("Hvordan har ugen været?").wait_for(timeout=10000)
    contrast.check(page, "call")
    picture(page, "call-with-marks")
    worker.json("POST", f"/visits/{visit}/hangup", {})
    wait_for_state(page, "ended", 10)
    contrast.check(page, "ended")
    browser.close()
