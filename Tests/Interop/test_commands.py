"""`besoeg` as a support worker uses it on a terminal of 80 columns: real programs, a real service."""

import datetime
import os
import pathlib
import pty
import subprocess

import pytest

from browser import launch, open_page, wait_for_state
from deployment import RELEASE, program, wait_until

EXAMPLE = pathlib.Path(__file__).resolve().parents[2] / "Config" / "eksempelkommune.json"


def quiet_monday():
    """A Monday at least three weeks ahead that begins six weeks without a Danish holiday."""
    today = datetime.date.today()
    firsts = [datetime.date(year, month, 1) for year in (today.year, today.year + 1) for month in (2, 9)]
    mondays = [first + datetime.timedelta(days=-first.weekday() % 7) for first in firsts]
    return next(monday for monday in mondays if monday >= today + datetime.timedelta(weeks=3))


MONDAY = quiet_monday()


def on(day, clock=""):
    """So many days after the quiet Monday, as it is typed."""
    return f"{MONDAY + datetime.timedelta(days=day)} {clock}".strip()


@pytest.fixture(scope="module")
def town(tmp_path_factory):
    """The example municipality with a device for each of those who act."""
    from deployment import Deployment, Device

    running = Deployment(tmp_path_factory.mktemp("commands")).start()
    subprocess.run([RELEASE / "besoegd", "municipality", "load", EXAMPLE, "--data", running.data, "--people"],
                   check=True, capture_output=True)
    devices = {}
    for name in ("mette", "jonas", "tove", "lone", "per"):
        made = running.operations.json("POST", f"/people/ex-{name}/devices", {"label": "pc"})
        devices[name] = Device(running.origin, {"id": f"ex-{name}"}, made["token"], made["page"])
    yield devices
    running.stop()


def say(device, *words, fails=False):
    """Runs `besoeg` and returns what it says as one line."""
    return " ".join(" ".join(lines_of(device, *words, fails=fails)).split())


def lines_of(device, *words, fails=False):
    """Runs `besoeg` and returns its lines, none of which is wider than a terminal."""
    environment = os.environ | {"BESOEG_SERVER": device.origin, "BESOEG_TOKEN": device.token}
    done = subprocess.run([RELEASE / "besoeg", *words], env=environment, stdin=subprocess.DEVNULL, text=True,
                          capture_output=True, timeout=20)
    lines = (done.stdout + done.stderr).splitlines()
    assert (done.returncode != 0) == fails, lines
    assert all(len(line) <= 80 for line in lines), lines
    assert not any(sign in line for line in lines for sign in ("{", "}", "nil", "Optional")), lines
    return lines


def test_a_group_is_planned_taken_over_and_kept_within_the_law(town):
    mette, jonas, tove = town["mette"], town["jonas"], town["tove"]
    say(mette, "groups", "new", "Torsdagsgruppen", "--capacity", "6", "--team", "Handicap")
    assert "§ 82 b" in say(mette, "groups", "add", "Yusuf", "--to", "Torsdag", fails=True)
    say(mette, "groups", "add", "Per", "--to", "Torsdag")
    laid = say(mette, "groups", "meet", "Torsdag", "--at", on(3, "14.00"), "--minutes", "60", "--count", "3",
               "--every", "2", "--alone", "30")
    assert laid.count("14.00–15.00") == 3 and "Per Madsen alene" in laid
    say(mette, "groups", "plan", "Torsdag", "--title", "Søvn", "--point", "20 Runde", "--for-citizens", "Om søvn")
    say(mette, "groups", "step", "Torsdag", "--citizen", "Per", "--text", "Gå en tur")
    taken = say(jonas, "groups", "take-over", "Torsdag")
    assert "Jonas Bach leder det" in taken and "20 min Runde" in taken and "Per Madsen" in taken
    assert "ingen i rummet" in say(jonas, "groups", "room", "Torsdag")
    say(tove, "groups", "apart", "Per", "--from", "Nina")
    assert "Ikke sammen: " in say(tove, "groups", "show", "Torsdag")
    assert "Ikke sammen" not in say(mette, "groups", "show", "Torsdag")
    refused = say(mette, "groups", "add", "Nina", "--to", "Torsdag", fails=True)
    assert "Per" not in refused, "who is kept apart from whom is the planner's to know"


