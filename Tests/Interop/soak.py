"""Joins and leaves for as long as it is told, and shows whether anything grows: `make soak MINUTES=…`.

Several citizens and workers hold short calls over and over, with native clients and with bare joins over
HTTP, some of which are hung up properly, some left, and some simply abandoned. Once a while memory and
descriptors of every process of the server (from /proc) and what it says of itself (/metrics) are
sampled. A line is fitted through the samples after a warm-up; a slope beyond what is allowed fails.
"""

import argparse
import concurrent.futures
import dataclasses
import os
import pathlib
import random
import subprocess
import sys
import tempfile
import threading
import time

from deployment import Deployment, Refused, program
from pairs import offer

# What one hour may add. Memory: allocators keep what a busy minute took, so a few MB come and go; a leak
# of one session's state (100 KiB) in each visit would show as hundreds of MB.
ALLOWED = {"memory, MB": 24.0, "descriptors": 12.0, "threads": 4.0}
# The first part in which pools, caches and code are still being filled.
WARM_UP = 0.3
# So many visits, and a couple is followed by another: who has met a thousand times on one day gets a list of a
# thousand visits with every look at it, and that is what would grow.
TOGETHER = 20
# What must be gone when everyone has left.
EMPTY = ("besoeg_rooms", "besoeg_relay_worker_sessions", "besoeg_relay_worker_rooms", "besoeg_event_streams",
         "besoeg_store_queued_writes")


@dataclasses.dataclass
class Sample:
    at: float
    values: dict


class SoakDeployment(Deployment):
    def environment(self):
        return super().environment() | {"BESOEG_WORKERS": "2", "BESOEG_LOG_LEVEL": "warning"}

    def metrics(self):
        found = {}
        for line in self.operations.request("GET", "/metrics")[2].splitlines():
            if line and not line.startswith("#"):
                name, value = line.rsplit(" ", 1)
                name = name.split("{")[0]
                found[name] = found.get(name, 0) + float(value)
        return found

    def processes(self):
        roles = {f"worker {self.number(process)}": process for process in self.workers()}
        return {"control": self.process.pid} | dict(sorted(roles.items()))

    @staticmethod
    def number(process):
        words = pathlib.Path(f"/proc/{process}/cmdline").read_text().split("\0")
        return words[words.index("--worker") + 1]

    def sample(self, start):
        values = {}
        for role, process in self.processes().items():
            status = dict(line.split(":\t", 1) for line in
                          pathlib.Path(f"/proc/{process}/status").read_text().splitlines() if ":\t" in line)
            # What it has written. The rest of its resident memory is pages of its program and of the
            # database's shared files, which come as they are first used and cost nothing to take away.
            values[f"{role}: memory, MB"] = int(status["RssAnon"].split()[0]) / 1024
            values[f"{role}: threads"] = int(status["Threads"])
            values[f"{role}: descriptors"] = len(os.listdir(f"/proc/{process}/fd"))
        return Sample(time.monotonic() - start, values)


class Couple:
    """A citizen and a worker who meet again and again."""

    def __init__(self, deployment, number, folder, chance):
        self.deployment, self.number, self.chance = deployment, number, chance
        self.hire()
        self.folder = folder / f"couple-{number}"
        self.folder.mkdir()
        self.visits = self.refused = self.stuck = 0

    def hire(self):
        self.is_taken = False
        self.worker = self.deployment.person("supportWorker", f"Anne {self.number}")
        self.citizen = self.deployment.person("citizen", f"Karen {self.number}")

    def meet(self, is_native, seconds):
        try:
            if self.is_taken or self.visits % TOGETHER == TOGETHER - 1:
                self.hire()
            visit = self.deployment.book(self.worker, self.citizen)["id"]
        except OSError:
            # Not answered in ten seconds; it may be booked for all that, and then these two are taken.
            self.stuck += 1
            self.is_taken = True
            return
        try:
            if is_native:
                self.talk(visit, seconds)
            else:
                self.join_bare(visit)
        except Refused as refused:
            # A worker that is being replaced, or a visit that the other end has ended.
            self.refused += 1
            if refused.status >= 500 and refused.status != 503:
                raise
        except OSError:
            # Not answered in ten seconds: allowed only where the whole machine stood still.
            self.stuck += 1
        finally:
            self.end(visit)
        self.visits += 1

    def end(self, visit):
        """Hangs up, again where nobody answered: while a visit goes on, its people cannot have the next."""
        for _ in range(6):
            try:
                self.worker.json("POST", f"/visits/{visit}/hangup", {})
                return
            except Refused as refused:
                if refused.status != 503:
                    # It has ended already.
                    return
            except OSError:
                self.stuck += 1
        self.is_taken = True

    def talk(self, visit, seconds):
        media = ("--no-picture", "--source", "tones")
        kiosk = program("besoeg-kiosk", "--auto-answer", "--once", *media,
                        device=self.citizen, folder=self.folder, label="kiosk")
        caller = program("besoeg", "call", visit, "--for", seconds, *media,
                         device=self.worker, folder=self.folder, label="caller")
        try:
            if self.chance.random() < 0.3:
                time.sleep(seconds / 2)
                # A tablet whose battery is empty.
                kiosk.kill()
                self.end(visit)
            for one in (caller, kiosk):
                one.wait(60)
        except subprocess.TimeoutExpired:
            self.stuck += 1
        finally:
            for one in (caller, kiosk):
                if one.poll() is None:
                    one.kill()
                    one.wait()

    def join_bare(self, visit):
        """Rings, answers and joins without any media: half-open sessions, the cheapest to leave behind."""
        self.worker.json("POST", f"/visits/{visit}/ring", {})
        self.citizen.json("POST", f"/visits/{visit}/answer", {})
        for one in (self.worker, self.citizen):
            for _ in range(self.chance.randint(1, 3)):
                # Joining again takes the place of the session before.
                _, headers, _ = one.request("POST", f"/api/v1/visits/{visit}/media", offer(), "application/sdp")
            if self.chance.random() < 0.5:
                one.request("DELETE", headers["location"])


