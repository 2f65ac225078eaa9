"""The citizen's page as its reader uses it: keyboard only, small or zoomed screens, plain words."""

import pytest
from playwright.sync_api import expect

from browser import JOIN, launch, open_page, wait_for_media, wait_for_state
from deployment import wait_until


@pytest.fixture
def ringing(deployment, playwright):
    """A citizen's page that rings; yields the page, the worker's device and the visit."""
    worker = deployment.person("supportWorker", "Anne Holm")
    citizen = deployment.person("citizen", "Karen Friis")
    visit = deployment.book(worker, citizen)["id"]
    browser = launch(playwright)
    page = open_page(browser, citizen.page)
    wait_for_state(page, "idle", 10)
    worker.json("POST", f"/visits/{visit}/ring", {})
    wait_for_state(page, "ringing", 10)
    yield page, worker, visit
    browser.close()


def state_of(worker, visit):
    return worker.json("GET", f"/visits/{visit}")["state"]


def test_enter_answers_because_the_button_has_the_focus(ringing):
    page, worker, visit = ringing
    assert page.get_by_role("heading", name="Anne Holm ringer").is_visible()
    page.keyboard.press("Enter")
    wait_until(lambda: state_of(worker, visit) == "active", 10, "the visit is answered")
    worker.json("POST", f"/visits/{visit}/hangup", {})
    wait_for_state(page, "ended", 10)
    assert "Tak for i dag" in page.inner_text("main")


def test_no_thanks_is_one_tab_away_and_kindly_received(ringing):
    page, worker, visit = ringing
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    wait_for_state(page, "declined", 10)
    assert "Vi siger til Anne Holm" in page.inner_text("main")
    wait_until(lambda: "declined" in [entry["kind"] for entry in worker.ledger(visit)], 10, "declined in the ledger")


@pytest.mark.parametrize("width, text_size", [(320, "112.5%"), (1280, "225%"), (640, "225%")])
def test_nothing_is_cut_off_on_small_or_zoomed_screens(ringing, width, text_size):
    page, _, _ = ringing
    page.set_viewport_size({"width": width, "height": 720})
    page.evaluate("size => { document.documentElement.style.fontSize = size }", text_size)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), "no sideways scrolling (WCAG 1.4.10)"
    button = page.get_by_role("button", name="Svar").bounding_box()
    assert button["y"] + button["height"] <= 720, "the answer button is on the first screen"
    assert button["height"] >= 24 and button["width"] >= 24, "target size (WCAG 2.5.8)"


def test_no_text_on_the_page_shows_its_machinery(ringing):
    page, _, _ = ringing
    text = page.inner_text("body")
    for sign in ("{", "}", "undefined", "null", "NaN"):
        assert sign not in text
    assert page.messages == [] or all("AudioContext" in message for message in page.messages), page.messages


def test_an_old_link_says_what_to_do(deployment, playwright):
    browser = launch(playwright)
    page = open_page(browser, deployment.origin + "/borger#not.a.token")
    wait_for_state(page, "old-link", 10)
    assert "Ring til din kontaktperson" in page.inner_text("main")
    browser.close()


def test_the_key_does_not_stay_in_the_address(deployment, playwright):
    citizen = deployment.person("citizen", "Karen Friis")
    browser = launch(playwright)
    page = open_page(browser, citizen.page)
    wait_for_state(page, "idle", 10)
    assert page.url == deployment.origin + "/borger"
    page.reload()
    wait_for_state(page, "idle", 10)
    browser.close()


def test_a_page_loaded_again_during_a_call_has_one_button_back(ringing, deployment):
    page, worker, visit = ringing
    page.get_by_role("button", name="Svar").click()
    wait_until(lambda: state_of(worker, visit) == "active", 10, "the visit is answered")
    other = open_page(page.context.browser, deployment.origin + "/")
    other.evaluate(JOIN, {"token": worker.token, "visit": visit, "participant": worker.person["id"]})
    wait_for_media(page, 10)
    page.reload()
    wait_for_state(page, "return", 10)
    page.get_by_role("button", name="Tilbage til samtalen").click()
    wait_for_media(page, 10)
    wait_for_media(other, 10)
    worker.json("POST", f"/visits/{visit}/hangup", {})
    wait_for_state(page, "ended", 10)


