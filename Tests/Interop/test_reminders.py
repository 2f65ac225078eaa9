"""Reminders through a real mail server and gateway, and what a killed server does to them."""

import concurrent.futures
import datetime
import json
import os
import random
import sqlite3
import ssl
import subprocess
import time
import urllib.error

import pytest

from aiosmtpd.smtp import AuthResult

from deployment import Deployment, Refused, free_port, wait_until
from post import SECRET, Gateway, MailServer, sign

# How often the server is killed; 200 for the long form (`make chaos-reminders`).
KILLS = int(os.environ.get("BESOEG_KILLS", "15"))


class MailingDeployment(Deployment):
    def __init__(self, folder, settings):
        super().__init__(folder)
        self.settings = settings

    def environment(self):
        return super().environment() | self.settings


def mail_settings(port, **more):
    return {"BESOEG_SMTP_HOST": "127.0.0.1", "BESOEG_SMTP_PORT": str(port),
            "BESOEG_SMTP_SECURITY": "none", "BESOEG_SMTP_FROM": "aftaler@kommune.example"} | more


def book(worker, citizen, seconds, slot=0):
    """A visit that starts `seconds` from now, and `slot` quarters of an hour later."""
    start = datetime.datetime.now(datetime.timezone.utc).replace(microsecond=0)
    start += datetime.timedelta(seconds=seconds, minutes=15 * slot)
    return worker.json("POST", "/visits", {
        "citizenId": citizen.person["id"], "start": start.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "durationMinutes": 15})


def remind(citizen, **plan):
    citizen.json("PUT", f"/people/{citizen.person['id']}/reminders", plan)


def test_a_reminder_arrives_by_mail_and_by_text_message_in_neutral_words(tmp_path):
    mail_port, gateway_port = free_port(), free_port()
    settings = mail_settings(mail_port, BESOEG_SMS_URL=f"http://127.0.0.1:{gateway_port}/sms",
                             BESOEG_SMS_SECRET=SECRET)
    with MailServer(mail_port) as mail, Gateway(gateway_port) as gateway:
        running = MailingDeployment(tmp_path, settings).start()
        try:
            worker = running.person("supportWorker", "Anne Holm")
            citizen = running.person("citizen", "Karen Friis")
            remind(citizen, email="karen@example.dk", sms="+4512345678", notices=["email", "sms"],
                   before=[{"channel": "email", "minutesBefore": 5}, {"channel": "sms", "minutesBefore": 5}])
            visit = book(worker, citizen, 310)["id"]
            wait_until(lambda: mail.messages and gateway.sent, 40, "both arrive")
            receivers, message = mail.messages[0]
            text = message.get_payload(decode=True).decode()
            assert receivers == ["karen@example.dk"]
            assert text.startswith("Husk din aftale"), text
            sent = list(gateway.sent.values())[0]
            assert sent["to"] == "+4512345678" and sent["text"].startswith("Husk din aftale")
            for word in ("bostøtte", "Anne", "Karen"):
                assert word.lower() not in (text + str(message["Subject"]) + sent["text"]).lower()
            assert gateway.unsigned == 0
            # The gateway's report closes the circle.
            body = json.dumps({"key": sent["key"], "delivered": True}).encode()
            running.operations.request(
                "POST", "/hooks/reminders", body.decode(), "application/octet-stream",
                {"besoeg-signature": sign(body, int(time.time()))})
            states = {m["channel"]: m["state"] for m in worker.json("GET", f"/visits/{visit}/reminders")["messages"]}
            assert states == {"email": "sent", "sms": "delivered"}
            with pytest.raises(Refused) as forged:
                running.operations.request("POST", "/hooks/reminders", body.decode(), "text/plain",
                                           {"besoeg-signature": "t=1,v1=" + "0" * 64})
            assert forged.value.status == 401
            worker.json("POST", f"/visits/{visit}/cancel", {"reason": "syg"})
            wait_until(lambda: len(mail.messages) == 2, 20, "the cancellation is told")
            assert "aflyst" in mail.messages[1][1].get_payload(decode=True).decode()
        finally:
            running.stop()


def test_mail_is_encrypted_and_signed_in(tmp_path):
    chain, key = tmp_path / "mail.pem", tmp_path / "mail-key.pem"
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
                    "-days", "2", "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost",
                    "-keyout", key, "-out", chain], check=True, stderr=subprocess.DEVNULL)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(chain, key)
    signed_in = []

    def authenticate(server, session, envelope, mechanism, data):
        signed_in.append((data.login, data.password, session.ssl is not None))
        return AuthResult(success=data.password == b"hemmeligt")

    port = free_port()
    with MailServer(port, tls_context=context, require_starttls=True, auth_required=True,
                    authenticator=authenticate) as mail:
        settings = mail_settings(port, BESOEG_SMTP_HOST="localhost", BESOEG_SMTP_SECURITY="starttls",
                                 BESOEG_SMTP_USER="besoeg", BESOEG_SMTP_PASSWORD="hemmeligt",
                                 BESOEG_SMTP_AUTHORITIES=str(chain))
        running = MailingDeployment(tmp_path, settings).start()
        try:
            worker = running.person("supportWorker", "Anne Holm")
            citizen = running.person("citizen", "Karen Friis")
            remind(citizen, email="karen@example.dk", before=[{"channel": "email", "minutesBefore": 5}])
            book(worker, citizen, 310)
            wait_until(lambda: mail.messages, 40, "the mail arrives: " + running.tail())
            assert signed_in == [(b"besoeg", b"hemmeligt", True)]
        finally:
            running.stop()


