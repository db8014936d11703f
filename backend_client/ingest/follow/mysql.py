"""A live asteriskcdrdb in MariaDB or MySQL that is polled: calls by their date with an overlap, events by id."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from backend_client.errors import Invalid
from backend_client.ingest.cel import CelReader, CelTable, cel_columns
from backend_client.ingest.follow.tables import FollowedTables, Table
from backend_client.ingest.layouts import Layout, header_layout
from backend_client.ingest.mysql import Address, Database, ServerRows
from backend_client.ingest.profile import Profile
from backend_client.ingest.record_table import RecordTable
from backend_client.ingest.source import SourceOptions
from backend_client.model.text import N_

NEAR = timedelta(minutes=15)
"""A record is written when its call ends, under the date at which the call began: so far back each look goes."""
FAR = timedelta(hours=12)
"""So far back a look goes every `_FAR_EVERY` seconds, for the records of long calls."""
_FAR_EVERY = 60.0
_LOOK_AGAIN = 600.0
"""Seconds after which columns and clock are read anew: clocks are changed twice a year."""
EVENTS_OVERLAP = 500
"""Rows of events before the last one: transactions end in another order than they begin."""


class FollowedMysql(FollowedTables):
    """The tables cdr and cel of one server. The position of calls is a date's digits, of events an id."""

    format = "freepbx-mysql"

    def __init__(
        self, address: Address, options: SourceOptions, system: str, *, database: Database | None = None,
        now: Callable[[], float] = time.monotonic,
    ) -> None:  # fmt: skip
        super().__init__(system)
        self.name = address.name
        self._options = options
        self._database = database or Database(address)
        self._now = now
        self._tables: list[Table] = []
        self._opened = self._far = float("-inf")

    def tables(self) -> Sequence[Table]:
        """Raises Unreachable, Unauthorised, Invalid."""
        # A clock that was read off no record is the store's own, until there is one.
        blank = any(not table.sampled and table.rows.sample() for table in self._tables)
        if not self._tables or blank or self._now() - self._opened > _LOOK_AGAIN:
            self._tables, self._opened = self._found(), self._now()
        return self._tables

    def _found(self) -> list[Table]:
        titles = self._database.columns("cdr")
        profile = self._options.profile or Profile()
        layout = header_layout(titles, profile.titles) if titles else None
        if layout is None:
            raise Invalid(
                N_("{source} holds no table cdr with columns that tell a call."),
                N_("Name the database behind the address, and give the user SELECT on the table cdr."),
                source=self.name,
            )
        by = titles[layout.fields.index("start")]
        rows = ServerRows(self._database, "cdr", titles, by)
        found: list[Table] = [RecordTable(self.format, rows, Layout("freepbx-db", layout.fields, True), self._options)]
        events = self._database.columns("cel")
        if cel_columns(events) is not None and "id" in events:
            reader = CelReader(events, self._options)
            found.append(CelTable(self.format, ServerRows(self._database, "cel", events, "id"), reader))
        return found

    def start_of(self, number: int, table: Table, reached: int) -> int:
        if number:
            return max(0, reached - EVENTS_OVERLAP)
        far = self._now() - self._far > _FAR_EVERY
        if far:
            self._far = self._now()
        return _before(reached, FAR if far else NEAR)


def _before(position: int, span: timedelta) -> int:
    try:
        at = datetime.strptime(str(position), "%Y%m%d%H%M%S")
        return int((at - span).strftime("%Y%m%d%H%M%S"))
    except (ValueError, OverflowError):
        return 0
