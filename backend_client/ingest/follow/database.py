"""A telephone exchange's SQLite database that is polled while it is written."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

from backend_client.errors import Invalid, NotFound
from backend_client.ingest.asterisk_db import CallsAndEvents
from backend_client.ingest.cel import CelTable
from backend_client.ingest.follow.batch import Batch, counted, newest_of
from backend_client.ingest.formats import open_source
from backend_client.ingest.grouping import CallGrouper
from backend_client.ingest.record_table import RecordTable
from backend_client.ingest.source import SourceOptions
from backend_client.model.text import N_, clean

OVERLAP = 500
"""Rows before the last one that are read again at each look: MikoPBX completes rows later, and long calls of FreePBX
come late. What did not change costs nothing but the look."""
POLL = 2.0
"""Seconds between two looks."""


class FollowedDatabase:
    """An SQLite file of any format with a table of calls. Its position is the last row id of each table."""

    def __init__(self, path: Path, options: SourceOptions, system: str, format: str = "") -> None:
        self.path = path.absolute()
        self.name = clean(str(self.path))
        self.format = format
        self._options = options
        self._system = system

    def batches(self, position: str, stop: threading.Event) -> Iterator[Batch]:
        """Raises NotFound, Invalid or Busy where it cannot be read for now."""
        reached = [int(text) for text in position.split(",")] if position else []
        while not stop.is_set():
            if not self.path.exists():
                raise NotFound(N_("There is no file {path}."), path=self.name)
            tables = self._tables()
            reached += [0] * (len(tables) - len(reached))
            for number, table in enumerate(tables):
                # A table that shrank was emptied or replaced: it is read from its beginning.
                start = reached[number] if table.size >= reached[number] else 0
                grouper = CallGrouper(self._system)
                for portion in table.read(max(0, start - OVERLAP)):
                    reached[number] = portion.position
                    facts = grouper.add(portion.legs, portion.events) + grouper.rest()
                    yield Batch(
                        facts=facts, position=",".join(map(str, reached)), rejected=counted(portion),
                        newest=newest_of(portion), behind=max(0, table.size - portion.position),
                    )  # fmt: skip
            yield Batch()
            stop.wait(POLL)

    def _tables(self) -> list[RecordTable | CelTable]:
        chosen, source = open_source(self.path, self._options, self.format)
        self.format = chosen.name
        if isinstance(source, CallsAndEvents):
            return [source.calls, source.events]
        if isinstance(source, RecordTable | CelTable):
            return [source]
        raise Invalid(N_("{path} cannot be followed."), path=self.name)
