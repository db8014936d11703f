"""Every filter, over every call: what the store finds is what the filter says, page by page and as a number."""

from unittest.mock import patch

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from backend_client.contract.calls import CountRequest, Position, WindowRequest
from backend_client.model.call_filter import CallFilter, ClientKind, Handling, LeadCategory
from backend_client.model.period import Period, Preset
from backend_client.model.status import Direction, Family, Status
from backend_client.sqlite import search, trigrams
from backend_client.sqlite import window as window_module
from backend_client.sqlite.access.scope import Scope
from backend_client.sqlite.counting import read_count
from backend_client.sqlite.window import read_window
from tests.sqlite.centre import ALL_CALLS, CALLS, NOTHING, own, store, viewer
from tests.sqlite.oracle import matches

EMPLOYEE = 17


def some(values: st.SearchStrategy[object], most: int = 3) -> st.SearchStrategy[tuple[object, ...]]:
    return st.lists(values, min_size=1, max_size=most, unique=True).map(tuple)


YES_NO = st.booleans()
FIELDS: dict[str, st.SearchStrategy[object]] = {
    "period": st.one_of(
        st.sampled_from([preset for preset in Preset if preset is not Preset.UNKNOWN]).map(lambda p: Period(preset=p)),
        st.sampled_from(
            [
                Period(start="2025-03-01"),
                Period(end="2025-11-30"),
                Period(start="2024-03-30", end="2026-10-25"),
                Period(start="2026-03-29T02:30", end="2026-10-25T03:30"),
            ]
        ),
    ),
    "directions": some(st.sampled_from([Direction.INCOMING, Direction.OUTGOING, Direction.INTERNAL])),
    "internal": st.just(True),
    "families": some(st.sampled_from([family for family in Family if family is not Family.UNKNOWN])),
    "statuses": some(st.sampled_from([status for status in Status if status is not Status.UNKNOWN]), 4),
    **dict.fromkeys(
        ("lost", "attention", "first_contact", "new", "unregistered", "comment", "recording", "by_hand", "settles"),
        YES_NO,
    ),
    "mine": st.just(True),
    "nobody": st.just(True),
    **dict.fromkeys(("employees", "responsible", "not_employees"), some(st.integers(1, 200), 60)),
    "departments": some(st.sampled_from([f"Відділ {i}" for i in range(1, 10)])),
    "results": some(st.integers(0, 7)),
    "entities": some(st.sampled_from([ClientKind.PERSON, ClientKind.COMPANY])),
    **dict.fromkeys(("clients", "not_clients"), some(st.integers(0, 45), 12)),
    **dict.fromkeys(("lines", "channels", "regions", "not_channels", "not_regions"), some(st.integers(0, 12), 5)),
    "talk_from": st.sampled_from([0, 1, 60, 600, 700]),
    "talk_to": st.sampled_from([0, 90, 800]),
    "search": st.sampled_from(
        ["067", "0671", "+38 (067) 1", "38067123456", "0", "шевч", "ОЛЕНА", "Ґудзь", "олен", "к"]
    ),
    "hours": some(st.integers(0, 23), 8),
    "weekdays": some(st.integers(1, 7)),
    "leads": some(st.sampled_from([LeadCategory.LOST, LeadCategory.REGISTERED, LeadCategory.UNREGISTERED])),
    "handling": some(st.sampled_from([one for one in Handling if one is not Handling.UNKNOWN])),
    "handled_by": some(st.sampled_from([Direction.INCOMING, Direction.OUTGOING])),
    "wait_from": st.sampled_from([0, 5, 20]),
    "wait_to": st.sampled_from([0, 10, 60]),
    **dict.fromkeys(("rang", "withheld"), YES_NO),
    "offered": some(st.integers(0, 30)),
    "callback_from": st.sampled_from([0, 300, 86400]),
    "callback_to": st.sampled_from([0, 3600, 10**7]),
}


@st.composite
def filters(draw: st.DrawFn) -> CallFilter:
    """One to three fields; the oracle's meaning of each alone and together."""
    chosen = draw(st.lists(st.sampled_from(sorted(FIELDS)), min_size=0, max_size=3, unique=True))
    return CallFilter(**{name: draw(FIELDS[name]) for name in chosen})  # type: ignore[arg-type]


SCOPES = st.sampled_from([ALL_CALLS, ALL_CALLS, own(EMPLOYEE), own(101), NOTHING])


def found(wanted: CallFilter, scope: Scope, rows: int) -> list[int]:
    """All calls of a filter, newest first, a page at a time."""
    db, names, _ = store()
    ids: list[int] = []
    window = read_window(db, WindowRequest(filter=wanted, below=rows), viewer(scope, EMPLOYEE), names)
    while True:
        ids += [call.id for call in window.rows if not ids or call.id != ids[-1]]
        if not window.more_below:
            return ids
        last = window.rows[-1]
        request = WindowRequest(filter=wanted, anchor=Position(last.start, last.id), below=rows)
        window = read_window(db, request, viewer(scope, EMPLOYEE), names)


def expected(wanted: CallFilter, scope: Scope) -> list[tuple[int, int]]:
    return [call.key for call in store()[2] if matches(call, wanted, viewer(scope, EMPLOYEE))]


