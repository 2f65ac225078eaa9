"""Processes killed, stopped and starved while people talk. Longer with BESOEG_CHAOS_SECONDS, see `make chaos`."""

import concurrent.futures
import os
import random
import resource
import signal
import socket
import time

import pytest

from deployment import Deployment, wait_until
from pairs import hold, lost_sound, offer

SECONDS = float(os.environ.get("BESOEG_CHAOS_SECONDS", "8"))
SEED = int(os.environ.get("BESOEG_CHAOS_SEED", str(random.randrange(10**6))))
# A gap that a listener notices, in ms; and the longest that a call of a lost worker may be silent, in s.
AUDIBLE = 100
RESUMED = 3
# After so long without a sign of life a worker is taken for dead, in s (`WorkerState.wedgedAfter`).
WEDGED = 3
CALLS = 4
TALK = 2 * SECONDS + 60


class TwoWorkers(Deployment):
    def environment(self):
        return super().environment() | {"BESOEG_WORKERS": "2"}


@pytest.fixture
def deployment(tmp_path):
    running = TwoWorkers(tmp_path).start()
    yield running
    running.stop()


@pytest.fixture
def chance():
    print(f"BESOEG_CHAOS_SEED={SEED}")
    return random.Random(SEED)


def sessions(deployment):
    """Live sessions by worker, as the service counts them."""
    found = {}
    for line in deployment.operations.request("GET", "/metrics")[2].splitlines():
        if line.startswith("besoeg_relay_worker_sessions{"):
            found[int(line.split('"')[1])] = float(line.rsplit(" ", 1)[1])
    return found


def untouched(pairs, machine, since):
    """Each call went on as if nothing had happened."""
    for pair in pairs:
        for proof in pair.finish():
            assert len(proof["attempts"]) == 1 and proof["interruptions"] == [], proof["attempts"]
            assert lost_sound(proof) < AUDIBLE + 1000 * machine.short_seconds(since), proof


def interruptions(pairs):
    return [pair.count("interrupted") for pair in pairs]


def strike(deployment, folder, machine, chance, fault):
    """Calls on two workers, and one of the workers is struck: its calls go on elsewhere, the others' do not
    notice."""
    folder.mkdir()
    since = time.monotonic()
    pairs = hold(deployment, CALLS, folder, TALK)
    assert sorted(sessions(deployment).values()) == [CALLS, CALLS], "placed evenly"
    time.sleep(chance.uniform(0, 3))
    before = interruptions(pairs)
    victim = chance.choice(deployment.workers())
    at = time.monotonic()
    os.kill(victim, fault)
    allowed = RESUMED + (WEDGED if fault == signal.SIGSTOP else 0)
    wait_until(lambda: sum(pair.count("resumed") for pair in pairs) >= CALLS, allowed + 10, "its own calls are back")
    took = time.monotonic() - at
    print(f"{fault.name}: back after {took:.2f} s")
    assert took <= allowed + machine.short_seconds(at) + 0.3, took
    own = [pair for pair, old, new in zip(pairs, before, interruptions(pairs)) if new > old]
    assert len(own) == CALLS // 2, "the struck worker's calls, and no others"
    untouched([pair for pair in pairs if pair not in own], machine, since)
    for pair in own:
        pair.finish()
    wait_until(lambda: list(sessions(deployment).values()) == [0, 0], 10, "both workers are there, and empty")


@pytest.mark.parametrize("fault", [signal.SIGKILL, signal.SIGSTOP])
def test_a_worker_that_dies_or_stops_costs_its_own_calls_three_seconds_and_others_nothing(
        deployment, tmp_path, machine, chance, fault):
    end = time.monotonic() + SECONDS
    rounds = 0
    while rounds == 0 or time.monotonic() < end:
        strike(deployment, tmp_path / f"round-{rounds}", machine, chance, fault)
        rounds += 1


