"""Narrowing the journal with keys: every key does what the person expects, and the rows are asked for accordingly."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from textual.pilot import Pilot

from backend_client.contract.views import View
from backend_client.model.call_filter import CallFilter
from backend_client.model.filter_text import from_text, to_text
from backend_client.model.permissions import Role
from tests.screens.conftest import ListBackend
from tests.screens.filtered import Console, NamedBackend, text_of
from tui import translations


@asynccontextmanager
async def console(backend: ListBackend, size: tuple[int, int] = (80, 24)) -> AsyncIterator[tuple[Console, Pilot[None]]]:
    """The journal on a screen, with its first rows."""
    app = Console(NamedBackend(backend.calls))
    async with app.run_test(size=size, notifications=True) as pilot:
        await pilot.pause()
        yield app, pilot


async def keys(pilot: Pilot[None], *pressed: str) -> None:
    """Press keys; a text of several characters that is no key's name is typed."""
    for key in pressed:
        if key.startswith("typed:"):
            for character in key.removeprefix("typed:"):
                await pilot.press("space" if character == " " else character)
        else:
            await pilot.press(key)
    await pilot.pause()


@pytest.mark.parametrize(
    ("key", "text"),
    [
        ("i", "direction:in"), ("o", "direction:out"), ("m", "family:missed"), ("l", "is:lost"), ("M", "is:mine"),
        ("I", "show:internal"), ("F", "is:first-contact"), ("u", "is:unregistered"), ("C", "with:comment"),
        ("R", "with:recording"),
    ],
)  # fmt: skip
async def test_one_key_asks_and_the_same_key_asks_no_more(backend: ListBackend, key: str, text: str) -> None:
    async with console(backend) as (app, pilot):
        await keys(pilot, key)
        assert to_text(app.filter) == text
        await keys(pilot, key)
        assert app.filter == CallFilter()


async def test_outgoing_takes_the_place_of_incoming(backend: ListBackend) -> None:
    async with console(backend) as (app, pilot):
        await keys(pilot, "i", "o")
        assert to_text(app.filter) == "direction:out"


async def test_a_contradiction_says_so(backend: ListBackend) -> None:
    async with console(backend) as (app, pilot):
        await keys(pilot, "o", "m")
        assert "No call is both “Outgoing” and “Missed”." in text_of(app)
        await keys(pilot, "o")
        assert "No call is both" not in text_of(app)


async def test_search_narrows_as_one_types_and_enter_keeps_it(backend: ListBackend) -> None:
    async with console(backend) as (app, pilot):
        await keys(pilot, "slash", "typed:06")
        assert app.filter.search == "06"
        await keys(pilot, "typed:7", "enter")
        assert app.filter.search == "067"
        assert app.focused is app.filtering.query_one("#table")
        await keys(pilot, "i")
        assert to_text(app.filter) == "direction:in 067"


async def test_escape_clears_the_search_and_then_leaves(backend: ListBackend) -> None:
    async with console(backend) as (app, pilot):
        await keys(pilot, "slash", "typed:067", "escape")
        assert app.filter.search == ""
        assert app.focused is not app.filtering.query_one("#table")
        await keys(pilot, "escape")
        assert app.focused is app.filtering.query_one("#table")


async def test_a_typed_pair_becomes_a_chip(backend: ListBackend) -> None:
    async with console(backend) as (app, pilot):
        await keys(pilot, "slash", "typed:067 employee:петренко ")
        assert to_text(app.filter) == "employee:#1 067"
        assert "[Employee: Олена Петренко ×]" in text_of(app)
        await keys(pilot, "typed:is:lost", "enter")
        assert to_text(app.filter) == "is:lost employee:#1 067"


async def test_an_unfinished_pair_is_no_search(backend: ListBackend) -> None:
    async with console(backend) as (app, pilot):
        await keys(pilot, "slash", "typed:067 status:mis")
        assert to_text(app.filter) == "067"


async def test_a_wrong_pair_stays_and_is_explained(backend: ListBackend) -> None:
    async with console(backend, (120, 40)) as (app, pilot):
        await keys(pilot, "slash", "typed:colour:red", "enter")
        assert "There is no filter field “colour”" in text_of(app)
        assert "colour:red" in text_of(app)
        assert app.filter == CallFilter()
        await keys(pilot, *["backspace"] * 10)
        assert "There is no filter field" not in text_of(app)


async def test_a_chip_is_removed_by_key(backend: ListBackend) -> None:
    async with console(backend) as (app, pilot):
        await keys(pilot, "i", "m", "l", "b", "right", "backspace")
        assert to_text(app.filter) == "direction:in is:lost"
        await keys(pilot, "delete", "delete")
        assert app.filter == CallFilter()
        await keys(pilot, "escape", "i")
        assert to_text(app.filter) == "direction:in"


