"""Words, glyphs, dates and numbers."""

import unicodedata
from datetime import UTC, date, datetime
from gettext import NullTranslations
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from backend_client.model.call import Call, Mark, Party, PartyKind
from backend_client.model.report import Cell, Unit
from backend_client.model.status import Direction, Family, HungUpBy, Name, Status
from screens import language, words
from screens.reports.report_words import difference_text
from screens.widgets.columns import WIDE, Look, call_columns, column_ids, widths
from screens.widgets.painted import fit, wrap
from screens.words import Sign

KYIV = ZoneInfo("Europe/Kyiv")
SIGNS: list[Sign] = [
    *words.DIRECTIONS.values(), *words.STATUSES.values(), *words.NAMES.values(), *words.FAMILIES.values(),
    *words.MARKS, words.BUSY, words.CURSOR,
]  # fmt: skip
EMOJI = set("☎⚠✔✖✏⭐❗❓▶◀↔↕↖↗↘↙↩↪⤴⤵⏎ℹ‼⁉™©®♥♠♣♦")
"""Signs of the ranges that we use which some terminals draw as pictures, two cells wide."""


@pytest.mark.parametrize("sign", SIGNS, ids=lambda sign: sign.text)
def test_a_sign_is_one_cell_in_every_terminal(sign: Sign) -> None:
    assert cell_len(sign.glyph) == 1
    assert len(sign.glyph) == 1
    assert unicodedata.east_asian_width(sign.glyph) in {"N", "Na", "A"}
    assert ord(sign.glyph) < 0x10000
    assert sign.glyph not in EMOJI
    assert sign.ascii.isascii()
    assert len(sign.ascii) == 1


def test_every_value_has_a_sign() -> None:
    assert set(words.STATUSES) == set(Status)
    assert set(words.NAMES) == set(Name)
    assert set(words.DIRECTIONS) == set(Direction)
    assert set(words.FAMILIES) == set(Family)


def test_no_two_statuses_look_alike() -> None:
    named = [sign for status, sign in words.STATUSES.items() if status not in (Status.UNKNOWN, Status.ERROR)]
    assert len({sign.glyph for sign in named}) == len(named)
    assert len({sign.text for sign in named}) == len(named)


def a_call(**fields: object) -> Call:
    known: dict[str, object] = {
        "id": 1,
        "start": 0,
        "caller": Party(PartyKind.NUMBER, "", "0671234567"),
        "callee": Party(PartyKind.EMPLOYEE, "Olena", "101"),
        "direction": Direction.INCOMING,
        "status": Status.MISSED,
    }
    return Call(**(known | fields))  # type: ignore[arg-type]


def test_a_missed_call_that_was_settled_is_called_back() -> None:
    assert words.status_sign(a_call()).word == "Missed"
    assert words.status_sign(a_call(settled_by=7)).word == "Called back"
    assert words.status_sign(a_call(marks=Mark.LOST), names=True).word == "Lost"
    assert words.status_sign(a_call(), names=True).word == "No reply"


def test_the_call_back_mark_stands_on_both_calls() -> None:
    assert words.CALL_BACK in words.mark_signs(a_call(settled_by=0))
    lost_lead = words.mark_signs(a_call(marks=Mark.FIRST_CONTACT | Mark.LOST | Mark.ATTENTION))
    assert lost_lead[:2] == (words.FIRST_CONTACT, words.ATTENTION)
    assert words.CALL_BACK in words.mark_signs(a_call(marks=Mark.SETTLES))


@pytest.mark.parametrize(
    ("application", "shown"),
    [("BackGround", "IVR"), ("WaitExten", "IVR"), ("VoiceMail", "Voicemail"), ("Queue sales", "Queue sales"), ("", "")],
)
def test_a_call_that_reached_nobody_names_what_the_caller_heard(application: str, shown: str) -> None:
    assert words.employees_text(a_call(application=application)) == shown


def test_a_call_settled_by_somebody_elses_says_so() -> None:
    assert "somebody else's" in words.no_related_text(a_call(settled_by=0))
    assert "belongs to this one" in words.no_related_text(a_call())


def test_busy_is_a_kind_of_rejected() -> None:
    call = a_call(direction=Direction.OUTGOING, status=Status.REJECTED, busy=True)
    assert words.status_sign(call).word == "Rejected: busy"


