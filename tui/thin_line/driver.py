"""`ThinDriver`: Textual's driver for Linux, writing through a `LineFilter`."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from dataclasses import dataclass
from time import monotonic
from typing import IO, TYPE_CHECKING, Any, ClassVar, cast

from textual.drivers.linux_driver import LinuxDriver
from textual.events import Resize
from textual.message import Message
from textual.messages import InBandWindowResize

from tui.thin_line.filter import LineFilter

if TYPE_CHECKING:
    from types import FrameType

    from textual.app import App

_SIZE_UNKNOWN = (80, 24)
_QUESTION = "\x1b[?2048$p"
"""Textual asks it at the start anyway: whether the terminal tells its size by itself."""
_STARTED = 2.0
"""Seconds after which the question is asked again, when a busy start does not delay the answer any more."""


@dataclass
class LineMeasured(Message):
    """The terminal answered a question; not every terminal does."""

    round_trip: float
    """Seconds."""


class ThinFile:
    """The terminal's file with a filter before it. Only Textual's writer thread writes, so order is kept and no
    lock is needed; `forget` and `reset` may come from any thread and count from the next write on."""

    def __init__(self, file: IO[str], *, few_colours: bool = False) -> None:
        self._file = file
        self._stale = False
        self._few_colours = few_colours
        self._filter: LineFilter | None = None

    def fileno(self) -> int:
        """The terminal's descriptor."""
        return self._file.fileno()

    def forget(self) -> None:
        """What the terminal shows is not known any more."""
        self._stale = True

    def reset(self) -> None:
        """Neither is the state that the terminal is in."""
        self._filter = None

    def save_colours(self, few: bool) -> None:
        """Write 256 colours, or again all of them, from the next write on."""
        self._few_colours = few

    def write(self, data: str) -> None:
        """Write what the terminal does not show yet."""
        size = self._size()
        if self._filter is None:
            self._filter = LineFilter(*size)
        self._filter.save_colours(self._few_colours)
        # Lowered before the filter forgets: a call that comes meanwhile raises it for the next write.
        stale, self._stale = self._stale, False
        if stale or self._filter.size != size:
            self._filter.resize(*size)
        if written := self._filter.feed(data):
            self._file.write(written)

    def flush(self) -> None:
        """Send what was written."""
        self._file.flush()

    def _size(self) -> tuple[int, int]:
        try:
            width, height = os.get_terminal_size(self._file.fileno())
        except OSError:  # gone; writing will tell
            return _SIZE_UNKNOWN
        return (width, height) if width and height else _SIZE_UNKNOWN


class ThinDriver(LinuxDriver):
    """Writes only what the terminal does not show yet. Works before any subclass of Textual's driver:
    `class Driver(ThinDriver, OtherDriver)`."""

    FEW_COLOURS: ClassVar[bool] = False
    """True colours are written as the nearest of 256 from the start on."""

    def __init__(
        self, app: App[Any], *, debug: bool = False, mouse: bool = True, size: tuple[int, int] | None = None
    ) -> None:
        super().__init__(app, debug=debug, mouse=mouse, size=size)
        self._thin_file = ThinFile(cast("IO[str]", self._file), few_colours=self.FEW_COLOURS or _in_screen())
        self._file = cast("IO[str]", self._thin_file)  # type: ignore[assignment]
        self._asked = 0.0
        self._answers = 0

    def save_colours(self, few: bool) -> None:
        """Write true colours as the nearest of 256, in half as many bytes, or as they are."""
        self._thin_file.save_colours(few or _in_screen())

    def forget(self) -> None:
        """Take nothing that the terminal shows for known, as when something else has written there."""
        self._thin_file.forget()

    def start_application_mode(self) -> None:
        """Start, knowing nothing: other programs may have had the terminal.

        A program that was stopped from outside (SIGSTOP) comes back without having left the terminal: it leaves
        first, or two threads would read the keys, one of them for ever. Whoever comes back finds an empty screen, and
        Textual draws only what changes.
        """
        comes_back = self._key_thread is not None
        if self._key_thread is not None and self._key_thread.is_alive():
            self.suspend_application_mode()
        self._thin_file.reset()
        super().start_application_mode()  # type: ignore[no-untyped-call]
        if comes_back:
            # This may be a signal's handler, and the loop asleep.
            asyncio.get_running_loop().call_soon_threadsafe(self._app.call_later, self._app.refresh)
        resized = signal.getsignal(signal.SIGWINCH)

        def forget_and_resize(number: int, frame: FrameType | None) -> None:
            # The size may be what it was at the last write, and the window another meanwhile.
            self.forget()
            if callable(resized):
                resized(number, frame)

        signal.signal(signal.SIGWINCH, forget_and_resize)

    def process_message(self, message: Message) -> None:
        """A resize told by the terminal itself, not by a signal, counts as one."""
        if isinstance(message, Resize):
            self.forget()
        elif isinstance(message, InBandWindowResize):
            self._measure()
        super().process_message(message)

    def _query_in_band_window_resize(self) -> None:
        self._asked = monotonic()
        super()._query_in_band_window_resize()

    def _ask_again(self) -> None:
        self._asked = monotonic()
        self.write(_QUESTION)

    def _measure(self) -> None:
        """The second answer tells how long the line takes."""
        self._answers += 1
        if self._answers == 1:
            self._loop.call_soon_threadsafe(self._loop.call_later, _STARTED, self._ask_again)
        elif self._answers == 2:
            self.send_message(LineMeasured(monotonic() - self._asked))


def _in_screen() -> bool:
    """Whether GNU screen is between: until version 5 it takes a true colour for other attributes."""
    return "STY" in os.environ


def driver_class(
    name: str = "thin", stock: type[LinuxDriver] = LinuxDriver, *, few_colours: bool = False
) -> type[LinuxDriver]:
    """The driver called "thin" or "stock". `stock` is what runs where there is no thin one: it was tried on Linux
    only, and needs a terminal to write to."""
    if name == "stock" or sys.platform != "linux" or sys.__stderr__ is None or not sys.__stderr__.isatty():
        return stock
    return type("ThinDriver", (ThinDriver, stock), {"FEW_COLOURS": few_colours})
