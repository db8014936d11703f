"""An open write transaction: what it touches, the tallies, and one change number at its end."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable

from backend_client.contract.changes import Kind
from backend_client.sqlite.plan.attempts import Touched
from backend_client.sqlite.plan.tallies import TaskDeltas
from backend_client.sqlite.tallied_days import first_counted_day
from backend_client.sqlite.tallies import Deltas


class Transaction:
    """An open write transaction: what it touched is stamped before its COMMIT."""

    def __init__(self, db: sqlite3.Connection) -> None:
        self.db = db
        self.before: int = db.execute("SELECT number FROM change").fetchone()[0]
        """The change number that it began with."""
        self.tallies = Deltas()
        self.counted_from = first_counted_day(db)
        """The first local day that has tallies; None: all have."""
        self.attempts = Touched()
        """What calls may be attached to tasks by."""
        self.task_tallies = TaskDeltas()
        self._days: set[int] = set()
        self._kinds: set[Kind] = set()

    def touch_day(self, day: int) -> None:
        """A call of this local day (days since 1970-01-01) changed."""
        self._days.add(day)

    def touch_days(self, days: Iterable[int]) -> None:
        self._days.update(days)

    def touch(self, kind: Kind) -> None:
        self._kinds.add(kind)

    def attach(self) -> None:
        """Attach calls to the tasks that they are attempts of, by what stands there now."""
        if self.attempts.attach(self.db, self.task_tallies):
            self.touch(Kind.TASKS)

    def finish(self) -> int:
        """Write the tallies and stamp what was touched; gives the change number after it."""
        self.tallies.write(self.db, self.counted_from)
        self.attach()
        self.task_tallies.write(self.db)
        if not self._days and not self._kinds:
            return self.before
        number = self.before + 1
        self.db.execute("UPDATE change SET number = ?", (number,))
        self.db.executemany(
            "INSERT INTO change_day VALUES (?, ?) ON CONFLICT DO UPDATE SET number = excluded.number",
            [(day, number) for day in sorted(self._days)],
        )
        self.db.executemany(
            "INSERT INTO change_kind VALUES (?, ?) ON CONFLICT DO UPDATE SET number = excluded.number",
            [(kind.value, number) for kind in sorted(self._kinds)],
        )
        return number
