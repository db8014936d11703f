"""`pult recordings` and `pult play`: recordings without the console."""

from __future__ import annotations

import json
import wave
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from screens.recordings.playing_time import seconds_of
from tests.audio.conftest import loudspeaker, server
from tests.audio.sound_server import Recorder, in_real_time
from tests.audio.speech import voice, write_wav
from tests.recordings.conftest import fill
from tests.screens.store import NOON
from tests.tui.command import pult

__all__ = ["loudspeaker", "server"]

PART_1, PART_2 = voice(4, 1), voice(2, 2)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    folder = tmp_path / "monitor"
    folder.mkdir()
    write_wav(folder / "part-1.wav", PART_1)
    write_wav(folder / "part-2.wav", PART_2)
    return folder


@pytest.fixture
def store(tmp_path: Path, root: Path) -> str:
    fill(tmp_path / "store.db", str(root))
    return f"--store={tmp_path / 'store.db'}"


@in_real_time
async def test_a_call_is_played_to_its_end(loudspeaker: Callable[[], Recorder], store: str) -> None:
    with loudspeaker() as recorder:
        done = pult(store, "play", "1", "--speed", "1")
    assert done.returncode == 0, done.stderr
    assert recorder.find(PART_1).likeness > 0.99
    assert recorder.find(PART_2).likeness > 0.99


def test_what_cannot_be_played_says_why(store: str) -> None:
    done = pult(store, "play", "2")
    assert done.returncode == 1
    assert "This call has no recording." in done.stderr


def test_the_parts_are_saved(store: str, root: Path, tmp_path: Path) -> None:
    target = tmp_path / "call.wav"
    done = pult(store, "recordings", "get", "1", "-o", str(target))
    assert done.stdout.split() == [str(target), str(tmp_path / "call-2.wav")], done.stderr
    assert target.read_bytes() == (root / "part-1.wav").read_bytes()
    assert (tmp_path / "call-2.wav").read_bytes() == (root / "part-2.wav").read_bytes()
    assert target.stat().st_mode & 0o077 == 0


@pytest.mark.parametrize("suffix", ["wav", "mp3"])
def test_a_piece_is_cut_out(store: str, tmp_path: Path, suffix: str) -> None:
    target = tmp_path / f"piece.{suffix}"
    done = pult(store, "recordings", "get", "1", "-o", str(target), "--from", "0:01", "--to", "3")
    assert done.returncode == 0, done.stderr
    assert target.stat().st_size > 500
    if suffix == "wav":
        with wave.open(str(target)) as piece:
            assert piece.getnframes() == 2 * 8000


def test_roots_are_said_shown_and_taken_back(store: str, root: Path, tmp_path: Path) -> None:
    (tmp_path / "other").mkdir()
    done = pult(store, "recordings", "roots", "--add", str(tmp_path / "other"), "--add", "https://pbx.example/rec")
    assert done.stdout.split() == [str(root), str(tmp_path / "other"), "https://pbx.example/rec"], done.stderr
    done = pult(store, "recordings", "roots", "--remove", str(tmp_path / "other"))
    assert done.stdout.split() == [str(root), "https://pbx.example/rec"]
    assert pult(store, "recordings", "roots", "--add", "/no/such/folder").returncode == 1


def test_a_scan_links_what_names_its_call(store: str, root: Path) -> None:
    write_wav(root / "1795240100.2.wav", PART_2)
    stamp = NOON - 3600 + 203
    write_wav(root / f"auto-{stamp}-0671230003-102.wav", PART_2)
    write_wav(root / "1795299999.9.wav", PART_2)
    (root / "1795240100.3.wav").write_bytes(bytes(44))
    (root / "notes.txt").write_text("no recording")
    expected = {"files": 6, "linked": 2, "known": 0, "empty": 1, "orphans": 3}
    orphans = ["1795299999.9.wav", "part-1.wav", "part-2.wav"]

    for arguments in (("--dry-run",), ()):
        done = pult(store, "recordings", "scan", "--json", *arguments)
        report = json.loads(done.stdout)
        assert {**report, "orphans": len(report["orphans"])} == expected, done.stderr
        assert report["orphans"] == orphans
    again = json.loads(pult(store, "recordings", "scan", "--json").stdout)
    assert (again["linked"], again["known"]) == (0, 2)
    for call in ("2", "3"):
        details = json.loads(pult(store, "call", call, "--json").stdout)
        assert details["recordings"]


def test_a_folder_outside_the_roots_is_not_scanned(store: str, tmp_path: Path) -> None:
    done = pult(store, "recordings", "scan", str(tmp_path))
    assert done.returncode == 1
    assert "lies in no folder of recordings" in done.stderr


@pytest.mark.parametrize(("text", "second"), [("1:05", 65), ("65", 65), ("1:02:03", 3723), ("1.05", 65), ("x", None)])
def test_times_are_read_as_people_write_them(text: str, second: int | None) -> None:
    assert seconds_of(text) == second


def test_the_demo_can_be_heard(loudspeaker: Callable[[], Recorder], server: Mapping[str, str], tmp_path: Path) -> None:
    from backend_client.demo.centre import build_demo

    build_demo(tmp_path / "demo.db", NOON)
    store = f"--store={tmp_path / 'demo.db'}"
    calls = json.loads(pult(store, "calls", "with:recording", "--limit", "1", "--json").stdout)
    done = pult(store, "recordings", "get", str(calls[0]["id"]), "-o", str(tmp_path / "a.wav"))
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "a.wav").stat().st_size > 8000