def test_a_guest_is_asked_for_and_what_each_member_says_is_written_down(town):
    mette = town["mette"]
    say(mette, "groups", "new", "Mandagsgruppen", "--capacity", "6", "--team", "Handicap")
    say(mette, "groups", "add", "Per", "--to", "Mandag")
    say(mette, "groups", "meet", "Mandag", "--at", on(21, "15.00"), "--minutes", "60")
    assert "Ingen kigger med" in say(mette, "groups", "guests", "Mandag")
    asked = say(mette, "groups", "guests", "Mandag", "--invite", "Jonas", "--why", "Jonas skal afløse i gruppen")
    assert "Jonas Bach: Jonas skal afløse i gruppen Mangler svar fra: Per" in asked
    assert "Alle har sagt ja" in say(mette, "groups", "guests", "Mandag", "--guest", "Jonas", "--yes", "Per")
    declined = say(mette, "groups", "gæster", "Mandag", "--guest", "Jonas", "--no", "Per")
    assert "Nogen i gruppen vil helst være fri" in declined and "Per" not in declined.split("Nogen")[1]
    assert "Ingen kigger med" in say(mette, "groups", "guests", "Mandag", "--cancel", "Jonas")
    assert "både hvem og hvorfor" in say(mette, "groups", "guests", "Mandag", "--invite", "Jonas", fails=True)
    assert "ingen i rummet endnu" in say(mette, "groups", "round", "Mandag", fails=True)
    floor = say(mette, "groups", "floor", "Mandag")
    assert "Ordet er frit." in floor and "Ingen rækker hånden op." in floor


def test_a_no_to_screen_visits_is_talked_over_visit_by_visit(town):
    mette = town["mette"]
    for day in (8, 9, 10):
        say(mette, "book", "Ida", "--at", on(day, "12.00"), "--minutes", "20", "--form", "skærm")
    town["mette"].json("POST", "/citizens/ex-ida/start/answer", {"state": "declined"})
    todo = say(mette, "todo")
    assert "Ida Holst" in todo and "har sagt nej til skærmbesøg" in todo and "--physical" in todo
    assert "med Mette Krogh" in todo and "besøg mere på skærm. Aftal dem på én gang" in todo
    settled = say(mette, "todo", "settle", "Ida", "--phone", "--agreed", "telefon")
    assert "Aftalt med Ida Holst om" in settled and "holdes på telefon" in settled
    assert "--physical, --phone, --sound" in say(
        mette, "todo", "settle", "Ida", "--substitute", "Jonas", "--agreed", "telefon", fails=True)
    kept = say(mette, "todo", "settle", "Ida", "--sound", "--all", "--agreed", "fremmøde")
    assert "besøg og skrevet ind: holdes kun med lyd." in kept
    assert "har sagt nej" not in say(mette, "todo")
    town["mette"].json("POST", "/citizens/ex-ida/start/answer", {"state": "accepted"})


def test_times_are_proposed_on_the_terminal_and_chosen_on_the_citizens_page_by_keyboard(town, playwright):
    mette, per = town["mette"], town["per"]
    browser = launch(playwright)
    page = open_page(browser, per.page)
    wait_for_state(page, "idle", 10)
    assert page.locator("#proposal").is_hidden()
    offered = say(mette, "propose", "Per", "--at", on(0, "12.00"), "--at", on(1, "10.00"), "--minutes", "20")
    assert "Per Madsen kan vælge mellem" in offered
    page.get_by_text("Mette Krogh foreslår et besøg").wait_for(timeout=5000)
    assert page.locator("#proposal-times button").count() == 2
    for width, size in [(320, "112.5%"), (1280, "225%")]:
        page.set_viewport_size({"width": width, "height": 720})
        page.evaluate("size => { document.documentElement.style.fontSize = size }", size)
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), "no sideways scrolling"
    page.locator("#proposal-times button").nth(1).focus()
    page.keyboard.press("Enter")
    page.get_by_text("Det er aftalt. Mette Krogh ringer til dig").wait_for(timeout=5000)
    assert "ingen tider" in say(mette, "propose")
    year, number, _ = MONDAY.isocalendar()
    week = say(mette, "week", "--week", f"{year}-{number}")
    assert "10.00–10.20 Per Madsen" in week
    say(mette, "propose", "Per", "--at", on(2, "12.30"), "--at", on(3, "10.00"), "--minutes", "15")
    assert " 1 " in say(per, "choose")
    page.get_by_role("button", name="Ingen af dem passer").click()
    page.get_by_text("Det er i orden").wait_for(timeout=5000)
    browser.close()


