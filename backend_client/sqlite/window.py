"""The rows on screen: a window of the journal around an anchor, both ways by key, never by row number."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator

from msgspec import Struct

from backend_client.contract.calls import Window, WindowRequest
from backend_client.contract.wire import PAGE_LIMIT
from backend_client.errors import Invalid
from backend_client.model.text import N_
from backend_client.sqlite.budget import OutOfSteps, step_budget
from backend_client.sqlite.filter_sql import Viewer
from backend_client.sqlite.names import Names
from backend_client.sqlite.rows import read_calls
from backend_client.sqlite.search import Attempt, attempts
from backend_client.sqlite.statement import Key, Plan

NEWER_LIMIT = 1000
NEWER_STEPS = 100_000
"""Steps of SQLite's machine (about 5 ms) after which "N new" says what was found so far."""


class _Keys(Struct, frozen=True):
    """Keys of a window, newest first."""

    keys: list[Key]
    more_above: bool
    more_below: bool


def read_window(db: sqlite3.Connection, request: WindowRequest, viewer: Viewer, names: Names) -> Window:
    """The window that was asked for, in one snapshot. Raises Invalid for more rows than `PAGE_LIMIT`."""
    if not 0 <= request.above <= PAGE_LIMIT or not 0 <= request.below <= PAGE_LIMIT:
        raise Invalid(N_("A window has at most {limit} rows on either side."), limit=PAGE_LIMIT)
    change = int(db.execute("SELECT number FROM change").fetchone()[0])
    # "Today" moves at midnight without any change.
    symbolic = request.filter.period is not None and request.filter.period.preset is not None
    if request.etag == change and not symbolic:
        return Window(change=change, unchanged=True)
    newest = request.below + 1 if request.anchor is None and not request.oldest else 0
    found, plan = _find(db, request, attempts(db, request.filter, viewer, names, newest=newest))
    calls = read_calls(db, [i for _, i in found.keys], names, viewer.scope)
    return Window(
        change=change,
        rows=tuple(calls[i] for _, i in found.keys),
        more_above=found.more_above,
        more_below=found.more_below,
        newer=_count_newer(db, plan, found.keys[0]) if request.count_newer and found.more_above and found.keys else 0,
    )


def _find(db: sqlite3.Connection, request: WindowRequest, ways: Iterator[Attempt]) -> tuple[_Keys, Plan]:
    for way in ways:
        try:
            with step_budget(db, way.steps):
                return _keys(db, way.plan, request), way.plan
        except OutOfSteps:
            continue
    raise AssertionError("the last attempt has no budget")


def _keys(db: sqlite3.Connection, plan: Plan, request: WindowRequest) -> _Keys:
    above, below = request.above, request.below
    if request.oldest:
        last = page(db, plan, None, below + 1, newer=True)
        return _Keys(last[:below][::-1], len(last) > below, False)
    if request.anchor is None:
        first = page(db, plan, None, below + 1)
        return _Keys(first[:below], False, len(first) > below)
    place = (request.anchor.start, request.anchor.id)
    older = page(db, plan, place, below + 2, included=True)
    shown = below + 1 if older[:1] == [place] else below
    newer = page(db, plan, place, above + 1, newer=True)
    return _Keys(newer[:above][::-1] + older[:shown], len(newer) > above, len(older) > shown)


def page(
    db: sqlite3.Connection, plan: Plan, place: Key | None, count: int, *, newer: bool = False, included: bool = False
) -> list[Key]:
    """The `count` keys next to a place, nearest first (see `Plan.page`)."""
    if not plan.sources:
        return []
    return db.execute(*plan.page(place, count, newer=newer, included=included)).fetchall()


def _count_newer(db: sqlite3.Connection, plan: Plan, first: Key) -> int:
    """Rows above the first one, to NEWER_LIMIT, or as many as were found before the steps ran out."""
    try:
        with step_budget(db, NEWER_STEPS):
            return int(db.execute(*plan.counted(NEWER_LIMIT, above=first)).fetchone()[0])
    except OutOfSteps:
        pass
    found = 0
    try:
        with step_budget(db, NEWER_STEPS):
            for _ in db.execute(*plan.page(first, NEWER_LIMIT, newer=True)):
                found += 1
    except OutOfSteps:
        pass
    return found
