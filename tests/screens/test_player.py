"""The player on screen, with a real store, real files and a real sound server."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable, Mapping
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest
from msgspec.structs import replace
from textual.pilot import Pilot

from backend_client.contract.audit import AuditRequest
from backend_client.contract.calls import CallRequest
from backend_client.model.audit import Deed
from backend_client.sqlite.clients.links import ADDRESS
from backend_client.sqlite.recordings import read_recording_settings, write_recording_settings
from backend_client.sqlite.settings import write_setting
from screens.recordings.listening import Listening
from screens.widgets.player_bar import PlayerBar
from tests.audio.conftest import loudspeaker, server
from tests.audio.sound_server import Recorder, in_real_time
from tests.audio.speech import RATE, voice, write_wav
from tests.recordings.conftest import fill
from tests.screens.store import console, settled, text, until
from tests.sqlite.stores import Desk
from tui.settings import Settings, load

__all__ = ["loudspeaker", "server"]

PART_1, PART_2, IVAN = voice(20, 1), voice(6, 2), np.stack([voice(30, 3), voice(30, 4)], axis=1)


@pytest.fixture
def store(tmp_path: Path) -> Path:
    root = tmp_path / "monitor"
    root.mkdir()
    for name, samples in (("part-1.wav", PART_1), ("part-2.wav", PART_2), ("ivan.wav", IVAN)):
        write_wav(root / name, samples)
    fill(tmp_path / "store.db", str(root))
    return tmp_path / "store.db"


def heard_by(pilot: Pilot[None]) -> Listening:
    listening = pilot.app.listening  # type: ignore[attr-defined]
    assert isinstance(listening, Listening)
    return listening


async def play(pilot: Pilot[None], *keys: str) -> Listening:
    """Go to a row, press space, wait for sound."""
    await pilot.press(*keys, "space")
    listening = heard_by(pilot)
    await until(pilot, lambda: listening.playing and listening.shape is not None and listening.shape.final)
    return listening


@in_real_time
async def test_space_plays_the_call_with_the_cursor(
    server: Mapping[str, str], loudspeaker: Callable[[], Recorder], store: Path
) -> None:
    with loudspeaker() as recorder:
        async with console(store) as pilot:
            listening = await play(pilot, "end")
            await asyncio.sleep(1.5)
            await pilot.press("right")
            await until(pilot, lambda: listening.place.second > 10)
            await asyncio.sleep(1.0)
            await pilot.press("space")
            await until(pilot, lambda: not listening.playing)
            assert "‖" in text(pilot)
            assert "0:20" in text(pilot)
            assert "part 1 of 2" in text(pilot)
    assert recorder.find(PART_1[: int(1.2 * RATE)]).likeness > 0.99
    assert recorder.find(PART_1[int(11.7 * RATE) : int(12.2 * RATE)]).likeness > 0.99


async def test_it_plays_on_while_one_moves_on_and_p_finds_the_call(
    loudspeaker: Callable[[], Recorder], store: Path
) -> None:
    async with console(store) as pilot:
        listening = await play(pilot, "end")
        await pilot.press("home", "1")
        await settled(pilot)
        assert listening.playing
        assert "►" in text(pilot)
        call = listening.call
        assert call is not None
        await pilot.press("P")
        await settled(pilot)
        assert str(call.id) in text(pilot)


async def test_a_screen_that_was_there_before_shows_what_plays(
    loudspeaker: Callable[[], Recorder], store: Path
) -> None:
    async with console(store) as pilot:
        await pilot.press("1")
        await settled(pilot)
        before = pilot.app.screen
        await pilot.press("2")
        await settled(pilot)
        await play(pilot, "end")
        await pilot.press("1")
        await settled(pilot)
        assert pilot.app.screen is before
        assert len(before.query(PlayerBar)) == 1
        assert "part 1 of 2" in text(pilot)


async def test_a_call_on_a_screen_of_its_own_is_played_there(loudspeaker: Callable[[], Recorder], store: Path) -> None:
    async with console(store) as pilot:
        listening = await play(pilot, "end")
        assert listening.call is not None
        await pilot.press("s", "P")
        await until(pilot, lambda: listening.call is None)
        await until(pilot, lambda: "nothing is played" in text(pilot))
        pilot.app.screen.show_calls((1,))  # type: ignore[attr-defined]
        await settled(pilot)
        assert text(pilot).split()[0] == "Call"
        await pilot.press("space")
        await until(pilot, lambda: listening.playing)
        await pilot.press("right")
        await until(pilot, lambda: listening.place.second > 10)
        assert "0:1" in text(pilot)
        await pilot.press("escape")
        await settled(pilot)
        assert listening.playing


async def test_parts_speed_volume_and_silence_are_shown(loudspeaker: Callable[[], Recorder], store: Path) -> None:
    async with console(store, (140, 24)) as pilot:
        listening = await play(pilot, "end")
        await pilot.press("right_square_bracket", "equals_sign", "greater_than_sign", "S")
        await until(pilot, lambda: listening.place.part == 1)
        await pilot.pause(0.6)
        for word in ("part 2 of 2", "×1.25", "volume 110 %", "without silence", "sound: this computer"):
            assert word in text(pilot)
        await pilot.press("left_square_bracket", "minus", "less_than_sign", "S")
        await until(pilot, lambda: listening.place.part == 0)
        await pilot.pause(0.6)
        assert "×" not in text(pilot)


async def test_two_channels_are_two_lanes_and_a_click_seeks(loudspeaker: Callable[[], Recorder], store: Path) -> None:
    async with console(store, (100, 24)) as pilot:
        listening = await play(pilot, "end", "up", "up")
        assert listening.shape is not None
        assert listening.shape.channels == 2
        bar = pilot.app.screen.query_one(PlayerBar)
        lanes = [bar.render_line(y).text for y in (1, 2)]
        assert all(sum(0x2800 < ord(cell) <= 0x28FF for cell in line) > 50 for line in lanes)
        assert lanes[0] != lanes[1]
        await pilot.click(PlayerBar, offset=(50, 1))
        await until(pilot, lambda: abs(listening.place.second - 15) < 2)


async def test_lanes_are_named_where_the_store_says_whose_they_are(
    loudspeaker: Callable[[], Recorder], store: Path
) -> None:
    with closing(Desk(store)) as desk, desk.writer.transaction() as transaction:
        settings = read_recording_settings(transaction.db)
        write_recording_settings(transaction, replace(settings, first_channel="callee"))
    async with console(store, (100, 24)) as pilot:
        listening = await play(pilot, "end", "up", "up")
        bar = pilot.app.screen.query_one(PlayerBar)
        assert [bar.render_line(y).text.split()[0] for y in (1, 2)] == ["employee", "client"]
        await pilot.click(PlayerBar, offset=(55, 1))
        await until(pilot, lambda: abs(listening.place.second - 15) < 2)


async def test_a_time_is_gone_to(loudspeaker: Callable[[], Recorder], store: Path) -> None:
    async with console(store) as pilot:
        listening = await play(pilot, "end")
        await pilot.press("t", *"0:15", "enter")
        await until(pilot, lambda: listening.place.second >= 15)
        assert listening.place.second < 17


async def test_a_place_is_marked_in_the_comment(loudspeaker: Callable[[], Recorder], store: Path) -> None:
    async with console(store) as pilot:
        listening = await play(pilot, "end")
        await pilot.press("t", *"0:12", "enter")
        await until(pilot, lambda: listening.place.second >= 12)
        await pilot.press("B")
        await settled(pilot)
        await pilot.press(*"price", "enter")
        await settled(pilot)
        call = listening.call
        assert call is not None
        details = await heard_by(pilot)._backend.call(CallRequest(id=call.id))
    assert details.comment.text in ("[part 1, 0:12] price", "[part 1, 0:13] price")


async def test_nothing_is_drawn_while_nothing_plays(loudspeaker: Callable[[], Recorder], store: Path) -> None:
    async with console(store) as pilot:
        listening = await play(pilot, "end")
        await pilot.press("space")
        await until(pilot, lambda: not listening.playing)
        await pilot.pause(0.6)
        bar = pilot.app.screen.query_one(PlayerBar)
        drawn: list[int] = []
        bar.refresh_line = drawn.append  # type: ignore[method-assign, assignment]
        await pilot.pause(1.5)
        assert not drawn


async def test_what_cannot_be_heard_says_why(loudspeaker: Callable[[], Recorder], store: Path) -> None:
    (store.parent / "monitor/ivan.wav").write_bytes(b"not a sound at all, but rather long for one " * 9)
    async with console(store) as pilot:
        await pilot.press("space")
        await until(pilot, lambda: "comes within 5 minutes" in text(pilot))
        await pilot.press("end", "up", "up", "space")
        await until(pilot, lambda: "no recording that Pult knows" in text(pilot))
        await pilot.press("end", "up", "s")
        await settled(pilot)
        await pilot.press("space")
        await until(pilot, lambda: "this call has no recording" in text(pilot))


@pytest.fixture
def over_ssh(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("PULSE_SERVER", raising=False)
    monkeypatch.setenv("SSH_CONNECTION", "192.0.2.1 5000 192.0.2.2 22")


async def test_over_ssh_without_a_sound_server_it_tells_the_ways_in_their_order(store: Path, over_ssh: None) -> None:
    async with console(store, (80, 24)) as pilot:
        await pilot.press("end", "space")
        await until(pilot, lambda: "PULSE_SERVER" in text(pilot))
        shown = text(pilot)
        order = [
            "pult --remote",
            "ssh -R",
            "your computer, through SSH",
            "a link",
            "a file",
            "in silence",
            "loudspeakers",
        ]
        assert [shown.index(one) for one in order] == sorted(shown.index(one) for one in order)
        await pilot.press("escape")
        await settled(pilot)
        assert heard_by(pilot).call is None


async def test_the_way_that_was_taken_is_remembered(store: Path, over_ssh: None) -> None:
    async with console(store) as pilot:
        await pilot.press("end", "space")
        await until(pilot, lambda: "How sound reaches you" in text(pilot))
        await pilot.press("down", "down", "down", "enter")
        await until(pilot, lambda: heard_by(pilot).playing)
        assert load().sound == "silent"
        await pilot.press("s", "Z")
        await until(pilot, lambda: "► in silence" in text(pilot))


async def test_a_link_is_shown_as_one_and_copied(store: Path, over_ssh: None) -> None:
    async with console(store, settings=Settings(sound="link")) as pilot:
        await pilot.press("end", "space")
        await until(pilot, lambda: "Nobody has said under which address" in text(pilot))
    with closing(Desk(store)) as desk, desk.writer.transaction() as transaction:
        write_setting(transaction, ADDRESS, "https://pult.example.org")
    async with console(store, (120, 24), settings=Settings(sound="link")) as pilot:
        await pilot.press("end", "space")
        await until(pilot, lambda: "https://pult.example.org/v1/links/" in text(pilot))
        copied = pilot.app.clipboard.splitlines()
        assert len(copied) == 2
        links = {
            segment.style.link
            for strip in pilot.app.screen._compositor.render_strips()
            for segment in strip
            if segment.style and segment.style.link
        }
        assert links == set(copied)
        await pilot.press("escape")
        assert heard_by(pilot).call is None


async def test_a_recording_is_saved(store: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "mine"
    folder.mkdir()
    monkeypatch.chdir(folder)
    monkeypatch.setenv("SSH_CONNECTION", "192.0.2.1 5000 192.0.2.2 22")
    async with console(store) as pilot:
        await pilot.press("end", "w")
        await until(pilot, lambda: (folder / "part-2.wav").exists())
        await pilot.press("w")
        await until(pilot, lambda: (folder / "part-1-2.wav").exists())
    assert (folder / "part-1.wav").read_bytes() == (tmp_path / "monitor/part-1.wav").read_bytes()


async def test_listening_is_written_down_with_its_seconds(loudspeaker: Callable[[], Recorder], store: Path) -> None:
    async with console(store) as pilot:
        listening = await play(pilot, "end")
        await asyncio.sleep(2.0)
        await pilot.press("s")
        await until(pilot, lambda: listening.call is None)
        await settled(pilot)
        page = await pilot.app.backend.audit(AuditRequest(deeds=(Deed.LISTEN,)))  # type: ignore[attr-defined]
    seconds, begun = (entry.amount for entry in page.entries)
    assert begun is None
    assert seconds is not None
    assert 1 <= seconds <= 5


async def test_no_process_outlives_the_console(loudspeaker: Callable[[], Recorder], store: Path) -> None:
    async with console(store) as pilot:
        listening = await play(pilot, "end")
        assert listening._player is not None
        pid = listening._player.pid
        assert pid is not None
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)
