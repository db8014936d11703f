"""A table of call records that is no CSV file: rows of texts with titles, read through one layout to legs."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Protocol, runtime_checkable

from msgspec import Struct

from backend_client.ingest.clock import UtcClock
from backend_client.ingest.dates import DateOrder
from backend_client.ingest.identity import RecordKeys
from backend_client.ingest.layouts import Layout
from backend_client.ingest.leg_reader import LegReader, NotTaken
from backend_client.ingest.profile import Profile
from backend_client.ingest.sides import sides_of
from backend_client.ingest.source import (
    CallLine,
    ColumnPreview,
    Growing,
    Portion,
    Preview,
    Rejection,
    SourceOptions,
    ZoneFrom,
)
from backend_client.ingest.time_of_day import start_texts, with_time_of_day
from backend_client.ingest.timing import read_clock
from backend_client.ingest.words import unknown_words
from backend_client.model.leg import Leg
from backend_client.model.reason import Reason
from backend_client.model.text import clean

_SHOWN = 3
SAMPLED = 2000
"""Rows on which a preview and a clock stand."""

Finish = Callable[[Leg, Sequence[str]], Leg | None]
"""What only this source knows about a leg, out of its row; None: the call still runs, and the record is not final."""


class Numbered(Struct):
    """Some rows of a table in its order. `numbers` count from 1 (lines or row ids); `position` as in `Portion`."""

    rows: list[list[str]]
    numbers: Sequence[int]
    position: int
    rejections: list[Rejection]


class Rows(Protocol):
    """Where a table's rows come from."""

    @property
    def name(self) -> str: ...
    @property
    def titles(self) -> Sequence[str]: ...
    @property
    def size(self) -> int: ...
    @property
    def encoding(self) -> str: ...

    def sample(self) -> list[list[str]]: ...

    def read(self, after: int = 0) -> Iterator[Numbered]:
        """All rows, or those behind a position."""
        ...


@runtime_checkable
class GrowingRows(Rows, Protocol):
    """Rows of a file that is written line by line."""

    def take(self, data: bytes) -> Numbered: ...


class RecordTable:
    """A `Source` over rows of one layout; `dated`: all their dates are epoch seconds."""

    def __init__(
        self,
        format: str,
        rows: Rows,
        layout: Layout,
        options: SourceOptions,
        finish: Finish | None = None,
        dated: bool = False,
    ) -> None:
        self._format = format
        self.rows = rows
        self._options = options
        self._finish = finish
        self._sample = rows.sample()[:SAMPLED]
        self._layout = layout if dated else with_time_of_day(layout, rows.titles, self._sample, rows.name)
        ids = [
            unique or linked for unique, linked in zip(self._texts("uniqueid"), self._texts("linkedid"), strict=True)
        ]
        self._order, self._clock, self._zone_from = (
            (DateOrder.EPOCH, UtcClock(), ZoneFrom.DATES)
            if dated
            else read_clock(start_texts(self._layout, self._sample), ids, options)
        )
        self._keys = RecordKeys()
        self._taking: LegReader | None = None

    @property
    def size(self) -> int:
        return self.rows.size

    @property
    def sampled(self) -> int:
        """How many records its clock was read off."""
        return len(self._sample)

    def _texts(self, field: str) -> list[str]:
        if field not in self._layout.fields:
            return [""] * len(self._sample)
        index = self._layout.fields.index(field)
        return [row[index].strip() for row in self._sample]

    def _reader(self, keys: RecordKeys) -> LegReader:
        has_identity = "uniqueid" in self._layout.fields or "linkedid" in self._layout.fields
        profile = self._options.profile or Profile()
        return LegReader(self._layout, self._order, self._clock, keys, has_identity=has_identity, profile=profile)

    def sample_legs(self) -> list[Leg]:
        return self._legs(self._reader(RecordKeys()), Numbered(self._sample, range(len(self._sample)), 0, [])).legs

    def preview(self) -> Preview:
        columns = tuple(
            ColumnPreview(
                number=index + 1,
                title=clean(title),
                field=self._layout.fields[index],
                samples=tuple(dict.fromkeys(clean(row[index]) for row in self._sample if row[index].strip()))[:_SHOWN],
            )
            for index, title in enumerate(self.rows.titles)
        )
        legs = self.sample_legs()
        return Preview(
            file=self.rows.name, format=self._format, layout=self._layout.name, encoding=self.rows.encoding,
            delimiter="", header=True, dates=self._order.value, zone=self._clock.name, zone_from=self._zone_from,
            columns=columns, sides=sides_of(legs, self._options.settings), sampled=len(self._sample),
            words=unknown_words(legs),
        )  # fmt: skip

    def read(self, after: int = 0) -> Iterator[Portion]:
        """All records, or those behind a position."""
        self._keys = RecordKeys()
        reader = self._reader(self._keys)
        for numbered in self.rows.read(after):
            yield self._legs(reader, numbered)

    def take(self, data: bytes) -> Portion:
        """The records of lines that were appended; rows that are no lines cannot be."""
        assert isinstance(self.rows, GrowingRows)
        self._taking = self._taking or self._reader(self._keys)
        return self._legs(self._taking, self.rows.take(data))

    def follows(self, earlier: Growing) -> None:
        """Equal records are counted on."""
        if isinstance(earlier, RecordTable):
            self._keys = earlier._keys

    def _legs(self, reader: LegReader, numbered: Numbered) -> Portion:
        legs: list[Leg] = []
        rejections = numbered.rejections
        events: list[CallLine] = []
        for number, row in zip(numbered.numbers, numbered.rows, strict=True):
            if len(row) != reader.width:
                rejections.append(Rejection(number, Reason.WRONG_COLUMNS, str(len(row)), tuple(row)))
                continue
            try:
                leg: Leg | None = reader.read(row)
                if self._finish is not None and leg is not None:
                    leg = self._finish(leg, row)
            except NotTaken as not_taken:
                rejections.append(Rejection(number, not_taken.reason, not_taken.detail, tuple(row)))
                continue
            if leg is None:
                rejections.append(Rejection(number, Reason.HALF_WRITTEN, "", tuple(row)))
            else:
                legs.append(leg)
        return Portion(legs, events, rejections, numbered.position)