def test_the_card_and_what_was_agreed_to_are_the_citizens_own(deployment, playwright):
    worker = deployment.person("supportWorker", "Anne Holm")
    citizen = deployment.person("citizen", "Karen Friis")
    path = f"/citizens/{citizen.person['id']}"
    worker.json("POST", f"{path}/consents",
                {"kind": "partnerAlert", "recipient": "Søster Lise", "reason": "Hvis jeg ikke svarer"})
    browser = launch(playwright)
    page = open_page(browser, citizen.page)
    wait_for_state(page, "idle", 10)
    heading, text = page.get_by_text("Mit kort til svære dage"), page.get_by_label("Skriv det, der hjælper dig")
    # Without a network nobody promises to try again by themselves.
    page.route("**/card", lambda route: route.abort(), times=1)
    heading.click()
    page.get_by_text("Det gik ikke, for der er ikke forbindelse til nettet").wait_for()
    assert not text.is_editable()
    heading.click()
    text.wait_for(state="hidden")
    held = []
    page.route("**/card", lambda route: held.append(route), times=1)
    with page.expect_request("**/card"):
        heading.click()
    assert not text.is_editable(), "what is written before the card is there would be lost when it comes"
    assert page.get_by_role("button", name="Gem kortet").is_disabled()
    held[0].continue_()
    text.fill("Det hjælper mig: gå en tur\nRing til Lise")
    # Closed and opened again, it is as it was.
    heading.click()
    text.wait_for(state="hidden")
    heading.click()
    page.get_by_role("button", name="Gem kortet").click()
    page.get_by_text("Dit kort er gemt.").wait_for()
    card = citizen.json("GET", f"{path}/card")
    assert card["points"] == [{"title": "Det hjælper mig", "text": "gå en tur"}, {"title": "", "text": "Ring til Lise"}]
    # Changed elsewhere: refused, and read when it is opened again, as the answer says.
    citizen.json("PUT", f"{path}/card", {"points": [{"text": "Sov lidt"}], "revision": card["revision"]})
    text.fill("Ring til Lise")
    page.get_by_role("button", name="Gem kortet").click()
    page.get_by_text("Kortet er blevet ændret").wait_for()
    heading.click()
    text.wait_for(state="hidden")
    heading.click()
    expect(text).to_have_value("Sov lidt")
    text.fill("Sov længe")
    page.get_by_role("button", name="Gem kortet").click()
    page.get_by_text("Dit kort er gemt.").wait_for()
    assert citizen.json("GET", f"{path}/card")["points"] == [{"title": "", "text": "Sov længe"}]
    page.get_by_text("Det har jeg sagt ja til").click()
    page.get_by_role("button", name="Tag tilbage").click()
    page.get_by_text("Det er taget tilbage").wait_for()
    assert not citizen.json("GET", f"{path}/consents")["consents"][0]["isValid"]
    browser.close()


def scale(moment, prompt, **more):
    return {"title": "Min uge", "moment": moment, "lowest": 0, "highest": 10,
            "items": [{"id": "a", "prompt": prompt, "low": "Svær", "high": "God"}]} | more


def test_marks_are_made_by_keyboard_seen_as_a_curve_and_never_a_duty(ringing, deployment):
    page, worker, visit = ringing
    lead = deployment.person("teamLead", "Lea Toft")
    week, talk = scale("beginning", "Hvordan har ugen været?"), scale("end", "Hvordan var samtalen?")
    lead.json("PUT", "/scales/uge", week)
    lead.json("PUT", "/scales/samtale", talk)
    try:
        page.get_by_role("button", name="Svar").click()
        wait_until(lambda: state_of(worker, visit) == "active", 10, "the visit is answered")
        other = open_page(page.context.browser, deployment.origin + "/")
        other.evaluate(JOIN, {"token": worker.token, "visit": visit, "participant": worker.person["id"]})
        wait_for_state(page, "call", 20)
        line = page.get_by_label("Hvordan har ugen været?")
        line.wait_for()
        assert "Ikke sat endnu" in page.inner_text("#marks")
        line.focus()
        page.keyboard.press("ArrowRight")
        assert "Nu: 6." in page.inner_text("#marks")
        page.keyboard.press("Tab")
        page.keyboard.press("Enter")
        page.get_by_text("Tak. Det er gemt.").wait_for()
        citizen = worker.json("GET", f"/visits/{visit}")["citizen"]["id"]
        answers = worker.json("GET", f"/citizens/{citizen}/scales")["scales"]
        assert {one["scale"]["id"]: [answer["marks"] for answer in one["answers"]] for one in answers} == \
            {"uge": [[6]], "samtale": []}

        worker.json("POST", f"/visits/{visit}/hangup", {})
        wait_for_state(page, "ended", 10)
        page.get_by_label("Hvordan var samtalen?").wait_for()
        page.get_by_role("button", name="Spring over").click()
        page.get_by_text("helt i orden at springe over").wait_for()

        next_visit = worker.json("POST", "/visits", {
            "citizenId": citizen, "start": "2027-03-01T09:00:00Z", "durationMinutes": 30})["id"]
        worker.json("PUT", f"/visits/{next_visit}/scales/uge", {"marks": [3]})
        page.get_by_text("Det har jeg svaret").click()
        page.locator("#scores-list li").nth(1).wait_for()
        marks = [text.split(": ")[1] for text in page.locator("#scores-list li").all_inner_texts()]
        assert marks == ["6", "3"]
        assert len(page.locator("#scores-list polyline").get_attribute("points").split()) == 2
        page.set_viewport_size({"width": 320, "height": 720})
        page.evaluate("document.documentElement.style.fontSize = '225%'")
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), "no sideways scrolling"
        page.get_by_role("button", name="Spørg mig ikke mere").click()
        page.get_by_text("Du bliver ikke spurgt om det igen").wait_for()
        scales = worker.json("GET", f"/citizens/{citizen}/scales")["scales"]
        assert not next(one for one in scales if one["scale"]["id"] == "uge")["isOffered"]
    finally:
        lead.json("PUT", "/scales/uge", week | {"isRetired": True})
        lead.json("PUT", "/scales/samtale", talk | {"isRetired": True})
