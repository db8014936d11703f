"""What an upgrade, or a rebuild that was killed, left to be done: counting the tallies and deriving the calls again."""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextlib import closing, suppress

from backend_client.errors import BackendError
from backend_client.sqlite.file import MIGRATE_ALONE_BELOW, StoreFile
from backend_client.sqlite.turnstile import SourceLock
from backend_client.sqlite.upkeep.left_undone import is_underived
from backend_client.sqlite.upkeep.rebuild import rebuild
from backend_client.sqlite.upkeep.recount import recount
from backend_client.sqlite.writer import Writer

Progress = Callable[[int, int], None]
"""Called with what is done and how much there is: days, then calls."""


def catch_up(writer: Writer, progress: Progress | None = None) -> None:
    """Do what is left. A kill costs one step. Raises BackendError kinds."""
    recount(writer, progress)
    with closing(writer.file.reader()) as db:
        underived = is_underived(db)
    if underived:
        rebuild(writer, progress)


def catch_up_in_background(file: StoreFile) -> None:
    """Do it in a thread where the store is small enough to be upgraded by opening it; a larger one is `pult migrate`'s.
    Reports are right meanwhile, out of the calls. Of several consoles one does it."""
    if file.read_only or file.path.stat().st_size > MIGRATE_ALONE_BELOW:
        return

    def work() -> None:
        # Whoever opens the store next goes on where this could not.
        with suppress(BackendError, OSError), closing(SourceLock(file.path, "catch-up")) as lock:
            if lock.take():
                with closing(Writer(file)) as writer:
                    catch_up(writer)

    threading.Thread(target=work, name="catch-up", daemon=True).start()
