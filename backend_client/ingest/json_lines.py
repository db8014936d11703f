"""JSON lines: one call a line, written by a webhook's relay or by an export (docs/following.md)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from msgspec import structs

from backend_client.ingest.clock import ZoneClock
from backend_client.ingest.dates import DateOrder, is_nothing, local_seconds, names_offset
from backend_client.ingest.json_records import decode, lines_of, row_of
from backend_client.ingest.layouts import Layout
from backend_client.ingest.profile import FIELDS, check_zone
from backend_client.ingest.record_table import SAMPLED, Numbered, RecordTable
from backend_client.ingest.rows import LINE_LIMIT, is_binary
from backend_client.ingest.source import Rejection, Source, SourceOptions
from backend_client.model.leg import Leg
from backend_client.model.reason import Reason
from backend_client.model.text import clean

LAYOUT = Layout("json-lines", FIELDS, True)
_DATES = tuple(FIELDS.index(name) for name in ("start", "answer", "end"))
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
        return json_table(JsonRows(path, options), options)


def json_table(rows: JsonRows, options: SourceOptions) -> RecordTable:
    """The source over lines of a file or of a stream."""
    return RecordTable(JsonLines.name, rows, LAYOUT, options, finish, dated=True)


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

    def __init__(self, path: Path, options: SourceOptions) -> None:
        self._clock = ZoneClock(check_zone(options.timezone or options.settings.zone))
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

    def take(self, data: bytes) -> Numbered:
        """Rows of lines that were appended."""
        numbered = Numbered([], [], len(data), [])
        numbers: list[int] = []
        for number, line in enumerate(data.splitlines(), start=1):
            reason, row = read_line(line if len(line) <= LINE_LIMIT else None, self._clock)
            if row is not None:
                numbered.rows.append(row)
                numbers.append(number)
            elif reason is not None:
                said = (clean(line[:LINE_LIMIT].decode("utf-8", "replace")),)
                numbered.rejections.append(Rejection(number, reason, "", said))
        numbered.numbers = numbers
        return numbered

    def read(self, after: int = 0) -> Iterator[Numbered]:
        numbered = Numbered([], [], 0, [])
        numbers: list[int] = []
        for number, line, position, whole in lines_of(self._path):
            numbered.position = position
            reason, row = read_line(line, self._clock)
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


class StreamRows(JsonRows):
    """Rows of lines that come on a stream: there is nothing to sample."""

    def __init__(self, name: str, options: SourceOptions) -> None:
        self._clock = ZoneClock(check_zone(options.timezone or options.settings.zone))
        self.name = clean(name)
        self.size = 0

    def sample(self) -> list[list[str]]:
        return []

    def read(self, after: int = 0) -> Iterator[Numbered]:
        return iter(())


def read_line(line: bytes | None, clock: ZoneClock) -> tuple[Reason | None, list[str] | None]:
    """The row of a line, or why there is none; neither for a blank line."""
    if line is None:
        return Reason.TOO_LONG, None
    if not line.strip():
        return None, None
    try:
        record = decode(line)
    except ValueError:
        return Reason.UNKNOWN_LINE, None
    if not isinstance(record, dict):
        return Reason.UNKNOWN_LINE, None
    row = row_of(record)
    for place in _DATES:
        row[place] = _epoch(row[place], clock)
    return None, row


def _epoch(text: str, clock: ZoneClock) -> str:
    """A date as epoch seconds; one without an offset is of the source's zone. What is no date stays as it is."""
    if is_nothing(text):
        return ""
    try:
        local = local_seconds(text.strip(), DateOrder.YMD)
        return f"{local if names_offset(text.strip()) else clock.utc(local, ''):.6f}"
    except (ValueError, OverflowError):
        return text
