"""The time of day that a table of calls has in a column of its own, beside that of the date."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import structs

from backend_client.errors import Invalid
from backend_client.ingest.dates import dated_at, is_date_alone, is_time_of_day
from backend_client.ingest.layouts import Layout, column, share
from backend_client.ingest.profile import TIME
from backend_client.model.text import N_, clean

_MOSTLY = 0.5
_TITLES = frozenset({"time", "calltime", "starttime", "час", "часпочатку", "время", "времяначала", "uhrzeit"})
"""Of the column that holds it, wherever it stands."""


def with_time_of_day(layout: Layout, titles: Sequence[str], rows: Sequence[Sequence[str]], name: str) -> Layout:
    """The layout with the column of the times, where the dates of these rows have none.

    That is one titled so, else the one beside the dates. Raises Invalid with a question where only others could be.
    """
    if "start" not in layout.fields or TIME in layout.fields:
        return layout
    start = layout.fields.index("start")
    if share(column(rows, start), is_date_alone) < _MOSTLY:
        return layout
    times = [
        index
        for index, field in enumerate(layout.fields)
        if not field and share(column(rows, index), is_time_of_day) >= _MOSTLY
    ]
    if not times:
        return layout
    titled = [index for index in times if index < len(titles) and _plain(titles[index]) in _TITLES]
    beside = [index for index in (start + 1, start - 1) if index in times and not _are_spans(column(rows, index))]
    if not titled and not beside:
        raise Invalid(
            N_("{file}: the dates have no time of day; which column holds it? (columns {columns})"),
            N_("Call that column time in a profile, and name the profile with --profile."),
            file=clean(name), columns=", ".join(str(index + 1) for index in times),
        )  # fmt: skip
    chosen = (titled or beside)[0]
    fields = tuple(TIME if index == chosen else field for index, field in enumerate(layout.fields))
    return structs.replace(layout, fields=fields)


def start_texts(layout: Layout, rows: Sequence[Sequence[str]]) -> list[str]:
    """The start of each row with its time of day; blank where the layout has none."""
    if "start" not in layout.fields:
        return [""] * len(rows)
    start = layout.fields.index("start")
    if TIME not in layout.fields:
        return [row[start].strip() for row in rows]
    time = layout.fields.index(TIME)
    return [dated_at(row[start].strip(), row[time].strip()) for row in rows]


def _plain(title: str) -> str:
    return title.strip().lower().replace("_", "").replace(" ", "")


def _are_spans(values: Sequence[str]) -> bool:
    """Most of them under an hour: durations, which look like times of the night."""
    return sum(not value.partition(":")[0].strip("0") for value in values) * 2 > len(values)