@settings(max_examples=250)
@given(wanted=filters(), scope=SCOPES, rows=st.sampled_from([40, 300, 1000]))
@example(wanted=CallFilter(not_clients=(1,)), scope=ALL_CALLS, rows=1000)
@example(wanted=CallFilter(statuses=(Status.MISSED, Status.ANSWERED)), scope=ALL_CALLS, rows=1000)
@example(wanted=CallFilter(employees=tuple(range(1, 60))), scope=own(EMPLOYEE), rows=1000)
def test_a_filter_finds_what_it_says(wanted: CallFilter, scope: Scope, rows: int) -> None:
    assert found(wanted, scope, rows) == [call_id for _, call_id in expected(wanted, scope)]


@settings(max_examples=250)
@given(wanted=filters(), scope=SCOPES, limit=st.sampled_from([0, 10, 400, 10_000]))
@example(wanted=CallFilter(weekdays=(6, 7), lines=(1, 2)), scope=ALL_CALLS, limit=0)
@example(wanted=CallFilter(handling=(Handling.LATER, Handling.NEVER)), scope=ALL_CALLS, limit=0)
@example(wanted=CallFilter(statuses=(Status.CALLED_BACK,)), scope=ALL_CALLS, limit=0)
def test_a_count_is_exact_or_says_that_there_are_more(wanted: CallFilter, scope: Scope, limit: int) -> None:
    db, names, _ = store()
    count = read_count(db, CountRequest(filter=wanted, limit=limit), viewer(scope, EMPLOYEE), names)
    there = len(expected(wanted, scope))
    if count.exact:
        assert count.number == there
    else:
        assert limit
        assert count.number == limit < there


@settings(max_examples=150)
@given(
    wanted=filters(),
    scope=SCOPES,
    place=st.integers(0, CALLS - 1),
    above=st.integers(0, 30),
    below=st.integers(0, 30),
)
def test_a_window_stands_around_its_anchor(
    wanted: CallFilter, scope: Scope, place: int, above: int, below: int
) -> None:
    db, names, calls = store()
    anchor = calls[place].key
    request = WindowRequest(filter=wanted, anchor=Position(*anchor), above=above, below=below, count_newer=True)
    with patch.object(window_module, "NEWER_STEPS", 10**9):
        window = read_window(db, request, viewer(scope, EMPLOYEE), names)
    keys = expected(wanted, scope)
    newer, older = [key for key in keys if key > anchor], [key for key in keys if key < anchor]
    here = [anchor] if anchor in keys else []
    shown = [*(newer[-above:] if above else []), *here, *older[:below]]
    assert [call.key for call in window.rows] == shown
    assert window.more_above == (len(newer) > above)
    assert window.more_below == (len(older) > below)
    if shown:
        assert window.newer == min(1000, len([key for key in keys if key > shown[0]]))


@given(wanted=filters(), scope=SCOPES, rows=st.integers(1, 40))
def test_the_last_rows_are_the_oldest(wanted: CallFilter, scope: Scope, rows: int) -> None:
    db, names, _ = store()
    window = read_window(db, WindowRequest(filter=wanted, oldest=True, below=rows), viewer(scope, EMPLOYEE), names)
    keys = expected(wanted, scope)
    assert [call.key for call in window.rows] == keys[-rows:]
    assert window.more_above == (len(keys) > rows)
    assert not window.more_below


@pytest.mark.parametrize(
    ("rare", "several", "many"),
    [(10**9, 10**9, 10**9), (-1, 10**9, 10**9), (-1, 0, 10**9), (-1, 0, 0)],
    ids=["looked up", "among numbers looked up", "among clients looked up", "common"],
)
@pytest.mark.parametrize("common", [0.0, 0.02, 1.0], ids=["all trigrams common", "some trigrams common", "none common"])
@pytest.mark.parametrize(
    "text", ["067", "0671234567", "67012", "123", "9", "шев", "Тов", "ченк", "-", "соловйова олена", "'; DROP", '"']
)
@pytest.mark.parametrize("scope", [ALL_CALLS, own(EMPLOYEE)], ids=["all", "own"])
def test_every_way_of_searching_finds_the_same(
    monkeypatch: pytest.MonkeyPatch, text: str, scope: Scope, rare: int, several: int, many: int, common: float
) -> None:
    for name in ("RARE", "RARE_AMONG_OWN"):
        monkeypatch.setattr(search, name, rare)
    monkeypatch.setattr(search, "SEVERAL_CLIENTS", several)
    for name in ("MANY_NUMBERS", "MANY_CLIENTS"):
        monkeypatch.setattr(search, name, many)
    for name in ("_COMMON", "_VERY_COMMON"):
        monkeypatch.setattr(trigrams, name, common)
    for steps in (search.SCAN_STEPS, 0):
        monkeypatch.setattr(search, "SCAN_STEPS", steps)
        for wanted in (CallFilter(search=text), CallFilter(search=text, families=(Family.MISSED,), internal=True)):
            assert found(wanted, scope, 60) == [call_id for _, call_id in expected(wanted, scope)]
