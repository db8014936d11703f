"""JSON lines: one call a line, written by a webhook's relay or by an export (docs/following.md)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from msgspec import structs

from backend_client.ingest.json_records import decode, lines_of, row_of
from backend_client.ingest.layouts import Layout
from backend_client.ingest.profile import FIELDS
from backend_client.ingest.record_table import SAMPLED, Numbered, RecordTable
from backend_client.ingest.rows import is_binary
from backend_client.ingest.source import Reason, Rejection, Source, SourceOptions
from backend_client.model.leg import Leg
from backend_client.model.text import clean

LAYOUT = Layout("json-lines", FIELDS, True)
_PORTION = 2000


class JsonLines:
    """The format: a JSON object on each line, with at least an id and a start."""

    name = "json-lines"

    def detect(self, head: bytes, filename: str) -> float:
        if is_binary(head) or not head.lstrip().startswith(b"{"):
            return 0.0
        try:
            first = decode(head.strip().split(b"\n")[0])
        except ValueError:
            return 0.0
        return 1.0 if isinstance(first, dict) and _is_call(row_of(first)) else 0.0

    def open(self, path: Path, options: SourceOptions) -> Source:
        return RecordTable(self.name, JsonRows(path), LAYOUT, options, finish)


def _is_call(row: Sequence[str]) -> bool:
    named = dict(zip(FIELDS, row, strict=True))
    return bool(named["start"] and (named["uniqueid"] or named["linkedid"]))


def finish(leg: Leg, row: Sequence[str]) -> Leg:
    """The id is the key: a relay that repeats itself, or says more later, replaces what it said."""
    key = f"{leg.uniqueid or leg.linkedid}|{leg.linkedid}|{leg.sequence or 'json'}"
    return structs.replace(leg, key=key, feed="json")


class JsonRows:
    """Lines of a file as rows of `FIELDS`."""

    encoding = "utf-8"
    titles = FIELDS

    def __init__(self, path: Path) -> None:
        self.name = clean(path.name)
        self._path = path
        self.size = path.stat().st_size

    def sample(self) -> list[list[str]]:
        rows: list[list[str]] = []
        for numbered in self.read():
            rows += numbered.rows
            if len(rows) >= SAMPLED:
                break
        return rows

    def read(self, after: int = 0) -> Iterator[Numbered]:
        numbered = Numbered([], [], 0, [])
        numbers: list[int] = []
        for number, line, position, whole in lines_of(self._path):
            numbered.position = position
            reason, row = read_line(line)
            if row is not None:
                numbered.rows.append(row)
                numbers.append(number)
            elif reason is not None:
                said = () if line is None else (clean(line.decode("utf-8", "replace")),)
                numbered.rejections.append(Rejection(number, reason if whole else Reason.HALF_WRITTEN, "", said))
            if len(numbered.rows) >= _PORTION:
                numbered.numbers = numbers
                yield numbered
                numbered, numbers = Numbered([], [], position, []), []
        numbered.numbers = numbers
        yield numbered


def read_line(line: bytes | None) -> tuple[Reason | None, list[str] | None]:
    """The row of a line, or why there is none; neither for a blank line."""
    if line is None:
        return Reason.TOO_LONG, None
    if not line.strip():
        return None, None
    try:
        record = decode(line)
    except ValueError:
        return Reason.UNKNOWN_LINE, None
    return (None, row_of(record)) if isinstance(record, dict) else (Reason.UNKNOWN_LINE, None)
