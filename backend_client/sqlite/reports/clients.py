"""Calls by client (P7), and the unregistered numbers one by one."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from msgspec import structs

from backend_client.model.call_filter import CallFilter
from backend_client.model.report import By, ReportRow, RowKind, narrowed
from backend_client.sqlite.reports import axis
from backend_client.sqlite.reports.asked import Asked, Line, Table, Take, add_all, add_up, total_line
from backend_client.sqlite.reports.count_calls import Sum
from backend_client.sqlite.reports.top_clients import NO_CLIENTS, families_of, periods_of, top_clients
from backend_client.sqlite.statement import ids_json
from backend_client.sqlite.tallied_days import are_counted

MOST = 1000
"""Rows of clients, or of numbers: a table to read, not an export of all clients."""
_STRANGERS = (
    ReportRow(kind=RowKind.UNREGISTERED, fragment=CallFilter(unregistered=True)),
    ReportRow(kind=RowKind.WITHHELD, fragment=CallFilter(withheld=True)),
)


def clients(asked: Asked) -> Table:
    """P7: the most active ones, the others, then the numbers that belong to nobody and the withheld ones."""
    if asked.by is By.NUMBER:
        return _numbers(asked)
    columns = asked.report.columns
    takes: list[Take] = [(asked.kinds(column.fragment), None) for column in columns]
    if _tallied(asked):
        return _of_tallies(asked)
    ranked = _ranked(asked.sums(axis.CLIENT, By.NONE), takes)
    nothing: list[float] = [0] * len(columns)
    strangers = [Line(row, ranked.pop(key, nothing)) for key, row in zip((0, -1), _STRANGERS, strict=True)]
    total = Line(_TOTAL, _summed([*ranked.values(), *(line.counts for line in strangers)], len(columns)))
    shown = _shown(asked, ranked)
    names = _names(asked, shown)
    lines = [Line(_client(key, names.get(key, "")), ranked.get(key, [0] * len(columns))) for key in shown]
    among = set(shown)
    rest = [counts for key, counts in ranked.items() if key not in among]
    if rest:
        lines.append(Line(_others(shown), _summed(rest, len(columns))))
    lines += [line for line in strangers if any(line.counts)]
    return Table(columns, lines, [total])


def _tallied(asked: Asked) -> bool:
    """Whether the tally of clients answers: nothing but days is asked of the calls."""
    only_days = structs.replace(asked.base, period=None) == CallFilter()
    return only_days and asked.days.whole and not asked.own and are_counted(asked.db, asked.days.first)


def _of_tallies(asked: Asked) -> Table:
    """The same, without adding all clients up."""
    columns = asked.report.columns
    periods = periods_of(asked.days)
    shown = list(asked.named) if asked.named is not None else top_clients(asked.db, periods, _count(asked))
    counts = families_of(asked.db, periods, [*shown, *NO_CLIENTS])
    names = _names(asked, shown)
    lines = [Line(_client(key, names.get(key, "")), _with_sum(counts[key])) for key in shown]
    strangers = [Line(row, _with_sum(counts[key])) for key, row in zip(NO_CLIENTS, _STRANGERS, strict=True)]
    total = Line(_TOTAL, [0] * len(columns))
    takes: list[Take] = [(asked.kinds(column.fragment), None) for column in columns]
    add_all(asked.sums(axis.NONE, By.NONE), total, takes)
    known = total_line([*lines, *strangers], len(columns)).counts
    others = [whole - part for whole, part in zip(total.counts, known, strict=True)]
    if any(others):
        lines.append(Line(_others(shown), others))
    lines += [line for line in strangers if any(line.counts)]
    return Table(columns, lines, [total])


def _with_sum(families: Iterable[int]) -> list[float]:
    counts: list[float] = list(families)
    return [*counts, sum(counts)]


def _summed(rows: list[list[float]], width: int) -> list[float]:
    return [sum(column) for column in zip(*rows, strict=True)] if rows else [0] * width


def _others(shown: list[int]) -> ReportRow:
    return ReportRow(kind=RowKind.OTHERS, fragment=CallFilter(not_clients=tuple(shown), unregistered=False))


def _count(asked: Asked) -> int:
    return min(asked.top or MOST, MOST)


_TOTAL = ReportRow(kind=RowKind.TOTAL)


def _client(key: int, name: str) -> ReportRow:
    return ReportRow(kind=RowKind.CLIENT, key=key, label=name, fragment=CallFilter(clients=(key,)))


def _ranked(sums: Sequence[Sum], takes: list[Take]) -> dict[int, list[float]]:
    """Counts by key, the most calls first."""
    found = {key: Line(_TOTAL, [0] * len(takes)) for key, _, _, _ in sums}
    add_up(sums, [*found.values()], takes, {key: i for i, key in enumerate(found)})
    ranked = sorted(found.items(), key=lambda item: (-item[1].counts[-1], item[0]))
    return {key: line.counts for key, line in ranked if any(line.counts)}


def _shown(asked: Asked, ranked: dict[int, list[float]]) -> list[int]:
    if asked.named is not None:
        return list(asked.named)
    return list(ranked)[: _count(asked)]


def _names(asked: Asked, ids: list[int]) -> dict[int, str]:
    return dict(
        asked.db.execute(
            "SELECT id, name FROM client WHERE id IN (SELECT value FROM json_each(?))", (ids_json(ids),)
        ).fetchall()
    )


def _numbers(asked: Asked) -> Table:
    """The unregistered numbers, the most active first."""
    columns = asked.report.columns
    asked.base = narrowed(asked.base, CallFilter(unregistered=True))
    takes: list[Take] = [(asked.kinds(column.fragment), None) for column in columns]
    ranked = _ranked(asked.sums(axis.NUMBER, By.NONE), takes)
    top = asked.request.top if asked.request.top else MOST
    shown = list(ranked)[: min(top, MOST)] if asked.named is None else list(asked.named)
    keys = dict(
        asked.db.execute(
            "SELECT id, key FROM number WHERE id IN (SELECT value FROM json_each(?))", (ids_json(shown),)
        ).fetchall()
    )
    lines = [
        Line(
            ReportRow(kind=RowKind.NUMBER, key=id, label=keys[id], fragment=CallFilter(numbers=(keys[id],))),
            ranked.get(id, [0] * len(columns)),
        )
        for id in shown
    ]
    total = Line(_TOTAL, _summed(list(ranked.values()), len(columns)))
    total.row = structs.replace(_TOTAL, fragment=CallFilter(unregistered=True))
    return Table(columns, lines, [total])
