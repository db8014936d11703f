"""Pieces of SQL with their values, and the ranges of an index out of which a page of the journal is read."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Sequence
from functools import lru_cache
from itertools import chain
from typing import Any, NamedTuple

import msgspec
from msgspec import Struct

Key = tuple[int, int]
"""A place in the journal: (start, id)."""


class Sql(NamedTuple):
    """Text with `?` for each of its values."""

    text: str
    values: tuple[object, ...] = ()


def conjunction(parts: Iterable[Sql]) -> Sql:
    """All of them; "1" where there are none."""
    kept = [part for part in parts if part.text != "1"]
    return Sql(" AND ".join(part.text for part in kept) or "1", tuple(value for part in kept for value in part.values))


def among(column: str, ids: Sequence[int]) -> Sql:
    """The column is one of these integers. They are written out: a statement of their own keeps its own plan."""
    if len(ids) == 1:
        return Sql(f"{column} = {int(ids[0])}")
    return Sql(f"{column} IN ({','.join(str(int(i)) for i in ids)})")


def ids_json(ids: Iterable[int]) -> str:
    """Ids as the parameter of `IN (SELECT value FROM json_each(?))`: one prepared statement for any count."""
    return msgspec.json.encode(list(ids)).decode()


_FEW, _MANY = 4, 100
"""Rows of a statement: of a live call, and of an import."""


def ask_many(db: sqlite3.Connection, statement: str, asked: Sequence[tuple[int, ...]]) -> list[tuple[Any, ...]]:
    """What a statement finds for each of these rows of integers; `{asked}` in it stands for their VALUES. It must find
    nothing for a row of NULLs: two lengths of the list are prepared statements for any. As one JSON parameter, each
    value would be parsed out of it again: half as long again."""
    found: list[tuple[Any, ...]] = []
    size = _FEW if len(asked) <= _FEW else _MANY
    width = len(asked[0]) if asked else 0
    for first in range(0, len(asked), size):
        rows = asked[first : first + size]
        values = [*chain.from_iterable(rows), *(None,) * (width * (size - len(rows)))]
        found += db.execute(_with_values(statement, width, size), values).fetchall()
    return found


@lru_cache(maxsize=64)
def _with_values(statement: str, width: int, size: int) -> str:
    row = f"({', '.join('?' * width)})"
    return statement.format(asked=f"VALUES {', '.join([row] * size)}")


class Source(Struct, frozen=True):
    """Calls out of one index, mostly one range of it in journal order.

    `tables` always brings `call c` but where `bare`: then only keys are read, and conditions on `c` need `joined`.
    """

    tables: Sql
    where: Sql
    start: str = "c.start"
    id: str = "c.id"
    joined: str = ""
    """Tables that bring `c` to a source whose own have it not."""

    def select(self, columns: str, residual: Sql, bounds: Sql) -> Sql:
        """The calls of this range for which `residual` holds too, inside `bounds`."""
        joined = self.joined if residual.text != "1" else ""
        where = conjunction([self.where, bounds, residual])
        return Sql(
            f"SELECT {columns} FROM {self.tables.text}{joined} WHERE {where.text}", self.tables.values + where.values
        )


def from_index(index: str, where: Sql) -> Source:
    """A range of one of the indexes on `call`, named, so that a store that was never analysed has the same plan."""
    return Source(Sql(f"call c INDEXED BY {index}"), where)


def of_employee(employee_id: int) -> Source:
    """The calls of one employee."""
    return Source(
        Sql("call_employee e"),
        Sql(f"e.employee_id = {int(employee_id)}"),
        start="e.start",
        id="e.call_id",
        joined=" CROSS JOIN call c ON c.id = e.call_id",
    )


def of_numbers(numbers: Sql, since: int = 0) -> Source:
    """The calls from `since` on of a bounded set of numbers, `numbers` selecting their ids: gathered, then sorted."""
    tables = Sql(f"({numbers.text}) n CROSS JOIN call c INDEXED BY call_number", numbers.values)
    where = Sql("c.number_id = n.id")
    return Source(tables, conjunction([where, Sql("c.start >= ?", (since,))]) if since else where)


def of_attempts(column: str = "", id: int = 0) -> Source:
    """The calls attached to the tasks of one operator, to one task, or (without a column) to any; each once."""
    index = {"": "attempt_start", "task_id": "attempt_task"}.get(column, "")
    chosen = f"b.{column} = {int(id)} AND " if column else ""
    same = f"{chosen}b.start = a.start AND b.call_id = a.call_id"
    earlier = f"SELECT 1 FROM attempt b WHERE {same} AND (b.operator_id, b.task_id) < (a.operator_id, a.task_id)"
    return Source(
        Sql("attempt a" + (f" INDEXED BY {index}" if index else "")),
        Sql((f"a.{column} = {int(id)} AND " if column else "") + f"NOT EXISTS ({earlier})"),
        start="a.start",
        id="a.call_id",
        joined=" CROSS JOIN call c ON c.id = a.call_id",
    )


WHOLE_JOURNAL = from_index("call_start", Sql("1"))


class Span(Struct, frozen=True):
    """Instants: start included, end excluded; None is open."""

    start: int | None = None
    end: int | None = None


class Plan(Struct, frozen=True):
    """How the calls of a filter are found: the ranges that hold them, and what has to hold of each call besides."""

    sources: tuple[Source, ...]
    residual: Sql
    span: Span = Span()
    overlapping: bool = False
    """A call may stand in several of the sources."""

    def page(self, place: Key | None, count: int, *, newer: bool = False, included: bool = False) -> Sql:
        """The `count` keys next to a place, nearest first: older ones (newest first), or `newer` ones (oldest first).
        Without a place from that end of the journal; `included`: the place itself too."""
        order = "ASC" if newer else "DESC"
        union = " UNION " if self.overlapping else " UNION ALL "
        selects = []
        for source in self.sources:
            bounds = self._bounds(source, place, newer=newer, included=included)
            selects.append(source.select(f"{source.start} AS start, {source.id} AS id", self.residual, bounds))
        return Sql(
            f"{union.join(select.text for select in selects)} ORDER BY start {order}, id {order} LIMIT {int(count)}",
            tuple(value for select in selects for value in select.values),
        )

    def counted(self, limit: int, *, above: Key | None = None) -> Sql:
        """How many calls there are (newer than a place), counted to `limit`; 0 counts them all."""
        if self.overlapping:
            # In order, so that the merge drops what comes twice without keeping all it has seen.
            keys = self.page(above, limit or -1, newer=True)
            return Sql(f"SELECT count(*) FROM ({keys.text})", keys.values)
        selects = [
            source.select("1", self.residual, self._bounds(source, above, newer=True)) for source in self.sources
        ]
        bound = f" LIMIT {int(limit)}" if limit else ""
        return Sql(
            f"SELECT count(*) FROM ({' UNION ALL '.join(select.text for select in selects)}{bound})",
            tuple(value for select in selects for value in select.values),
        )

    def all_of(self, column: str) -> Sql:
        """A column of `c` for each of the calls; one that stands in several sources comes several times."""
        selects = [source.select(column, self.residual, self._bounds(source, None)) for source in self.sources]
        return Sql(
            " UNION ALL ".join(select.text for select in selects),
            tuple(value for select in selects for value in select.values),
        )

    def _bounds(self, source: Source, place: Key | None, *, newer: bool = False, included: bool = False) -> Sql:
        """A place outside the span is moved to its edge: SQLite uses one bound a side."""
        start, end = self.span.start, self.span.end
        parts = []
        if place is not None and newer and (start is None or place[0] >= start):
            start = None
            parts.append(Sql(f"({source.start}, {source.id}) >{'=' if included else ''} (?, ?)", place))
        elif place is not None and not newer and (end is None or place[0] < end):
            end = None
            parts.append(Sql(f"({source.start}, {source.id}) <{'=' if included else ''} (?, ?)", place))
        if start is not None:
            parts.append(Sql(f"{source.start} >= ?", (start,)))
        if end is not None:
            parts.append(Sql(f"{source.start} < ?", (end,)))
        return conjunction(parts)
