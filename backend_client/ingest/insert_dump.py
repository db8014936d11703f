"""Dumps of a table as INSERT statements, as sqlite3 and mysqldump write them, in bounded memory."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from pathlib import Path

from backend_client.ingest.record_table import SAMPLED, Numbered
from backend_client.ingest.rows import LINE_LIMIT, read_head
from backend_client.ingest.source import Rejection
from backend_client.model.reason import Reason
from backend_client.model.text import clean

_CHUNK = 1 << 18
_PORTION = 2000
_VALUE = r"""\s*+(?:'(?:[^'\\]++|\\.|'')*+'|"(?:[^"\\]++|\\.|"")*+"|[^'",()\s][^'",()]*+)\s*+"""
_TUPLE = re.compile(rf"\s*+\(({_VALUE}(?:,{_VALUE})*+)\)\s*+([,;]|$)", re.DOTALL)
_VALUES = re.compile(_VALUE, re.DOTALL)
_ESCAPE = re.compile(r"\\(.)", re.DOTALL)
_ESCAPES = {"n": "\n", "t": "\t", "r": "\r", "0": "", "Z": ""}


def _insert(table: str) -> re.Pattern[str]:
    return re.compile(
        rf"""INSERT\s++(?:OR\s++\w++\s++|IGNORE\s++)?INTO\s++["`\[]?(?:\w++["`\]]?\.["`\[]?)?{table}["`\]]?\s*+"""
        r"(?:\(([^()]*+)\)\s*+)?VALUES",
        re.IGNORECASE,
    )


def is_dump_of(head: bytes, table: str) -> bool:
    """Whether a file's beginning makes or fills this table."""
    text = head.decode("utf-8", "replace")
    made = re.search(rf"""CREATE\s+TABLE[^(;]{{0,60}}\b{table}\b""", text, re.IGNORECASE)
    return made is not None or _insert(table).search(text) is not None


class DumpRows:
    """Rows of one table out of a dump. `numbers` count its rows, position is in characters read."""

    encoding = "utf-8"

    def __init__(self, path: Path, table: str, titles: Sequence[str]) -> None:
        """`titles` are the columns in their order, where the statements do not name them."""
        self.name = clean(path.name)
        self._path = path
        self._statement = _insert(table)
        head = read_head(path).decode("utf-8", "replace")
        named = self._statement.search(head)
        if named and named[1]:
            self.titles: Sequence[str] = [text.strip(' \t\r\n"`[]') for text in named[1].split(",")]
        else:
            self.titles = self._created(head, table) or titles
        self.size = path.stat().st_size

    @staticmethod
    def _created(head: str, table: str) -> list[str]:
        """The columns that a CREATE TABLE before the rows names, one a definition."""
        made = re.search(
            rf"""CREATE\s+TABLE[^(;]{{0,60}}\b{table}\b[^(;]{{0,3}}\(((?:[^()]++|\([^()]*+\))*+)\)""",
            head,
            re.IGNORECASE,
        )
        if made is None:
            return []
        definitions = re.split(r",(?![^()]*\))", made[1])
        names = [re.match(r"""\s*["`\[]?(\w+)""", definition) for definition in definitions]
        words = [name[1] for name in names if name]
        return [word for word in words if word.upper() not in ("PRIMARY", "KEY", "UNIQUE", "CONSTRAINT", "INDEX")]

    def sample(self) -> list[list[str]]:
        rows: list[list[str]] = []
        for numbered in self.read():
            rows += [row for row in numbered.rows if len(row) == len(self.titles)]
            if len(rows) >= SAMPLED:
                break
        return rows

    def read(self, after: int = 0) -> Iterator[Numbered]:
        rows: list[list[str]] = []
        rejections: list[Rejection] = []
        first, position = 1, 0
        for tuple_, position in self._tuples():
            number = first + len(rows) + len(rejections)
            if tuple_ is None:
                rejections.append(Rejection(number, Reason.WRONG_COLUMNS))
            else:
                rows.append([_plain(text) for text in _VALUES.findall(tuple_)])
            if len(rows) >= _PORTION:
                yield Numbered(rows, range(first, first + len(rows)), position, rejections)
                first += len(rows) + len(rejections)
                rows, rejections = [], []
        yield Numbered(rows, range(first, first + len(rows)), max(position, self.size), rejections)

    def _tuples(self) -> Iterator[tuple[str | None, int]]:
        """The text inside each pair of parentheses behind VALUES; None for one that cannot be read."""
        inside = False
        text, position = "", 0
        with self._path.open(encoding="utf-8", errors="replace", newline="") as file:
            while True:
                chunk = file.read(_CHUNK)
                text += chunk
                position += len(chunk)
                at = 0
                while True:
                    if not inside:
                        statement = self._statement.search(text, at)
                        if statement is None:
                            # The beginning of a statement may stand at the chunk's end.
                            at = max(at, len(text) - LINE_LIMIT)
                            break
                        inside, at = True, statement.end()
                    found = _TUPLE.match(text, at)
                    if found is None:
                        if len(text) - at < LINE_LIMIT and chunk:
                            break
                        if text[at:].strip():
                            yield None, position
                        inside = False
                        at += 1
                        continue
                    if found.end() == len(text) and not found[2] and chunk:
                        break
                    yield found[1], position
                    at = found.end()
                    inside = found[2] == ","
                text = text[at:]
                if not chunk:
                    return


def _plain(text: str) -> str:
    """A value without its quotation marks; NULL is blank."""
    text = text.strip()
    quote = text[:1]
    if quote not in ("'", '"'):
        return "" if text.upper() == "NULL" else text
    text = text[1:-1].replace(quote * 2, quote)
    return _ESCAPE.sub(lambda found: _ESCAPES.get(found[1], found[1]), text) if "\\" in text else text
