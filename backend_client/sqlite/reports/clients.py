"""Calls by client (P7), and the unregistered numbers one by one."""

from __future__ import annotations

from collections.abc import Iterable

from backend_client.model.call_filter import CallFilter
from backend_client.model.report import By, ReportRow, RowKind, narrowed
from backend_client.sqlite.call_row import ids_json
from backend_client.sqlite.reports import axis
from backend_client.sqlite.reports.asked import Asked, Line, Table, Take, add_up, total_line
from backend_client.sqlite.reports.count_calls import Sum

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
    ranked = _ranked(asked, asked.sums(axis.CLIENT, By.NONE), takes)
    nothing: list[float] = [0] * len(columns)
    strangers = [Line(row, ranked.pop(key, nothing)) for key, row in zip((0, -1), _STRANGERS, strict=True)]
    total = total_line([Line(_TOTAL, counts) for counts in ranked.values()] + strangers, len(columns))
    shown = _shown(asked, ranked)
    names = _names(asked, shown)
    lines = [Line(_client(key, names.get(key, "")), ranked.get(key, [0] * len(columns))) for key in shown]
    rest = [Line(_TOTAL, counts) for key, counts in ranked.items() if key not in set(shown)]
    if rest:
        others = ReportRow(kind=RowKind.OTHERS, fragment=CallFilter(not_clients=tuple(shown), unregistered=False))
        lines.append(Line(others, total_line(rest, len(columns)).counts))
    lines += [line for line in strangers if any(line.counts)]
    return Table(columns, lines, [total])


_TOTAL = ReportRow(kind=RowKind.TOTAL)


def _client(key: int, name: str) -> ReportRow:
    return ReportRow(kind=RowKind.CLIENT, key=key, label=name, fragment=CallFilter(clients=(key,)))


def _ranked(asked: Asked, sums: Iterable[Sum], takes: list[Take]) -> dict[int, list[float]]:
    """Counts by key, the most calls first."""
    found: dict[int, Line] = {}
    lines: list[Line] = []
    places: dict[int, int] = {}

    def place(key: int, day: int) -> int:
        at = places.get(key)
        if at is None:
            at = places[key] = len(lines)
            line = found[key] = Line(_TOTAL, [0] * len(takes))
            lines.append(line)
        return at

    add_up(sums, lines, takes, place)
    ranked = sorted(found.items(), key=lambda item: (-item[1].counts[-1], item[0]))
    return {key: line.counts for key, line in ranked if any(line.counts)}


def _shown(asked: Asked, ranked: dict[int, list[float]]) -> list[int]:
    if asked.named is not None:
        return list(asked.named)
    return list(ranked)[: min(asked.top or MOST, MOST)]


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
    ranked = _ranked(asked, asked.sums(axis.NUMBER, By.NONE), takes)
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
    total = total_line([Line(_TOTAL, counts) for counts in ranked.values()], len(columns))
    return Table(columns, lines, [total])
