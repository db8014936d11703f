"""Rows of a CSV file of any size, line end and encoding, in bounded memory; damaged lines never take others along."""

from __future__ import annotations

import codecs
import csv
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import BinaryIO

from msgspec import Struct

from backend_client.errors import Invalid, NotFound
from backend_client.ingest.source import Rejection
from backend_client.model.ordinary_file import check_source
from backend_client.model.reason import Reason
from backend_client.model.text import N_, clean

CHUNK = 1 << 20
LINE_LIMIT = 64 * 1024
"""Longest line in bytes; Asterisk itself writes none over 1,024."""
RECORD_LINES = 30
"""Most lines of one record (quoted line breaks); further than that a quotation mark is not closed."""
HEAD = 64 * 1024
_WINDOWS = 64
_WINDOW = 16 * 1024
DELIMITERS = ",;\t|"
_ARCHIVES = (
    (0, b"PK\x03\x04"), (0, b"BZh"), (0, b"\xfd7zXZ\0"), (0, b"7z\xbc\xaf\x27\x1c"), (0, b"Rar!"),
    (0, b"\x28\xb5\x2f\xfd"), (257, b"ustar"),
)  # fmt: skip
"""Where which bytes stand in an archive. What is stored in one unpacked looks like text, with a torn first record."""
_BOMS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))

csv.field_size_limit(RECORD_LINES * LINE_LIMIT)


class Block(Struct):
    """Consecutive rows and the line each begins at. `position` is in bytes of the file."""

    rows: list[list[str]]
    lines: Sequence[int]
    rejections: list[Rejection]
    last_line: int
    position: int = 0
    unterminated: bool = False
    """The last line has no line end: somebody may be writing it."""


def read_head(path: Path) -> bytes:
    """The first bytes of a file. Raises NotFound or Invalid: missing, directory, unreadable, empty."""
    name = clean(str(path))
    try:
        if path.is_dir():
            raise Invalid(N_("{path} is a directory."), N_("Name a file in it."), path=name)
        check_source(path)
        with path.open("rb") as file:
            head = file.read(HEAD)
    except FileNotFoundError as error:
        raise NotFound(N_("There is no file {path}."), path=name) from error
    except (OSError, ValueError) as error:
        raise Invalid(N_("Cannot read {path}: {why}."), path=name, why=_why(error)) from error
    if not head:
        raise Invalid(N_("{path} is empty."), path=name)
    return head


def _why(error: OSError | ValueError) -> str:
    return clean(getattr(error, "strerror", None) or str(error))


def is_archive(head: bytes) -> bool:
    """Whether a file that begins so holds others, or one packed by another means than gzip."""
    return any(head.startswith(mark, at) for at, mark in _ARCHIVES)


def no_text(path: Path, head: bytes) -> Invalid:
    """Why a file that is no text is not read."""
    name = clean(str(path))
    if is_archive(head):
        return Invalid(N_("{path} is an archive."), N_("Unpack it, and read the files that come out."), path=name)
    return Invalid(N_("{path} is not a text file."), path=name)


def is_binary(head: bytes) -> bool:
    """Whether the bytes are no text: an archive, or one in twenty is a control byte. A few NULs are what a power
    cut leaves."""
    if is_archive(head):
        return True
    if _bom(head)[1].startswith("utf-16"):
        return False
    controls = sum(head.count(bytes([code])) for code in range(32) if code not in b"\t\n\r\f")
    return controls * 20 > len(head)


def _bom(head: bytes) -> tuple[bytes, str]:
    for mark, encoding in _BOMS:
        if head.startswith(mark):
            return mark, encoding
    return b"", "utf-8"


def _decode(data: bytes, encoding: str) -> list[str]:
    """Lines of whole lines' bytes. UTF-8 where it is UTF-8, else (line by line) cp1251, or the encoding named."""
    data = data.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    if encoding:
        return data.decode(encoding, "replace").split("\n")
    try:
        return data.decode().split("\n")
    except UnicodeDecodeError:
        return [_decode_line(line) for line in data.split(b"\n")]


def _decode_line(line: bytes) -> str:
    try:
        return line.decode()
    except UnicodeDecodeError:
        return line.decode("cp1251", "replace")


