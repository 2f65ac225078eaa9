"""How much of the processor the test machine gave: what real-time tests may blame on it, and what not.

A shared machine takes its processors away for seconds at a time (steal), and several browsers at
once can fill two cores. Sound and picture then stutter with nothing wrong in the call. So a stretch
is judged by its strict bound where the machine had room, tried again where it had not, and after the
last try the time that the machine was short is added to the bound.
"""

import os
import threading
import time

# A second with less idle time than this, or with more taken by the host, has no room.
LEAST_IDLE = 0.10
MOST_STOLEN = 0.05


class Machine:
    """Watches the processors in a thread of its own."""

    INTERVAL = 0.5

    def __init__(self):
        self._short = []
        self._judged, self._until = threading.Condition(), 0.0
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)

    def start(self):
        self._thread.start()
        return self

    def stop(self):
        self._stop.set()
        self._thread.join()

    def short_seconds(self, start, end=None):
        """How many of the seconds since `start` (`time.monotonic()`) the machine had no room."""
        end = time.monotonic() if end is None else end
        with self._judged:
            # The half second that `end` lies in is judged first.
            self._judged.wait_for(lambda: self._until >= end, 5)
        return sum(min(until, end) - max(since, start)
                   for since, until in list(self._short) if until > start and since < end)

    def _watch(self):
        before, at = _times(), time.monotonic()
        while not self._stop.wait(self.INTERVAL):
            after, now = _times(), time.monotonic()
            # What the host did not even count is missing from the sum.
            whole = max((now - at) * os.cpu_count() * os.sysconf("SC_CLK_TCK"), 1)
            idle = (after["idle"] - before["idle"]) / whole
            stolen = (after["steal"] - before["steal"]) / whole
            if idle < LEAST_IDLE or stolen > MOST_STOLEN:
                self._short.append((at, now))
            before, at = after, now
            with self._judged:
                self._until = now
                self._judged.notify_all()


def _times():
    """The processors' time so far, in clock ticks: idle (waiting for disks included) and stolen."""
    with open("/proc/stat") as file:
        ticks = [int(field) for field in file.readline().split()[1:]]
    return {"idle": ticks[3] + ticks[4], "steal": ticks[7]}
