"""Two judges of what a terminal shows: pyte, and tmux's own screen."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import time
from functools import cache
from pathlib import Path
from typing import Self

import pyte

from tui.thin_line.filter import LineFilter

# The emulator takes these, which change no cell, for text or for other commands.
_BEYOND_EMULATOR = re.compile(r"\x1b\[(?:[<=>][0-?]*[ -/]*[@-~]|\?[0-9;]*(?:u|\$p)|[0-9;]* q)")

# Styles with colons it does not know at all; a text such as "248:m" is none.
_STYLE = re.compile(r"\x1b\[[0-9;:]*m")
_COLONS = re.compile(r"(?<=[\[;])(?:[34]8|4)(?::[0-9]*)+(?=[;m])")
# Attributes that it has no field for stand behind the foreground. Curly lines and the like come with colons only, so
# here they get numbers that nothing else has.
_LINES = {0: 24, 1: 4, 2: 21, 3: 4003, 4: 4004, 5: 4005}
_UNDER = {21: "+double", 4003: "+curly", 4004: "+dotted", 4005: "+dashed"}
_ON = {2: "+dim", 53: "+over", **_UNDER}
_LINE = re.compile(r"\+(?!dim)")
_OFF = {0: {*_ON.values()}, 22: {"+dim"}, 55: {"+over"}, 24: {*_UNDER.values()}}

Row = tuple[pyte.screens.Char, ...]


@cache
def seen(cell: pyte.screens.Char) -> pyte.screens.Char:
    """What can be seen of a cell: on a blank neither its foreground nor how thick or slanted it would be."""
    if cell.data != " " or cell.underscore or cell.strikethrough or cell.reverse or _LINE.search(cell.fg):
        return cell
    return cell._replace(fg="default", bold=False, italics=False, blink=False)


def seen_in(picture: str, width: int, height: int) -> list[Row]:
    """What can be seen in a picture that a terminal made of its screen: lines with style sequences."""
    emulator = Emulator(width, height)
    emulator.write(picture.rstrip("\n"))
    return emulator.rows


class _Screen(pyte.Screen):
    def draw(self, data: str) -> None:
        # Of text with a character of no width and no combining class the emulator drops the rest.
        for character in data:
            super().draw(character)

    def select_graphic_rendition(self, *codes: int) -> None:
        colour, *names = self.cursor.attrs.fg.split("+")
        beyond = {f"+{name}" for name in names}
        following = iter(codes or (0,))
        for code in following:
            if code in {38, 48}:
                for _ in range({5: 1, 2: 3}.get(next(following, 0), 0)):
                    next(following, 0)
            beyond = beyond - _OFF.get(code, set()) | {name for name in [_ON.get(code)] if name}
        self.cursor.attrs = self.cursor.attrs._replace(fg=colour)
        super().select_graphic_rendition(*codes)
        self.cursor.attrs = self.cursor.attrs._replace(fg="".join([self.cursor.attrs.fg, *sorted(beyond)]))


def _without_colons(style: re.Match[str]) -> str:
    kind, *arguments = map(int, filter(None, style[0].split(":")))
    return str(_LINES[arguments[0]]) if kind == 4 else ";".join(map(str, [kind, *arguments]))


class Emulator:
    """A screen that bytes are written to as if through a tty."""

    def __init__(self, width: int, height: int) -> None:
        self._screen = _Screen(width, height)
        self._stream = pyte.Stream(self._screen)

    def resize(self, width: int, height: int) -> None:
        self._screen.resize(height, width)

    def write(self, data: str) -> None:
        data = _STYLE.sub(lambda style: _COLONS.sub(_without_colons, style[0]), _BEYOND_EMULATOR.sub("", data))
        self._stream.feed(data.replace("\r\n", "\n").replace("\n", "\r\n"))

    @property
    def rows(self) -> list[Row]:
        """All cells with what can be seen of their styles."""
        buffer, columns = self._screen.buffer, range(self._screen.columns)
        return [tuple(seen(buffer[row][column]) for column in columns) for row in range(self._screen.lines)]

    @property
    def cursor(self) -> tuple[int, int] | None:
        """Row and column when it is shown."""
        cursor = self._screen.cursor
        return None if cursor.hidden else (cursor.y, cursor.x)


class Pair:
    """A terminal that gets all, and one that gets what the filter lets through."""

    def __init__(self, width: int, height: int) -> None:
        self.filter = LineFilter(width, height)
        self.stock, self.thin = Emulator(width, height), Emulator(width, height)
        self.stock_bytes = self.thin_bytes = 0

    def resize(self, width: int, height: int) -> None:
        self.filter.resize(width, height)
        self.stock.resize(width, height)
        self.thin.resize(width, height)

    def write(self, data: str) -> str:
        """Write to both; what the filter let through."""
        written = self.filter.feed(data)
        self.stock.write(data)
        self.thin.write(written)
        self.stock_bytes += len(data.encode())
        self.thin_bytes += len(written.encode())
        return written

    def differences(self) -> list[str]:
        """Where the two show different cells, or the cursor in different places; for reading."""
        found = []
        if self.stock.cursor != self.thin.cursor:
            found.append(f"cursor: {self.stock.cursor} {self.thin.cursor}")
        for at, (one, other) in enumerate(zip(self.stock.rows, self.thin.rows, strict=True)):
            if one != other:
                column = next(i for i, pair in enumerate(zip(one, other, strict=True)) if pair[0] != pair[1])
                found.append(f"row {at} column {column}: {one[column]} {other[column]}")
        return found


def without_joiners(data: str) -> str:
    """What tmux can be asked about: it draws one and the same text with joiners now so, now otherwise."""
    return data.replace("\u200d", "")


class Tmux:
    """A pane of a tmux server of its own, in which `program` runs, or whatever is written to it is shown.

    A context manager: leaving it ends the server.
    """

    def __init__(self, folder: Path, width: int, height: int, program: str = "") -> None:
        self._socket = folder / "socket"
        self._pipe = folder / "pipe"
        self._writes = 0
        os.mkfifo(self._pipe)
        self._width, self._height = width, height
        # Each writer's end of the pipe is opened anew, so the reader keeps one of its own open.
        self._program = program or f"exec cat <>{shlex.quote(str(self._pipe))}"

    def __enter__(self) -> Self:
        size = ("-x", str(self._width), "-y", str(self._height))
        self._run("-f", "/dev/null", "new-session", "-d", *size, self._program)
        self._run("set-option", "-g", "status", "off")
        self._run("resize-window", *size)
        return self

    def __exit__(self, *_: object) -> None:
        self._run("kill-server")

    def write(self, data: str) -> None:
        """Write, and wait until the pane has taken it all: the title that follows it has been seen."""
        self._writes += 1
        title = f"written {self._writes}"
        with self._pipe.open("w") as pipe:
            pipe.write(f"{data}\x1b]2;{title}\x07")
        deadline = time.monotonic() + 20
        while self._run("display-message", "-p", "#{pane_title}").strip() != title:
            assert time.monotonic() < deadline, "tmux has not taken what was written"

    @property
    def picture(self) -> str:
        """All cells with their styles, as tmux writes them."""
        return self._run("capture-pane", "-e", "-N", "-p")

    @property
    def rows(self) -> list[Row]:
        """All cells with what can be seen of their styles."""
        return seen_in(self.picture, self._width, self._height)

    def press(self, *keys: str) -> None:
        """Press keys, by tmux's names for them."""
        self._run("send-keys", *keys)

    def resize(self, width: int, height: int) -> None:
        self._run("resize-window", "-x", str(width), "-y", str(height))

    def _run(self, *words: str) -> str:
        command = ["tmux", "-u", "-S", str(self._socket), *words]
        return subprocess.run(command, check=True, capture_output=True, text=True, timeout=20).stdout
