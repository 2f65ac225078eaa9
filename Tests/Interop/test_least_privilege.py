"""What relay processes have given up, as the kernel tells it from outside."""

import pathlib

from deployment import wait_until


def status(process):
    """The fields of /proc/PID/status (proc(5))."""
    lines = pathlib.Path(f"/proc/{process}/status").read_text().splitlines()
    return dict(line.split(":\t", 1) for line in lines if ":\t" in line)


def healthy(deployment):
    """What the metrics say of each worker: 1 while it serves."""
    lines = deployment.operations.request("GET", "/metrics")[2].splitlines()
    return [float(line.rsplit(" ", 1)[1]) for line in lines if line.startswith("besoeg_relay_worker_healthy{")]


def test_workers_have_given_up_what_they_do_not_need(deployment):
    # Ready is who has one worker; here all of them are to be at work.
    wait_until(lambda: set(healthy(deployment)) == {1.0}, 10, "every worker serves")
    workers = wait_until(deployment.workers, 10, "workers run")
    for worker in workers:
        fields = status(worker)
        assert fields["NoNewPrivs"] == "1", fields
        assert fields["Seccomp"] == "2", "a filter of system calls is in force"
        assert fields["Threads"] == "1", "files are closed off for the one thread that there is"
        limits = pathlib.Path(f"/proc/{worker}/limits").read_text().splitlines()
        core = next(line for line in limits if line.startswith("Max core file size"))
        assert core.split()[4:6] == ["0", "0"], core
        # A process that may not be dumped belongs to root, whoever runs it.
        assert pathlib.Path(f"/proc/{worker}/environ").stat().st_uid == 0
    # Anything the filter refuses on the way would have been told or have ended them.
    assert "system calls are filtered" in deployment.tail()
    assert deployment.workers() == workers and deployment.is_ready()
