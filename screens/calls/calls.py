"""The journal on a screen: title, filter, table, details and status; the base of Today and Journal."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from contextlib import ExitStack
from datetime import date, datetime, timedelta
from functools import partial
from typing import ClassVar
from zoneinfo import ZoneInfo

from msgspec.structs import replace
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.timer import Timer
from textual.widget import Widget

from backend_client.contract.calls import Count, Window, WindowRequest
from backend_client.contract.changes import Changes, Clock, Kind
from backend_client.errors import BackendError
from backend_client.model.call import Comment
from backend_client.model.call_filter import CallFilter
from backend_client.model.contradiction import contradiction
from backend_client.model.text import N_
from screens.actions import shown_keys
from screens.calls.counter import Counted, Counter
from screens.calls.filtering import FilteringScreen
from screens.feed import Changed
from screens.filter_words import contradiction_text
from screens.language import _, counted, home_of, locale, moment, ngettext
from screens.message import FieldMessage
from screens.recordings.player_screen import PlayerScreen
from screens.widgets.call_table import CallTable, position_of
from screens.widgets.columns import Look, call_columns, column_ids
from screens.widgets.details_panel import DetailsPanel
from screens.widgets.filter_bar import FilterBar
from screens.widgets.page_cache import Key
from screens.widgets.row_table import RowTable
from screens.widgets.status_line import StatusLine
from screens.widgets.title_line import TitleLine
from screens.words import Role, error_text
from screens.work import work

PANEL_FROM = 110
"""Columns from which a pinned panel stands beside the table; on a narrower screen it lies below."""


TINY = 10
"""Lines of a screen on which list and details have no room beside each other."""

FIRST_ROWS = 0.3
"""Seconds that the first picture waits for its rows: an empty one before it would cost 5 KB and 15 ms."""


class CallsScreen(PlayerScreen, FilteringScreen):
    """Calls of a filter, newest first, live; a row's details under it or in a panel."""

    TITLE = N_("Calls")
    AUTO_FOCUS = "#table"
    ONE_DAY = False
    DEFAULT_CSS = """
    CallsScreen { layout: vertical; background: $background; }
    CallsScreen > #body { height: 1fr; }
    CallsScreen RowTable { width: 3fr; }
    CallsScreen.-low > #body { layout: vertical; }
    CallsScreen.-low RowTable, CallsScreen.-low DetailsPanel { width: 100%; }
    CallsScreen.-tiny DetailsPanel { display: none; }
    CallsScreen.-tiny > FilterBar { display: none; }
    CallsScreen.-tiny > FilterBar.-searching, CallsScreen.-tiny > FilterBar.-narrowed { display: block; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("D", "go_to_date", N_("Go to date"), id="journal.date", tooltip=N_("Go to the calls of a day")),
        Binding("L", "legend", N_("Signs"), id="journal.legend", tooltip=N_("What the signs in a row mean")),
        Binding("K", "columns", N_("Columns"), id="journal.columns", tooltip=N_("Choose the columns of the table")),
        Binding("n", "newest", N_("Newest"), id="journal.newest", tooltip=N_("Go to the newest call")),
        Binding("f5,ctrl+r", "reload", N_("Again"), id="journal.reload", tooltip=N_("Ask again for what is shown")),
    ]  # fmt: skip
    HINTS: ClassVar[Sequence[str]] = ("journal.details", "journal.panel", "app.help", "app.journal", "app.today")

    class Told(FieldMessage):
        """The backend's clock answered."""

        clock: Clock

    class Answered(FieldMessage):
        """Rows for the table's request of this number."""

        number: int
        window: Window

    class Refused(FieldMessage):
        """No rows for the table's request of this number (0: for no request)."""

        number: int
        error: BackendError

    class Newer(FieldMessage):
        """How many calls are newer than the newest one seen."""

        number: int
        count: int

    def __init__(self, filter: CallFilter | None = None) -> None:
        super().__init__()
        self.filter = filter or CallFilter()
        self.counter = Counter(self)
        self._language = ""
        self._midnight: Timer | None = None
        self._undrawn = ExitStack()
        self._drawn = False
        """Whether the first picture may be on screen."""
        self._filter_number = 0
        self._count: Count | None = None
        self._seen: Key | None = None
        """Key of the newest call that was in view: what lies above it is new."""

    def compose(self) -> ComposeResult:
        wishes = self.console.settings
        names = wishes.status_names == "families"
        look = Look(ZoneInfo("UTC"), date.min, names=names, one_day=self.ONE_DAY)
        yield TitleLine(self.TITLE, id="title")
        yield FilterBar(self.filter, self.home_filter, id="filter")
        yield from self.above_rows()
        with Horizontal(id="body"):
            yield CallTable(look, wishes.columns, id="table")
            panel = DetailsPanel(id="panel")
            panel.display = wishes.details_panel
            yield panel
        yield from self.player_bar()
        yield StatusLine(self.HINTS, id="status")

    def above_rows(self) -> Iterable[Widget]:
        """What stands between the filter and the table."""
        return ()

    @property
    def home_filter(self) -> CallFilter:
        """The filter without chips, to which clearing goes back."""
        return self.filter

    # Life

    def on_mount(self) -> None:
        self.table.focus()
        self._undrawn.enter_context(self.app.batch_update())
        self.set_timer(FIRST_ROWS, self._show_first)

    def once_drawn(self, deed: Callable[[], object]) -> None:
        """Do it after the first picture, which need not wait for it; once that is drawn, at once."""
        if self._drawn:
            deed()
        else:
            self._undrawn.callback(self.call_after_refresh, deed)

    def _show_first(self) -> None:
        """The first picture has all that it waited for."""
        self._drawn = True
        self._undrawn.close()

    def on_screen_resume(self) -> None:
        self._obey()
        work(self, self._begin, "begin")

    def _obey(self) -> None:
        """Draw by the person's settings and language, which another screen may have changed."""
        wishes, look = self.console.settings, self.table.look
        self.table.chosen = wishes.columns
        self.table.show_as(replace(look, names=wishes.status_names == "families"))
        if self._language != locale():
            self._language = locale()
            work(self, self.learn_names, "names")
        self.status.forget_keys()

    def on_resize(self) -> None:
        self.set_class(self.size.width < PANEL_FROM, "-low")
        self.set_class(self.size.height < TINY, "-tiny")

    async def _begin(self) -> None:
        try:
            clock = await self.backend.clock()
        except BackendError as error:
            self.post_message(self.Refused(0, error))
        else:
            self.post_message(self.Told(clock))

    def on_calls_screen_told(self, message: Told) -> None:
        """The first answer, or a new day's: everything is asked again."""
        self.take_clock(message.clock)
        self.table.reload()
        self.recount()

    def take_clock(self, clock: Clock) -> None:
        """Another now: the day may have changed, and with it every "today"."""
        self.clock = clock
        look, today, zone = self.table.look, date.fromisoformat(clock.today), ZoneInfo(clock.zone)
        if (zone, today, home_of(clock.home_country)) != (look.zone, look.today, look.home):
            self.table.show_as(replace(look, zone=zone, today=today, home=home_of(clock.home_country)))
        self.title_line.subject = self.subject(today)
        self.title_line.show()
        midnight = datetime.combine(today + timedelta(days=1), datetime.min.time(), zone).timestamp()
        if self._midnight is not None:
            self._midnight.stop()
        self._midnight = self.set_timer(max(1.0, midnight - clock.now + 1), self._new_day)

    def _new_day(self) -> None:
        if self.is_current:
            self.on_screen_resume()

    def subject(self, today: date) -> str:
        """What the screen shows, beside its title."""
        return ""

    def set_filter(self, filter: CallFilter) -> None:
        """Show the calls of another filter, from the newest on."""
        if filter == self.filter:
            return
        self.filter = filter
        self.filter_bar.put(filter)
        self._filter_number += 1
        self._seen, self._count = None, None
        self.title_line.new = 0
        self.title_line.show()
        self.table.open()
        self.recount()

    async def learn_names(self) -> None:
        await super().learn_names()
        regions = tuple(
            (region.key, region.names.get(locale(), region.key)) for region in self.filter_bar.directories.regions
        )
        self.table.look = replace(self.table.look, regions=regions)

    def release_filter(self) -> None:
        """The keys move the cursor again."""
        self.table.focus()

    def commented(self, comment: Comment) -> None:
        """The comment stands in the row's marks and in the details."""
        self.refresh_calls()

    def client_changed(self) -> None:
        """The rows show the client at once, not only when the feed tells."""
        self.refresh_calls()

    # Rows

    def on_row_table_wanted(self, message: RowTable.Wanted) -> None:
        request = WindowRequest(
            filter=self.filter,
            anchor=None if message.anchor is None else position_of(message.anchor),
            above=message.above,
            below=message.below,
            oldest=message.last,
        )
        work(self, partial(self._fetch, message.number, request), "rows", exclusive=False)

    async def _fetch(self, number: int, request: WindowRequest) -> None:
        try:
            window = await self.backend.window(request)
        except BackendError as error:
            self.post_message(self.Refused(number, error))
        else:
            self.post_message(self.Answered(number, window))

    def on_calls_screen_answered(self, message: Answered) -> None:
        window, table = message.window, self.table
        self.feed.start(self.backend, window.change)
        self.call_next(self._show_first)
        if not table.supply(message.number, window.rows, more_above=window.more_above, more_below=window.more_below):
            return
        if not len(table.cache):
            table.say(*self.empty_text())
        self._look_up()

    def on_calls_screen_refused(self, message: Refused) -> None:
        """What is shown stays, marked stale; where nothing is, the reason takes its place."""
        self._show_first()
        self.table.failed(message.number)
        what, hint = error_text(message.error)
        self.table.say(what, hint)
        self.status.say(what, Role.BAD)
        self.feed.start(self.backend, 0)

    def empty_text(self) -> tuple[str, ...]:
        """Why the table is empty, and what to do."""
        if self.clock is not None and not self.clock.calls_anywhere:
            return (
                _("There are no calls in this store yet."),
                _("Bring in your own records:  pult import FILE"),
                _("Or look around in a demo call centre:  pult demo"),
            )
        if self.clock is not None and self.clock.first_start is None:
            return (
                _("There is no call that you may see."),
                _("You see your own calls. Ask an administrator whether your extension is entered for you."),
            )
        pair, bound = contradiction(self.filter), shown_keys(self)
        keys = {"chips": bound.get("filter.chips", ""), "clear": bound.get("filter.clear", "")}
        if pair is None:
            told = _("Take a condition away to see more:  {chips}, then Delete;  {clear} takes all.")
            return _("No call matches the filter."), told.format(**keys)
        bar = self.filter_bar
        text = contradiction_text(pair.first, pair.second, self.filter, bar.directories, bar.clients)
        return text, _("Take one of the two away:  {chips}, then Delete;  {clear} takes all.").format(**keys)

    # What is new

    def on_row_table_moved(self, message: RowTable.Moved) -> None:
        self._look_up()
        self.follow()

    def _look_up(self) -> None:
        """At the top everything has been seen; elsewhere ask how much has come above what has."""
        if self.table.at_top:
            self._seen = self.table.first_key
            if self.title_line.new:
                self.title_line.new = 0
                self.title_line.show()

    async def _count_newer(self, number: int, request: WindowRequest) -> None:
        try:
            window = await self.backend.window(request)
        except BackendError:
            # The feed tells that the backend is silent; a badge that is late says nothing wrong.
            return
        self.post_message(self.Newer(number, window.newer))

    def on_calls_screen_newer(self, message: Newer) -> None:
        if message.number == self._filter_number and not self.table.at_top:
            self.title_line.new = message.count
            self.title_line.show()

    # Live

    def on_changed(self, message: Changed) -> None:
        if self.title_line.stale_for is not None:
            self.tell_stale(None)
            self._show_count()
        if self.touched_by(message.changes):
            self.refresh_calls()

    def touched_by(self, changes: Changes) -> bool:
        """Whether what is shown may have changed."""
        calls = {Kind.CLIENTS, Kind.DIRECTORIES, Kind.LIVE}
        return changes.everything or bool(changes.days) or not calls.isdisjoint(changes.kinds)

    def refresh_calls(self) -> None:
        """Ask again for what is shown, the count, the badge and the details."""
        if self.clock is None or not self.clock.calls_anywhere:
            self.on_screen_resume()
            return
        self.table.reload()
        self.recount()
        if not self.table.at_top and self._seen is not None:
            request = WindowRequest(filter=self.filter, anchor=position_of(self._seen), below=1, count_newer=True)
            newer = partial(self._count_newer, self._filter_number, request)
            work(self, newer, "newer")
        self.reload_details()

    # The count

    def recount(self) -> None:
        """Count the calls of the filter."""
        self.counter.count(self.backend, self.filter)

    def on_counted(self, message: Counted) -> None:
        if message.filter == self.filter:
            self._count = message.count
            self._show_count()

    def _show_count(self) -> None:
        if self._count is None:
            self.status.say("")
            return
        text = ngettext("{count} call", "{count} calls", self._count.number)
        self.status.say(text.format(count=counted(self._count.number, self._count.exact)))

    # Places

    def action_legend(self) -> None:
        """What the signs mean."""
        from screens.calls.legend import LegendScreen

        self.app.push_screen(LegendScreen())

    def action_columns(self) -> None:
        """Choose the columns."""
        from screens.calls.columns_dialog import ColumnsDialog

        titles = [(column.id, column.title) for column in call_columns(self.table.look).values()]
        shown = self.console.settings.columns or column_ids(self.table.size.width)
        self.app.push_screen(ColumnsDialog(titles, shown), self._take_columns)

    def _take_columns(self, columns: tuple[str, ...] | None) -> None:
        if columns is not None:
            self.console.keep("columns", columns)
            self._obey()

    def action_newest(self) -> None:
        self.table.action_top()

    def action_reload(self) -> None:
        self.on_screen_resume()

    def action_go_to_date(self) -> None:
        """Ask for a day, and go to its calls."""
        from screens.dialogs.day_dialog import DayDialog

        call, look = self.call, self.table.look
        here = moment(call.start, look.zone).date() if call else look.today
        self.app.push_screen(DayDialog(look.today, here), lambda day: self.jump_to(day) if day else None)

    def jump_to(self, day: date) -> None:
        """Put the cursor on the newest call of a day, or of the last one before it with calls."""
        after = datetime.combine(day + timedelta(days=1), datetime.min.time(), self.table.look.zone)
        self.table.open((-int(after.timestamp()), 0))