async def test_a_chip_is_removed_and_opened_by_a_click(backend: ListBackend) -> None:
    async with console(backend) as (app, pilot):
        await keys(pilot, "l")
        await pilot.click("#chips", offset=(1, 0))
        await pilot.pause()
        assert to_text(app.filter) == "not:lost"
        await pilot.click("#chips", offset=(len("[Not lost "), 0))
        await pilot.pause()
        assert app.filter == CallFilter()


async def test_chips_that_do_not_fit_are_counted(backend: ListBackend) -> None:
    wanted = from_text("is:in is:missed is:lost is:first-contact with:comment with:recording is:mine hour:9..17")
    async with console(backend) as (app, pilot):
        app.bar.change(wanted)
        await keys(pilot)
        line = text_of(app).splitlines()[1]
        assert "[Incoming ×]" in line
        assert line.endswith("+2")
        await keys(pilot, "b", *["right"] * 7)
        line = text_of(app).splitlines()[1]
        assert line.startswith("+3 ")
        assert "►Hour: 9, 10, 11… ×]" in line
        await keys(pilot, "delete")
        assert app.filter.hours == ()


async def test_clear_and_the_last_filter_again(backend: ListBackend) -> None:
    async with console(backend) as (app, pilot):
        await keys(pilot, "i", "l", "x")
        assert app.filter == CallFilter()
        await keys(pilot, "z")
        assert to_text(app.filter) == "direction:in is:lost"


async def test_the_menu_picks_employees_by_typing(backend: ListBackend) -> None:
    async with console(backend) as (app, pilot):
        await keys(pilot, "f", "typed:employee", "enter", "typed:олен", "enter", "escape")
        assert to_text(app.filter) == "employee:#1"


async def test_several_values_are_alternatives(backend: ListBackend) -> None:
    async with console(backend) as (app, pilot):
        await keys(pilot, "f", "typed:status", "enter", "space", "down", "down", "space", "enter", "escape")
        assert to_text(app.filter) == "status:answered,rejected"


async def test_a_picker_left_by_escape_changes_nothing(backend: ListBackend) -> None:
    async with console(backend) as (app, pilot):
        await keys(pilot, "f", "typed:status", "enter", "space", "escape", "escape")
        assert app.filter == CallFilter()


async def test_a_flag_turns_and_delete_clears(backend: ListBackend) -> None:
    async with console(backend) as (app, pilot):
        await keys(pilot, "f", "typed:recording", "enter", "enter", "escape")
        assert to_text(app.filter) == "without:recording"
        await keys(pilot, "f", "typed:recording", "delete", "escape")
        assert app.filter == CallFilter()


async def test_a_name_of_the_1c_panel_is_a_filter(backend: ListBackend) -> None:
    async with console(backend) as (app, pilot):
        await keys(pilot, "f", "typed:1c", "enter", "typed:no reply", "enter", "escape")
        assert to_text(app.filter) == "family:missed not:lost"


async def test_talk_takes_seconds_and_minutes(backend: ListBackend) -> None:
    async with console(backend) as (app, pilot):
        await keys(pilot, "f", "typed:talk", "enter", "typed:60", "tab", "typed:30", "enter")
        assert "ends before it begins" in text_of(app)
        await keys(pilot, *["backspace"] * 2, "typed:2:30", "enter", "escape")
        assert to_text(app.filter) == "talk:60..150"


@pytest.mark.parametrize(
    "name", ["departments", "lines", "channels", "entities", "weekdays", "hours", "leads", "handling"]
)
async def test_every_field_has_a_picker(backend: ListBackend, name: str) -> None:
    async with console(backend) as (app, pilot):
        await keys(pilot, "f")
        menu = app.screen.query_one("#fields")
        menu.go_to(name)  # type: ignore[attr-defined]
        await keys(pilot, "enter", "enter", "escape")
        assert getattr(app.filter, name)


async def test_a_preset_period(backend: ListBackend) -> None:
    async with console(backend) as (app, pilot):
        await keys(pilot, "d", "typed:last 7", "enter")
        assert to_text(app.filter) == "period:last-7-days"
        assert "[Last 7 days ×]" in text_of(app)


async def test_days_off_the_calendar(backend: ListBackend) -> None:
    async with console(backend) as (app, pilot):
        await keys(pilot, "d", "tab", "enter", "left", "left", "enter", "enter")
        assert to_text(app.filter) == "period:2026-11-19..2026-11-21"


async def test_a_period_with_times(backend: ListBackend) -> None:
    async with console(backend) as (app, pilot):
        await keys(pilot, "d", "tab", "tab", "typed:21.11.2026 09:30", "tab", "typed:2026-11-21 18:00", "enter")
        assert to_text(app.filter) == "period:2026-11-21T09:30..2026-11-21T18:00"


async def test_an_impossible_period_is_explained(backend: ListBackend) -> None:
    async with console(backend) as (app, pilot):
        await keys(pilot, "d", "tab", "tab", "typed:2026-02-30", "enter")
        assert "is no period" in text_of(app)


