"""A bound on the work of one statement: SQLite counts the steps of its machine, and stops."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

_AT_ONCE = 1000


class OutOfSteps(Exception):
    """The statement did not end within its budget."""


@contextmanager
def step_budget(db: sqlite3.Connection, steps: int | None) -> Iterator[None]:
    """Statements inside may take so many steps together (about 20,000 a millisecond); None: as many as they like.

    Raises OutOfSteps. An interruption from elsewhere (the caller gave up) stays what it is.
    """
    if steps is None:
        yield
        return
    left = steps

    def spend() -> int:
        nonlocal left
        left -= _AT_ONCE
        return int(left < 0)

    db.set_progress_handler(spend, _AT_ONCE)
    try:
        yield
    except sqlite3.OperationalError as error:
        if left < 0 and error.sqlite_errorcode == sqlite3.SQLITE_INTERRUPT:
            raise OutOfSteps from error
        raise
    finally:
        db.set_progress_handler(None, 0)
