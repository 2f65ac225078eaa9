"""What a citizen decides herself on her page: the keyboard alone, and nothing by one press."""

import datetime
import os
import pty
import subprocess

import pytest

from browser import launch, open_page, wait_for_state
from deployment import RELEASE, wait_until
from test_commands import say


def later(**ahead):
    """A whole hour at least so far from now, as the service writes times."""
    start = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(**ahead)
    return (start.replace(minute=0, second=0, microsecond=0) + datetime.timedelta(hours=1)).isoformat().replace(
        "+00:00", "Z")


@pytest.fixture
def karen(deployment, playwright):
    """Karen's page, Anne's device and a visit of theirs in a few hours."""
    worker = deployment.person("supportWorker", "Anne Holm")
    citizen = deployment.person("citizen", "Karen Friis")
    visit = worker.json("POST", "/visits", {
        "citizenId": citizen.person["id"], "start": later(hours=2), "durationMinutes": 30})["id"]
    browser = launch(playwright)
    page = open_page(browser, citizen.page)
    wait_for_state(page, "idle", 10)
    yield page, worker, citizen, visit
    browser.close()


def press(page, name):
    """Presses a button as who uses the keyboard does."""
    button = page.get_by_role("button", name=name)
    button.focus()
    page.keyboard.press("Enter")


def test_a_visit_is_held_another_way_or_called_off_after_a_second_yes(karen):
    page, worker, _, visit = karen
    press(page, "Passer besøget ikke?")
    page.get_by_role("heading", name="Hvad passer dig bedst?").wait_for()
    ways = page.locator("#change-ways button").all_inner_texts()
    assert ways == ["På telefonen i stedet", "På skærmen, men kun med lyd", "En anden tid: ring mig op om det",
                    "Aflys besøget"]
    press(page, "På telefonen i stedet")
    assert worker.json("GET", f"/visits/{visit}")["mediaMode"] == "video", "nothing by one press"
    press(page, "Ja, ring på telefonen")
    page.get_by_text("Anne Holm ringer på telefonen").wait_for()
    assert worker.json("GET", f"/visits/{visit}")["mediaMode"] == "phone"

    press(page, "Passer besøget ikke?")
    page.get_by_role("button", name="Aflys besøget").wait_for()
    press(page, "Aflys besøget")
    page.get_by_role("heading", name="Vil du aflyse besøget").wait_for()
    press(page, "Lad det være, som det er")
    assert worker.json("GET", f"/visits/{visit}")["state"] == "booked"
    press(page, "Passer besøget ikke?")
    page.get_by_role("button", name="Aflys besøget").wait_for()
    press(page, "Aflys besøget")
    press(page, "Ja, aflys besøget")
    page.get_by_text("Anne Holm ved det").wait_for()
    assert worker.json("GET", f"/visits/{visit}")["state"] == "cancelled"
    assert page.evaluate("document.activeElement.id") == "change-status", "the keyboard stays where it was"
    assert page.get_by_role("button", name="Passer besøget ikke?").count() == 0


def test_who_wants_another_time_is_called_and_the_visit_stands(karen):
    page, worker, _, visit = karen
    page.set_viewport_size({"width": 320, "height": 720})
    page.evaluate("document.documentElement.style.fontSize = '225%'")
    press(page, "Passer besøget ikke?")
    page.get_by_role("button", name="En anden tid").wait_for()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), "no sideways scrolling (WCAG 1.4.10)"
    press(page, "En anden tid")
    press(page, "Ja, ring mig op")
    page.get_by_text("Vi ringer til dig og finder en anden tid").wait_for()
    asked = worker.json("GET", "/callbacks")["callbacks"]
    assert len(asked) == 1 and asked[0]["about"].startswith("Vil gerne tale om besøget ")
    assert worker.json("GET", f"/visits/{visit}")["state"] == "booked"


def test_a_substitute_is_agreed_to_on_the_page(karen, deployment):
    page, worker, citizen, visit = karen
    administrator = deployment.operations
    other = deployment.person("supportWorker", "Bo Lund")
    administrator.json("PUT", "/teams/nord", {
        "name": "Nord", "members": [one.person["id"] for one in (worker, other, citizen)]})
    absence = worker.json("POST", "/absences", {
        "kind": "illness", "from": later(hours=-1), "to": later(hours=8)})["id"]
    path = f"/absences/{absence}/visits/{visit}"
    other.json("POST", f"{path}/propose", {"kind": "substitute", "worker": other.person["id"]})
    page.get_by_text("Må Bo Lund ringe til dig i stedet?").wait_for()
    assert worker.json("GET", f"/visits/{visit}")["worker"]["displayName"] == "Anne Holm"
    press(page, "Nej tak")
    page.get_by_text("Vi finder noget andet sammen med dig").wait_for()
    other.json("POST", f"{path}/propose", {"kind": "substitute", "worker": other.person["id"]})
    page.get_by_text("Må Bo Lund ringe til dig i stedet?").wait_for()
    press(page, "Ja, det er fint")
    page.get_by_text("Tak. Det er aftalt.").wait_for()
    wait_until(lambda: worker.json("GET", f"/visits/{visit}")["worker"]["displayName"] == "Bo Lund", 5, "Bo comes")


