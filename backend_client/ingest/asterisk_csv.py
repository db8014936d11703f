"""Call records of Asterisk and FreePBX as CSV: Master.csv, cdr_custom, and exports of the cdr table."""

from __future__ import annotations

import codecs
import csv
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from backend_client.errors import Invalid
from backend_client.ingest.guess import guess_layout
from backend_client.ingest.identity import RecordKeys
from backend_client.ingest.layouts import Layout, best_layout, header_layout, is_unique_id
from backend_client.ingest.leg_reader import LegReader, NotTaken
from backend_client.ingest.profile import Profile
from backend_client.ingest.rows import Block, CsvFile, is_binary
from backend_client.ingest.sides import sides_of
from backend_client.ingest.source import ColumnPreview, Growing, Portion, Preview, Rejection, Source, SourceOptions
from backend_client.ingest.time_of_day import start_texts, with_time_of_day
from backend_client.ingest.timing import read_clock
from backend_client.ingest.words import unknown_words
from backend_client.model.leg import Leg
from backend_client.model.reason import Reason
from backend_client.model.text import N_, clean

_GOOD = 0.8
_SHOWN = 3
_PORTION = 4000
_WIDTHS = range(5, 200)
"""Columns of anything that may be a table of calls; guessing is quadratic in them."""
_GUESSED = 500
"""Rows that are enough to guess by."""
_MASTER_WIDTHS = range(16, 22)


class AsteriskCsv:
    """The format: recognised by titles, or by values that fit a known column set."""

    name = "asterisk-csv"

    def detect(self, head: bytes, filename: str) -> float:
        """Sure by a header or fitting values; a file called like Asterisk's own is one even in an unknown order."""
        if is_binary(head):
            return 0.0
        named = Path(filename).name.lower().startswith(("master", "cdr"))
        lines = [line for line in head.decode("utf-8", "replace").splitlines() if line.count('"') % 2 == 0][:50]
        if head[:2] in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE):
            return 0.5
        for delimiter in ",;\t|":
            rows = [row for row in csv.reader(lines, delimiter=delimiter) if row]
            if rows and header_layout(rows[0]):
                return 1.0
            width = Counter(map(len, rows)).most_common(1)[0][0] if rows else 0
            layout, score = best_layout(rows, width)
            if layout is not None:
                return score
        return 0.4 if named else 0.1

    def open(self, path: Path, options: SourceOptions) -> Source:
        """Look at the file and find out what is where. Raises Invalid with a question where that cannot be told."""
        return AsteriskCsvFile(path, options)


