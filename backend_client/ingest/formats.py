"""The source formats, and which of them a file is of."""

from __future__ import annotations

from pathlib import Path

from backend_client.errors import BackendError, Invalid
from backend_client.ingest.amocrm import AmoCrm
from backend_client.ingest.asterisk_csv import AsteriskCsv
from backend_client.ingest.asterisk_db import AsteriskDatabase
from backend_client.ingest.cel_csv import CelCsv
from backend_client.ingest.freeswitch_csv import FreeSwitchCsv
from backend_client.ingest.freeswitch_db import FreeSwitchDatabase
from backend_client.ingest.json_lines import JsonLines
from backend_client.ingest.mikopbx import MikoPbx
from backend_client.ingest.queue_log import QueueLog
from backend_client.ingest.rejected import holds_rejected
from backend_client.ingest.rows import is_archive, is_binary, no_text, read_head
from backend_client.ingest.source import Format, Source, SourceOptions
from backend_client.ingest.spreadsheet import Spreadsheet
from backend_client.ingest.unpacked import SIGNATURE, unpack
from backend_client.model.text import N_, clean

FORMATS: tuple[Format, ...] = (
    QueueLog(), CelCsv(), FreeSwitchCsv(), AmoCrm(), JsonLines(), MikoPbx(), FreeSwitchDatabase(), AsteriskDatabase(),
    Spreadsheet(), AsteriskCsv(),
)  # fmt: skip
"""Every format once; the surest wins, the earlier of equals: the last takes any table."""


def open_source(path: Path, options: SourceOptions, format: str = "") -> tuple[Format, Source]:
    """Open a file by the format named, or by what its beginning looks like; a gzip file by what is inside.

    Raises NotFound or Invalid: a missing, unreadable, empty or binary file, a directory, an unknown format, or a
    question that only a person can answer.
    """
    head = read_head(path)
    if not head.startswith(SIGNATURE):
        return _open_plain(path, head, options, format)
    unpacked = unpack(path)
    try:
        return _open_plain(unpacked, read_head(unpacked), options, format)
    except BackendError as error:
        # Nobody knows the file that it was unpacked to.
        error.fields = {
            name: clean(str(path)) if value == clean(str(unpacked)) else value for name, value in error.fields.items()
        }
        raise


def _open_plain(path: Path, head: bytes, options: SourceOptions, format: str) -> tuple[Format, Source]:
    if holds_rejected(head):
        raise Invalid(
            N_("{path} has rejected rows: the line and the reason stand before each."),
            N_("Mend the rows, take the first two columns away, and import what is left."),
            path=clean(str(path)),
        )
    if format:
        chosen = format_named(format)
    elif options.profile is not None and options.profile.template:
        chosen = format_named(FreeSwitchCsv.name)
    else:
        sure, chosen = max(((entry.detect(head, path.name), entry) for entry in FORMATS), key=lambda pair: pair[0])
        if sure == 0.0:
            raise _not_recognised(path, head)
    return chosen, chosen.open(path, options)


def format_named(name: str) -> Format:
    """The format of this name. Raises Invalid where there is none."""
    for entry in FORMATS:
        if entry.name == name:
            return entry
    raise Invalid(
        N_("There is no format {format}."),
        N_("Formats are: {known}."),
        format=clean(name), known=", ".join(entry.name for entry in FORMATS),
    )  # fmt: skip


def _not_recognised(path: Path, head: bytes) -> Invalid:
    if is_archive(head):
        return no_text(path, head)
    text = N_("{path} is not a text file.") if is_binary(head) else N_("{path} is in no format that Pult reads.")
    return Invalid(
        text, N_("Formats are: {known}."), path=clean(str(path)), known=", ".join(entry.name for entry in FORMATS)
    )
