"""MikoPBX's cdr_general: its cdr.db, and dumps of INSERT statements (B6)."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from msgspec import structs

from backend_client.errors import Invalid
from backend_client.ingest.foreign_database import SIGNATURE, ForeignDatabase, TableRows, is_database
from backend_client.ingest.insert_dump import DumpRows, is_dump_of
from backend_client.ingest.layouts import Layout
from backend_client.ingest.record_table import Finish, RecordTable
from backend_client.ingest.rows import read_head
from backend_client.ingest.source import Source, SourceOptions
from backend_client.model.leg import Leg
from backend_client.model.text import N_, clean

TABLE = "cdr_general"
COLUMNS = (
    "id", "start", "endtime", "answer", "src_chan", "src_num", "src_name", "dst_chan", "dst_num", "dst_name",
    "UNIQUEID", "linkedid", "did", "disposition", "recordingfile", "from_account", "to_account", "dialstatus",
    "appname", "transfer", "is_app", "duration", "billsec", "work_completed", "src_call_id", "dst_call_id",
    "verbose_call_id", "a_transfer",
)  # fmt: skip
"""The order of a dump without names."""
_FIELDS = {
    "start": "start", "endtime": "end", "answer": "answer", "src_chan": "channel", "src_num": "src",
    "src_name": "cnam", "dst_chan": "dstchannel", "dst_num": "dst", "uniqueid": "uniqueid", "linkedid": "linkedid",
    "did": "did", "disposition": "disposition", "recordingfile": "recordingfile", "appname": "lastapp",
    "duration": "duration", "billsec": "billsec",
}  # fmt: skip
_APPLICATION = "application"
"""What an application's leg is called that does not name it."""


def layout_of(titles: Sequence[str]) -> Layout | None:
    """The layout of these columns; None where they are none of cdr_general's."""
    fields = tuple(_FIELDS.get(title.lower(), "") for title in titles)
    return Layout("mikopbx", fields, True) if {"start", "uniqueid", "src", "dst"} <= set(fields) else None


def finish_of(titles: Sequence[str]) -> Finish:
    """Each row has a unique id of its own, so its later states replace it; a row that is not finished waits."""
    places = {title.lower(): place for place, title in enumerate(titles)}

    def text(row: Sequence[str], name: str) -> str:
        return clean(row[places[name]]) if name in places else ""

    def finish(leg: Leg, row: Sequence[str]) -> Leg | None:
        if not text(row, "endtime") and text(row, "work_completed") in ("", "0"):
            return None
        leg = structs.replace(leg, key=f"{leg.uniqueid}|{leg.linkedid}|mikopbx", feed="mikopbx")
        if text(row, "is_app") == "1":
            # The channel beside an application is a label of MikoPBX, nobody's phone.
            return structs.replace(leg, dstchannel="", app=leg.app or _APPLICATION)
        return leg

    return finish


class MikoPbx:
    """The format: a database with cdr_general, or a dump of it."""

    name = "mikopbx"

    def detect(self, head: bytes, filename: str) -> float:
        if is_database(head):
            # A schema stands in the first pages, as it was typed.
            return 0.9 if TABLE.encode() in head else 0.0
        return 1.0 if is_dump_of(head, TABLE) else 0.0

    def open(self, path: Path, options: SourceOptions) -> Source:
        """Raises Invalid for a database or a dump without such a table."""
        with path.open("rb") as file:
            is_file = file.read(len(SIGNATURE)) == SIGNATURE
        if is_file:
            database = ForeignDatabase(path)
            titles = database.columns(TABLE)
            layout = layout_of(titles)
            if layout is None:
                raise Invalid(N_("{path} holds no table {table}."), path=clean(str(path)), table=TABLE)
            return RecordTable(self.name, TableRows(database, TABLE, titles), layout, options, finish_of(titles))
        rows = DumpRows(path, TABLE, COLUMNS)
        layout = layout_of(rows.titles)
        head = read_head(path)
        # A long dump may hold other tables before this one.
        elsewhere = len(head) >= rows.size and not is_dump_of(head, TABLE)
        if layout is None or elsewhere:
            raise Invalid(N_("{path} holds no table {table}."), path=clean(str(path)), table=TABLE)
        return RecordTable(self.name, rows, layout, options, finish_of(rows.titles))
