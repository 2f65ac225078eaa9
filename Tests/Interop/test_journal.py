"""Appointments reach the municipality's journal, signed and once, whatever is killed."""

import datetime
import sqlite3

from deployment import Deployment, Device, free_port, wait_until
from post import SECRET, Gateway


class JournalDeployment(Deployment):
    def __init__(self, folder, port):
        super().__init__(folder)
        self.journal_port = port

    def environment(self):
        address = f"http://127.0.0.1:{self.journal_port}/journal"
        return super().environment() | {"BESOEG_JOURNAL_URL": address, "BESOEG_JOURNAL_SECRET": SECRET}

    @property
    def administrator(self):
        return Device(self.origin, None, (self.data / "administrator.token").read_text().strip())


def book(worker, citizen, hours):
    start = datetime.datetime.now(datetime.timezone.utc).replace(microsecond=0) + datetime.timedelta(hours=hours)
    return worker.json("POST", "/visits", {
        "citizenId": citizen.person["id"], "start": start.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "durationMinutes": 30})["id"]


def test_the_journal_is_told_of_each_appointment_once_though_the_server_is_killed(tmp_path):
    port = free_port()
    running = JournalDeployment(tmp_path, port).start()
    try:
        with Gateway(port) as journal:
            running.administrator.json("PUT", "/journal", {"notes": True, "visits": True})
            worker = running.person("supportWorker", "Anne Holm")
            citizen = running.person("citizen", "Karen Friis")
            visits = []
            for hours in range(1, 5):
                # Killed the moment it is acknowledged: what is to be told is stored with it.
                visits.append(book(worker, citizen, hours))
                running.kill()
                running.start()
            worker.json("POST", f"/visits/{visits[0]}/cancel", {"reason": "syg"})
            path = f"/citizens/{citizen.person['id']}/posts"
            # What a killed server was about to send is taken up again after two minutes.
            wait_until(lambda: [post["state"] for post in worker.json("GET", path)["posts"]] == ["sent"] * 5, 160,
                       "everything is told: " + running.tail())
            assert journal.unsigned == 0 and len(journal.sent) == 5
            told = [(entry["visit"]["id"], entry["visit"]["state"]) for entry in journal.sent.values()]
            assert sorted(told) == sorted([(visit, "booked") for visit in visits] + [(visits[0], "cancelled")])
            assert {entry["format"] for entry in journal.sent.values()} == {"besoeg-journal-1"}
            assert {entry["citizen"]["name"] for entry in journal.sent.values()} == {"Karen Friis"}
    finally:
        running.stop()
    with sqlite3.connect(running.data / "besoeg.sqlite") as database:
        kept = database.execute("SELECT COUNT(*) FROM post WHERE json_extract(body, '$.content') <> ''")
        assert kept.fetchone() == (0,), "the words are kept in one place only"