class CsvFile:
    """A CSV file, looked at and then read. Raises Invalid where it is no text or names no rows.

    `encoding` blank: by the mark at its beginning, else UTF-8, else cp1251. `delimiter` blank: recognised, where it
    makes `least` columns.
    """

    def __init__(self, path: Path, encoding: str = "", delimiter: str = "", *, least: int = 5) -> None:
        self.path = path
        head = read_head(path)
        self.size = path.stat().st_size
        self._mark, marked = _bom(head)
        self._utf16 = marked if marked.startswith("utf-16") else ""
        self._encoding = "" if self._utf16 else encoding
        if is_binary(head):
            raise no_text(path, head)
        if len(head) == HEAD and b"\n" not in head and b"\r" not in head:
            raise Invalid(N_("{path} has no lines: the first is longer than any record."), path=clean(str(path)))
        self._check_encoding()
        self._head = self._lines_of(head)
        if self.size > HEAD and len(self._head) > 1:
            self._head.pop()
        self.delimiter = delimiter or self._find_delimiter(least)
        self.encoding = self._utf16 or encoding or self._name_encoding(head)

    def _check_encoding(self) -> None:
        """Only encodings in which a line end is a line end's byte; UTF-16 is known by its mark."""
        try:
            fit = "\n".encode(self._encoding or "utf-8") == b"\n"
        except (LookupError, ValueError):
            fit = False
        if not fit:
            raise Invalid(N_("{encoding} is no encoding that can be read."), encoding=clean(self._encoding))

    def _name_encoding(self, head: bytes) -> str:
        try:
            head[: head.rfind(b"\n") + 1 or None].decode()
        except UnicodeDecodeError:
            return "cp1251"
        return "utf-8"

    def _lines_of(self, data: bytes) -> list[str]:
        data = data.removeprefix(self._mark) if self._mark else data
        if self._utf16:
            data = data.decode(self._utf16, "replace").encode("utf-8", "replace")
        return _decode(data, self._encoding)

    def _find_delimiter(self, least: int) -> str:
        """The delimiter that cuts most of the first lines into the same number of columns, at least so many."""
        lines = [line for line in self._head[:50] if line.count('"') % 2 == 0 and line.strip()]
        best, score = ",", 0
        for delimiter in DELIMITERS:
            widths = [len(row) for row in csv.reader(lines, delimiter=delimiter)]
            for width in set(widths):
                if width >= least and widths.count(width) * width > score:
                    best, score = delimiter, widths.count(width) * width
        return best

    def usual_width(self) -> int:
        """How many columns most of the first rows have, those of several lines too; the first of equals."""
        rows = csv.reader((line for line in self._head if len(line) < LINE_LIMIT), delimiter=self.delimiter)
        widths = Counter(len(row) for row in (*rows, *self._sample_rows(self._head)) if row)
        return widths.most_common(1)[0][0] if widths else 1

    def first_lines(self, count: int) -> list[str]:
        """So many lines, or as many as there are."""
        return [line for line in self._head[:count] if len(line) < LINE_LIMIT]

    def first_row(self) -> list[str]:
        """The first row that is not blank."""
        lines = [line for line in self._head if line.strip()]
        return next(csv.reader(lines[:RECORD_LINES], delimiter=self.delimiter), [])

    def sample(self) -> list[list[str]]:
        """Rows from the whole length of the file, in order, at most about a megabyte of them."""
        with self.path.open("rb") as file:
            if self.size <= _WINDOWS * _WINDOW:
                return self._sample_rows(self._lines_of(file.read(_WINDOWS * _WINDOW)))
            rows = self._sample_rows(self._head)
            step = self.size // _WINDOWS
            for window in range(1, _WINDOWS):
                file.seek(window * step & ~1)
                rows += self._sample_rows(self._window(file)[1:-1])
        return rows

    def _window(self, file: BinaryIO) -> list[str]:
        data = file.read(_WINDOW)
        if self._utf16:
            data = data.decode(self._utf16, "replace").encode("utf-8", "replace")
        return _decode(data, self._encoding)

    def _sample_rows(self, lines: list[str]) -> list[list[str]]:
        whole = [line for line in lines if line.count('"') % 2 == 0 and len(line) < LINE_LIMIT]
        return [row for row in csv.reader(whole, delimiter=self.delimiter) if row]

    def blocks(self, width: int) -> Iterator[Block]:
        """All rows, block by block. `width` is the usual number of columns, by which joined lines are judged."""
        cutter = _RecordCutter(self.delimiter, width)
        for lines, position, last, unterminated in self._line_blocks():
            block = cutter.cut(lines, at_end=last)
            block.position = position
            block.unterminated = unterminated
            yield block

    def parse(self, data: bytes, width: int) -> Block:
        """Rows of whole lines that were appended to the file after it was opened."""
        if self._utf16:
            data = data.decode(self._utf16, "replace").encode("utf-8", "replace")
        lines: list[str | None] = list(_decode(data, self._encoding))
        if lines and not lines[-1]:
            lines.pop()
        return _RecordCutter(self.delimiter, width).cut(lines, at_end=True)

    def _line_blocks(self) -> Iterator[tuple[list[str | None], int, bool, bool]]:
        """(lines, position, whether it is the last block, whether its last line has no end).

        None stands for a line over LINE_LIMIT, so that lines are counted right.
        """
        rest, position, skipping = b"", 0, False
        decoder = codecs.getincrementaldecoder(self._utf16)("replace") if self._utf16 else None
        with self.path.open("rb") as file:
            file.seek(len(self._mark))
            while chunk := file.read(CHUNK):
                position = file.tell()
                if decoder is not None:
                    chunk = decoder.decode(chunk).encode("utf-8", "replace")
                data = rest + chunk
                cut = max(data.rfind(b"\n"), data.rfind(b"\r", 0, -1)) + 1
                rest = data[cut:]
                lines: list[str | None] = []
                if cut:
                    lines = self._limited(data[:cut])
                    if skipping:
                        lines[0], skipping = None, False
                if len(rest) > LINE_LIMIT:
                    rest, skipping = rest[-1:] if rest.endswith(b"\r") else b"", True
                if lines:
                    yield lines, position, False, False
        final = self._limited(rest + b"\n") if rest or skipping else []
        if skipping and final:
            final[0] = None
        yield final, position, True, bool(final) and not rest.endswith(b"\r")

    def _limited(self, data: bytes) -> list[str | None]:
        """Lines of bytes that end with a line end."""
        lines: list[str | None] = list(_decode(data, self._encoding))
        lines.pop()
        if len(data) > LINE_LIMIT:
            return [line if line is not None and len(line) <= LINE_LIMIT else None for line in lines]
        return lines


