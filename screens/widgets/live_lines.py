"""Calls in progress above the journal, each with a timer that runs; and what a silent source looks like (L3)."""

from __future__ import annotations

from collections.abc import Sequence
from time import monotonic
from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.events import Click
from textual.geometry import Region
from textual.strip import Strip
from textual.timer import Timer

from backend_client.contract.live import Live
from backend_client.model.call import Call
from backend_client.model.live import LATE, SourceState
from backend_client.model.status import RUNNING
from backend_client.model.text import N_
from screens import words
from screens.language import _, age, duration, ngettext, number
from screens.message import FieldMessage
from screens.pace import is_slow, running_time
from screens.widgets.painted import Painted, Pieces, fit
from screens.words import Role

MOST = 8
"""Lines of calls at once; more are counted, and come as the cursor moves."""
_FORGOTTEN = 86_400
"""A source that was not looked at for so long is followed no more."""
_GUTTER = 1


class LiveLines(Painted, can_focus=True):
    """As many lines as there are running calls; none where none runs and every source is well. With the focus it has
    a cursor, which goes on into the table below."""

    DEFAULT_CSS = """
    LiveLines { height: auto; max-height: 10; background: $panel; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("down,j", "move(1)", N_("Down"), id="live.down", tooltip=N_("Next running call, then the table"),
                show=False),
        Binding("up,k", "move(-1)", N_("Up"), id="live.up", tooltip=N_("Running call before"), show=False),
    ]  # fmt: skip

    class Moved(FieldMessage):
        """The cursor is on another running call, or the focus came or went."""

        lines: LiveLines

    class Chosen(FieldMessage):
        """A running call was clicked that had the cursor already."""

        lines: LiveLines

    class Left(FieldMessage):
        """The cursor goes on below, or there is no running call any more."""

        lines: LiveLines

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
        self._cursor = 0
        self._top = 0

    @property
    def calls(self) -> Sequence[Call]:
        """The running calls, newest first."""
        return () if self._live is None else self._live.calls

    @property
    def call(self) -> Call | None:
        """The running call with the cursor; None without the focus."""
        return self.calls[self._cursor] if self.has_focus and self._cursor < len(self.calls) else None

    def show(self, live: Live) -> None:
        """Other calls, or the same ones later; the cursor stays on its call."""
        held = self.calls[self._cursor].id if self._cursor < len(self.calls) else None
        self._live, self._asked = live, monotonic()
        place = next((n for n, call in enumerate(live.calls) if call.id == held), self._cursor)
        self._cursor = max(0, min(place, len(live.calls) - 1))
        self._scroll()
        self._draw()
        if self._clock is None:
            self._clock = self.set_interval(1.0, self._draw)
        if live.calls:
            self._clock.resume()
        else:
            self._clock.pause()
            if self.has_focus:
                self.post_message(self.Left(self))

    def stop(self) -> None:
        """Nobody looks: the timers stand."""
        if self._clock is not None:
            self._clock.pause()

    def enter(self) -> bool:
        """Take the focus, the cursor on the last call; False where none runs."""
        if not self.calls:
            return False
        self._cursor = len(self.calls) - 1
        self._scroll()
        self._draw()
        self.focus()
        return True

    def action_move(self, by: int) -> None:
        """Another running call, or out of them below."""
        wanted = self._cursor + by
        if wanted >= len(self.calls):
            self.post_message(self.Left(self))
        elif wanted >= 0:
            self._put(wanted)

    def _put(self, wanted: int) -> None:
        before, top = self._cursor, self._top
        self._cursor = wanted
        self._scroll()
        if self._top != top:
            self._draw()
        else:
            for place in {before, wanted}:
                self.refresh(Region(0, place - top, _GUTTER, 1))
        self.post_message(self.Moved(self))

    def _scroll(self) -> None:
        last = max(0, len(self.calls) - MOST)
        self._top = max(0, min(self._top, self._cursor, last))
        self._top = max(self._top, self._cursor - MOST + 1)

    def on_focus(self) -> None:
        self.refresh()
        self.post_message(self.Moved(self))

    def on_blur(self) -> None:
        self.refresh()
        self.post_message(self.Moved(self))

    def on_click(self, event: Click) -> None:
        place = event.y + self._top
        if event.y < min(MOST, len(self.calls)) and place < len(self.calls):
            if place == self._cursor and self.has_focus:
                self.post_message(self.Chosen(self))
            else:
                self._put(place)

    def _draw(self) -> None:
        """The lines as they are now; laid out anew only where their number changed."""
        live = self._live
        if live is None:
            return
        now = live.now + int((monotonic() - self._asked) * live.pace)
        lines = [self._call(call, now, live.stale) for call in live.calls[self._top : self._top + MOST]]
        more = len(live.calls) - MOST
        if more > 0:
            text = ngettext("and {count} more running call", "and {count} more running calls", more)
            lines.append([("  " + text.format(count=more), Role.MUTED)])
        lines += [line for source in live.sources if (line := source_line(source, now, LATE * live.pace))]
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
        timer = running_time(now - since, slow=is_slow(self)) if call.status in RUNNING else _("end not seen")
        who = words.client_text(call, self.home)
        comment = f"{words.COMMENT.mark(self.ascii)} {call.comment}" if call.comment else ""
        return [
            (f"{sign.mark(self.ascii)} {fit(sign.word, 14)} {fit(timer, 12, right=True)}  ", role),
            (f"{words.DIRECTIONS[call.direction].mark(self.ascii)} {fit(who, 28)} ", role),
            (words.employees_text(call), role),
            (f"  {comment}", Role.MUTED),
        ]

    def get_content_height(self, container: object, viewport: object, width: int) -> int:
        return len(self._lines)

    def render_line(self, y: int) -> Strip:
        width = self.size.width
        if y >= len(self._lines):
            return self.strip([], width)
        here = self.has_focus and y + self._top == self._cursor and y < len(self.calls)
        gutter = (words.CURSOR.mark(self.ascii) if here else " " * _GUTTER, words.CURSOR.role)
        return self.strip([gutter, *self._lines[y]], width)


def source_line(source: SourceState, now: int, late: float = LATE) -> Pieces | None:
    """What is wrong with a source, or that it lags by more than `late` seconds; None where all is well, or nobody
    follows it any more."""
    silent = max(0, now - source.at)
    if not source.at or silent > _FORGOTTEN:
        return None
    if source.problem:
        return [(f"! {words.problem_text(source)}", Role.BAD)]
    if silent > late:
        text = _("{source}: no word for {time}").format(source=source.name, time=duration(silent))
        return [(f"! {text}", Role.WARNING)]
    if source.late > late:
        text = _("{source}: {time} behind").format(source=source.name, time=duration(source.late))
        return [(f"! {text}", Role.WARNING)]
    return None


def sources_text(sources: Sequence[SourceState], now: int, late: float = LATE) -> str:
    """What is followed now, how far behind it is and how old its last event is; blank where nothing is."""
    followed = [source for source in sources if not source.problem and now - source.at <= late]
    if not followed:
        return ""
    name = followed[0].name.rstrip("/").rpartition("/")[2]
    if len(followed) > 1:
        name = ngettext("{count} source", "{count} sources", len(followed)).format(count=number(len(followed)))
    text = _("{source}: {time} behind").format(source=name, time=age(max(source.late for source in followed)))
    newest = max(source.event_at for source in followed)
    if not newest:
        return text
    # Whole minutes, so that an idle line stays idle.
    since = max(0, now - newest) // 60 * 60
    heard = _("heard {age} ago").format(age=age(since)) if since else _("heard just now")
    return f"{text}, {heard}"
