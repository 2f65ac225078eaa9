"""Fixtures: a deployment per test, proof files and a Playwright per session.

A test that fails is run again, whole and by the same bounds, where the machine was short of processor
meanwhile (`machine.py`), at most twice: what it then shows is the product, not the machine.
"""

import faulthandler
import os
import subprocess
import time

import pytest
from _pytest.runner import runtestprotocol
from playwright.sync_api import sync_playwright

import browser
from deployment import RELEASE, ROOT, Deployment
from machine import Machine
from network import Findings

# Every test has a deadline: a hang is a failure with a stack trace, not a stuck run.
DEADLINE_SECONDS = (
    600 + 2 * float(os.environ.get("BESOEG_CHAOS_SECONDS", "0")) + 10 * int(os.environ.get("BESOEG_KILLS", "0"))
)


WATCHED = Machine().start()
TRIES = 3


def pytest_runtest_protocol(item, nextitem):
    item.ihook.pytest_runtest_logstart(nodeid=item.nodeid, location=item.location)
    for attempt in range(TRIES):
        start = time.monotonic()
        reports = runtestprotocol(item, log=False, nextitem=nextitem)
        failed = [report for report in reports if report.failed]
        short = WATCHED.short_seconds(start)
        if not failed or short == 0 or attempt == TRIES - 1:
            break
        print(f"\n{item.nodeid} failed while the machine was short of processor for {short:.1f} s, once more:\n"
              f"{failed[0].longreprtext[-2000:]}")
    for report in reports:
        item.ihook.pytest_runtest_logreport(report=report)
    item.ihook.pytest_runtest_logfinish(nodeid=item.nodeid, location=item.location)
    return True


@pytest.fixture(autouse=True)
def deadline():
    faulthandler.dump_traceback_later(DEADLINE_SECONDS, exit=True)
    before = browser.launched()
    yield
    browser.close_all(after=before)
    faulthandler.cancel_dump_traceback_later()


@pytest.fixture
def deployment(tmp_path):
    running = Deployment(tmp_path).start()
    yield running
    running.stop()


@pytest.fixture(scope="session")
def machine():
    return WATCHED


@pytest.fixture(scope="session")
def all_findings():
    kept = Findings(ROOT / ".build" / "quality-browser.json")
    yield kept
    kept.write()


@pytest.fixture
def findings(all_findings, request):
    """Where a row of the quality table puts what it measures. One that comes to nothing stands there, too."""
    before = len(all_findings.records)
    yield all_findings
    if len(all_findings.records) == before:
        all_findings.note(request.node.name, "measured at all", "", ">= 1", 0, False)


@pytest.fixture(scope="session")
def playwright():
    with sync_playwright() as running:
        yield running


@pytest.fixture(scope="session")
def proof_files(tmp_path_factory):
    """A picture with a frame counter and a sound with a tone sequence, as files for Chromium."""
    folder = tmp_path_factory.mktemp("proof")
    subprocess.run([RELEASE / "besoeg", "proof-files", folder, "--seconds", "8"], check=True)
    return {"video": next(folder.glob("*.y4m")), "audio": next(folder.glob("*.wav"))}
