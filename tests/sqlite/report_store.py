"""Reports of a store as tests ask for them, out of the tallies or out of the calls alone."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from unittest.mock import patch

from backend_client.model.report import By, Measure, ReportRequest, ReportResult, ReportRow, RowKind, Unit, cell_filter
from backend_client.model.reports import REPORTS
from backend_client.sqlite.directory import read_directories
from backend_client.sqlite.filter_sql import Viewer
from backend_client.sqlite.names import names_of
from backend_client.sqlite.reports import asked, axis, clients, entries, over_time, reader, service, within
from backend_client.sqlite.reports.count_calls import SliceCache


def read(
    db: sqlite3.Connection, request: ReportRequest, viewer: Viewer, cache: SliceCache | None = None
) -> ReportResult:
    """A report of the store."""
    directories = read_directories(db)
    return reader.read_report(db, request, viewer, names_of(directories), directories, cache or SliceCache())


@contextmanager
def without_tallies() -> Iterator[None]:
    """Reports come from the calls alone."""
    with (
        patch.object(asked, "sums_of_tallies", return_value=None),
        patch.object(clients, "_tallied", return_value=False),
        patch.object(entries, "sums_of_tallies", return_value=None),
        patch.object(over_time, "callbacks_of", return_value=None),
        patch.object(service, "knows", return_value=False),
        patch.object(within, "are_counted", return_value=False),
        patch.object(within, "_peaks_by_hour", lambda a: within._largest(a, a.sums(axis.HOUR, By.DAY))),
    ):
        yield


EVERY = [(report, by, measure) for report in REPORTS.values() for by in report.bys for measure in report.measures]
"""Every report, with each kind of row and each measure that it has."""


def counted(result: ReportResult) -> Iterator[tuple[ReportRow, int]]:
    """The cells whose value is the number of calls of their filter."""
    for row in (*result.rows, *result.totals):
        for i, column in enumerate(result.columns):
            plain = column.unit in (Unit.CALLS, Unit.PEAK, Unit.NUMBERS) and row.kind is not RowKind.AVERAGE
            if plain and result.measure is not Measure.TALK and row.cells[i].value is not None:
                yield row, i


def described(result: ReportResult, row: ReportRow, column: int) -> str:
    """A cell, for a failure that can be read."""
    at = f"{row.kind} {row.key or row.first} {result.columns[column].id}"
    return f"{result.report} by {result.by}, {result.measure}: {at}: {cell_filter(result, row, column)}"
