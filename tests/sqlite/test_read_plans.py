"""How SQLite reads the journal under each filter of J5: by which index, and never by sorting or reading the whole."""

import re
from itertools import chain

import pytest
from msgspec.structs import replace

from backend_client.model.call_filter import CallFilter, ClientKind, Handling, LeadCategory
from backend_client.model.period import Period, Preset
from backend_client.model.status import Direction, Family, Status
from backend_client.sqlite.access.scope import Scope
from backend_client.sqlite.filter_sql import plan_of
from tests.sqlite.centre import ALL_CALLS, own, store, viewer

FILTERS: dict[str, tuple[CallFilter, str]] = {
    "nothing": (CallFilter(), "call_start"),
    "internal too": (CallFilter(internal=True), "call_start"),
    "incoming": (CallFilter(directions=(Direction.INCOMING,)), "call_kind"),
    "outgoing": (CallFilter(directions=(Direction.OUTGOING,)), "call_kind"),
    "missed": (CallFilter(families=(Family.MISSED,)), "call_kind"),
    "called back": (CallFilter(statuses=(Status.CALLED_BACK,)), "call_kind"),
    "lost": (CallFilter(lost=True), "call_lost"),
    "not lost": (CallFilter(lost=False), "call_start"),
    "attention": (CallFilter(attention=True), "call_attention"),
    "first contact": (CallFilter(first_contact=True), "call_first_contact"),
    "new": (CallFilter(new=True), "call_start"),
    "unregistered": (CallFilter(unregistered=True), "call_start"),
    "comment": (CallFilter(comment=True), "call_comment"),
    "recording": (CallFilter(recording=True), "call_recording"),
    "by hand": (CallFilter(by_hand=True), "call_by_hand"),
    "settles": (CallFilter(settles=True), "call_settles"),
    "mine": (CallFilter(mine=True), "PRIMARY KEY"),
    "employee": (CallFilter(employees=(17,)), "PRIMARY KEY"),
    "employees": (CallFilter(employees=(17, 18)), "PRIMARY KEY"),
    "department": (CallFilter(departments=("Відділ 1",)), "PRIMARY KEY"),
    "nobody": (CallFilter(nobody=True), "call_start"),
    "others of employees": (CallFilter(not_employees=(1, 2)), "call_start"),
    "responsible": (CallFilter(responsible=(12,)), "call_number"),
    "result": (CallFilter(results=(2,)), "call_result"),
    "entity": (CallFilter(entities=(ClientKind.COMPANY,)), "call_start"),
    "client": (CallFilter(clients=(1,)), "call_number"),
    "others of clients": (CallFilter(not_clients=(1, 2)), "call_start"),
    "number": (CallFilter(numbers=("any",)), "call_number"),
    "line": (CallFilter(lines=(3,)), "call_line"),
    "channels": (CallFilter(channels=(3, 4)), "call_channel"),
    "region": (CallFilter(regions=(1,)), "call_region"),
    "others of channels": (CallFilter(not_channels=(1, 2)), "call_start"),
    "others of regions": (CallFilter(not_regions=(1, 2)), "call_start"),
    "long talk": (CallFilter(talk_from=600), "call_long"),
    "talk": (CallFilter(talk_from=30, talk_to=90), "call_start"),
    "hours": (CallFilter(hours=(9,)), "call_start"),
    "weekdays": (CallFilter(weekdays=(6, 7)), "call_start"),
    "leads": (CallFilter(leads=(LeadCategory.REGISTERED,)), "call_kind"),
    "handling": (CallFilter(handling=(Handling.NEVER,)), "call_kind"),
    "call-back time": (CallFilter(callback_to=300), "call_kind"),
    "settled by us": (CallFilter(handled_by=(Direction.OUTGOING,)), "call_kind"),
    "wait": (CallFilter(wait_from=5, wait_to=20), "call_start"),
    "rang": (CallFilter(rang=False), "call_kind"),
    "offered": (CallFilter(offered=(5,)), "call_kind"),
    "withheld": (CallFilter(withheld=True), "call_start"),
    "once": (CallFilter(once=True), "call_start"),
    "resolved": (CallFilter(resolved=(7,)), "call_start"),
    "rare before common": (CallFilter(families=(Family.MISSED,), lines=(3,), employees=(17,)), "PRIMARY KEY"),
}
PERIODS = {
    "ever": None,
    "preset": Period(preset=Preset.LAST_30_DAYS),
    "from": Period(start="2025-01-01"),
    "interval": Period(start="2025-01-01", end="2026-01-01"),
}
GATHERED = {"responsible"}
"""Bounded sets of calls that are sorted."""


def explained(wanted: CallFilter, scope: Scope, *, newer: bool) -> list[str]:
    db, _, calls = store()
    if wanted.numbers:
        wanted = replace(wanted, numbers=tuple(key for (key,) in db.execute("SELECT key FROM number LIMIT 2")))
    plan = plan_of(wanted, viewer(scope, 17), db)
    place = calls[len(calls) // 10].key
    query = plan.page(place, 50, newer=newer)
    return [row[3] for row in db.execute(f"EXPLAIN QUERY PLAN {query.text}", query.values)]


@pytest.mark.parametrize("period", PERIODS)
@pytest.mark.parametrize("name", FILTERS)
@pytest.mark.parametrize("newer", [False, True], ids=["older", "newer"])
def test_a_page_is_read_from_one_index_in_order(name: str, period: str, newer: bool) -> None:
    wanted, index = FILTERS[name]
    steps = explained(_within(wanted, period), ALL_CALLS, newer=newer)
    assert not [step for step in steps if re.match(r"SCAN (c|e|call)\b", step)]
    drivers = [step for step in steps if re.match(r"SEARCH (c|e) ", step) and "rowid" not in step]
    assert drivers
    for step in drivers:
        assert f"USING INDEX {index} " in step or f"USING COVERING INDEX {index} " in step or f"USING {index} " in step
        assert re.search(r"\(.*start[<>,)]", step), step
    if name not in GATHERED:
        assert not [step for step in steps if "TEMP B-TREE" in step]


@pytest.mark.parametrize("name", FILTERS)
def test_an_operator_reads_own_calls_only(name: str) -> None:
    steps = explained(FILTERS[name][0], own(17), newer=False)
    expected = ("call_number",) if FILTERS[name][1] == "call_number" and name not in GATHERED else ("PRIMARY KEY",)
    drivers = [step for step in steps if re.match(r"SEARCH (c|e) ", step) and "rowid" not in step]
    assert drivers
    assert all(any(index in step for index in expected) for step in drivers)


def _within(wanted: CallFilter, period: str) -> CallFilter:
    return replace(wanted, period=PERIODS[period])


def test_every_field_of_the_filter_has_a_plan_here() -> None:
    asked = {
        field
        for wanted in chain(one for one, _ in FILTERS.values())
        for field in CallFilter.__struct_fields__
        if getattr(wanted, field) != getattr(CallFilter(), field)
    }
    # Calls of tasks have their plans in test_plan_keeping.
    of_tasks = {"attempt", "tasks", "task_operators", "task_managers", "deliveries"}
    assert set(CallFilter.__struct_fields__) - asked - of_tasks == {"period", "search", "callback_from"}
