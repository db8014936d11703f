"""A CSV file as `Rows` of a table whose columns are known beforehand."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from backend_client.ingest.profile import Profile
from backend_client.ingest.record_table import Numbered
from backend_client.ingest.rows import CsvFile
from backend_client.ingest.source import Rejection
from backend_client.model.reason import Reason
from backend_client.model.text import clean

_PORTION = 2000


class CsvRows:
    """Rows of a CSV file; where its first row is `titles` themselves, behind it. Position is in bytes."""

    def __init__(self, path: Path, titles: Sequence[str], profile: Profile | None = None) -> None:
        profile = profile or Profile()
        self.name = clean(path.name)
        self.titles = titles
        self._file = CsvFile(path, profile.encoding, profile.delimiter)
        self.encoding = self._file.encoding
        first = [text.strip().lower() for text in self._file.first_row()]
        self._header = first == [title.lower() for title in titles]

    @property
    def size(self) -> int:
        return self._file.size

    def sample(self) -> list[list[str]]:
        rows = self._file.sample()
        return [row for row in (rows[1:] if self._header else rows) if len(row) == len(self.titles)]

    def take(self, data: bytes) -> Numbered:
        """Rows of lines that were appended; titles that came again are none."""
        block = self._file.parse(data, len(self.titles))
        titles = [title.lower() for title in self.titles]
        pairs = [
            (number, row)
            for number, row in zip(block.lines, block.rows, strict=True)
            if row and [text.strip().lower() for text in row] != titles
        ]
        return Numbered([row for _, row in pairs], [number for number, _ in pairs], len(data), block.rejections)

    def read(self, after: int = 0) -> Iterator[Numbered]:
        """All rows: a CSV file has no place to begin but its start."""
        for block in self._file.blocks(len(self.titles)):
            pairs = [(number, row) for number, row in zip(block.lines, block.rows, strict=True) if row]
            if self._header and pairs and pairs[0][0] == 1:
                pairs = pairs[1:]
            rejections = list(block.rejections)
            torn = block.unterminated and pairs and pairs[-1][0] == block.last_line
            if torn and len(pairs[-1][1]) != len(self.titles):
                number, row = pairs.pop()
                rejections.append(Rejection(number, Reason.HALF_WRITTEN, "", tuple(row)))
            for at in range(0, max(len(pairs), 1), _PORTION):
                part = pairs[at : at + _PORTION]
                last = at + _PORTION >= len(pairs)
                yield Numbered(
                    [row for _, row in part], [number for number, _ in part], block.position, rejections if last else []
                )
