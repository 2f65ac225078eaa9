"""A bad network between real programs: the impairment proxy in front of a deployment.

`BESOEG_NETWORK_SECONDS` is how long each row is held (20 in the tests, 60 in `make quality`); the
figures go beside their targets to `.build/quality-browser.json`, from where the quality table takes
them. `make quality` asserts the targets; in the short rows of `make test`, what follows from chance is
asserted against a bound that no broken call meets and no unlucky stretch of 20 s misses.
"""

import json
import os
import pathlib
import subprocess
import threading

from deployment import RELEASE, Deployment, free_port

SECONDS = int(os.environ.get("BESOEG_NETWORK_SECONDS", "20"))

# Where the deployment says it is, and where only the proxy listens.
PROXIED = "127.0.0.2"
DIRECT = "127.0.0.1"


# Makes a page take the relay for where only the proxy listens, whatever the answer says.
THROUGH_PROXY = f"""
const take = RTCPeerConnection.prototype.setRemoteDescription;
RTCPeerConnection.prototype.setRemoteDescription = function ({{ type, sdp }}) {{
  return take.call(this, {{ type, sdp: sdp.replaceAll(" {DIRECT} ", " {PROXIED} ") }});
}};
"""


class Network:
    """`impair` in front of the relay's UDP ports, and of the public TCP port where there is one."""

    def __init__(self, deployment, *options):
        forwards = [f"--udp={PROXIED}:{port}={DIRECT}:{port}" for port in deployment.media_ports]
        if deployment.public_port:
            forwards.append(f"--tcp={PROXIED}:{deployment.public_port}={DIRECT}:{deployment.public_port}")
        self.log = open(deployment.folder / "impair.log", "wb")
        self.process = subprocess.Popen(
            [RELEASE / "impair", *forwards, *map(str, options)],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self.log, text=True)
        assert self.process.stdout.readline().strip() == "ready", (deployment.folder / "impair.log").read_text()

    def order(self, line):
        """`cut`, `heal`, `rebind`, `set loss=0.05`, `scenario NAME`."""
        self.process.stdin.write(line + "\n")
        self.process.stdin.flush()

    def stop(self):
        """Ends it; returns what it forwarded."""
        self.order("quit")
        text = self.process.stdout.read()
        self.process.wait(10)
        self.log.close()
        return json.loads(text)


class OpenDeployment(Deployment):
    """A deployment that is reached over UDP, directly or, by a page with `THROUGH_PROXY`, through `Network`."""

    workers_wanted = 2
    public_port = None

    def __init__(self, folder):
        super().__init__(folder)
        self.media_ports = [self.media_port + number for number in range(self.workers_wanted)]

    def environment(self):
        return super().environment() | {
            "BESOEG_WORKERS": str(self.workers_wanted),
            "BESOEG_MEDIA_ADDRESS": DIRECT,
            "BESOEG_ADVERTISE": DIRECT,
        }


class ProxiedDeployment(OpenDeployment):
    """A deployment whose media can only be reached through `Network`, and which has a public TCP port."""

    def __init__(self, folder):
        super().__init__(folder)
        self.public_port = free_port()
        self.certificates = pathlib.Path(folder) / "certificates"

    def start(self):
        if not self.certificates.exists():
            subprocess.run([RELEASE / "besoegd", "certificate", "--host", PROXIED, "--out", self.certificates],
                           check=True, stdout=self.log, stderr=self.log)
        return super().start()

    def environment(self):
        return super().environment() | {
            "BESOEG_ADVERTISE": PROXIED,
            "BESOEG_PUBLIC_LISTEN": f"{DIRECT}:{self.public_port}",
            "BESOEG_PUBLIC_TCP_ADVERTISE": PROXIED,
            "BESOEG_TURN_HOST": PROXIED,
            "BESOEG_CERTIFICATE": str(self.certificates / "certificate.pem"),
            "BESOEG_PRIVATE_KEY": str(self.certificates / "key.pem"),
        }


class CitizenBehindProxy(ProxiedDeployment):
    """One whose support worker reaches the relay directly, as from an office; a page with `THROUGH_PROXY` has
    every way to it, streams and TURN too, through `Network`. That is what the simulation's rows have."""

    def environment(self):
        return super().environment() | {"BESOEG_ADVERTISE": DIRECT}


def bound(target, short):
    """The target, or what a short row is held to."""
    return target if SECONDS >= 60 else short


def allowed(bound, machine, since, elapsed):
    """A bound in percent, with the time added that the machine was short of processor."""
    return bound + 100 * machine.short_seconds(since) / elapsed


class Findings:
    """Figures of the real-time rows, kept for the quality table (see `quality --merge`)."""

    lock = threading.Lock()

    def __init__(self, path):
        self.path = path
        self.records = []

    def note(self, scenario, metric, unit, target, measured, ok):
        self.records.append({"scenario": scenario, "metric": metric, "unit": unit, "target": target,
                             "measured": measured, "ok": bool(ok)})

    def write(self):
        os.makedirs(self.path.parent, exist_ok=True)
        self.path.write_text(json.dumps(self.records, indent=1, ensure_ascii=False))
