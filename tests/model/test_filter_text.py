"""Filter text: every filter survives it, and what it does not know it refuses by name."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from msgspec import structs

from backend_client.errors import Invalid
from backend_client.model.call_filter import NOTHING, CallFilter, ClientKind, Handling, LeadCategory
from backend_client.model.directory import CallResult, Channel, Directories, Employee, Extension, Line, Region
from backend_client.model.filter_field import FieldKind
from backend_client.model.filter_options import FIELDS, NAMED_STATUSES
from backend_client.model.filter_text import from_text, to_text
from backend_client.model.period import Period, Preset
from backend_client.model.status import (
    OUTGOING_ONLY,
    RUNNING,
    Direction,
    Family,
    Status,
    WireEnum,
    family_of,
    name_of,
)

DIRECTORIES = Directories(
    employees=(
        Employee(
            id=1, name="Олена Петренко", login="olena", department="Продажі", extensions=(Extension(number="101"),)
        ),
        Employee(id=2, name="Олександр Коваль", extensions=(Extension(number="102"),)),
        Employee(id=101, name="Ганна Бондар", extensions=(Extension(number="201"),)),
        Employee(id=7, name="Іван, старший", extensions=(Extension(number="7"),)),
    ),
    lines=(Line(id=1, code="trunk-kyivstar", name="Київстар"), Line(id=2, code="trunk-vodafone")),
    channels=(Channel(id=1, did="380441112233", name="Реклама"), Channel(id=2, did="380442223344")),
    regions=(Region(id=5, key="UA 44", names={"uk": "Київ", "en": "Kyiv"}),),
    results=(CallResult(id=4, name="Замовлення"),),
)


def members(enum: type[WireEnum]) -> st.SearchStrategy[tuple[object, ...]]:
    return several(st.sampled_from([value for value in enum if value.value != "unknown"]))


def several(values: st.SearchStrategy[object]) -> st.SearchStrategy[tuple[object, ...]]:
    return st.lists(values, max_size=4).map(tuple)


ids = several(st.integers(min_value=0, max_value=2**53))
edges = st.one_of(
    st.just(""),
    st.dates().map(date.isoformat),
    st.datetimes().map(lambda at: at.isoformat(timespec="minutes")),
)
texts = several(st.text(max_size=12))
flags = st.sampled_from([None, True, False])
seconds = st.none() | st.integers(min_value=0, max_value=10**6)


def ordered(pair: tuple[int | None, int | None]) -> tuple[int | None, int | None]:
    low, high = pair
    return (high, low) if low is not None and high is not None and high < low else (low, high)


def in_time(start: str, end: str) -> bool:
    return not (start and end) or (end[:10], end[11:] or "99") >= (start[:10], start[11:] or "99")


periods = st.one_of(
    st.none(),
    st.sampled_from([Period(preset=preset) for preset in Preset if preset is not Preset.UNKNOWN]),
    st.tuples(edges, edges).filter(lambda e: in_time(*e)).map(lambda e: Period(start=e[0], end=e[1])),
)


@st.composite
def filters(draw: st.DrawFn) -> CallFilter:
    """Any filter that can be asked: fields are drawn by the table, so that a new one is tested at once."""
    kinds: dict[FieldKind, st.SearchStrategy[object]] = {
        FieldKind.FLAG: flags,
        FieldKind.SWITCH: st.booleans(),
        FieldKind.IDS: ids,
        FieldKind.TEXTS: texts,
        FieldKind.SEARCH: st.text(max_size=30),
        FieldKind.PERIOD: periods,
    }
    drawn: dict[str, object] = {}
    for field in FIELDS:
        if draw(st.integers(0, 3)):
            continue
        if field.kind is FieldKind.SPAN:
            drawn.update(zip(field.attributes, ordered(draw(st.tuples(seconds, seconds))), strict=True))
        elif field.kind is FieldKind.CHOICE:
            assert field.enum is not None
            drawn[field.name] = draw(members(field.enum))
        elif field.kind is FieldKind.NUMBERS:
            drawn[field.name] = draw(several(st.integers(field.low, field.high)))
        else:
            drawn[field.name] = draw(kinds[field.kind])
    return CallFilter(**drawn)  # type: ignore[arg-type]


@given(filters())
@example(CallFilter(search='ТОВ "Ромашка"'))
@example(CallFilter(search='"'))
@example(CallFilter(search='"a"'))
@example(CallFilter(search="  two  spaces "))
@example(CallFilter(search="status:new"))
@example(CallFilter(search="sip:olena@pbx.example"))
@example(CallFilter(search="\x1b[31m[@click=app.quit]\u202e\ud800\n"))
@example(CallFilter(departments=("",)))
@example(CallFilter(hours=(22, 23, 0, 1, 1)))
@example(CallFilter(weekdays=(1, 2, 3, 4, 5)))
def test_a_filter_survives_its_text(filter: CallFilter) -> None:
    text = to_text(filter)
    assert text.isprintable()
    assert from_text(text) == filter


@given(st.text(alphabet=st.sampled_from('ab:,"\\ .#{}u1'), max_size=20))
def test_any_text_is_a_filter_or_an_error_that_says_where(text: str) -> None:
    try:
        read = from_text(text, DIRECTORIES)
    except Invalid as error:
        complaint = error
    else:
        assert from_text(to_text(read)) == read
        return
    assert str(complaint.fields["at"]) in str(complaint)


def test_the_table_covers_every_field_once() -> None:
    covered = [attribute for field in FIELDS for attribute in field.attributes]
    assert sorted(covered) == sorted(structs.fields(CallFilter)[i].name for i in range(len(covered)))
    assert len({field.option for field in FIELDS}) == len(FIELDS)


ENDED = set(Status) - RUNNING - {Status.UNKNOWN}
MISSED = {Status.MISSED, Status.CALLED_BACK, Status.MISSED_OFFLINE}


@pytest.mark.parametrize("lost", [True, False])
@pytest.mark.parametrize(
    ("direction", "status"),
    [(Direction.INCOMING, status) for status in sorted(ENDED - OUTGOING_ONLY)]
    + [(Direction.OUTGOING, status) for status in sorted(ENDED - MISSED)],
)
def test_a_name_of_the_1c_panel_finds_the_calls_that_carry_it(direction: Direction, status: Status, lost: bool) -> None:
    lost = lost and family_of(direction, status) is Family.MISSED
    found = [
        name
        for name, asked in NAMED_STATUSES.items()
        if (not asked.families or family_of(direction, status) in asked.families)
        and (not asked.statuses or status in asked.statuses)
        and (not asked.directions or direction in asked.directions)
        and (asked.lost is None or asked.lost is lost)
    ]
    assert found == [name_of(direction, status, lost=lost)]


def test_nothing_is_no_text() -> None:
    assert to_text(NOTHING) == ""
    assert from_text("   ") == NOTHING


def test_canonical_text_reads_well() -> None:
    wanted = CallFilter(
        period=Period(preset=Preset.LAST_7_DAYS), families=(Family.MISSED,), lost=True, comment=False,
        mine=True, employees=(3,), talk_from=10, talk_to=60,
        weekdays=(1, 2, 3, 4, 5), hours=(9,), search="петренко",
    )  # fmt: skip
    assert to_text(wanted) == (
        "period:last-7-days family:missed is:lost without:comment is:mine employee:#3 talk:10..60 "
        "hour:9 weekday:mon..fri петренко"
    )


@pytest.mark.parametrize(
    ("text", "filter"),
    [
        ("is:missed is:in", CallFilter(families=(Family.MISSED,), directions=(Direction.INCOMING,))),
        ("is:lost,mine,nobody", CallFilter(lost=True, mine=True, nobody=True)),
        ("is:no-reply", CallFilter(families=(Family.MISSED,), lost=False)),
        ("is:reached", CallFilter(families=(Family.SUCCESSFUL,))),
        ("is:cancelled", CallFilter(families=(Family.FAILED,), statuses=(Status.CANCELLED,))),
        ("show:internal", CallFilter(internal=True)),
        ("status:missed,called-back", CallFilter(statuses=(Status.MISSED, Status.CALLED_BACK))),
        ("STATUS:Missed", CallFilter(statuses=(Status.MISSED,))),
        ("employee:olena", CallFilter(employees=(1,))),
        ("employee:102", CallFilter(employees=(2,))),
        ("employee:#101", CallFilter(employees=(101,))),
        ("employee:7", CallFilter(employees=(7,))),
        ("employee:коваль,бондар", CallFilter(employees=(2, 101))),
        ('employee:"Іван, старший"', CallFilter(employees=(7,))),
        ("employee:2 employee:7", CallFilter(employees=(2, 7))),
        ("not-employee:#2", CallFilter(not_employees=(2,))),
        ("department:продажі", CallFilter(departments=("Продажі",))),
        ("channel:380442223344", CallFilter(channels=(2,))),
        ("region:київ", CallFilter(regions=(5,))),
        ("line:trunk-voda", CallFilter(lines=(2,))),
        ("client:12", CallFilter(clients=(12,))),
        ("talk:10..", CallFilter(talk_from=10)),
        ("talk:..1:30", CallFilter(talk_to=90)),
        ("talk:0", CallFilter(talk_from=0, talk_to=0)),
        ("hour:22..1", CallFilter(hours=(22, 23, 0, 1))),
        ("weekday:sat,7", CallFilter(weekdays=(6, 7))),
        ("period:2026-11-21", CallFilter(period=Period(start="2026-11-21", end="2026-11-21"))),
        ("period:1.11.2026..", CallFilter(period=Period(start="2026-11-01"))),
        (
            "period:2026-11-21..2026-11-21T14:00",
            CallFilter(period=Period(start="2026-11-21", end="2026-11-21T14:00")),
        ),
        (
            "period:2026-11-21T14:00..2026-11-21",
            CallFilter(period=Period(start="2026-11-21T14:00", end="2026-11-21")),
        ),
        ("entity:company lead:lost handled:never", CallFilter(
            entities=(ClientKind.COMPANY,), leads=(LeadCategory.LOST,), handling=(Handling.NEVER,))),
        ('is:lost "петренко"', CallFilter(lost=True, search="петренко")),
        ('ТОВ "Ромашка" is:lost', CallFilter(lost=True, search='ТОВ "Ромашка"')),
        ('ТОВ "Рома', CallFilter(search='ТОВ "Рома')),
        ("sip:olena@pbx.example", CallFilter(search="sip:olena@pbx.example")),
        ("olena@pbx:5060 09:30", CallFilter(search="olena@pbx:5060 09:30")),
        ("lost", CallFilter(search="lost")),
        ("\u202e067\x1b", CallFilter(search="067")),
    ],
)  # fmt: skip
def test_what_people_write(text: str, filter: CallFilter) -> None:
    assert from_text(text, DIRECTORIES) == filter


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("colour:red", ["“colour”", "character 1", "employee", "status"]),
        ("067 status:mised", ["“mised”", "character 12", "missed, called-back"]),
        ("is:lots", ["“lots”", "lost", "first-contact", "missed"]),
        ("employee:оле", ["fits several", "Олена Петренко (#1)", "Олександр Коваль (#2)"]),
        ("employee:101", ["fits several", "Олена Петренко (#1)", "Ганна Бондар (#101)"]),
        ("employee:nobody-such", ["“nobody-such”", "Олена Петренко (#1)"]),
        ("employee:#99", ["knows no “#99”", "Олена Петренко (#1)"]),
        ("department:склад", ["knows no “склад”", "Known: Продажі"]),
        ('period:""', ["“” is no period"]),
        ('talk:""', ["“”"]),
        ("client:Ромашка", ["client:#12"]),
        ("talk:60..10", ["ends before it begins"]),
        ("talk:soon", ["“soon”", "10..60"]),
        ("hour:24", ["“24”", "0..23"]),
        ("hour:²", ["“²”"]),
        ("weekday:sunday", ["mon, tue"]),
        ("period:2026-02-30", ["2026-02-30", "last-7-days"]),
        ("period:2026-11-21..2026-11-20", ["ends before it begins"]),
        ("period:2026-11-21..2026-11-20T23:59", ["ends before it begins"]),
        ("period:2026-11-21T14:00..2026-11-21T13:59", ["ends before it begins"]),
        ("period:today period:yesterday", ["given several"]),
        ("is:no-reply is:lost", ["“lost”", "at once"]),
        ("is:lost not:lost", ["“lost”", "at once"]),
        ("status:", ["lacks a value"]),
        ('department:"Продажі', ["never closed", "character 12"]),
        ("status:missed,", ["lacks a value"]),
    ],
)
def test_what_is_refused_says_why(text: str, says: list[str]) -> None:
    with pytest.raises(Invalid) as error:
        from_text(text, DIRECTORIES)
    for part in says:
        assert part in str(error.value)
