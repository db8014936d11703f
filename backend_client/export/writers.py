"""Calls or clients as CSV, JSON, JSON lines or a workbook, page by page into an open stream."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from datetime import datetime
from enum import StrEnum
from tempfile import TemporaryDirectory
from typing import Any, BinaryIO, Protocol
from zoneinfo import ZoneInfo

import msgspec

from backend_client.export.columns import Column, ColumnType, Value
from backend_client.export.zip_stream import ZipStream
from backend_client.model.cell import defused
from backend_client.model.status import WireEnum

Columns = Sequence[Column]
_SHEET_ROWS = 1_048_576
"""Excel's limit; what is over it goes on in another sheet."""
_CELL_LIMIT = 32_767
_DAY = 86_400


class Format(StrEnum):
    """The file formats of an export."""

    XLSX = "xlsx"
    CSV = "csv"
    CSV_SEMICOLON = "csv-semicolon"
    """What Excel opens by itself where the comma is the decimal sign."""
    JSON = "json"
    JSONL = "jsonl"

    @property
    def suffix(self) -> str:
        """The ending of its files."""
        return ".csv" if self is Format.CSV_SEMICOLON else f".{self.value}"


class Wording(Protocol):
    """How titles and values of enums are written; `codes` says that nothing is translated."""

    def title(self, column: Column) -> str: ...
    def word(self, value: WireEnum) -> str: ...
    def yes_no(self, value: bool) -> str: ...


class Codes:
    """The stable words of JSON and of commands: ids and codes, the same in every language."""

    def title(self, column: Column) -> str:
        return column.id

    def word(self, value: WireEnum) -> str:
        return value.value

    def yes_no(self, value: bool) -> str:
        return "1" if value else "0"


class Writer(Protocol):
    """One file in the making. `write` takes one page, `finish` completes the file, `close` lets go of what it holds,
    finished or not; the stream stays open."""

    def write(self, rows: Sequence[Any]) -> None: ...
    def finish(self) -> None: ...
    def close(self) -> None: ...


def writer_for(
    format: Format,
    stream: BinaryIO,
    columns: Columns,
    zone: ZoneInfo,
    wording: Wording,
    *,
    mark: bool = False,
) -> Writer:
    """A writer of a format. `mark` puts the byte order mark before CSV, by which Excel knows UTF-8."""
    match format:
        case Format.CSV | Format.CSV_SEMICOLON:
            return _CsvWriter(stream, columns, zone, wording, ";" if format is Format.CSV_SEMICOLON else ",", mark)
        case Format.XLSX:
            return _XlsxWriter(stream, columns, zone, wording)
        case Format.JSON:
            return _JsonWriter(stream, columns, zone)
        case Format.JSONL:
            return _JsonLinesWriter(stream, columns, zone)


def _local(instant: int, zone: ZoneInfo) -> datetime:
    return datetime.fromtimestamp(instant, zone)


class _CsvWriter:
    """A header and a line a row; spans in seconds, times as 2026-11-21 09:30:15."""

    def __init__(
        self,
        stream: BinaryIO,
        columns: Columns,
        zone: ZoneInfo,
        wording: Wording,
        delimiter: str,
        mark: bool,
    ) -> None:
        self._stream, self._columns, self._zone, self._wording = stream, columns, zone, wording
        self._lines = io.StringIO(newline="")
        self._csv = csv.writer(self._lines, delimiter=delimiter)
        if mark:
            self._stream.write("\ufeff".encode())
        self._put([[defused(wording.title(column)) for column in columns]])

    def write(self, rows: Sequence[Any]) -> None:
        self._put(cells(row, self._columns, self._zone, self._wording) for row in rows)

    def finish(self) -> None:
        self._stream.flush()

    def close(self) -> None:
        self._lines.close()

    def _put(self, rows: Iterable[Sequence[str]]) -> None:
        self._csv.writerows(rows)
        self._stream.write(self._lines.getvalue().encode("utf-8", "replace"))
        self._lines.seek(0)
        self._lines.truncate()


def cells(row: Any, columns: Columns, zone: ZoneInfo, wording: Wording) -> list[str]:
    """A row as texts that a spreadsheet may be given."""
    return [_text(column, column.value(row), zone, wording) for column in columns]