class _RecordCutter:
    """Cuts lines into records. A line with an odd number of quotation marks begins a record of several lines, but
    only if a near line closes it and the whole has the usual width: else that one line is damaged."""

    def __init__(self, delimiter: str, width: int) -> None:
        self._delimiter = delimiter
        self._width = width
        self._number = 1
        self._kept: list[str | None] = []

    def cut(self, lines: list[str | None], *, at_end: bool) -> Block:
        lines = self._kept + lines
        self._kept = []
        first = self._number
        if None not in lines:
            plain: list[str] = lines  # type: ignore[assignment]
            if not any(line.count('"') & 1 for line in plain):
                rows = self._parse(plain)
                if len(rows) == len(plain):
                    self._number += len(plain)
                    return Block(rows, range(first, self._number), [], self._number - 1)
        return self._cut_slowly(lines, at_end)

    def _parse(self, lines: list[str]) -> list[list[str]]:
        try:
            return list(csv.reader(lines, delimiter=self._delimiter))
        except csv.Error:
            return []

    def _cut_slowly(self, lines: list[str | None], at_end: bool) -> Block:
        rows: list[list[str]] = []
        numbers: list[int] = []
        rejections: list[Rejection] = []
        at = 0
        while at < len(lines):
            number = self._number + at
            line = lines[at]
            if line is None:
                rejections.append(Rejection(number, Reason.TOO_LONG))
                at += 1
                continue
            taken, row = self._record(lines, at)
            if row is None and not at_end and len(lines) - at <= RECORD_LINES:
                self._kept = lines[at:]
                break
            if row is None:
                rejections.append(Rejection(number, Reason.OPEN_QUOTE, "", (line,)))
            else:
                rows.append(row)
                numbers.append(number)
            at += taken
        self._number += at
        return Block(rows, numbers, rejections, self._number - 1)

    def _record(self, lines: list[str | None], at: int) -> tuple[int, list[str] | None]:
        """How many lines the record at `at` takes, and its row; None where its quotation mark stays open."""
        joined = lines[at] or ""
        if joined.count('"') % 2 == 0:
            return 1, (self._parse([joined]) or [[]])[0]
        for end in range(at + 1, min(at + RECORD_LINES, len(lines))):
            line = lines[end]
            if line is None:
                break
            joined += "\n" + line
            if line.count('"') % 2:
                parsed = self._parse([joined])
                if len(parsed) == 1 and len(parsed[0]) == self._width:
                    return end - at + 1, parsed[0]
                break
        return 1, self._alone(lines[at] or "")

    def _alone(self, line: str) -> list[str] | None:
        """The row of a line whose odd quotation mark stands inside a cell, such as inches, and so opens nothing."""
        try:
            rows = list(csv.reader([line], delimiter=self._delimiter, strict=True))
        except csv.Error:
            return None
        return rows[0] if len(rows) == 1 and len(rows[0]) == self._width else None