@given(st.text(max_size=40), st.integers(0, 30), st.booleans())
def test_a_fitted_text_takes_exactly_its_cells(text: str, width: int, right: bool) -> None:
    assert cell_len(fit(text.replace("\0", ""), width, right=right)) == width


@given(st.text(alphabet="аб日本 \n—e", max_size=80), st.integers(2, 30))
def test_wrapped_text_loses_nothing_but_spaces_and_fits(text: str, width: int) -> None:
    wrapped = list(wrap(text, width))
    assert all(cell_len(line) <= width for line in wrapped)
    assert "".join(wrapped).replace(" ", "") == text.replace("\n", "").replace(" ", "")


@given(st.integers(20, 300))
def test_columns_fill_their_room_exactly(room: int) -> None:
    known = call_columns(Look(KYIV, date(2026, 11, 21)))
    columns = [known[name] for name in column_ids(room)]
    given_widths = [width for width in widths(columns, room) if width]
    assert sum(given_widths) + len(given_widths) - 1 <= room
    if room >= 76:
        assert len(given_widths) == len(columns), "nothing is left out of the sets that were chosen for the width"


def test_the_widest_set_has_who_called_whom() -> None:
    assert {"from", "to"} <= set(WIDE)


def test_durations_go_on_past_a_day() -> None:
    assert language.duration(175) == "0:02:55"
    assert language.duration(100_000) == "27:46:40"


def test_numbers_dates_and_money_follow_the_catalogue() -> None:
    class Ukrainian(NullTranslations):
        known = {
            ("pattern, between thousands", ","): "\u00a0",
            ("pattern, before decimals", "."): ",",
            ("pattern, date", "{year}-{month:02}-{day:02}"): "{day:02}.{month:02}.{year}",
            ("day", "today"): "сьогодні",
        }

        def pgettext(self, context: str, message: str) -> str:
            return self.known.get((context, message), message)

    day = date(2026, 11, 21)
    assert language.number(1234567) == "1,234,567"
    assert language.money(80_000, "UAH") == "0.08 UAH"
    language.install(Ukrainian(), "uk")
    try:
        assert language.number(1234567) == "1\u00a0234\u00a0567"
        assert language.money(80_000, "UAH") == "0,08 UAH"
        assert language.short_date(day) == "21.11.2026"
        assert language.relative_date(day, day) == "сьогодні"
        assert language.locale() == "uk"
    finally:
        language.install(NullTranslations(), "en")


def test_moments_are_of_the_centres_zone() -> None:
    at = language.moment(int(datetime(2026, 11, 21, 12, tzinfo=UTC).timestamp()), KYIV)
    assert language.date_and_time(at) == "2026-11-21 14:00:00"


def test_who_hung_up_is_marked_beside_that_party_and_nowhere_where_nobody_said() -> None:
    known = call_columns(Look(KYIV, date(2026, 11, 21)))

    def shown(column: str, by: HungUpBy) -> str:
        cell = known[column].cell(a_call(hung_up_by=by))
        return cell if isinstance(cell, str) else "".join(text for text, _role in cell)

    mark = words.HUNG_UP.glyph
    assert shown("from", HungUpBy.CALLER).startswith(mark)
    assert mark not in shown("to", HungUpBy.CALLER)
    assert shown("to", HungUpBy.CALLEE).startswith(mark)
    assert mark not in shown("from", HungUpBy.NOBODY_SAID) + shown("to", HungUpBy.NOBODY_SAID)


def test_an_unanswered_call_has_no_talk_to_show() -> None:
    known = call_columns(Look(KYIV, date(2026, 11, 21)))
    assert known["talk"].cell(a_call()) == "—"
    assert known["talk"].cell(a_call(status=Status.ANSWERED, talk=175)) == "0:02:55"


def test_shares_differ_by_percentage_points() -> None:
    assert difference_text(Cell(0.849, 53, before=0.75), Unit.SHARE) == "+9.9 pp"
    assert difference_text(Cell(0.5, 2, before=0.5), Unit.SHARE) == "±0.0 pp"
    assert difference_text(Cell(30, before=40), Unit.CALLS) == "−10 (−25 %)"
