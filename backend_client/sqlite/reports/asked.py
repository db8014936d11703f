"""One report being answered: its filter, its days, and sums of calls from wherever they are known."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from msgspec import structs

from backend_client.model.call_filter import NOTHING, CallFilter
from backend_client.model.directory import Directories
from backend_client.model.report import (
    By,
    Cell,
    Measure,
    Report,
    ReportColumn,
    ReportRequest,
    ReportRow,
    RowKind,
    narrowed,
)
from backend_client.sqlite.filter_sql import Viewer, kinds_of
from backend_client.sqlite.names import Names
from backend_client.sqlite.reports.axis import Axis
from backend_client.sqlite.reports.count_calls import Question, SliceCache, Sum, sums_of_calls
from backend_client.sqlite.reports.days import Bucket, Days, iso
from backend_client.sqlite.reports.tallied import sums_of_tallies


@dataclass
class Asked:
    """What is asked, and everything that answering needs. `complete` turns False where time ran out."""

    db: sqlite3.Connection
    viewer: Viewer
    names: Names
    directories: Directories
    cache: SliceCache
    request: ReportRequest
    report: Report
    by: By
    measure: Measure
    base: CallFilter
    days: Days
    deadline: float | None = None
    named: tuple[int, ...] | None = None
    """Keys of the rows to show, in this order: those of the table that this one is compared with."""
    complete: bool = True
    done: int = 0
    total: int = 0

    def sums(
        self,
        axis: Axis,
        by: By | None = None,
        *,
        base: CallFilter | None = None,
        weights: tuple[str, ...] = ("1",),
        bits: str = "",
        far: bool = False,
        alike: frozenset[int] | None = None,
    ) -> list[Sum]:
        """Sums over the calls of the filter: of the tallies where these know them, else of the calls. The kinds of
        `alike` may come added up, as one of them."""
        by = self.by if by is None else by
        wanted = self.base if base is None else base
        if not bits:
            known = sums_of_tallies(self.db, axis, wanted, self.viewer, self.days, by, alike)
            if known is not None:
                return known
        question = Question(axis, by in (By.DAY, By.WEEK, By.MONTH), weights, bits, far)
        answer = sums_of_calls(self.db, question, wanted, self.viewer, self.names, self.days, self.cache, self.deadline)
        if not answer.complete:
            self.complete = False
            self.done, self.total = answer.done, answer.total
        return answer.sums

    def kinds(self, fragment: CallFilter) -> frozenset[int]:
        """The kinds of the filter narrowed by a fragment."""
        return frozenset(kinds_of(narrowed(self.base, fragment)))

    @property
    def own(self) -> bool:
        """The session sees only its own calls: no company totals, no other employee."""
        return not self.viewer.scope.all_calls

    def earlier(self, base: CallFilter, days: Days, named: tuple[int, ...]) -> Asked:
        """The same of another period, with the rows that this one shows."""
        return replace(self, base=base, days=days, named=named)

    @property
    def top(self) -> int:
        """So many rows before Others; 0: all."""
        top = self.request.top
        return self.report.top if top is None else max(0, top)

    def shown(self, lines: Sequence[Line]) -> list[Line]:
        """Of the lines of entries, those that are named, or those of the most calls (by the last column)."""
        if self.named is not None:
            by_key = {line.row.key: line for line in lines}
            return [by_key[key] for key in self.named if key in by_key]
        ranked = sorted((line for line in lines if any(line.counts)), key=lambda line: -line.counts[-1])
        return ranked[: self.top] if self.top else ranked


@dataclass
class Line:
    """A row in the making: a number a column that counts, by the column's place."""

    row: ReportRow
    counts: list[float] = field(default_factory=list)
    cells: dict[int, Cell] = field(default_factory=dict)
    """Cells that are no sum of the row's own counts."""


@dataclass
class Table:
    """Rows and total rows over some columns."""

    columns: tuple[ReportColumn, ...]
    lines: list[Line] = field(default_factory=list)
    totals: list[Line] = field(default_factory=list)


Take = tuple[frozenset[int], frozenset[int] | None]
"""Kinds and keys that a column adds up; None: every key."""


def bucket_lines(asked: Asked, buckets: Sequence[Bucket], width: int) -> list[Line]:
    """An empty line a bucket."""
    return [
        Line(
            ReportRow(
                kind=RowKind.BUCKET,
                first=iso(bucket.first),
                last=iso(bucket.last),
                partial=bucket.partial,
                fragment=CallFilter(period=asked.days.dates(bucket.first, bucket.last)),
            ),
            [0] * width,
        )
        for bucket in buckets
    ]


def add_up(
    sums: Iterable[Sum],
    lines: Sequence[Line],
    takes: Sequence[Take],
    places: Mapping[int, int],
    *,
    by_day: bool = False,
) -> None:
    """Add sums to the counts of lines; `places` are those of the keys, or of the days. What has none is left out."""
    counts_of = {one: lines[place].counts for one, place in places.items()}
    by_key = any(keys is not None for _, keys in takes)
    columns: dict[tuple[int, int], list[int]] = {}
    last_key = last_kind = -1
    chosen: list[int] = []
    for key, kind, day, n in sums:
        counts = counts_of.get(day if by_day else key)
        if counts is None:
            continue
        if kind != last_kind or (by_key and key != last_key):
            last_key, last_kind = key, kind
            which = (key if by_key else 0, kind)
            if which not in columns:
                columns[which] = [
                    i for i, (kinds, keys) in enumerate(takes) if kind in kinds and (keys is None or key in keys)
                ]
            chosen = columns[which]
        for i in chosen:
            counts[i] += n


def add_all(sums: Iterable[Sum], line: Line, takes: Sequence[Take]) -> None:
    """Add sums to the counts of one line, whatever their keys and days."""
    add_up(((0, kind, 0, n) for _, kind, _, n in sums), [line], takes, {0: 0})


def in_buckets(buckets: Sequence[Bucket]) -> dict[int, int]:
    """The place of each day's bucket."""
    return {day: i for i, bucket in enumerate(buckets) for day in range(bucket.first, bucket.last + 1)}


def finished(line: Line, columns: Sequence[ReportColumn]) -> ReportRow:
    """The row with its cells: counts as they are, but where the line has a cell of its own."""
    cells = [*map(Cell, line.counts[: len(columns)])] if line.counts else [Cell()] * len(columns)
    for place, cell in line.cells.items():
        cells[place] = cell
    return structs.replace(line.row, cells=tuple(cells))


def share(part: float, whole: float) -> Cell:
    """A share; no value where the whole is nothing."""
    return Cell(part / whole if whole else None, int(whole))


def total_line(lines: Sequence[Line], width: int) -> Line:
    """The sum of the lines."""
    counts: list[float] = [*map(sum, zip(*(line.counts for line in lines), strict=True))] or [0] * width
    return Line(ReportRow(kind=RowKind.TOTAL, fragment=NOTHING), counts)
