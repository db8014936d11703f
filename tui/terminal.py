"""The terminal as Pult drives it: Textual's own driver, made to survive a terminal that goes away."""

from __future__ import annotations

import errno
import os
import sys
import termios
from codecs import getincrementaldecoder
from contextlib import suppress
from math import inf
from selectors import EVENT_READ, SelectSelector
from threading import Thread
from time import monotonic, sleep
from typing import IO, TYPE_CHECKING

from textual._xterm_parser import XTermParser
from textual.drivers.linux_driver import LinuxDriver

from tui.pasting import Pastes

if TYPE_CHECKING:
    from collections.abc import Callable

    from textual.app import App

_GONE = frozenset({errno.EIO, errno.EPIPE, errno.EBADF, errno.ENXIO})
_PATIENCE = 1.0
"""Seconds for which a terminal may take nothing while the console is to end."""
_TICK = 0.1
"""Seconds after which a lone Escape is known to be one."""


class _Line:
    """The file that is written to. Once the other end has gone it swallows all: a writer that raised would leave
    Textual waiting for room in its queue for ever."""

    def __init__(self, file: IO[str], gone: Callable[[], None]) -> None:
        self._file = file
        self._gone = gone
        self._began = inf

    @property
    def waits(self) -> float:
        """Seconds since which it has been waiting for the other end to take what is written."""
        return monotonic() - self._began

    def fileno(self) -> int:
        return self._file.fileno()

    def write(self, text: str) -> None:
        self._try(lambda: self._file.write(text))

    def flush(self) -> None:
        self._try(self._file.flush)

    def _try(self, deed: Callable[[], object]) -> None:
        self._began = monotonic()
        try:
            deed()
        except (OSError, ValueError) as error:
            if isinstance(error, OSError) and error.errno not in _GONE:
                raise
            self._gone()
        finally:
            self._began = inf


class TerminalDriver(LinuxDriver):
    """Ends the console quietly when the terminal hangs up, on reading or on writing, with or without a signal."""

    def __init__(
        self, app: App[None], *, debug: bool = False, mouse: bool = True, size: tuple[int, int] | None = None
    ) -> None:
        super().__init__(app, debug=debug, mouse=mouse, size=size)
        assert sys.__stderr__ is not None
        self._line = _Line(sys.__stderr__, self._hung_up)
        self._file = self._line  # type: ignore[assignment]
        self._is_active = False

    def start_application_mode(self) -> None:
        """Take the terminal over."""
        self._is_active = True
        super().start_application_mode()  # type: ignore[no-untyped-call]

    def stop_application_mode(self) -> None:
        """Give the terminal back; a second time does nothing."""
        if self._is_active:
            self._is_active = False
            super().stop_application_mode()

    def end_if_stuck(self, status: int) -> None:
        """End the process as soon as it waits for a terminal that takes nothing: it would wait for ever, and could
        not write either what leaves the terminal as it was."""
        Thread(target=self._end_when_stuck, args=(status,), daemon=True).start()

    def _end_when_stuck(self, status: int) -> None:
        while self._line.waits < _PATIENCE:
            sleep(_TICK)
        with suppress(termios.error):
            if self.attrs_before is not None:
                termios.tcsetattr(self.fileno, termios.TCSANOW, self.attrs_before)
        os._exit(status)

    def _hung_up(self) -> None:
        self.exit_event.set()
        loop = self._app._loop
        if loop is not None and not loop.is_closed():
            loop.call_soon_threadsafe(self._app.exit)

    def run_input_thread(self) -> None:
        """Read keys until the console ends. What is not UTF-8 is replaced; the stock driver would give up."""
        parser = XTermParser(self._debug)
        pastes = Pastes()
        decode = getincrementaldecoder("utf-8")("replace").decode
        with SelectSelector() as selector:
            selector.register(self.fileno, EVENT_READ)
            while not self.exit_event.is_set():
                if selector.select(_TICK):
                    try:
                        data = os.read(self.fileno, 4096)
                    except OSError:
                        data = b""
                    if not data:
                        self._hung_up()
                        return
                    # Nothing comes out while a character is half read, and feeding nothing means the end.
                    if text := pastes.pass_on(decode(data)):
                        for message in parser.feed(text):
                            self.process_message(message)
                for message in parser.tick():
                    self.process_message(message)
