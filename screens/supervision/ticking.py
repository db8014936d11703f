"""What ticks on a screen that shows how long things last: looks at a steady pace, seconds while any count."""

from __future__ import annotations

from textual.timer import Timer

from screens.console_screen import ConsoleScreen
from screens.heartbeat import Heartbeat

LOOK = 5.0
"""Seconds between two looks: at sources, which die without an event, and at times that stand by the minute."""


class TickingScreen(ConsoleScreen):
    """The base of screens with timers; they stand while nobody looks."""

    def __init__(self) -> None:
        super().__init__()
        self._beat = Heartbeat(LOOK)
        self._looking: Timer | None = None
        self._ticking: Timer | None = None

    @property
    def allowed(self) -> bool:
        """Whether the session may see the screen at all."""
        raise NotImplementedError

    def look(self, slept: float) -> None:
        """Another look; `slept`: seconds that went by unseen before it, 0.0 where none did."""
        raise NotImplementedError

    def tick(self) -> None:
        """A second passed."""
        raise NotImplementedError

    def on_mount(self) -> None:
        self._looking = self.set_interval(LOOK, self._look)
        self._ticking = self.set_interval(1.0, self.tick, pause=True)

    def on_screen_suspend(self) -> None:
        for timer in (self._looking, self._ticking):
            if timer is not None:
                timer.pause()

    def begin_looking(self) -> None:
        """The screen is looked at, from now on."""
        self._beat = Heartbeat(LOOK)
        if self._looking is not None:
            self._looking.resume()

    def tick_while(self, runs: bool) -> None:
        """Tick by the second only while anything counts seconds, and somebody looks."""
        if self._ticking is None:
            return
        if runs and self.shown:
            self._ticking.resume()
        else:
            self._ticking.pause()

    def _look(self) -> None:
        if self.shown and self.allowed:
            self.look(self._beat.beat())
