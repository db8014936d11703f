"""Filling the tallies of the reports from the calls of a store that has none yet."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator

from backend_client.derive.cells import Dimension
from backend_client.model.call import Mark
from backend_client.model.status import Family
from backend_client.sqlite.codes import KIND_STEP, KINDS_OF_FAMILY
from backend_client.sqlite.reports import axis
from backend_client.sqlite.statement import among
from backend_client.sqlite.tallies import ALL_DAYS, MONTHS_FROM

_ACCEPTED = among("c.kind", KINDS_OF_FAMILY[Family.ACCEPTED]).text
_MISSED = among("c.kind", KINDS_OF_FAMILY[Family.MISSED]).text
_SUCCESSFUL = among("c.kind", KINDS_OF_FAMILY[Family.SUCCESSFUL]).text
_EXTERNAL = f"c.kind < {2 * KIND_STEP}"
_SERIES = f"c.hour * 3 + CASE WHEN c.kind >= {KIND_STEP} THEN 2 WHEN {_ACCEPTED} THEN 0 ELSE 1 END"
_LEAD = f"c.kind < {KIND_STEP} AND (c.marks & {int(Mark.NEW)}) <> 0"
_BY_US = int(Mark.SETTLED_BY_US)
_MONTH = "strftime('%Y', day * 86400, 'unixepoch') * 12 + strftime('%m', day * 86400, 'unixepoch') - 1"
_OWN = "call_employee p CROSS JOIN call c ON c.id = p.call_id"


def _selects() -> Iterator[tuple[str, str, str, str, str, str]]:
    """Dimension, key, kind, n, tables and condition of each."""
    yield str(int(Dimension.LEAD)), axis.LEAD.key, "c.kind", "1", "call c", _LEAD
    yield str(int(Dimension.HANDLING)), axis.HANDLING.key, "c.kind", "1", "call c", _MISSED
    settled = f"{_MISSED} AND c.settled_by IS NOT NULL"
    yield str(int(Dimension.CALLBACK)), axis.CALLBACK.key, "c.kind", "1", "call c", settled
    yield str(int(Dimension.HOUR_SERIES)), _SERIES, "0", "1", "call c", _EXTERNAL
    yield str(int(Dimension.TALK)), "0", "c.kind", "c.talk", "call c", "c.talk <> 0"
    yield str(int(Dimension.EMPLOYEE_TALK)), "p.employee_id", "c.kind", "p.talk", _OWN, "p.talk <> 0"
    yield str(int(Dimension.MARK)), str(_BY_US), "c.kind", "1", "call c", f"(c.marks & {_BY_US}) <> 0"


def fill(db: sqlite3.Connection) -> None:
    """Make every cell of these dimensions anew."""
    for table in ("number_tallied", "client_tally"):
        db.execute(f"DELETE FROM {table}")
    db.execute("INSERT INTO number_tallied SELECT id, client_id FROM number WHERE client_id IS NOT NULL")
    for select in _selects():
        _fill(db, *select)
    _fill_clients(db)


def fill_call_backs(db: sqlite3.Connection) -> None:
    """Make the histogram of call-back times anew."""
    for select in _selects():
        if select[0] == str(int(Dimension.CALLBACK)):
            _fill(db, *select)


def _fill(db: sqlite3.Connection, dimension: str, key: str, kind: str, n: str, tables: str, where: str) -> None:
    only = f" AND key = {key}" if dimension == str(int(Dimension.MARK)) else ""
    for table in ("tally", "tally_month"):
        db.execute(f"DELETE FROM {table} WHERE dimension = {dimension}{only}")
    db.execute(
        f"INSERT INTO tally SELECT {dimension}, {key}, {kind}, c.day, sum({n}) FROM {tables} WHERE {where}"
        " GROUP BY 2, 3, 4"
    )
    db.execute(
        f"INSERT INTO tally_month SELECT {dimension}, key, kind, {_MONTH} AS month, sum(n) FROM tally"
        f" WHERE dimension = {dimension}{only} GROUP BY key, kind, month"
    )


def _fill_clients(db: sqlite3.Connection) -> None:
    families = f"sum({_ACCEPTED}), sum({_MISSED}), sum({_SUCCESSFUL}),"
    families += f" sum(c.kind >= {KIND_STEP} AND NOT {_SUCCESSFUL}), count(*)"
    db.execute(
        f"INSERT INTO client_tally SELECT {axis.CLIENT.key} AS client, c.day, {families} FROM call c"
        f" WHERE {_EXTERNAL} GROUP BY 1, 2"
    )
    summed = "sum(accepted), sum(missed), sum(successful), sum(failed), sum(n)"
    month = f"{MONTHS_FROM} + {_MONTH.replace('day', 'period')}"
    db.execute(
        f"INSERT INTO client_tally SELECT client_id, {month} AS month, {summed} FROM client_tally"
        f" WHERE period < {MONTHS_FROM} GROUP BY 1, 2"
    )
    db.execute(
        f"INSERT INTO client_tally SELECT client_id, {ALL_DAYS}, {summed} FROM client_tally"
        f" WHERE period < {MONTHS_FROM} GROUP BY 1"
    )
