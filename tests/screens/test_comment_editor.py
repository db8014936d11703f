"""Writing comments: nothing typed is lost, nobody's text is overwritten unseen."""

from __future__ import annotations

from pathlib import Path

import pytest
from msgspec import structs
from textual._xterm_parser import XTermParser
from textual.events import Key

from backend_client.errors import Unreachable
from backend_client.model.call import Comment, CommentVersion
from screens.calls.comment_editor import CommentArea
from screens.drafts import draft_folder
from tests.screens.conftest import NOON, ListBackend
from tests.screens.filtered import NamedBackend, text_of
from tests.screens.test_filtering import console, keys


@pytest.fixture(autouse=True)
def own_state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))


def with_comment(backend: NamedBackend, text: str, revision: int = 1, author: str = "Олена Петренко") -> None:
    """The call's comment as the store has it now."""
    comment = Comment(call_id=1, text=text, author=author, at=NOON, revision=revision)
    backend.details = structs.replace(backend.details, comment=comment)


def drafts() -> list[Path]:
    return list(draft_folder().glob("*")) if draft_folder().exists() else []


async def test_enter_saves_and_another_key_breaks_the_line(backend: ListBackend) -> None:
    async with console(backend) as (app, pilot):
        assert isinstance(app.backend, NamedBackend)
        await keys(pilot, "c", "typed:Передзвонити", "ctrl+n", "typed:завтра", "enter")
        assert app.backend.details.comment.text == "Передзвонити\nзавтра"
        assert app.screen is app.filtering
        assert drafts() == []


async def test_alt_enter_of_tmux_breaks_the_line_and_writes_no_control_character(backend: ListBackend) -> None:
    async with console(backend) as (app, pilot):
        await keys(pilot, "c", "typed:а")
        [event] = [event for event in XTermParser().feed("\x1b[27;3;13~") if isinstance(event, Key)]
        area = app.screen.query_one(CommentArea)
        area.post_message(event)
        await keys(pilot, "typed:б")
        assert area.text == "а\nб"


async def test_author_and_time_are_shown(backend: ListBackend) -> None:
    async with console(backend) as (app, pilot):
        assert isinstance(app.backend, NamedBackend)
        with_comment(app.backend, "було", author="[bold]Hostile[/foo]")
        await keys(pilot, "c")
        assert "[bold]Hostile[/foo], 2026-11-21 14:00:00" in text_of(app)


async def test_the_counter_counts_what_is_left_after_cleaning(backend: ListBackend) -> None:
    async with console(backend) as (app, pilot):
        await keys(pilot, "c", "typed:абв", "space", "space")
        assert "3/200" in text_of(app)


async def test_too_long_a_comment_is_not_saved_and_not_cut(backend: ListBackend) -> None:
    async with console(backend) as (app, pilot):
        assert isinstance(app.backend, NamedBackend)
        with_comment(app.backend, "я" * 200)
        await keys(pilot, "c", "typed:ще", "enter")
        assert "202/200" in text_of(app)
        assert "2 characters too many" in text_of(app)
        assert app.backend.details.comment.text == "я" * 200
        await keys(pilot, *["backspace"] * 4, "enter")
        assert app.backend.details.comment.text == "я" * 198


async def test_escape_asks_only_when_something_would_be_lost(backend: ListBackend) -> None:
    async with console(backend) as (app, pilot):
        await keys(pilot, "c", "escape")
        assert app.screen is app.filtering
        await keys(pilot, "c", "typed:x", "escape")
        assert "Leave without saving?" in text_of(app)
        await keys(pilot, "escape", "typed:y")
        assert "xy" in text_of(app)
        await keys(pilot, "escape", "y")
        assert app.screen is app.filtering
        assert drafts() == []


async def test_deleting_asks(backend: ListBackend) -> None:
    async with console(backend) as (app, pilot):
        assert isinstance(app.backend, NamedBackend)
        with_comment(app.backend, "ні")
        await keys(pilot, "c", "backspace", "backspace", "enter")
        assert "Delete the comment?" in text_of(app)
        assert app.backend.details.comment.text == "ні"
        await keys(pilot, "n", "enter", "y")
        assert app.backend.details.comment.text == ""


