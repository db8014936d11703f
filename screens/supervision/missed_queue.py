"""The missed-call queue (L4): numbers that called in vain, oldest first, and who calls them back."""

from __future__ import annotations

import sys
from bisect import bisect_left
from datetime import date
from time import monotonic
from typing import ClassVar
from zoneinfo import ZoneInfo

from msgspec.structs import replace
from textual.app import ComposeResult
from textual.binding import Binding, BindingType

from backend_client.contract.changes import Clock, Kind
from backend_client.contract.missed_queue import MissedQueue, MissedQueueRequest
from backend_client.contract.wire import PAGE_LIMIT
from backend_client.errors import BackendError
from backend_client.model.missed_queue import MissedLine, QueuePart
from backend_client.model.permissions import Permission
from backend_client.model.text import N_
from screens.asker import Asker
from screens.feed import Changed
from screens.language import _, moment, ngettext, number
from screens.message import FieldMessage
from screens.pace import is_slow
from screens.supervision.now_words import trust_of
from screens.supervision.queue_deeds import QueueDeedsScreen
from screens.supervision.queue_figures import figure_line
from screens.supervision.ticking import TickingScreen
from screens.widgets.painted import PieceLine
from screens.widgets.queue_table import QueueLook, QueueTable, queue_key
from screens.widgets.row_table import RowTable
from screens.widgets.status_line import StatusLine
from screens.widgets.title_line import TitleLine
from screens.words import Role, error_text
from screens.work import work

PAGE = 200
"""Lines asked for at first; more when the cursor comes near their end."""
TRIES = 5
"""Times that lines are read over because the queue changed between two pages; then what was read before is shown."""
PARTS = {
    QueuePart.OPEN: N_("to call back"),
    QueuePart.SNOOZED: N_("left out for a while"),
    QueuePart.DONE: N_("done without a call"),
}