def test_an_absence_is_reported_seen_to_and_settled_in_danish(town):
    mette, jonas = town["mette"], town["jonas"]
    entered = say(mette, "absent", "--from", on(7, "8.00"), "--to", on(7, "17.00"), "--kind", "sygdom")
    assert "kl. 08.00–17.00" in entered and "besoeg todo" in entered
    assert "Ida Holst" in say(jonas, "todo")
    say(jonas, "todo", "take", "Ida")
    settled = say(jonas, "todo", "settle", "Ida", "--substitute", "Jonas", "--agreed", "telefon")
    assert "Jonas Bach kommer i stedet" in settled
    assert "Skriv en af disse: telefon, besked" in say(
        jonas, "todo", "settle", "Per", "--cancel", "--agreed", "brevdue", fails=True)


def test_free_time_is_a_short_list_and_words_are_danish(town):
    mette, lone = town["mette"], town["lone"]
    slots = lines_of(mette, "slots", "Ida", "--minutes", "30", "--form", "skærm")
    assert len(slots) < 40 and "besoeg book Ida --at" in " ".join(slots[-2:])
    say(mette, "book", "Ida", "--at", on(16, "10.00"), "--minutes", "20", "--form", "fremmøde")
    moved = say(mette, "convert", "Ida", "--on", on(16), "--to", "telefon")
    assert "Skiftet til telefon: Ida Holst" in moved
    assert "Aflyst: Ida Holst" in say(mette, "cancel", "Ida", "--on", on(16), "--reason", "ferie")
    assert "Jeg kender ikke »fjernsyn« her" in say(mette, "convert", "Ida", "--to", "fjernsyn", fails=True)
    assert "»sluds«" in say(mette, "sluds", fails=True)
    assert "hver uge" in say(mette, "series", "Ida")
    say(lone, "grant", "propose", "Ida", "--forms", "skærm,gruppe", "--from", on(28), "--reason", "ønske")
    assert "Venter på afgørelse: skærm, gruppe" in say(mette, "grant", "Ida")
    assert "skrevet på" in say(mette, "duty", "add", "--at", "i morgen 8.00")
    assert "Mette Krogh vagt" in say(mette, "duty")
    log = say(town["tove"], "access-log", "Ida")
    assert "Mette Krogh" in log and "ex-mette" not in log


