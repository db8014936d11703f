"""A terminal without a window: drives a program in a real pty and reads its screen through an emulator."""

import fcntl
import os
import pty
import re
import select
import signal
import struct
import subprocess
import termios
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import NamedTuple, Self

import pyte

KEYS: Mapping[str, str] = {
    "up": "\x1b[A",
    "down": "\x1b[B",
    "right": "\x1b[C",
    "left": "\x1b[D",
    "home": "\x1b[H",
    "end": "\x1b[F",
    "insert": "\x1b[2~",
    "delete": "\x1b[3~",
    "pageup": "\x1b[5~",
    "pagedown": "\x1b[6~",
    "shift+tab": "\x1b[Z",
    "shift+up": "\x1b[1;2A",
    "shift+down": "\x1b[1;2B",
    "ctrl+home": "\x1b[1;5H",
    "ctrl+end": "\x1b[1;5F",
    "ctrl+left": "\x1b[1;5D",
    "ctrl+right": "\x1b[1;5C",
    "enter": "\r",
    "escape": "\x1b",
    "tab": "\t",
    "space": " ",
    "backspace": "\x7f",
    **{f"f{number}": f"\x1bO{letter}" for number, letter in enumerate("PQRS", 1)},
    **{
        f"f{number}": f"\x1b[{code}~"
        for number, code in zip(range(5, 13), (15, 17, 18, 19, 20, 21, 23, 24), strict=True)
    },
    **{f"ctrl+{letter}": chr(ord(letter) & 0x1F) for letter in "abcdefghijklmnopqrstuvwxyz"},
}
"""What a terminal sends for a key, under the name that Textual gives it."""

_QUERY = re.compile(rb"\x1b\[(?:(?P<attributes>0?c)|(?P<cursor>6n)|(?P<status>5n)|\?(?P<mode>\d+)\$p)")
_LONGEST_QUERY = 16
_KNOWN_MODES = frozenset({b"2026"})  # synchronised output
# The emulator takes these, which modern terminals know, for text or for other commands.
_BEYOND_EMULATOR = re.compile(rb"\x1b\[(?:[<=>][0-?]*[ -/]*[@-~]|\?[0-9;]*(?:u|\$p))")
_UNFINISHED = re.compile(rb"\x1b(?:\[[0-?]*[ -/]*)?\Z")


class Output(NamedTuple):
    """What a program wrote since the last key: bytes, and seconds from the key to the last of them."""

    size: int
    seconds: float