def test_a_time_is_picked_among_a_few_that_are_free(karen):
    page, worker, citizen, _ = karen
    person = citizen.person["id"]
    worker.json("PUT", f"/people/{person}/plan", {"scheduling": "citizen-picks"})
    days = [later(days=ahead)[:10] for ahead in (2, 9)]
    worker.json("POST", "/proposals", {
        "citizenId": person, "durationMinutes": 30,
        "window": {"first": days[0], "last": days[1], "from": "09:00", "to": "12:00"}})
    page.get_by_text("Du kan selv vælge, hvornår Anne Holm ringer til dig").wait_for()
    times = page.locator("#proposal-times button")
    assert times.count() == 6
    first = times.all_inner_texts()
    press(page, "Se andre tider")
    wait_until(lambda: times.all_inner_texts() != first and times.count() > 0, 5, "later times")
    assert not set(first) & set(times.all_inner_texts())
    chosen = times.first.get_attribute("data-start")
    times.first.focus()
    page.keyboard.press("Enter")
    page.get_by_text("Det er aftalt. Anne Holm ringer til dig").wait_for()
    assert chosen in [one["start"] for one in worker.json("GET", "/visits")["visits"]]


def test_on_the_kiosk_a_number_and_enter_decide_and_a_second_yes_is_asked_for(karen, deployment, tmp_path):
    _, worker, citizen, _ = karen
    # Now: a kiosk shows the visits of today.
    visit = deployment.book(worker, citizen)["id"]
    keyboard, terminal = pty.openpty()
    environment = os.environ | {"BESOEG_SERVER": citizen.origin, "BESOEG_TOKEN": citizen.token}
    kiosk = subprocess.Popen([RELEASE / "besoeg-kiosk"], env=environment, stdin=terminal,
                             stdout=open(tmp_path / "kiosk.log", "wb"), stderr=subprocess.STDOUT)
    deployment.clients.append(kiosk)

    def says(text):
        def screen():
            # Lines break where the terminal does.
            return " ".join((tmp_path / "kiosk.log").read_text(errors="replace").split())
        wait_until(lambda: text in screen(), 10, f"the kiosk says »{text}«")

    says("Passer besøget ikke? Skriv p")
    os.write(keyboard, b"p\n")
    says("1 På telefonen i stedet")
    os.write(keyboard, b"1\n")
    says("Skal Anne Holm ringe til dig på telefonen")
    assert worker.json("GET", f"/visits/{visit}")["mediaMode"] == "video", "nothing by one press"
    os.write(keyboard, b"1\n")
    says("Det er i orden. Anne Holm ringer på telefonen")
    assert worker.json("GET", f"/visits/{visit}")["mediaMode"] == "phone"


def test_the_worker_opens_a_window_and_shares_a_week_out_on_the_terminal(karen):
    _, worker, citizen, _ = karen
    window = ["propose", "Karen", "--from", later(days=2)[:10], "--to", later(days=9)[:10], "--hours", "9-12",
              "--minutes", "20"]
    assert "Det er ikke aftalt, at Karen Friis selv vælger tider" in say(worker, *window, fails=True)
    say(worker, "circle", "Karen", "--times", "borger")
    assert "Karen Friis vælger selv en tid (skærm, 20 min)" in say(worker, *window)
    shown = say(citizen, "choose")
    assert " 6 " in shown and " 7 " not in shown
    assert "Det er aftalt: Anne Holm" in say(citizen, "choose", "1")

    monday = datetime.date.today() + datetime.timedelta(days=21 - datetime.date.today().weekday())
    say(worker, "book", "Karen", "--at", f"{monday} 10.00", "--minutes", "20", "--weekly", "--on",
        "man 20, ons 30, fre 10", "--count", "3")
    visits = [one for one in worker.json("GET", "/visits")["visits"] if one["start"][:10] >= str(monday)]
    assert [one["durationMinutes"] for one in visits] == [20, 30, 10]
    assert "20/30/10 min" in say(worker, "series", "Karen")