@pytest.mark.parametrize(("choice", "left"), [("enter", "моє"), ("ctrl+t", "їхнє")])
async def test_two_writers_see_both_texts(backend: ListBackend, choice: str, left: str) -> None:
    async with console(backend) as (app, pilot):
        assert isinstance(app.backend, NamedBackend)
        await keys(pilot, "c", "typed:моє")
        with_comment(app.backend, "їхнє", revision=3, author="Олександр")
        await keys(pilot, "enter")
        shown = text_of(app)
        assert "моє" in shown
        assert "їхнє" in shown
        assert "Олександр" in shown
        await keys(pilot, choice)
        assert app.screen is app.filtering
        assert app.backend.details.comment.text == left
        assert drafts() == []


async def test_a_lost_connection_keeps_the_draft(backend: ListBackend) -> None:
    async with console(backend) as (app, pilot):
        assert isinstance(app.backend, NamedBackend)
        app.backend.refusal = Unreachable("The server does not answer.")
        await keys(pilot, "c", "typed:важливо", "enter")
        assert "The server does not answer." in text_of(app)
        assert "Your text is kept as a draft." in text_of(app)
        (draft,) = drafts()
        assert draft.stat().st_mode & 0o777 == 0o600
        app.backend.refusal = None
        await keys(pilot, "enter")
        assert app.backend.details.comment.text == "важливо"
        assert drafts() == []


async def test_a_closed_terminal_keeps_the_draft(backend: ListBackend) -> None:
    async with console(backend) as (app, pilot):
        await keys(pilot, "c", "typed:важливо")
    assert len(drafts()) == 1
    async with console(backend) as (app, pilot):
        await keys(pilot, "c")
        assert "важливо" in text_of(app)
        assert "a draft that was left unfinished" in text_of(app)


async def test_a_draft_is_found_at_another_desk_and_forgotten_everywhere(
    backend: ListBackend, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("screens.drafts._PAUSE", 0.05)
    async with console(backend) as (app, pilot):
        assert isinstance(app.backend, NamedBackend)
        await keys(pilot, "c", "typed:важливо")
        left = app.backend.left
        for _try in range(100):
            await pilot.pause(0.05)
            if "важливо" in left.values():
                break
    assert list(left.values()) == ["важливо"]
    (here,) = drafts()
    here.unlink()
    async with console(backend) as (app, pilot):
        assert isinstance(app.backend, NamedBackend)
        app.backend.left = dict(left)
        await keys(pilot, "c")
        await pilot.pause(0.2)
        assert "важливо" in text_of(app)
        assert "a draft that was left unfinished" in text_of(app)
        await keys(pilot, "enter")
        for _try in range(50):
            await pilot.pause(0.02)
            if not app.backend.left:
                break
        assert app.backend.left == {}
    assert drafts() == []


async def test_pasted_text_is_cleaned(backend: ListBackend) -> None:
    async with console(backend) as (app, pilot):
        assert isinstance(app.backend, NamedBackend)
        await keys(pilot, "c")
        from textual.events import Paste

        app.screen.focused.post_message(Paste("a\x1b[31mb\u202ec\r\nd"))  # type: ignore[union-attr]
        await keys(pilot, "enter")
        assert app.backend.details.comment.text == "a[31mbc\nd"


async def test_the_history_is_one_key_away(backend: ListBackend) -> None:
    async with console(backend) as (app, pilot):
        assert isinstance(app.backend, NamedBackend)
        with_comment(app.backend, "нове", revision=2)
        old = CommentVersion(text="старе", author="Олена", at=NOON - 60)
        app.backend.details = structs.replace(app.backend.details, history=(old,))
        await keys(pilot, "c")
        assert "старе" not in text_of(app)
        await keys(pilot, "ctrl+r")
        assert "старе" in text_of(app)
