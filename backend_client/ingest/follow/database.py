"""A telephone exchange's SQLite database that is polled while it is written."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from backend_client.errors import Invalid, NotFound
from backend_client.ingest.asterisk_db import CallsAndEvents
from backend_client.ingest.cel import CelTable
from backend_client.ingest.follow.tables import FollowedTables, Table
from backend_client.ingest.formats import open_source
from backend_client.ingest.record_table import RecordTable
from backend_client.ingest.source import SourceOptions
from backend_client.model.text import N_, clean

OVERLAP = 500
"""Rows before the last one that are read again at each look: MikoPBX completes rows later, and long calls of FreePBX
come late. What did not change costs nothing but the look."""


class FollowedDatabase(FollowedTables):
    """An SQLite file of any format with a table of calls. Its position is the last row id of each table."""

    def __init__(self, path: Path, options: SourceOptions, system: str, format: str = "") -> None:
        super().__init__(system)
        self.path = path.absolute()
        self.name = clean(str(self.path))
        self.format = format
        self._options = options

    def tables(self) -> Sequence[Table]:
        """Raises NotFound, Invalid or Busy where it cannot be read for now."""
        if not self.path.exists():
            raise NotFound(N_("There is no file {path}."), path=self.name)
        chosen, source = open_source(self.path, self._options, self.format)
        self.format = chosen.name
        if isinstance(source, CallsAndEvents):
            return [source.calls, source.events]
        if isinstance(source, RecordTable | CelTable):
            return [source]
        raise Invalid(N_("{path} cannot be followed."), path=self.name)

    def start_of(self, number: int, table: Table, reached: int) -> int:
        """A table that shrank was emptied or replaced: it is read from its beginning."""
        return max(0, reached - OVERLAP) if table.size >= reached else 0
