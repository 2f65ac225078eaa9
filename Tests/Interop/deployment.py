"""A real `besoegd serve` on a free port with a data folder of its own, and a small API client."""

import contextlib
import datetime
import json
import os
import pathlib
import signal
import socket
import subprocess
import time
import urllib.error
import urllib.request

ROOT = pathlib.Path(__file__).resolve().parents[2]
RELEASE = ROOT / ".build" / "release"


class Refused(Exception):
    """The service answered with a problem document."""

    def __init__(self, status, document):
        super().__init__(f"{status}: {document}")
        self.status = status
        self.document = document


class Device:
    """One person's device: requests with its token."""

    def __init__(self, origin, person, token, page=None):
        self.origin, self.person, self.token, self.page = origin, person, token, page

    def request(self, method, path, body=None, content_type="application/json", headers=None):
        """Sends a request; returns (status, headers, text); raises `Refused` on 4xx and 5xx."""
        data = None
        if body is not None:
            data = (json.dumps(body) if content_type == "application/json" else body).encode()
        request = urllib.request.Request(
            self.origin + path, data=data, method=method,
            headers={"authorization": f"Bearer {self.token}", "content-type": content_type} | (headers or {}))
        try:
            with urllib.request.urlopen(request, timeout=10) as answer:
                return answer.status, answer.headers, answer.read().decode()
        except urllib.error.HTTPError as error:
            text = error.read().decode()
            raise Refused(error.code, json.loads(text) if text else None) from None

    def json(self, method, path, body=None):
        text = self.request(method, "/api/v1" + path, body)[2]
        return json.loads(text) if text else None

    def ledger(self, visit, after=0):
        return self.json("GET", f"/visits/{visit}/ledger?after={after}")["entries"]


def free_port(kind=socket.SOCK_STREAM):
    with socket.socket(socket.AF_INET, kind) as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def wait_until(condition, seconds, what):
    """Polls until `condition()` is truthy and returns it; fails after `seconds`."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        result = condition()
        if result:
            return result
        time.sleep(0.1)
    raise AssertionError(f"not within {seconds} s: {what}")


class Deployment:
    """A running service with its relay workers."""

    def __init__(self, folder):
        self.folder = pathlib.Path(folder)
        self.data = self.folder / "data"
        self.port = free_port()
        self.media_port = free_port(socket.SOCK_DGRAM)
        self.origin = f"http://127.0.0.1:{self.port}"
        self.log = open(self.folder / "besoegd.log", "ab")
        self.process = None
        self.executable = RELEASE / "besoegd"
        # Clients that a failed test leaves behind.
        self.clients = []

    def start(self):
        self.process = subprocess.Popen(
            [self.executable, "serve", "--data", self.data, "--port", str(self.port),
             "--media-port", str(self.media_port)],
            stdout=self.log, stderr=self.log, env=os.environ | self.environment())
        wait_until(self.is_ready, 30, "besoegd serve answers /readyz")
        token = (self.data / "operations.token").read_text().strip()
        self.operations = Device(self.origin, None, token)
        return self

    def environment(self):
        """Settings besides those on the command line."""
        return {"BESOEG_DRAIN_SECONDS": "1"}

    def is_ready(self):
        assert self.process.poll() is None, "besoegd serve ended: " + self.tail()
        try:
            with urllib.request.urlopen(self.origin + "/readyz", timeout=2) as answer:
                return answer.status == 200
        except OSError:
            return False

    def tail(self):
        return (self.folder / "besoegd.log").read_text(errors="replace")[-4000:]

    def kill(self):
        """What a crash does to the control process; its workers live on."""
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()

    def workers(self):
        """Process ids of the relay workers of this deployment."""
        found = []
        for entry in pathlib.Path("/proc").iterdir():
            if entry.name.isdigit():
                try:
                    command = (entry / "cmdline").read_bytes().split(b"\0")
                except OSError:
                    continue
                if b"relay" in command[1:2] and any(str(self.data).encode() in word for word in command):
                    found.append(int(entry.name))
        return found

    def stop(self):
        for client in self.clients:
            if client.poll() is None:
                client.kill()
        self.process.terminate()
        try:
            self.process.wait(30)
        except subprocess.TimeoutExpired:
            self.process.kill()
        for worker in self.workers():
            # It may end by itself meanwhile.
            with contextlib.suppress(ProcessLookupError):
                os.kill(worker, signal.SIGKILL)
        self.log.close()

    def person(self, role, name):
        """Makes a person with one device and returns that device."""
        person = self.operations.json("POST", "/people", {"role": role, "displayName": name})
        made = self.operations.json("POST", f"/people/{person['id']}/devices", {"label": "test"})
        return Device(self.origin, person, made["token"], made["page"])

    def book(self, worker, citizen, minutes=30):
        start = datetime.datetime.now(datetime.timezone.utc).replace(microsecond=0)
        return worker.json("POST", "/visits", {
            "citizenId": citizen.person["id"], "start": start.isoformat().replace("+00:00", "Z"),
            "durationMinutes": minutes})


def program(name, *arguments, device, folder, label):
    """Starts one of our programs as `device`; its output goes to `folder`/`label`.log."""
    log = open(pathlib.Path(folder) / f"{label}.log", "wb")
    environment = os.environ | {"BESOEG_SERVER": device.origin, "BESOEG_TOKEN": device.token}
    return subprocess.Popen([RELEASE / name, *map(str, arguments)],
                            stdin=subprocess.DEVNULL, stdout=log, stderr=log, env=environment)
