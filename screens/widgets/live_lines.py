"""Calls in progress above the journal, each with a timer that runs; and what a silent source looks like (L3)."""

from __future__ import annotations

from time import monotonic

from textual.strip import Strip
from textual.timer import Timer

from backend_client.contract import Live
from backend_client.model.call import Call
from backend_client.model.live import SourceState
from backend_client.model.status import RUNNING
from screens import words
from screens.language import _, duration, ngettext
from screens.widgets.painted import Painted, Pieces, fit
from screens.words import Role

MOST = 8
"""Lines of calls at once; more are counted."""
_LATE = 60
"""Seconds behind which a source is said to lag."""
_FORGOTTEN = 86_400
"""A source that was not looked at for so long is followed no more."""


class LiveLines(Painted):
    """As many lines as there are running calls; none where none runs and every source is well."""

    DEFAULT_CSS = """
    LiveLines { height: auto; max-height: 10; background: $panel; }
    """

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.display = False
        self.home = ""
        """Home country, in whose way numbers are shown."""
        self.ascii = False
        self._live: Live | None = None
        self._asked = 0.0
        self._lines: list[Pieces] = []
        self._clock: Timer | None = None

    def show(self, live: Live) -> None:
        """Other calls, or the same ones later."""
        self._live, self._asked = live, monotonic()
        self._draw()
        if self._clock is None:
            self._clock = self.set_interval(1.0, self._draw)
        if live.calls:
            self._clock.resume()
        else:
            self._clock.pause()

    def stop(self) -> None:
        """Nobody looks: the timers stand."""
        if self._clock is not None:
            self._clock.pause()

    def _draw(self) -> None:
        """The lines as they are now; laid out anew only where their number changed."""
        live = self._live
        if live is None:
            return
        now = live.now + int(monotonic() - self._asked)
        lines = [self._call(call, now, live.stale) for call in live.calls[:MOST]]
        more = len(live.calls) - MOST
        if more > 0:
            text = ngettext("and {count} more running call", "and {count} more running calls", more)
            lines.append([("   " + text.format(count=more), Role.MUTED)])
        lines += [line for source in live.sources if (line := source_line(source, now))]
        if lines == self._lines:
            return
        taller = len(lines) != len(self._lines)
        self._lines = lines
        self.display = bool(lines)
        self.refresh(layout=taller)

    def _call(self, call: Call, now: int, stale: bool) -> Pieces:
        sign = words.status_sign(call, names=False)
        role = Role.MUTED if stale else sign.role
        since = call.answered if call.answered is not None else call.start
        timer = duration(max(0, now - since)) if call.status in RUNNING else _("end not seen")
        who = words.client_text(call, self.home)
        return [
            (f" {sign.mark(self.ascii)} {fit(sign.word, 14)} {fit(timer, 12, right=True)}  ", role),
            (f"{words.DIRECTIONS[call.direction].mark(self.ascii)} {fit(who, 28)} ", role),
            (words.employees_text(call), role),
        ]

    def get_content_height(self, container: object, viewport: object, width: int) -> int:
        return len(self._lines)

    def render_line(self, y: int) -> Strip:
        width = self.size.width
        return self.strip(self._lines[y] if y < len(self._lines) else [], width)


def source_line(source: SourceState, now: int) -> Pieces | None:
    """What is wrong with a source, or that it lags; None where all is well, or nobody follows it any more."""
    silent = max(0, now - source.at)
    if not source.at or silent > _FORGOTTEN:
        return None
    if source.problem:
        return [(f" ! {source.problem}", Role.BAD)]
    if silent > _LATE:
        text = _("{source}: no word for {time}").format(source=source.name, time=duration(silent))
        return [(f" ! {text}", Role.WARNING)]
    if source.behind and source.lag > _LATE:
        text = _("{source}: {time} behind").format(source=source.name, time=duration(round(source.lag)))
        return [(f" ! {text}", Role.WARNING)]
    return None
