"""A live source of so many calls a second, in real time, followed by a process of its own.

python -m benchmarks.steady_exchange STORE [--rate 1] [--callers 500]   Until its stdin ends.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from backend_client.ingest.follow.batch import PAUSE, Batch
from backend_client.ingest.follow.follower import Follower
from backend_client.ingest.run import DEFAULT_SYSTEM
from backend_client.model.leg import CallEvent, CallFacts, Leg
from backend_client.model.live import LiveCall
from backend_client.model.status import Direction, Status
from backend_client.sqlite.file import open_file
from backend_client.sqlite.writer import Writer

NAME = "steady"
ANSWER, END = 5, 35
"""Seconds after its start at which a call is answered, and ends; every fifth ends unanswered at the first."""
EXTENSIONS = 60
CALLERS = 500
"""So many numbers call in turn: caches of numbers, each of which has its bound, are full after some minutes. With more
than there are calls each call is of a number of its own."""


class SteadyExchange:
    """Calls at an even pace, each rings, talks and ends."""

    name = NAME
    format = NAME

    def __init__(self, rate: float, callers: int) -> None:
        self._rate = rate
        self._callers = callers

    def batches(self, position: str, stop: threading.Event) -> Iterator[Batch]:
        """What happened since the last batch."""
        began = time.time()
        waiting: list[tuple[float, int, str]] = []
        n, first = 0, True
        while not stop.is_set():
            now = time.time()
            while self._rate and began + n / self._rate <= now:
                start = began + n / self._rate
                waiting.append((start, n, "rings"))
                if n % 5:
                    waiting.append((start + ANSWER, n, "talks"))
                waiting.append((start + (END if n % 5 else ANSWER), n, "ends"))
                n += 1
            due = sorted(each for each in waiting if each[0] <= now)
            waiting = [each for each in waiting if each[0] > now]
            yield self._batch(due, first)
            first = False
            stop.wait(PAUSE)

    def _batch(self, due: list[tuple[float, int, str]], first: bool) -> Batch:
        batch = Batch(live={} if first else None, only=first, newest=due[-1][0] if due else 0.0)
        for at, n, what in due:
            outside, inside = f"0671{n % self._callers:06}", str(100 + n % EXTENSIONS)
            start = at - {"rings": 0, "talks": ANSWER, "ends": END if n % 5 else ANSWER}[what]
            key = f"{start:.3f}.{n}"
            batch.live = batch.live or {}
            if what == "ends":
                batch.live[key] = None
                batch.facts.append(_record(key, start, at, outside, inside, answered=bool(n % 5)))
                continue
            if what == "rings":
                begun = CallEvent(key=f"{key}|{NAME}", at=start, source=NAME, name="BEGIN")
                batch.facts.append(CallFacts(system=DEFAULT_SYSTEM, call_key=key, events=(begun,)))
            batch.live[key] = LiveCall(
                start=int(start), direction=Direction.INCOMING,
                status=Status.RINGING if what == "rings" else Status.TALKING, since=int(at),
                answered=int(at) if what == "talks" else None, outside=outside, inside=(inside,), line="trunk",
            )  # fmt: skip
        return batch


def _record(key: str, start: float, end: float, outside: str, inside: str, *, answered: bool) -> CallFacts:
    leg = Leg(
        key=f"{start}|{key}", uniqueid=key, linkedid=key, start=start, answer=start + ANSWER if answered else None,
        end=end, duration=int(end - start), billsec=END - ANSWER if answered else 0,
        disposition="ANSWERED" if answered else "NO ANSWER", caller=outside, callee=inside,
        channel="PJSIP/trunk-00000001", dstchannel=f"PJSIP/{inside}-00000002", context="from-trunk", app="Dial",
        did="380441112233",
    )  # fmt: skip
    return CallFacts(system=DEFAULT_SYSTEM, call_key=key, legs=(leg,))


@contextmanager
def exchange(store: Path, rate: float, callers: int = CALLERS) -> Iterator[None]:
    """Calls come into the store while the block runs."""
    argv = [sys.executable, "-m", "benchmarks.steady_exchange", str(store), "--rate", str(rate)]
    argv += ["--callers", str(callers)]
    process = subprocess.Popen(argv, stdin=subprocess.PIPE)
    assert process.stdin is not None
    try:
        yield
    finally:
        process.stdin.close()
        process.wait()


def _end_with_stdin(stop: threading.Event) -> None:
    sys.stdin.read()
    stop.set()


def main() -> None:
    """The command."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("store", type=Path)
    parser.add_argument("--rate", type=float, default=1.0)
    parser.add_argument("--callers", type=int, default=CALLERS)
    given = parser.parse_args()
    with closing(open_file(given.store)) as file, closing(Writer(file)) as writer:
        follower = Follower(writer, [SteadyExchange(given.rate, given.callers)], lambda *_: None)
        threading.Thread(target=_end_with_stdin, args=(follower.stop,), daemon=True).start()
        follower.run()


if __name__ == "__main__":
    main()