def test_an_address_that_is_refused_is_shown_to_the_worker(tmp_path):
    port = free_port()
    with MailServer(port) as mail:
        mail.refuse = "550 5.1.1 no such user"
        running = MailingDeployment(tmp_path, mail_settings(port)).start()
        try:
            worker = running.person("supportWorker", "Anne Holm")
            citizen = running.person("citizen", "Karen Friis")
            remind(citizen, email="karen@example.dk", before=[{"channel": "email", "minutesBefore": 5}])
            book(worker, citizen, 310)
            troubled = wait_until(lambda: worker.json("GET", "/reminders/troubled")["messages"], 40, "it is shown")
            assert troubled[0]["failure"] == "smtp-rcpt-550"
        finally:
            running.stop()


@pytest.mark.skipif(KILLS < 1, reason="no kills asked for")
def test_a_killed_server_loses_no_booking_and_reminds_nobody_twice(tmp_path):
    """kill -9 at random moments while bookings are made and reminders leave."""
    seed = int(os.environ.get("BESOEG_SEED", random.randrange(1 << 30)))
    print("seed", seed)
    rng = random.Random(seed)
    mail_port, gateway_port = free_port(), free_port()
    settings = mail_settings(mail_port, BESOEG_SMS_URL=f"http://127.0.0.1:{gateway_port}/sms",
                             BESOEG_SMS_SECRET=SECRET)
    acknowledged = set()
    with MailServer(mail_port) as mail, Gateway(gateway_port) as gateway:
        running = MailingDeployment(tmp_path, settings).start()
        try:
            pairs = []
            for index in range(4):
                worker = running.person("supportWorker", f"Anne {index}")
                citizen = running.person("citizen", f"Karen {index}")
                remind(citizen, email=f"karen{index}@example.dk", sms=f"+4500{index}", notices=["email", "sms"],
                       before=[{"channel": c, "minutesBefore": m} for c in ("email", "sms") for m in (5, 20)])
                pairs.append((worker, citizen))
            slots = [0] * len(pairs)

            def write(index, until):
                worker, citizen = pairs[index]
                while time.monotonic() < until:
                    slots[index] += 1
                    try:
                        visit = book(worker, citizen, 301, slots[index] % 1000)
                        acknowledged.add(visit["id"])
                        # A cancelled visit's notices are due at once, and its time is free again.
                        if slots[index] % 2:
                            worker.json("POST", f"/visits/{visit['id']}/cancel", {"reason": "chaos"})
                    except (Refused, urllib.error.URLError, OSError, ConnectionError):
                        time.sleep(0.02)

            with concurrent.futures.ThreadPoolExecutor(len(pairs)) as pool:
                for _ in range(KILLS):
                    until = time.monotonic() + rng.uniform(0.1, 1.2)
                    writers = [pool.submit(write, index, until + 0.3) for index in range(len(pairs))]
                    time.sleep(max(0, until - time.monotonic()))
                    running.kill()
                    for writer in writers:
                        writer.result()
                    running.start()
            wait_until(lambda: mail.taken, 20, "mail goes out")
            time.sleep(3)
        finally:
            running.stop()
    with sqlite3.connect(running.data / "besoeg.sqlite") as database:
        assert database.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        assert database.execute("PRAGMA foreign_key_check").fetchall() == []
        kept = {row[0] for row in database.execute("SELECT id FROM visit")}
        assert acknowledged <= kept, f"lost: {acknowledged - kept}"
        states = dict(database.execute("SELECT state, COUNT(*) FROM reminder GROUP BY state"))
        handed = {row[0] for row in database.execute(
            "SELECT \"key\" FROM reminder WHERE state IN ('sent', 'handed-over', 'uncertain')")}
    twice = [name for name, count in mail.taken.items() if count > 1]
    assert twice == [], f"mailed twice: {twice}"
    assert {name.strip("<>").split("@")[0] for name in mail.taken} <= handed, "what left is known to have left"
    print(f"{KILLS} kills, {len(acknowledged)} bookings, {len(mail.taken)} mails, {len(gateway.sent)} texts, "
          f"{gateway.repeats} repeats the gateway recognised, {states}")
    assert len(acknowledged) > KILLS
