"""Call records in an SQLite file: the `cdr` and `cel` tables of Asterisk, and copies of FreePBX's asteriskcdrdb."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from backend_client.errors import Invalid
from backend_client.ingest.cel import CelReader, CelTable, cel_columns
from backend_client.ingest.foreign_database import ForeignDatabase, TableRows, is_database
from backend_client.ingest.layouts import Layout, header_layout
from backend_client.ingest.profile import Profile
from backend_client.ingest.record_table import RecordTable
from backend_client.ingest.source import Portion, Preview, Source, SourceOptions
from backend_client.model.leg import Leg
from backend_client.model.text import N_, clean


class AsteriskDatabase:
    """The format: an SQLite file with a table `cdr`, a table `cel`, or both, of whatever columns by name."""

    name = "asterisk-db"

    def detect(self, head: bytes, filename: str) -> float:
        return 0.5 if is_database(head) else 0.0

    def open(self, path: Path, options: SourceOptions) -> Source:
        """Raises Invalid where neither table is there with columns that tell a call, Busy where it is locked."""
        database = ForeignDatabase(path)
        titles = database.columns("cdr")
        cel = database.columns("cel")
        profile = options.profile or Profile()
        layout = header_layout(titles, profile.titles) if titles else None
        calls = events = None
        if layout is not None:
            named = "freepbx-db" if "recordingfile" in layout.fields else self.name
            calls = RecordTable(
                self.name, TableRows(database, "cdr", titles), Layout(named, layout.fields, True), options
            )
        if cel_columns(cel) is not None:
            events = CelTable(self.name, TableRows(database, "cel", cel), CelReader(cel, options))
        if calls is not None and events is not None:
            return CallsAndEvents(calls, events)
        if calls is not None:
            return calls
        if events is not None:
            return events
        raise Invalid(
            N_("{path} is a database, but holds no table of calls that Pult knows (cdr, cel, cdr_general)."),
            N_("Export its calls as CSV, describe the columns in a profile, and name it with --profile."),
            path=clean(str(path)),
        )


class CallsAndEvents:
    """Two tables of one file, one after the other."""

    def __init__(self, calls: RecordTable, events: CelTable) -> None:
        self.calls = calls
        self.events = events

    @property
    def size(self) -> int:
        return self.calls.size + self.events.size

    def preview(self) -> Preview:
        return self.calls.preview()

    def sample_legs(self) -> list[Leg]:
        return self.calls.sample_legs()

    def read(self) -> Iterator[Portion]:
        yield from self.calls.read()
        for portion in self.events.read():
            portion.position += self.calls.size
            yield portion