class AsteriskCsvFile:
    """One opened file: its layout, the order of its dates and its clock, all out of one bounded sample."""

    def __init__(self, path: Path, options: SourceOptions) -> None:
        profile = options.profile or Profile()
        self._name = clean(path.name)
        self._settings = options.settings
        self._file = CsvFile(path, profile.encoding, profile.delimiter)
        first = self._file.first_row()
        titled = _titled_layout(first, profile)
        self._titles = first if titled is not None or profile.header else []
        sample = [row for row in self._file.sample() if row != self._titles]
        if profile.columns:
            self._layout = Layout(profile.name or "profile", profile.columns)
        else:
            self._layout = titled or self._find_layout(sample)
        self._sample = [row for row in sample if len(row) == len(self._layout.fields)]
        self._layout = with_time_of_day(self._layout, self._titles, self._sample, self._name)
        self._profile = profile
        ids = [
            unique or linked for unique, linked in zip(self._texts("uniqueid"), self._texts("linkedid"), strict=True)
        ]
        self._order, self._clock, self._zone_from = read_clock(start_texts(self._layout, self._sample), ids, options)
        self._keys = RecordKeys()
        self._readers: dict[int, LegReader | None] = {}
        self._width = len(self._layout.fields)
        """Columns of the last record that was read."""

    @property
    def size(self) -> int:
        return self._file.size

    def _find_layout(self, sample: list[list[str]]) -> Layout:
        width = Counter(map(len, sample)).most_common(1)[0][0] if sample else 0
        rows = [row for row in sample if len(row) == width]
        if width not in _WIDTHS or not rows:
            raise Invalid(
                N_("{file} does not look like call records."),
                N_("If it is a table of calls, describe its columns in a profile and name it with --profile."),
                file=self._name,
            )
        layout, score = best_layout(rows, width)
        return layout if layout is not None and score >= _GOOD else self._guess(rows, layout)

    def _guess(self, rows: list[list[str]], fallback: Layout | None) -> Layout:
        try:
            return guess_layout(rows[:_GUESSED], self._name)
        except Invalid:
            if fallback is not None:
                return fallback
            raise

    def _texts(self, field: str) -> list[str]:
        if field not in self._layout.fields:
            return [""] * len(self._sample)
        index = self._layout.fields.index(field)
        return [row[index].strip() for row in self._sample]

    def sample_legs(self) -> list[Leg]:
        reader = self._reader_of(self._layout, RecordKeys())
        legs = []
        for row in self._sample:
            try:
                legs.append(reader.read(list(row)))
            except NotTaken:
                continue
        return legs

    def preview(self) -> Preview:
        """What would be read, and how."""
        columns = tuple(
            ColumnPreview(
                number=index + 1,
                title=clean(self._titles[index]) if index < len(self._titles) else "",
                field=field,
                samples=tuple(dict.fromkeys(clean(row[index]) for row in self._sample if row[index].strip()))[:_SHOWN],
            )
            for index, field in enumerate(self._layout.fields)
        )
        legs = self.sample_legs()
        return Preview(
            file=self._name, format=AsteriskCsv.name, layout=self._layout.name, encoding=self._file.encoding,
            delimiter=self._file.delimiter, header=bool(self._titles), dates=self._order.value,
            zone=self._clock.name, zone_from=self._zone_from, columns=columns,
            sides=sides_of(legs, self._settings), sampled=len(self._sample), words=unknown_words(legs),
        )  # fmt: skip

    def _reader_of(self, layout: Layout, keys: RecordKeys) -> LegReader:
        has_identity = "uniqueid" in layout.fields or "linkedid" in layout.fields
        return LegReader(layout, self._order, self._clock, keys, has_identity=has_identity, profile=self._profile)

    def _reader(self, row: list[str]) -> LegReader | None:
        """The reader of rows as wide as this one. An upgraded Asterisk goes on in the same file with more columns."""
        width = len(row)
        layout: Layout | None = None
        if width == len(self._layout.fields):
            layout = self._layout
        elif self._layout.name == AsteriskCsv.name and not self._titles and width in _MASTER_WIDTHS:
            layout = best_layout([row], width)[0]
        elif width > len(self._layout.fields) and not any(row[len(self._layout.fields) :]):
            layout = Layout(self._layout.name, (*self._layout.fields, *[""] * (width - len(self._layout.fields))))
        return self._reader_of(layout, self._keys) if layout else None

    def read(self) -> Iterator[Portion]:
        self._keys, self._readers = RecordKeys(), {}
        self._width = len(self._layout.fields)
        skip_titles = bool(self._titles)
        for block in self._file.blocks(len(self._layout.fields)):
            rows = block.rows
            for at in range(0, max(len(rows), 1), _PORTION):
                done = at + _PORTION >= len(rows)
                portion = Portion([], [], list(block.rejections) if done else [], block.position)
                for number, row in zip(block.lines[at : at + _PORTION], rows[at : at + _PORTION], strict=True):
                    if skip_titles and row:
                        skip_titles = False
                    elif row and block.unterminated and number == block.last_line and self._is_torn(row):
                        portion.rejections.append(Rejection(number, Reason.HALF_WRITTEN, "", tuple(row)))
                    elif row:
                        self._take(row, number, portion)
                if done and block.unterminated:
                    _mark_half_written(portion, block)
                yield portion

    def _is_torn(self, row: list[str]) -> bool:
        """Whether a last line without an end is no record yet: the narrower sets of Master.csv begin the wider ones,
        so a cut line may look whole."""
        return len(row) < self._width or any(row[self._width :])

    def take(self, data: bytes) -> Portion:
        """The records of lines that were appended."""
        block = self._file.parse(data, len(self._layout.fields))
        portion = Portion([], [], list(block.rejections), len(data))
        for number, row in zip(block.lines, block.rows, strict=True):
            if row:
                self._take(row, number, portion)
        return portion

    def follows(self, earlier: Growing) -> None:
        """Equal records are counted on."""
        if isinstance(earlier, AsteriskCsvFile):
            self._keys = earlier._keys

    def _take(self, row: list[str], number: int, portion: Portion) -> None:
        width = len(row)
        try:
            reader = self._readers[width]
        except KeyError:
            reader = self._readers[width] = self._reader(row)
        if reader is None:
            portion.rejections.append(Rejection(number, Reason.WRONG_COLUMNS, str(width), tuple(row)))
            return
        self._width = width
        try:
            portion.legs.append(reader.read(row))
        except NotTaken as not_taken:
            row.pop()
            if row == self._titles:
                # Exports that were joined repeat their header.
                return
            portion.rejections.append(Rejection(number, not_taken.reason, not_taken.detail, tuple(row)))


def _titled_layout(first: list[str], profile: Profile) -> Layout | None:
    """The layout of a header; None where the first row is a record."""
    if profile.header is False or any(is_unique_id(text.strip()) for text in first):
        return None
    return header_layout(first, profile.titles)


def _mark_half_written(portion: Portion, block: Block) -> None:
    """A last line without an end that is no whole record is still being written, and no error."""
    portion.rejections = [
        Rejection(r.line, Reason.HALF_WRITTEN, r.detail, r.raw) if r.line == block.last_line else r
        for r in portion.rejections
    ]
