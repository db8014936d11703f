"""`ThinDriver`: Textual's driver for Linux, writing through a `LineFilter`."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from math import inf
from threading import RLock
from time import monotonic
from typing import TYPE_CHECKING, Any, ClassVar

from textual.drivers.linux_driver import LinuxDriver
from textual.events import Resize
from textual.message import Message
from textual.messages import InBandWindowResize

from tui.thin_line.filter import LineFilter
from tui.thin_line.frame import Frame

if TYPE_CHECKING:
    from types import FrameType

    from textual.app import App

_SIZE_UNKNOWN = (80, 24)
_QUESTION = "\x1b[?2048$p"
"""Textual asks it at the start anyway: whether the terminal tells its size by itself."""
_QUESTIONS = 3
_QUICK = 0.05
"""Seconds; a line with such an answer is not asked again."""
_PAUSE = 1.5
"""Seconds to the next question; before the first of them a busy start would delay the answer."""


class LineMeasured(Message):
    """The terminal has answered some questions; not every terminal does."""

    def __init__(self, round_trip: float) -> None:
        super().__init__()
        self.round_trip = round_trip
        """Seconds, of the quickest answer."""


class ThinDriver(LinuxDriver):
    """Writes only what the terminal does not show yet. Works before any subclass of Textual's driver:
    `class Driver(ThinDriver, OtherDriver)`."""

    FEW_COLOURS: ClassVar[bool] = False
    """True colours are written as the nearest of 256 from the start on."""

    def __init__(
        self, app: App[Any], *, debug: bool = False, mouse: bool = True, size: tuple[int, int] | None = None
    ) -> None:
        super().__init__(app, debug=debug, mouse=mouse, size=size)
        self._few_colours = self.FEW_COLOURS or _in_screen()
        self._filter: LineFilter | None = None
        self._is_stale = False
        # Input's thread writes, too.
        self._turn = RLock()
        self._is_filtering = False
        self._asked = 0.0
        self._answers = 0
        self._round_trip = inf
        self._is_measured = False

    def save_colours(self, few: bool) -> None:
        """Write true colours as the nearest of 256, in half as many bytes, or as they are."""
        self._few_colours = few or _in_screen()

    def forget(self) -> None:
        """Take nothing that the terminal shows for known, as when something else has written there."""
        self._is_stale = True

    def write(self, data: str) -> None:
        """Write what the terminal does not show yet."""
        self._write(data)

    def show(self, frame: Frame) -> None:
        """Write what the terminal does not show yet of a frame."""
        self._write(frame)

    def _write(self, data: str | Frame) -> None:
        with self._turn:
            if self._is_filtering:
                # A signal's handler, come in the midst of a write, leaves the terminal or takes it again.
                self._filter = None
                super().write(data if isinstance(data, str) else data.text)
                return
            self._is_filtering = True
            try:
                line = self._filter = self._fresh_filter()
                written = line.show(data) if isinstance(data, Frame) else line.feed(data)
            finally:
                self._is_filtering = False
            if written and line is self._filter:
                super().write(written)

    def _fresh_filter(self) -> LineFilter:
        """The filter, knowing the size of the window and what is to be forgotten."""
        size = self._window()
        line = self._filter or LineFilter(*size)
        line.save_colours(self._few_colours)
        # Lowered before the filter forgets: a call that comes meanwhile raises it for the next write.
        stale, self._is_stale = self._is_stale, False
        if stale or line.size != size:
            line.resize(*size)
        return line

    def _window(self) -> tuple[int, int]:
        assert self._file is not None
        try:
            width, height = os.get_terminal_size(self._file.fileno())
        except OSError:  # gone; writing will tell
            return _SIZE_UNKNOWN
        return (width, height) if width and height else _SIZE_UNKNOWN

    def start_application_mode(self) -> None:
        """Start, knowing nothing: other programs may have had the terminal.

        A program that was stopped from outside (SIGSTOP) comes back without having left the terminal: it leaves
        first, or two threads would read the keys, one of them for ever. Whoever comes back finds an empty screen, and
        Textual draws only what changes.
        """
        comes_back = self._key_thread is not None
        if self._key_thread is not None and self._key_thread.is_alive():
            self.suspend_application_mode()
        self._filter = None
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
        # Another program may have the terminal meanwhile.
        if self._key_thread is not None and self._key_thread.is_alive():
            self._asked = monotonic()
            self.write(_QUESTION)

    def _measure(self) -> None:
        """The first answer came during the start. Of the others the quickest tells how long the line takes: what makes
        one later may be this machine."""
        self._answers += 1
        if self._answers > 1:
            self._round_trip = min(self._round_trip, monotonic() - self._asked)
        if self._round_trip > _QUICK and self._answers <= _QUESTIONS:
            self._loop.call_soon_threadsafe(self._loop.call_later, _PAUSE, self._ask_again)
        elif not self._is_measured:
            self._is_measured = True
            self.send_message(LineMeasured(self._round_trip))


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