class Terminal:
    """A running program and the screen that it draws on. A context manager: leaving it ends the program.

    Nothing runs in the background: the program's output is read, and its questions to the terminal are
    answered, only inside `wait_for`, `wait_until_gone`, `settle` and `wait_exit`.
    """

    def __init__(
        self,
        argv: Sequence[str | Path],
        *,
        columns: int = 120,
        rows: int = 40,
        env: Mapping[str, str] | None = None,
        cwd: Path | None = None,
    ) -> None:
        self.raw = bytearray()
        """All that the program wrote."""
        self.screen = pyte.Screen(columns, rows)
        self._emulator = pyte.ByteStream(self.screen)
        self._drawn = 0
        self._question = b""
        self._at_end = False
        self._master, slave = pty.openpty()
        _set_size(slave, columns, rows)
        self._mark()
        self._last_byte = self._key_time
        try:
            self._process = subprocess.Popen(
                [str(part) for part in argv],
                stdin=slave,
                stdout=slave,
                stderr=slave,
                cwd=cwd,
                env=_environment(env or {}),
                start_new_session=True,
                # Makes the pty the controlling terminal: resize and hang-up arrive as signals.
                preexec_fn=_take_terminal,
            )
        except BaseException:
            os.close(self._master)
            raise
        finally:
            os.close(slave)

    @classmethod
    def start(
        cls,
        argv: Sequence[str | Path],
        columns: int = 120,
        rows: int = 40,
        env: Mapping[str, str] | None = None,
    ) -> Self:
        """Start a program in a terminal of this size; `env` is added to a plain UTF-8, true-colour one."""
        return cls(argv, columns=columns, rows=rows, env=env)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    @property
    def pid(self) -> int:
        """The program's process id."""
        return self._process.pid

    @property
    def exit_status(self) -> int | None:
        """None while the program runs, then its exit code, or minus the signal that ended it."""
        return self._process.poll()

    @property
    def text(self) -> str:
        """The screen as lines without trailing spaces."""
        self._draw()
        return "\n".join(line.rstrip() for line in self.screen.display)

    def line(self, row: int) -> str:
        """One line of the screen, from 0; negative from the bottom."""
        return self.text.split("\n")[row]

    def type(self, text: str | bytes) -> None:
        """Send text as if typed; the clock of `Output` starts here."""
        data = text.encode() if isinstance(text, str) else text
        self._mark()
        while data:
            data = data[os.write(self._master, data) :]

    def send(self, *keys: str) -> None:
        """Press keys: names of KEYS, or single characters, in one write."""
        self.type("".join(key if len(key) == 1 else KEYS[key] for key in keys))

    def resize(self, columns: int, rows: int) -> None:
        """Change the size of the window; the program gets SIGWINCH."""
        self._draw()
        self.screen.resize(rows, columns)
        self._mark()
        _set_size(self._master, columns, rows)

    def settle(self, quiet: float = 0.25, limit: float = 10.0) -> Output:
        """Read until nothing comes for `quiet` seconds, at most `limit`; what came since the last key."""
        deadline = time.perf_counter() + limit
        while self._read(min(quiet, max(0.0, deadline - time.perf_counter()))):
            pass
        size = len(self.raw) - self._key_size
        return Output(size, self._last_byte - self._key_time if size else 0.0)

    def wait_for(self, text: str, timeout: float = 20.0) -> float:
        """Read until the screen shows `text`; seconds from the last key to the end of the burst that brought it.

        Raises TimeoutError, with the screen, when it does not come or the program ends without it.
        """
        self._wait(text, shown=True, timeout=timeout)
        return max(0.0, self._last_byte - self._key_time)

    def wait_until_gone(self, text: str, timeout: float = 20.0) -> None:
        """Read until the screen shows `text` no more; raises TimeoutError."""
        self._wait(text, shown=False, timeout=timeout)

    def wait_exit(self, timeout: float = 20.0) -> int:
        """Read until the program ends; its exit status. Raises TimeoutError."""
        deadline = time.perf_counter() + timeout
        while self._process.poll() is None:
            if time.perf_counter() > deadline:
                raise TimeoutError(f"still running after {timeout} s:\n{self.text}")
            if not self._read(0.05) and self._at_end:
                time.sleep(0.01)
        while self._read(0.0):
            pass
        return self._process.returncode

    def hang_up(self) -> None:
        """Take the terminal away, as a closed window or a lost connection does."""
        if self._master >= 0:
            os.close(self._master)
            self._master, self._at_end = -1, True

    def close(self) -> None:
        """End the program and all that it started: asked first, after two seconds without asking."""
        family = set(_family(self.pid))
        if self._process.poll() is None:
            self._process.terminate()
            deadline = time.perf_counter() + 2.0
            while self._process.poll() is None and time.perf_counter() < deadline:
                if not self._read(0.02) and self._at_end:
                    time.sleep(0.02)
        for pid in family | set(_family(self.pid)):
            # The program itself is reaped below; another of its session cannot be anyone else's process.
            if pid != self.pid:
                with suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
        self._process.kill()
        self._process.wait()
        self.hang_up()

    def _mark(self) -> None:
        self._key_time = time.perf_counter()
        self._key_size = len(self.raw)

    def _wait(self, text: str, *, shown: bool, timeout: float) -> None:
        deadline = time.perf_counter() + timeout
        while (text in self.text) is not shown:
            if self._at_end or time.perf_counter() > deadline:
                wish = "saw" if shown else "lost"
                raise TimeoutError(f"never {wish} {text!r}, exit status {self.exit_status}:\n{self.text}")
            self._read(0.05)
            # All of a picture before it is drawn: the emulator is slower than any terminal, and while it draws the
            # program waits for room in the pty.
            while time.perf_counter() < deadline and self._read(0.001):
                pass

    def _read(self, timeout: float) -> bool:
        """Take what comes within `timeout` seconds; whether something came."""
        if self._at_end or not select.select([self._master], [], [], timeout)[0]:
            return False
        try:
            data = os.read(self._master, 65536)
        except OSError:  # EIO: the last process has let the terminal go
            data = b""
        if not data:
            self._at_end = True
            return False
        self._last_byte = time.perf_counter()
        self.raw += data
        self._answer(data)
        return True

    def _answer(self, data: bytes) -> None:
        asked = self._question + data
        done = 0
        for query in _QUERY.finditer(asked):
            done = query.end()
            with suppress(OSError):
                os.write(self._master, self._reply(query))
        self._question = asked[max(done, len(asked) - _LONGEST_QUERY) :]

    def _reply(self, query: re.Match[bytes]) -> bytes:
        if query["attributes"]:
            return b"\x1b[?62;22c"
        if query["status"]:
            return b"\x1b[0n"
        if query["mode"]:
            return b"\x1b[?%b;%d$y" % (query["mode"], 2 if query["mode"] in _KNOWN_MODES else 0)
        self._draw()
        return b"\x1b[%d;%dR" % (self.screen.cursor.y + 1, self.screen.cursor.x + 1)

    def _draw(self) -> None:
        """Bring the emulator up to date: late, so that its slowness is in no measured time."""
        waiting = bytes(self.raw[self._drawn :])
        if unfinished := _UNFINISHED.search(waiting):
            waiting = waiting[: unfinished.start()]
        self._drawn += len(waiting)
        self._emulator.feed(_BEYOND_EMULATOR.sub(b"", waiting))


def _environment(extra: Mapping[str, str]) -> dict[str, str]:
    """A modern terminal on an English machine, whatever the tests themselves run in."""
    foreign = {"COLUMNS", "LINES", "NO_COLOR", "LANGUAGE", "LC_MESSAGES", "TMUX", "STY"}
    inherited = {name: value for name, value in os.environ.items() if name not in foreign}
    modern = {"TERM": "xterm-256color", "COLORTERM": "truecolor", "LANG": "C.UTF-8", "LC_ALL": "C.UTF-8"}
    return {**inherited, **modern, **extra}


def _set_size(terminal: int, columns: int, rows: int) -> None:
    fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))


def _take_terminal() -> None:
    fcntl.ioctl(0, termios.TIOCSCTTY, 0)


def _family(leader: int) -> Iterator[int]:
    """The processes of a session, and the descendants that left it for one of their own."""
    known = {leader}
    # Parents have lower ids than their children but for a wrap of the counter: sorted, one pass finds all.
    for folder in sorted(Path("/proc").glob("[0-9]*"), key=lambda path: int(path.name)):
        try:
            fields = (folder / "stat").read_text().rpartition(")")[2].split()
        except OSError:  # gone meanwhile
            continue
        parent, session = int(fields[1]), int(fields[3])
        if session == leader or parent in known:
            known.add(int(folder.name))
            yield int(folder.name)
