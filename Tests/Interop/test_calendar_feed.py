"""The private calendar as an independent reader of RFC 5545 sees it."""

import datetime
import urllib.error
import urllib.request

import icalendar
import pytest


def fetch(url, tag=None):
    request = urllib.request.Request(url, headers={"If-None-Match": tag} if tag else {})
    with urllib.request.urlopen(request, timeout=10) as answer:
        return answer.headers["etag"], icalendar.Calendar.from_ical(answer.read())


def test_moves_and_cancellations_reach_the_calendar(deployment):
    worker = deployment.person("supportWorker", "Anne Holm")
    citizen = deployment.person("citizen", "Karen Friis")
    visit = deployment.book(worker, citizen)
    url = citizen.json("POST", f"/people/{citizen.person['id']}/calendar")["url"]
    tag, calendar = fetch(url)
    (event,) = calendar.events
    assert event["UID"] == visit["id"]
    assert event.start == datetime.datetime.fromisoformat(visit["start"])
    assert event.end - event.start == datetime.timedelta(minutes=30)
    assert event["SEQUENCE"] == 0 and event["STATUS"] == "CONFIRMED"
    text = calendar.to_ical().decode()
    for word in ("bostøtte", "Anne", "Karen"):
        assert word not in text

    with pytest.raises(urllib.error.HTTPError) as unchanged:
        fetch(url, tag)
    assert unchanged.value.code == 304

    later = event.start + datetime.timedelta(hours=2)
    worker.json("PATCH", f"/visits/{visit['id']}", {"start": later.strftime("%Y-%m-%dT%H:%M:%SZ")})
    tag, calendar = fetch(url, tag)
    (event,) = calendar.events
    assert (event["SEQUENCE"], event.start) == (1, later)

    worker.json("POST", f"/visits/{visit['id']}/cancel", {"reason": "syg"})
    tag, calendar = fetch(url, tag)
    (event,) = calendar.events
    assert (event["SEQUENCE"], event["STATUS"], event["UID"]) == (2, "CANCELLED", visit["id"])

    citizen.json("DELETE", f"/people/{citizen.person['id']}/calendar")
    with pytest.raises(urllib.error.HTTPError) as gone:
        fetch(url)
    assert gone.value.code == 404
