"""Lines of call records as Asterisk and FreePBX write them, for tests to put into files."""

from __future__ import annotations

import csv
import io
from pathlib import Path

from backend_client.errors import Invalid
from backend_client.ingest.formats import open_source
from backend_client.ingest.source import Preview, Rejection, Source, SourceOptions
from backend_client.model.leg import Leg

DATA = Path(__file__).parents[1] / "data"

MASTER = {
    "accountcode": "", "src": "380672220001", "dst": "380442000001", "dcontext": "from-trunk",
    "clid": '"Joana" <380672220001>', "channel": "PJSIP/provider-0000001a", "dstchannel": "PJSIP/201-0000001b",
    "lastapp": "Dial", "lastdata": "PJSIP/201,20", "start": "2026-11-20 21:47:31", "answer": "2026-11-20 21:47:34",
    "end": "2026-11-20 21:47:40", "duration": 9, "billsec": 6, "disposition": "ANSWERED",
    "amaflags": "DOCUMENTATION",
}  # fmt: skip
"""The first 16 columns of Master.csv, in order."""
EXTRA = {"uniqueid": "1795204051.44", "userfield": "", "peeraccount": "", "linkedid": "1795204051.44", "sequence": 57}
"""21:47:31 in Kyiv on that day is the epoch of these ids."""


def line(fields: dict[str, object], columns: list[str], delimiter: str = ",") -> str:
    """One line, texts quoted and numbers not, as Asterisk does."""
    text = io.StringIO()
    values = [fields[name] for name in columns]
    csv.writer(text, quoting=csv.QUOTE_NONNUMERIC, lineterminator="\n", delimiter=delimiter).writerow(values)
    return text.getvalue()


def master(columns: str = "uniqueid userfield peeraccount linkedid sequence", /, **changed: object) -> str:
    """A line of Master.csv with these columns behind the first sixteen."""
    fields: dict[str, object] = {**MASTER, **EXTRA, **changed}
    return line(fields, [*MASTER, *columns.split()])


def opened(path: Path, options: SourceOptions = SourceOptions()) -> Source:  # noqa: B008
    return open_source(path, options)[1]


def read(path: Path, options: SourceOptions = SourceOptions()) -> tuple[list[Leg], list[Rejection]]:  # noqa: B008
    """Everything in a file."""
    legs: list[Leg] = []
    rejections: list[Rejection] = []
    for portion in opened(path, options).read():
        legs += portion.legs
        rejections += portion.rejections
    return legs, rejections


def read_text(tmp_path: Path, text: str, name: str = "Master.csv") -> tuple[list[Leg], list[Rejection]]:
    path = tmp_path / name
    path.write_bytes(text.encode())
    return read(path)


def preview_of(tmp_path: Path, text: str, name: str = "Master.csv") -> Preview:
    path = tmp_path / name
    path.write_bytes(text.encode())
    return opened(path).preview()


def question(tmp_path: Path, text: str) -> str:
    """What is asked about a file that cannot be understood."""
    try:
        preview_of(tmp_path, text)
    except Invalid as error:
        return str(error)
    raise AssertionError("nothing was asked")