def _text(column: Column, value: Value, zone: ZoneInfo, wording: Wording) -> str:
    if value is None:
        return ""
    if column.type is ColumnType.INSTANT and isinstance(value, int):
        return _local(value, zone).strftime("%Y-%m-%d %H:%M:%S")
    return defused(_plain(value, wording))


def _plain(value: Value, wording: Wording) -> str:
    match value:
        case bool():
            return wording.yes_no(value)
        case WireEnum():
            return wording.word(value)
        case tuple():
            return ", ".join(value)
        case _:
            return str(value)


class _JsonLinesWriter:
    """One object a line: codes, seconds as numbers, instants as ISO 8601 with the offset of the call centre."""

    def __init__(self, stream: BinaryIO, columns: Columns, zone: ZoneInfo) -> None:
        self._stream, self._columns, self._zone = stream, columns, zone
        self._encoder = msgspec.json.Encoder()

    def write(self, rows: Sequence[Any]) -> None:
        self._stream.write(self._encoder.encode_lines([self._object(row) for row in rows]))

    def finish(self) -> None:
        self._stream.flush()

    def close(self) -> None:
        pass

    def _object(self, row: Any) -> dict[str, Any]:
        return {column.id: self._value(column, column.value(row)) for column in self._columns}

    def _value(self, column: Column, value: Value) -> Any:
        if column.type is ColumnType.INSTANT and isinstance(value, int):
            return _local(value, self._zone).isoformat()
        return value


class _JsonWriter(_JsonLinesWriter):
    """One array of the same objects."""

    def __init__(self, stream: BinaryIO, columns: Columns, zone: ZoneInfo) -> None:
        super().__init__(stream, columns, zone)
        self._separator = b"[\n"

    def write(self, rows: Sequence[Any]) -> None:
        for row in rows:
            self._stream.write(self._separator + self._encoder.encode(self._object(row)))
            self._separator = b",\n"

    def finish(self) -> None:
        self._stream.write(b"[]\n" if self._separator == b"[\n" else b"\n]\n")
        super().finish()


class _XlsxWriter:
    """A workbook with typed cells: dates, spans as times that go past 24 hours, numbers, text that is only text."""

    def __init__(self, stream: BinaryIO, columns: Columns, zone: ZoneInfo, wording: Wording) -> None:
        # 40 ms, and only this format needs it.
        from xlsxwriter import Workbook

        self._columns, self._zone, self._wording = columns, zone, wording
        # Rows wait in files until the end: in a folder of our own, so that an abandoned export leaves nothing.
        self._folder = TemporaryDirectory(prefix="pult-export-")
        self._book = Workbook(ZipStream(stream), {"constant_memory": True, "tmpdir": self._folder.name})
        self._instant = self._book.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"})
        self._span = self._book.add_format({"num_format": "[h]:mm:ss"})
        self._bold = self._book.add_format({"bold": True})
        self._row = _SHEET_ROWS
        self._new_sheet()

    def write(self, rows: Sequence[Any]) -> None:
        for row in rows:
            if self._row >= _SHEET_ROWS:
                self._new_sheet()
            for place, column in enumerate(self._columns):
                self._cell(place, column.type, column.value(row))
            self._row += 1

    def finish(self) -> None:
        self._book.close()

    def close(self) -> None:
        self._folder.cleanup()

    def _new_sheet(self) -> None:
        self._sheet = self._book.add_worksheet()
        self._sheet.freeze_panes(1, 0)
        for place, column in enumerate(self._columns):
            self._sheet.set_column(place, place, 20 if column.type is not ColumnType.SPAN else 10)
            self._sheet.write_string(0, place, self._wording.title(column), self._bold)
        self._row = 1

    def _cell(self, place: int, type: ColumnType, value: Value) -> None:
        if value is None or value in ("", ()):
            return
        if isinstance(value, bool):
            self._sheet.write_boolean(self._row, place, value)
        elif type is ColumnType.INSTANT and isinstance(value, int):
            local = _local(value, self._zone).replace(tzinfo=None)
            self._sheet.write_datetime(self._row, place, local, self._instant)
        elif type is ColumnType.SPAN and isinstance(value, int):
            self._sheet.write_number(self._row, place, value / _DAY, self._span)
        elif isinstance(value, int):
            self._sheet.write_number(self._row, place, value)
        else:
            self._sheet.write_string(self._row, place, _plain(value, self._wording)[:_CELL_LIMIT])