def slope(samples, name):
    """By how much a value grows in an hour: the least squares' line through its samples."""
    points = [(sample.at / 3600, sample.values[name]) for sample in samples if name in sample.values]
    if len(points) < 3:
        return 0.0
    middle = sum(x for x, _ in points) / len(points)
    mean = sum(y for _, y in points) / len(points)
    spread = sum((x - middle) ** 2 for x, _ in points)
    return sum((x - middle) * (y - mean) for x, y in points) / spread if spread else 0.0


def report(samples, minutes, short):
    """Prints the table; returns what grows."""
    kept = [sample for sample in samples if sample.at >= WARM_UP * minutes * 60]
    print(f"{'':28}{'first':>10}{'last':>10}{'most':>10}{'per hour':>10}{'allowed':>10}")
    grows = []
    for name in sorted({name for sample in samples for name in sample.values}):
        values = [sample.values[name] for sample in kept if name in sample.values]
        if not values:
            continue
        allowed = ALLOWED[name.split(": ", 1)[1]]
        # In a short run one pool's growth looks like a slope: there the sum over an hour's worth counts.
        growth = slope(kept, name) if not short else values[-1] - values[0]
        bad = growth > allowed
        if bad:
            grows.append(name)
        print(f"{name:28}{values[0]:10.1f}{values[-1]:10.1f}{max(values):10.1f}{growth:10.1f}{allowed:10.1f}"
              + ("   GROWS" if bad else ""))
    return grows


def run(minutes, couples=4, native=1, seed=None, folder=None):
    """Soaks a deployment; returns what grows and what was left behind."""
    chance = random.Random(seed)
    folder = pathlib.Path(folder or tempfile.mkdtemp(prefix="besoeg-soak-"))
    deployment = SoakDeployment(folder).start()
    try:
        pairs = [Couple(deployment, number, folder, random.Random(chance.random())) for number in range(couples)]
        start = time.monotonic()
        end = start + minutes * 60
        done = threading.Event()

        def live(pair, is_native):
            while time.monotonic() < end and not done.is_set():
                pair.meet(is_native, pair.chance.randint(3, 6))
                if not is_native:
                    time.sleep(0.5)

        samples = []
        stalls = 0
        workers = set(deployment.workers())
        with concurrent.futures.ThreadPoolExecutor(couples) as pool:
            lives = [pool.submit(live, pair, number < native) for number, pair in enumerate(pairs)]
            while time.monotonic() < end:
                samples.append(deployment.sample(start))
                pause = min(minutes * 60 / 60, 15)
                slept = time.monotonic()
                time.sleep(pause)
                if time.monotonic() - slept > pause + 5:
                    # The whole machine stood still: a call may not have survived that.
                    stalls += couples
                if any(life.done() and life.exception() for life in lives):
                    break
            done.set()
            for life in lives:
                life.result()
        # Half-open sessions are given up after their time; everything else is gone at once.
        left = {}
        for _ in range(60):
            metrics = deployment.metrics()
            left = {name: metrics[name] for name in EMPTY if metrics.get(name, 0) > 0}
            if not left:
                break
            time.sleep(1)
        if set(deployment.workers()) != workers:
            left["workers that were started again"] = 1
        stuck = sum(pair.stuck for pair in pairs)
        if stuck > stalls:
            left["calls that did not end"] = stuck
        print(f"{sum(pair.visits for pair in pairs)} visits in {(time.monotonic() - start) / 60:.1f} min, "
              f"{sum(pair.refused for pair in pairs)} refused")
        return report(samples, minutes, short=minutes < 10), left
    finally:
        deployment.stop()


def main():
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--minutes", type=float, default=60)
    options.add_argument("--couples", type=int, default=4)
    options.add_argument("--native", type=int, default=1, help="couples that talk with native clients")
    options.add_argument("--seed", type=int)
    chosen = options.parse_args()
    grows, left = run(chosen.minutes, chosen.couples, chosen.native, chosen.seed)
    for name, value in left.items():
        print(f"left behind: {name} {value:g}")
    sys.exit(1 if grows or left else 0)


if __name__ == "__main__":
    main()
