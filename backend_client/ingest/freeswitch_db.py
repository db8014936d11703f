"""FreeSWITCH's mod_cdr_sqlite: a table `cdr` whose columns are named like its variables (B8)."""

from __future__ import annotations

from pathlib import Path

from backend_client.errors import Invalid
from backend_client.ingest.foreign_database import ForeignDatabase, TableRows, is_database
from backend_client.ingest.freeswitch import finish, layout_of
from backend_client.ingest.record_table import RecordTable
from backend_client.ingest.source import Source, SourceOptions
from backend_client.model.text import N_, clean


class FreeSwitchDatabase:
    """The format: an SQLite file whose schema names FreeSWITCH's stamps."""

    name = "freeswitch-db"

    def detect(self, head: bytes, filename: str) -> float:
        return 0.8 if is_database(head) and b"start_stamp" in head and b"destination_number" in head else 0.0

    def open(self, path: Path, options: SourceOptions) -> Source:
        """Raises Invalid where there is no such table."""
        database = ForeignDatabase(path)
        titles = database.columns("cdr")
        layout = layout_of([title.lower() for title in titles], self.name)
        if not {"start", "uniqueid", "src", "dst"} <= set(layout.fields):
            raise Invalid(N_("{path} holds no table {table}."), path=clean(str(path)), table="cdr")
        return RecordTable(self.name, TableRows(database, "cdr", titles), layout, options, finish)