class MissedQueueScreen(TickingScreen, QueueDeedsScreen):
    """Lines vanish by themselves when somebody speaks with the number; the cursor stays on its own."""

    TITLE = N_("Missed calls")
    AUTO_FOCUS = "#table"
    DEFAULT_CSS = """
    MissedQueueScreen { layout: vertical; background: $background; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("p", "part", N_("Part"), id="queue.part",
                tooltip=N_("To call back, left out for a while, done; in turn")),
        Binding("M", "mine", N_("Mine"), id="queue.mine", tooltip=N_("Only what you have claimed, and back")),
        Binding("F", "figures", N_("Figures"), id="queue.figures",
                tooltip=N_("What the team and each operator did today with missed calls")),
        Binding("f5,ctrl+r", "reload", N_("Again"), id="queue.reload", tooltip=N_("Ask again for what is shown")),
    ]  # fmt: skip
    HINTS = ("queue.claim", "queue.dial", "queue.done", "queue.snooze", "queue.part", "app.help")

    class Answered(FieldMessage):
        """What was asked for by this request, or more than it."""

        request: MissedQueueRequest
        queue: MissedQueue

    class Refused(FieldMessage):
        """There is no answer."""

        error: BackendError

    class Told(FieldMessage):
        """The backend's clock answered."""

        clock: Clock

    def __init__(self) -> None:
        super().__init__()
        self.request = MissedQueueRequest(figures=True)
        self.queue: MissedQueue | None = None
        self.asker = Asker(self, self._fetch, "queue")
        self._lines_wanted = PAGE
        self._unserved: list[RowTable.Wanted] = []
        """What the table asked for beyond the lines that are held."""
        self._heard = 0.0

    @property
    def table(self) -> QueueTable:
        return self.query_one(QueueTable)

    @property
    def line(self) -> MissedLine | None:
        return self.table.row

    @property
    def now(self) -> int:
        if self.queue is None:
            return 0
        return self.queue.now + int((monotonic() - self._heard) * self.queue.pace)

    @property
    def allowed(self) -> bool:
        """Whether the session may see the queue at all."""
        return self.backend.session.may(Permission.MISSED_QUEUE)

    def compose(self) -> ComposeResult:
        yield TitleLine(self.TITLE, id="title")
        yield QueueTable(QueueLook(ZoneInfo("UTC"), date.min, 1), id="table")
        yield PieceLine(id="figures")
        yield StatusLine(self.HINTS, id="status")

    # Life

    def on_mount(self) -> None:
        self.table.focus()

    def on_screen_resume(self) -> None:
        self.status.forget_keys()
        if not self.allowed:
            self.table.open()
            self.table.say(_("Your role may not see the missed-call queue."))
            return
        self.begin_looking()
        work(self, self._begin, "begin")

    async def _begin(self) -> None:
        try:
            self.post_message(self.Told(await self.backend.clock()))
        except BackendError as error:
            self.post_message(self.Refused(error))

    def on_missed_queue_screen_told(self, message: Told) -> None:
        self.clock = message.clock
        self.asker.ask()

    def look(self, slept: float) -> None:
        """Timers that stand by the minute; after a sleep, everything."""
        if slept:
            self.feed.stop()
            self.on_screen_resume()
        elif self.queue is not None:
            self._draw_timers()

    def tick(self) -> None:
        if self.queue is not None:
            self._draw_timers()

    def _draw_timers(self) -> None:
        """Move the timers on; they tick by the second only while one does."""
        self.tick_while(self.table.tick(self.now))

    # The queue

    async def _fetch(self) -> None:
        request = self.request
        try:
            for _try in range(TRIES):
                queue, whole = await self._read(request)
                if whole:
                    break
        except BackendError as error:
            self.post_message(self.Refused(error))
        else:
            self.post_message(self.Answered(request, queue))

    async def _read(self, request: MissedQueueRequest) -> tuple[MissedQueue, bool]:
        """The lines wanted, page by page, and whether all pages are of one state of the queue."""
        queue = await self.backend.missed_queue(replace(request, limit=min(PAGE_LIMIT, self._lines_wanted)))
        lines = list(queue.lines)
        while queue.more and len(lines) < self._lines_wanted:
            page = await self.backend.missed_queue(replace(request, skip=len(lines), limit=PAGE_LIMIT, figures=False))
            if page.change != queue.change:
                return replace(queue, lines=tuple(lines)), False
            lines += page.lines
            queue = replace(queue, more=page.more and bool(page.lines))
        return replace(queue, lines=tuple(lines)), True

    def on_missed_queue_screen_answered(self, message: Answered) -> None:
        if message.request != self.request:
            return
        first = self.queue is None
        if self._lines_wanted == sys.maxsize:
            self._lines_wanted = max(PAGE, len(message.queue.lines))
        self.queue, self._heard = message.queue, monotonic()
        self.feed.start(self.backend, self.queue.change)
        self._show_look()
        unserved, self._unserved = self._unserved, []
        for wanted in unserved:
            self.on_row_table_wanted(wanted)
        if first:
            self.table.open()
        elif not unserved:
            self.table.reload()
        self._tell()

    def on_missed_queue_screen_refused(self, message: Refused) -> None:
        """What is shown stays; the reason stands under it."""
        what, hint = error_text(message.error)
        self.table.say(what, hint)
        self.status.say(what, Role.BAD)
        self.feed.start(self.backend, self.queue.change if self.queue else 0)

    def on_row_table_wanted(self, message: RowTable.Wanted) -> None:
        """Rows out of the lines that are held; what lies beyond them is asked for first."""
        queue = self.queue
        lines = queue.lines if queue is not None else ()
        if message.anchor is None:
            first = max(0, len(lines) - message.below) if message.last else 0
            last = first + message.below
        else:
            at = bisect_left(lines, message.anchor, key=queue_key)
            first, last = max(0, at - message.above), at + 1 + message.below
        if queue is not None and queue.more and (message.last or last > len(lines)):
            self._lines_wanted = sys.maxsize if message.last else last + PAGE
            self._unserved.append(message)
            self.asker.ask()
            return
        more_below = last < len(lines) or (queue is not None and queue.more)
        self.table.supply(message.number, lines[first:last], more_above=first > 0, more_below=more_below)
        if queue is not None:
            if not len(self.table.cache):
                self.table.say(*self._empty())
            self._draw_timers()

    def _empty(self) -> tuple[str, ...]:
        if self.request.mine:
            return _("You have claimed no number."), _("M shows all again.")
        if self.request.part is not QueuePart.OPEN:
            return _("Nothing here."), _("p shows another part of the queue.")
        assert self.queue is not None
        days = ngettext(
            "No call of the last {count} day waits.", "No call of the last {count} days waits.", self.queue.days
        )
        return _("Nobody waits to be called back."), days.format(count=self.queue.days)

    def _show_look(self) -> None:
        queue = self.queue
        assert queue is not None
        zone = ZoneInfo(self.clock.zone if self.clock else "UTC")
        look = QueueLook(
            zone, moment(queue.now, zone).date(), queue.goal_minutes * 60, self.request.part,
            self.backend.session.employee_id, self.home,
        )  # fmt: skip
        self.table.show_as(look, self.now)

    def _tell(self) -> None:
        """The title, the counts, and what operators did today."""
        queue = self.queue
        assert queue is not None
        parts = [_(PARTS[self.request.part])]
        if self.request.mine:
            parts.append(_("mine"))
        self.title_line.subject = " · ".join(parts)
        zone = ZoneInfo(self.clock.zone if self.clock else "UTC")
        trust = trust_of(queue.record_source, queue.now, queue.pace, zone, slow=is_slow(self))
        self.title_line.counters = [[(trust.note, trust.role)]]
        self.title_line.stale_for = None
        self.title_line.show()
        counts = (
            _("{count} to call back").format(count=number(queue.open)),
            _("{count} left out").format(count=number(queue.snoozed)) if queue.snoozed else "",
            _("{count} done").format(count=number(queue.done)) if queue.done else "",
        )
        self.status.say(", ".join(filter(None, counts)))
        left, right = figure_line(queue, self.backend.session.employee_id)
        self.query_one("#figures", PieceLine).write(left, right)

    def tell_stale(self, seconds: int | None) -> None:
        """One age: without the backend nothing is known of its sources'."""
        if seconds is not None:
            self.title_line.counters = ()
        super().tell_stale(seconds)

    def on_changed(self, message: Changed) -> None:
        changes = message.changes
        if self.title_line.stale_for is not None or changes.kinds != (Kind.LIVE,) or changes.days or changes.everything:
            self.asker.ask()

    def queue_changed(self) -> None:
        self.asker.ask()

    # What is shown

    def _narrow(self, request: MissedQueueRequest) -> None:
        self.request, self.queue, self._lines_wanted, self._unserved = request, None, PAGE, []
        self.asker.ask()

    def action_part(self) -> None:
        """The next part of the queue."""
        order = list(PARTS)
        following = order[(order.index(self.request.part) + 1) % len(order)]
        self._narrow(replace(self.request, part=following))

    def action_mine(self) -> None:
        """Only one's own lines, or all."""
        if not self._nobody():
            self._narrow(replace(self.request, mine=not self.request.mine))

    def action_figures(self) -> None:
        """What everybody did today."""
        if self.queue is not None:
            from screens.supervision.queue_figures import FiguresDialog

            self.app.push_screen(FiguresDialog(self.queue))

    def action_reload(self) -> None:
        """Ask again."""
        self.on_screen_resume()