def test_one_key_during_a_call_tells_the_next_citizen_of_a_delay(deployment, tmp_path):
    worker = deployment.person("supportWorker", "Anne Holm")
    first, second = (deployment.person("citizen", name) for name in ("Karen Friis", "Ole Bo"))
    visit = deployment.book(worker, first, minutes=5)["id"]
    start = datetime.datetime.now(datetime.timezone.utc).replace(microsecond=0) + datetime.timedelta(minutes=5)
    late = worker.json("POST", "/visits", {"citizenId": second.person["id"], "start": start.isoformat(),
                                           "durationMinutes": 30})["id"]
    citizen = program("besoeg-kiosk", "--source", "tones", "--auto-answer", "--once", device=first, folder=tmp_path,
                      label="kiosk")
    waiting = program("besoeg-kiosk", device=second, folder=tmp_path, label="waiting")
    deployment.clients += [citizen, waiting]
    keyboard, terminal = pty.openpty()
    environment = os.environ | {"BESOEG_SERVER": worker.origin, "BESOEG_TOKEN": worker.token}
    call = subprocess.Popen([RELEASE / "besoeg", "call", visit, "--source", "tones", "--for", "12"], env=environment,
                            stdin=terminal, stdout=open(tmp_path / "call.log", "wb"), stderr=subprocess.STDOUT)
    deployment.clients.append(call)
    said = lambda: (tmp_path / "call.log").read_text(errors="replace")
    wait_until(lambda: "venter Ole Bo" in said(), 20, "the worker is told who waits: " + said())
    os.write(keyboard, b"f")
    wait_until(lambda: "Ole Bo har fået besked: 10 minutter" in said(), 10, "Ole is told: " + said())
    screen = lambda: (tmp_path / "waiting.log").read_text()
    wait_until(lambda: "Anne Holm er cirka 10 minutter forsinket" in screen(), 5, "his screen says so: " + screen())
    assert call.wait(40) == 0, said()
    again = worker.json("POST", f"/visits/{late}/delay", {"minutes": 10})
    assert again["isNew"] is False, "he knows already"
    assert [one["by"] for one in again["told"]] == ["screen"]
    third = deployment.person("citizen", "Ida Lund")
    start += datetime.timedelta(hours=1)
    unheard = worker.json("POST", "/visits", {"citizenId": third.person["id"], "start": start.isoformat(),
                                              "durationMinutes": 30})["id"]
    told = say(worker, "delay", unheard)
    assert "Ring til Ida Lund" in told and "har fået besked" not in told, "nothing of hers is on"


def test_one_practises_a_visit_alone_and_it_is_in_no_list(town, playwright, tmp_path):
    mette = town["mette"]
    environment = os.environ | {"BESOEG_SERVER": mette.origin, "BESOEG_TOKEN": mette.token}
    practice = subprocess.Popen([RELEASE / "besoeg", "practice", "--for", "3"], env=environment, text=True,
                                stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    browser = launch(playwright)
    try:
        address = next(line.strip() for line in practice.stdout if "/borger#" in line)
        page = open_page(browser, address)
        wait_for_state(page, "idle", 10)
        practice.stdin.write("\n")
        practice.stdin.flush()
        wait_for_state(page, "ringing", 10)
        page.get_by_role("button", name="Svar").click()
        said = practice.communicate(timeout=40)[0]
        assert "Det var en øvelse" in said, said
        assert practice.returncode == 0, said
    finally:
        practice.kill()
        browser.close()
    assert "Øvelse" not in say(mette, "today")
    assert "Øvelse" not in say(mette, "people")


def test_whom_to_ask_about_screen_visits_stands_in_the_team(town):
    assert "nøglemedarbejder" in say(town["tove"], "teams", "key", "Jonas")
    lines = [line for line in lines_of(town["mette"], "team") if "Jonas" in line]
    assert lines and all("nøglemedarbejder" in line for line in lines), lines
    assert "ikke nøglemedarbejder" in say(town["tove"], "teams", "key", "Jonas", "--off")


LISTS = """today|week|queue|callbacks|requests|presence|todo|slots Ida --minutes 30|series Ida|freed|groups|duty|calendar|
citizens|people|start Ida|grant Ida|consents Ida|disclose Ida|auto-answer Per|reminders Ida|parked|home-visit|
equipment|continuity Ida|outcome|goals Ida|scores Ida|follow-ups|figures|propose|teams|absent list"""


def test_what_one_can_ask_for_fits_the_terminal_and_ends_well(town):
    for words in LISTS.replace("\n", "").split("|"):
        assert lines_of(town["mette"], *words.split()), words
    assert say(town["mette"], "hjælp", "book") == say(town["mette"], "help", "book")


def test_who_leaves_something_out_is_told_what_it_is_and_where_to_read_more(town):
    missing = lines_of(town["mette"], "book", "Ida", fails=True)
    assert missing[0].startswith("Der mangler noget: --at")
    assert missing[1].startswith("  ") and missing[1].strip()
    assert missing[-1] == "Se, hvad der kan skrives: besoeg book --help"
    nested = say(town["mette"], "todo", "settle", fails=True)
    assert "besoeg todo settle --help" in nested
    assert "Se alle ord med: besoeg --help" in say(town["mette"], "sluds", fails=True)
