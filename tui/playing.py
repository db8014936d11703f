"""`pult demo --live`: a store whose clock runs fast, and a process that plays a day into it."""

from __future__ import annotations

import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from backend_client.errors import Invalid
from backend_client.model.text import N_
from tui.own_program import own_process


def is_played(store: Path) -> bool:
    """Whether some process plays into it now."""
    from backend_client.demo.live_day import NAME
    from backend_client.sqlite.turnstile import SourceLock

    if not store.exists():
        return False
    with closing(SourceLock(store, NAME)) as lock:
        return not lock.take()


@contextmanager
def played(store: Path) -> Iterator[None]:
    """A day is played into the store while the block runs, by a process of its own."""
    with own_process("demo", "--live", "--into", str(store), "--with-stdin"):
        yield


def play(store: Path, *, with_stdin: bool = False) -> None:
    """Play into the store until interrupted, or until stdin ends. Raises Invalid for any other store."""
    from backend_client.demo.live_day import LiveDay
    from backend_client.ingest.follow.follower import Follower
    from backend_client.sqlite.file import open_file
    from backend_client.sqlite.settings import read_derive_settings
    from backend_client.sqlite.supervision.played_clock import read_played_clock
    from backend_client.sqlite.writer import Writer

    with closing(open_file(store, create=False)) as file, closing(Writer(file)) as writer:
        with closing(file.reader()) as db:
            clock, zone = read_played_clock(db), read_derive_settings(db).zone
        if clock is None:
            raise Invalid(N_("No day can be played into this store."), N_("Make one: pult demo --live"))
        day = LiveDay(clock, int(clock.shown), zone)
        follower = Follower(writer, [day], lambda *_: None, now=clock)
        signal.signal(signal.SIGTERM, lambda *_: follower.stop.set())
        if with_stdin:
            threading.Thread(target=_end_with_stdin, args=(follower.stop,), daemon=True).start()
        follower.run()


def _end_with_stdin(stop: threading.Event) -> None:
    """Whoever started this has gone when stdin ends."""
    while sys.stdin.buffer.read(4096):
        pass
    stop.set()
