"""Recurrence, expanded by us and by python-dateutil: the same times, for random rules around both
changes of the clocks, leap days and the turns of years.

Ours runs in `besoegd`: a series is begun over HTTP in a municipality without rules, and its visits
are read back. What is not laid (further ahead than anything can be booked) is left out on both sides.
"""

import datetime
import random
import zoneinfo

from dateutil.rrule import rrulestr

from deployment import Refused

COPENHAGEN = zoneinfo.ZoneInfo("Europe/Copenhagen")
DAYS = ["MO", "TU", "WE", "TH", "FR", "SA", "SU"]
SERIES = 40


def random_rule(dice, start):
    """A rule of the part of RFC 5545 that appointments need, as text."""
    parts = [dice.choice(["FREQ=WEEKLY", "FREQ=WEEKLY", "FREQ=DAILY"])]
    if dice.random() < 0.6:
        parts.append(f"INTERVAL={dice.randint(1, 5)}")
    days = dice.sample(DAYS, dice.randint(0, 3))
    if days:
        parts.append("BYDAY=" + ",".join(days))
    if dice.random() < 0.2:
        parts.append(f"WKST={dice.choice(DAYS)}")
    if dice.random() < 0.5:
        parts.append(f"COUNT={dice.randint(1, 30)}")
    else:
        until = start + datetime.timedelta(days=dice.randint(1, 300))
        utc = until.replace(tzinfo=COPENHAGEN).astimezone(datetime.timezone.utc)
        parts.append("UNTIL=" + utc.strftime("%Y%m%dT%H%M%SZ"))
    return ";".join(parts)


def expected(rule, start, last):
    """The times dateutil gives, in UTC: days repeat on the wall, not instants."""
    local = rule
    for part in rule.split(";"):
        if part.startswith("UNTIL="):
            utc = datetime.datetime.strptime(part[6:], "%Y%m%dT%H%M%SZ")
            wall = utc.replace(tzinfo=datetime.timezone.utc).astimezone(COPENHAGEN)
            local = rule.replace(part, "UNTIL=" + wall.strftime("%Y%m%dT%H%M%S"))
    times = []
    for wall in rrulestr(local, dtstart=start):
        if wall.date() > last:
            break
        instant = wall.replace(tzinfo=COPENHAGEN, fold=0).astimezone(datetime.timezone.utc)
        times.append(instant.strftime("%Y-%m-%dT%H:%M:%SZ"))
    return times


def test_series_take_place_when_dateutil_says(deployment):
    dice = random.Random(20261121)
    today = datetime.datetime.now(COPENHAGEN).date()
    last = today + datetime.timedelta(days=399)
    for number in range(SERIES):
        citizen = deployment.person("citizen", f"Rule {number}").person["id"]
        worker = deployment.person("supportWorker", f"Worker {number}").person["id"]
        day = today + datetime.timedelta(days=dice.randint(2, 330))
        start = datetime.datetime.combine(
            day, datetime.time(dice.choice([1, 2, 3, 9, 23]), dice.choice([0, 30]))
        )
        rule = random_rule(dice, start)
        wanted = expected(rule, start, last)
        body = {
            "citizenId": citizen,
            "workerId": worker,
            "start": start.strftime("%Y-%m-%dT%H:%M"),
            "rule": rule,
            "durationMinutes": 15,
        }
        try:
            answer = deployment.operations.json("POST", "/series", body)
        except Refused as refused:
            assert not wanted and refused.status in (409, 422), (rule, start, refused)
            continue
        got = [visit["start"] for visit in answer["visits"]]
        # Midnight may have passed since: then the service lays out one day more.
        through = datetime.datetime.now(COPENHAGEN).date() + datetime.timedelta(days=399)
        assert got in (wanted, expected(rule, start, through)), (rule, start)
