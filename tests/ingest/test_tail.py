"""A file that grows, is rotated, truncated and copied away: every line once, in order."""

from __future__ import annotations

import os
import shutil
import tempfile
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from backend_client.ingest.follow.tail import Tail


def write(path: Path, text: str) -> None:
    with path.open("a") as file:
        file.write(text)


def everything(tail: Tail) -> str:
    found = ""
    while (came := tail.read()) is not None:
        found += came[0].decode()
    return found


def test_a_half_written_line_comes_when_it_is_whole(tmp_path: Path) -> None:
    path = tmp_path / "log"
    write(path, "one\ntw")
    tail = Tail(path)
    assert everything(tail) == "one\n"
    write(path, "o\n")
    assert everything(tail) == "two\n"


def test_it_goes_on_where_it_stopped(tmp_path: Path) -> None:
    path = tmp_path / "log"
    write(path, "one\ntwo\n")
    tail = Tail(path)
    everything(tail)
    position = tail.position
    write(path, "three\n")
    assert everything(Tail(path, position)) == "three\n"


def test_rotation_while_following_loses_nothing(tmp_path: Path) -> None:
    path = tmp_path / "log"
    write(path, "one\n")
    tail = Tail(path)
    assert everything(tail) == "one\n"
    held = path.open("a")
    path.rename(tmp_path / "log.1")
    write(path, "")
    held.write("two\n")
    held.close()
    assert everything(tail) == "two\n"
    write(path, "three\n")
    assert everything(tail) == "three\n"
    assert tail.gaps == 0


def test_rotation_while_nobody_followed_is_caught_up(tmp_path: Path) -> None:
    path = tmp_path / "log"
    write(path, "one\n")
    tail = Tail(path)
    everything(tail)
    position = tail.position
    tail.close()
    write(path, "two\n")
    path.rename(tmp_path / "log.2")
    write(path, "three\n")
    path.rename(tmp_path / "log.1")
    os.utime(tmp_path / "log.2", (1, 1))
    os.utime(tmp_path / "log.1", (2, 2))
    write(path, "four\n")
    tail = Tail(path, position)
    assert everything(tail) == "two\nthree\nfour\n"
    assert tail.gaps == 0


def test_copy_and_truncate_gives_the_rest_of_the_copy_first(tmp_path: Path) -> None:
    path = tmp_path / "log"
    write(path, "one\n")
    tail = Tail(path)
    everything(tail)
    write(path, "two\n")
    shutil.copy(path, tmp_path / "log.1")
    os.truncate(path, 0)
    write(path, "a new and much longer first line than all that stood here\n")
    assert everything(tail) == "two\na new and much longer first line than all that stood here\n"


def test_a_truncated_file_without_a_copy_begins_anew_and_says_so(tmp_path: Path) -> None:
    path = tmp_path / "log"
    write(path, "one\ntwo\n")
    tail = Tail(path)
    everything(tail)
    os.truncate(path, 0)
    write(path, "six\n")
    assert everything(tail) == "six\n"
    assert tail.gaps == 1


def test_a_file_that_is_not_there_yet_is_waited_for(tmp_path: Path) -> None:
    path = tmp_path / "log"
    tail = Tail(path)
    assert tail.read() is None
    write(path, "one\n")
    assert everything(tail) == "one\n"


DEEDS = st.lists(st.sampled_from(["line", "half", "rotate", "copy", "read", "restart"]), max_size=25)


@given(DEEDS)
@settings(deadline=None)
def test_whatever_happens_every_line_comes_once_and_in_order(deeds: list[str]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "log"
        write(path, "first\n")
        tail, written, half, copies = Tail(path), "first\n", "", 0
        got = everything(tail)
        position = tail.position
        for number, deed in enumerate(deeds):
            if deed == "line":
                text = f"{half and 'end of '}line {number} {'x' * (number * 7)}\n"
                write(path, text)
                written, half = written + text, ""
            elif deed == "half" and not half:
                half = f"half {number} "
                write(path, half)
                written += half
            elif deed in ("rotate", "copy") and not half:
                copies += 1
                copy = Path(folder) / f"log.{copies}"
                if deed == "rotate":
                    path.rename(copy)
                    path.touch()
                else:
                    shutil.copy(path, copy)
                    os.truncate(path, 0)
                os.utime(copy, (copies, copies))
            elif deed == "read":
                got += everything(tail)
                position = tail.position
            elif deed == "restart":
                tail.close()
                tail = Tail(path, position)
        if half:
            write(path, "end\n")
            written += "end\n"
        write(path, "last\n")
        got += everything(tail)
        tail.close()
        assert got == written + "last\n"