async def test_mine_without_being_somebody_says_what_to_do(backend: ListBackend) -> None:
    async with console(backend) as (app, pilot):
        assert isinstance(app.backend, NamedBackend)
        app.backend.employee_id = None
        app._choose_name = False
        await keys(pilot, "M")
        assert app.filter == CallFilter()
        assert "--as" in text_of(app)


async def test_mine_asks_somebody_unknown_who_they_are(backend: ListBackend) -> None:
    async with console(backend) as (app, pilot):
        assert isinstance(app.backend, NamedBackend)
        app.backend.employee_id, app.backend.role = None, Role.OPERATOR
        await keys(pilot, "M")
        assert "Who are you?" in text_of(app)
        await keys(pilot, "typed:102", "enter")
        assert app.chosen_name == "102"


async def test_views_are_saved_shown_renamed_and_deleted(backend: ListBackend) -> None:
    async with console(backend) as (app, pilot):
        assert isinstance(app.backend, NamedBackend)
        await keys(pilot, "i", "v", "s", "typed:Вхідні", "enter")
        assert app.backend.saved == (View(name="Вхідні", filter=from_text("is:in")),)
        await keys(pilot, "escape", "x", "v", "enter")
        assert to_text(app.filter) == "direction:in"
        await keys(pilot, "v", "r", "typed: 2", "enter")
        assert [view.name for view in app.backend.saved] == ["Вхідні 2"]
        await keys(pilot, "d", "escape", "d", "y")
        assert not app.backend.saved


async def test_a_view_is_replaced_only_when_one_says_so(backend: ListBackend) -> None:
    async with console(backend) as (app, pilot):
        assert isinstance(app.backend, NamedBackend)
        app.backend.saved = (View(name="a", filter=from_text("is:lost")),)
        await keys(pilot, "i", "v", "s", "typed:a", "enter")
        assert app.backend.saved[0].filter.lost
        await keys(pilot, "y")
        assert to_text(app.backend.saved[0].filter) == "direction:in"


async def test_hostile_names_are_only_text(backend: ListBackend) -> None:
    async with console(backend) as (app, pilot):
        app.bar.change(CallFilter(employees=(3,), departments=("\x1b[31m[@click=app.quit]x",), search="[/foo]\x1b]0;"))
        await keys(pilot)
        shown = text_of(app)
        assert "[bold]Hostile[/foo]" in shown
        assert "\x1b" not in shown
        await keys(pilot, "f", "escape", "v", "s", "typed:[/x]", "enter")
        assert "[/x]" in text_of(app)


async def test_an_operator_is_told_why_export_is_closed(backend: ListBackend) -> None:
    async with console(backend) as (app, pilot):
        assert isinstance(app.backend, NamedBackend)
        app.backend.role = Role.OPERATOR
        await keys(pilot, "e")
        assert "your role may not export lists" in text_of(app)
        assert len(app.screen_stack) == 2 or app.screen is app.filtering


async def test_the_way_out_of_the_views_is_told_in_a_small_window(backend: ListBackend) -> None:
    async with console(backend, (44, 24)) as (app, pilot):
        assert isinstance(app.backend, NamedBackend)
        app.backend.saved = (View(name="Lost", filter=from_text("is:lost")),)
        await keys(pilot, "v")
        assert "Esc back" in text_of(app)


async def test_the_keys_go_back_to_the_list_with_the_last_chip(backend: ListBackend) -> None:
    async with console(backend) as (app, pilot):
        await keys(pilot, "m", "b", "delete")
        assert app.filter == CallFilter()
        assert app.focused is app.filtering.query_one("#table")
        await keys(pilot, "m", "l", "b", "x")
        assert app.focused is app.filtering.query_one("#table")


async def test_both_ways_to_a_period_are_whole_in_a_small_window(backend: ListBackend) -> None:
    async with console(backend, (40, 24)) as (app, pilot):
        await keys(pilot, "d")
        assert "All the time" in text_of(app)
        assert "Mo  Tu  We  Th  Fr  Sa  Su" in text_of(app)
        assert "2026-11-21 or 2026-11-21 09:30" in text_of(app)
        await keys(pilot, "tab", "enter", "enter", "enter")
        assert app.filter.period is not None


async def test_the_words_of_a_view_are_quoted_as_the_language_quotes(backend: ListBackend) -> None:
    translations.install("uk")
    try:
        async with console(backend) as (app, pilot):
            assert isinstance(app.backend, NamedBackend)
            app.backend.saved = (View(name="Крок", filter=CallFilter(search="крок")),)
            await keys(pilot, "v")
            assert "«крок»" in text_of(app)
    finally:
        translations.install("en")


async def test_the_hint_tells_the_persons_own_key(backend: ListBackend) -> None:
    async with console(backend) as (app, pilot):
        app.set_keymap({"filter.search": "ctrl+f", "filter.chips": "B"})
        app.bar.know(app.bar.directories)
        await keys(pilot)
        assert "^f search   f filter   d period" in text_of(app)
