"""Today (J1): today's calls, newest first, live; and how many callers have no card."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from functools import partial
from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.widget import Widget

from backend_client.contract.calls import UnsortedRequest
from backend_client.contract.changes import Kind
from backend_client.contract.live import Live
from backend_client.errors import BackendError
from backend_client.model.call import Call
from backend_client.model.call_filter import CallFilter
from backend_client.model.live import LATE
from backend_client.model.period import Period, Preset
from backend_client.model.status import Direction
from backend_client.model.text import N_
from screens.calls.calls import CallsScreen
from screens.feed import Changed
from screens.language import _, long_date, ngettext, number
from screens.message import FieldMessage
from screens.widgets.live_lines import LiveLines, sources_text
from screens.widgets.row_table import RowTable
from screens.words import Role
from screens.work import work

TODAY = CallFilter(period=Period(preset=Preset.TODAY))
LOOK = 5.0
"""Seconds between two looks at running calls, beside those at which something changed."""
UNSORTED = CallFilter(period=Period(preset=Preset.TODAY), directions=(Direction.INCOMING,), unregistered=True)
"""Today's incoming calls from numbers without a client."""


class TodayScreen(CallsScreen):
    """The home screen."""

    TITLE = N_("Today")
    ONE_DAY = True
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "U", "unsorted", N_("Without a card"), id="today.unsorted",
            tooltip=N_("Today's callers without a card, and back"),
        ),
    ]  # fmt: skip
    HINTS = ("journal.details", "journal.panel", "app.journal", "today.unsorted", "app.help")

    class Running(FieldMessage):
        """The calls in progress and their sources."""

        live: Live

    class Unsorted(FieldMessage):
        """How many numbers without a card called today."""

        numbers: int

    def __init__(self, filter: CallFilter | None = None) -> None:
        super().__init__(filter or TODAY)
        self.live_lines = LiveLines(id="live")
        self._followed = ""
        """What the sources are like, in the status line."""

    @property
    def call(self) -> Call | None:
        """The call with the cursor: a running one while the cursor is among those."""
        return self.live_lines.call if self.live_lines.has_focus else super().call

    def action_details(self) -> None:
        """A running call opens on a screen of its own: it may move or end under the cursor."""
        if self.live_lines.has_focus and self.call is not None and not self.panel.display:
            self.show_calls((self.call.id,))
        else:
            super().action_details()

    def why_not(self, action: str) -> str:
        if action == "result" and self.live_lines.has_focus:
            return _("the call still runs")
        return super().why_not(action)

    def on_row_table_above(self, message: RowTable.Above) -> None:
        self.live_lines.enter()

    def on_live_lines_left(self, message: LiveLines.Left) -> None:
        self.table.focus()

    def on_live_lines_moved(self, message: LiveLines.Moved) -> None:
        self.follow()

    def on_live_lines_chosen(self, message: LiveLines.Chosen) -> None:
        self.action_details()

    def subject(self, today: date) -> str:
        return long_date(today)

    def above_rows(self) -> Iterable[Widget]:
        return (self.live_lines,)

    def on_mount(self) -> None:
        self.set_interval(LOOK, self._look)

    def on_screen_suspend(self) -> None:
        self.live_lines.stop()

    def recount(self) -> None:
        super().recount()
        work(self, self._ask_live, "live")
        # All of today's callers: 8 ms of a day of 9,000 calls.
        self.once_drawn(partial(work, self, self._ask_unsorted, "unsorted"))

    def on_changed(self, message: Changed) -> None:
        changes = message.changes
        if changes.kinds == (Kind.LIVE,) and not changes.days and not changes.everything:
            # Running calls alone: the rows below them stand.
            work(self, self._ask_live, "live")
            message.prevent_default()

    def _look(self) -> None:
        """A source that fell silent tells so by no change."""
        if self.is_current:
            work(self, self._ask_live, "live")

    async def _ask_live(self) -> None:
        try:
            live = await self.backend.live()
        except BackendError:
            # The rows tell what went wrong.
            return
        self.post_message(self.Running(live))

    def on_today_screen_running(self, message: Running) -> None:
        lines, live = self.live_lines, message.live
        lines.home, lines.ascii = self.table.look.home, self.table.look.ascii
        lines.show(live)
        followed = sources_text(live.sources, live.now, LATE * live.pace)
        if followed != self._followed:
            self._followed = followed
            self._show_count()

    def _show_count(self) -> None:
        super()._show_count()
        if self._followed:
            told = "  ·  ".join(filter(None, (self.status.text, self._followed)))
            self.status.say(told)

    async def _ask_unsorted(self) -> None:
        try:
            unsorted = await self.backend.unsorted(UnsortedRequest())
        except BackendError:
            # The rows tell what went wrong.
            return
        self.post_message(self.Unsorted(unsorted.numbers))

    def on_today_screen_unsorted(self, message: Unsorted) -> None:
        numbers = message.numbers
        text = ngettext("{count} caller without a card", "{count} callers without a card", numbers)
        role = Role.TITLE if self.filter == UNSORTED else Role.WARNING
        self.title_line.counters = [[(text.format(count=number(numbers)), role)]] if numbers else []
        self.title_line.show()

    def action_unsorted(self) -> None:
        """Today's callers without a card, and back."""
        self.set_filter(TODAY if self.filter == UNSORTED else UNSORTED)

    def action_back(self) -> None:
        if self.table.opened is None and not self.panel.display and self.filter == UNSORTED:
            self.action_unsorted()
        else:
            super().action_back()

    def empty_text(self) -> tuple[str, ...]:
        if self.clock is None or self.clock.first_start is None or self.filter not in (TODAY, UNSORTED):
            return super().empty_text()
        if self.filter == UNSORTED:
            return _("Every caller of today has a card."), _("Esc goes back to all calls of today.")
        return _("No calls yet today."), _("They appear here by themselves. The whole journal is one key away: 2")