def test_a_control_process_that_dies_or_stops_costs_no_call_anything(deployment, tmp_path, machine, chance):
    since = time.monotonic()
    pairs = hold(deployment, CALLS, tmp_path, TALK)
    workers = set(deployment.workers())
    end = time.monotonic() + SECONDS
    rounds = 0
    while time.monotonic() < end or rounds < 2:
        time.sleep(chance.uniform(0.5, 2))
        if rounds % 2:
            # The channel to the workers fills up meanwhile.
            deployment.process.send_signal(signal.SIGSTOP)
            time.sleep(chance.uniform(2, 4))
            deployment.process.send_signal(signal.SIGCONT)
        else:
            deployment.kill()
            time.sleep(chance.uniform(0, 1))
            deployment.start()
        wait_until(lambda: sorted(sessions(deployment).values()) == [CALLS, CALLS], 10, "every session is known")
        assert set(deployment.workers()) == workers, "the same workers go on"
        rounds += 1
    untouched(pairs, machine, since)


def open_descriptors(process):
    return len(os.listdir(f"/proc/{process}/fd"))


def test_running_out_of_descriptors_ends_no_call_and_passes(deployment, tmp_path, machine):
    since = time.monotonic()
    pairs = hold(deployment, 2, tmp_path, TALK)
    processes = [deployment.process.pid, *deployment.workers()]
    before = {process: resource.prlimit(process, resource.RLIMIT_NOFILE) for process in processes}
    for process in processes:
        resource.prlimit(process, resource.RLIMIT_NOFILE,
                         (open_descriptors(process) + 2, before[process][1]))
    held = []
    for _ in range(64):
        visitor = socket.create_connection(("127.0.0.1", deployment.port), timeout=2)
        visitor.sendall(b"GET /healthz HTTP/1.1\r\nhost: x\r\n\r\n")
        held.append(visitor)
    time.sleep(3)
    spent = cpu_seconds(deployment.process.pid)
    time.sleep(2)
    assert cpu_seconds(deployment.process.pid) - spent < 1, "it does not burn the processor over it"
    for visitor in held:
        visitor.close()
    for process in processes:
        resource.prlimit(process, resource.RLIMIT_NOFILE, before[process])
    wait_until(deployment.is_ready, 10, "the service answers again")
    untouched(pairs, machine, since)


def test_a_join_storm_starves_no_running_call(deployment, tmp_path, machine):
    """500 joins in 10 s beside a running call: each is answered soon, and the call does not notice."""
    since = time.monotonic()
    pairs = hold(deployment, 1, tmp_path, TALK)
    parties = []
    for number in range(25):
        worker = deployment.person("supportWorker", f"Bo {number}")
        citizen = deployment.person("citizen", f"Eva {number}")
        visit = deployment.book(worker, citizen)["id"]
        worker.json("POST", f"/visits/{visit}/ring", {})
        citizen.json("POST", f"/visits/{visit}/answer", {})
        parties += [(worker, visit), (citizen, visit)]
    start = time.monotonic()

    def join(number):
        device, visit = parties[number % len(parties)]
        time.sleep(max(0, start + number * 10 / 500 - time.monotonic()))
        sent = time.monotonic()
        assert device.request("POST", f"/api/v1/visits/{visit}/media", offer(), "application/sdp")[0] == 201
        return time.monotonic() - sent

    with concurrent.futures.ThreadPoolExecutor(32) as pool:
        waits = sorted(pool.map(join, range(500)))
    took = time.monotonic() - start
    short = machine.short_seconds(start)
    print(f"500 joins in {took:.1f} s: median {1000 * waits[250]:.0f} ms, p99 {1000 * waits[494]:.0f} ms, "
          f"longest {1000 * waits[-1]:.0f} ms; {short:.1f} s short of processor")
    assert waits[494] < 1 + short, waits[494]
    for device, visit in parties[::2]:
        device.json("POST", f"/visits/{visit}/hangup", {})
    untouched(pairs, machine, since)


def cpu_seconds(process):
    fields = open(f"/proc/{process}/stat").read().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
