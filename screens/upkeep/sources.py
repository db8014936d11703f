"""Sources: what is followed and how it is, what in the data is doubtful, and what became of every import."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial
from typing import ClassVar
from zoneinfo import ZoneInfo

from msgspec import Struct
from textual.app import ComposeResult
from textual.binding import Binding, BindingType

from backend_client.contract.sources import Sources, SourcesRequest
from backend_client.errors import BackendError
from backend_client.model.live import SourceState
from backend_client.model.quality import Doubt, ImportRun
from backend_client.model.text import N_, clean
from screens.console_screen import ConsoleScreen
from screens.feed import Changed
from screens.language import _, date_and_time, duration, file_size, home_of, moment, ngettext, number
from screens.message import FieldMessage
from screens.upkeep.source_words import State, Told, rejected_text, told_of
from screens.widgets.columns import Column, Look
from screens.widgets.page_cache import Key
from screens.widgets.painted import Pieces, fit, wrap
from screens.widgets.row_table import RowTable
from screens.widgets.status_line import StatusLine
from screens.widgets.title_line import TitleLine
from screens.words import Role, error_text
from screens.work import work

RUNS = 200
LOOK = 10.0
"""Seconds between two looks: that a source fell silent is told by no change."""
_ROLES = {State.FINE: Role.GOOD, State.NOTE: Role.WARNING, State.WRONG: Role.BAD}
_SIGNS = {State.FINE: ("✔", "+"), State.NOTE: ("!", "!"), State.WRONG: ("✖", "x")}


class Line(Struct, frozen=True):
    """A row: its place in the list, and what it tells."""

    place: int
    told: Told


def line_key(line: Line) -> Key:
    """By place."""
    return (line.place,)


class SourceTable(RowTable[Line]):
    """Sources, doubts and runs, each kind under its word."""

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(line_key, lambda line: Role.PLAIN, id=id)

    def choose_columns(self) -> Sequence[Column[Line]]:
        return [
            Column("state", "", self._sign, 1),
            Column("part", "", lambda line: _part(line.told), 8, most=12, share=1),
            Column("when", N_("Last event"), lambda line: line.told.when, 16),
            Column("what", N_("What"), lambda line: _short(line.told), 24, most=90, share=4),
            Column("how", N_("How it is"), self._how, 24, share=5),
        ]

    def _sign(self, line: Line) -> Pieces:
        return [(_SIGNS[line.told.state][self.ascii], _ROLES[line.told.state])]

    def _how(self, line: Line) -> Pieces:
        return [(line.told.how, Role.PLAIN if line.told.state is State.FINE else _ROLES[line.told.state])]


def _part(told: Told) -> str:
    match told.about:
        case SourceState():
            return _("Source")
        case ImportRun():
            return _("Import")
        case Doubt():
            return _("Data")


def _short(told: Told) -> str:
    """A file by its name; where it lies is among the details."""
    return told.what if isinstance(told.about, Doubt) else told.what.rstrip("/").rpartition("/")[2] or told.what


def details_of(told: Told, zone: ZoneInfo, width: int) -> list[Pieces]:
    """Everything about a row, as lines under it."""
    fields = [(label, text) for label, text in _fields(told, zone) if text]
    label_width = max(len(label) for label, _text in fields) + 2
    lines: list[Pieces] = []
    for label, text in fields:
        for number_of_line, part in enumerate(wrap(clean(text), max(10, width - label_width))):
            lines.append([(fit("" if number_of_line else label, label_width), Role.MUTED), (part, Role.PLAIN)])
    return lines


def _fields(told: Told, zone: ZoneInfo) -> Iterator[tuple[str, str]]:
    about = told.about
    yield _("What"), told.what
    yield _("How it is"), told.how
    match about:
        case SourceState():
            yield _("Format"), about.format
            yield _("Last event"), date_and_time(moment(about.event_at, zone)) if about.event_at else ""
            yield _("Looked at"), date_and_time(moment(about.at, zone)) if about.at else ""
            yield _("Behind"), _behind(about)
        case ImportRun():
            yield _("Format"), about.format
            yield _("When"), date_and_time(moment(about.at, zone))
    for index, hint in enumerate(told.hints):
        yield "" if index else _("To know"), hint
    if isinstance(about, ImportRun):
        for index, row in enumerate(about.examples):
            yield "" if index else _("Rejected"), rejected_text(row)


def _behind(source: SourceState) -> str:
    behind = duration(source.late)
    if not source.behind:
        return behind
    # Files are measured in bytes, tables in rows.
    is_file = source.name.startswith("/") and not source.format.endswith(("-db", "mikopbx"))
    waiting = file_size(source.behind) if is_file else number(source.behind)
    return _("{time}, {waiting} wait in the source").format(time=behind, waiting=waiting)


class SourcesScreen(ConsoleScreen):
    """The list, live; Enter opens the calls behind a doubt, and the details of anything else."""

    TITLE = N_("Sources")
    AUTO_FOCUS = "#table"
    DEFAULT_CSS = """
    SourcesScreen { layout: vertical; background: $background; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "open", N_("Open"), id="sources.open",
                tooltip=N_("The calls behind a doubt; the details of a source or an import")),
        Binding("space", "details", N_("Details"), id="sources.details",
                tooltip=N_("Details under the row, and why records were rejected")),
        Binding("f5,ctrl+r", "reload", N_("Again"), id="sources.reload", tooltip=N_("Ask again for what is shown")),
        Binding("escape", "back", N_("Back"), id="sources.back", tooltip=N_("Close what is open"), show=False),
    ]  # fmt: skip
    HINTS: ClassVar[Sequence[str]] = ("sources.open", "sources.details", "sources.reload", "app.help")

    class Known(FieldMessage):
        """The answer to the table's request of this number; 0 to a look of the screen's own."""

        number: int
        sources: Sources

    class Refused(FieldMessage):
        """There is none."""

        number: int
        error: BackendError

    def __init__(self) -> None:
        super().__init__()
        self.zone = ZoneInfo("UTC")

    @property
    def table(self) -> SourceTable:
        return self.query_one(SourceTable)

    def compose(self) -> ComposeResult:
        yield TitleLine(self.TITLE, id="title")
        yield SourceTable(id="table")
        yield StatusLine(self.HINTS, id="status")

    def on_mount(self) -> None:
        self.table.focus()
        self.set_interval(LOOK, self._look)

    def on_screen_resume(self) -> None:
        self._again()

    def on_changed(self, message: Changed) -> None:
        self.tell_stale(None)
        self._again()

    def _look(self) -> None:
        if self.is_current:
            self._again()

    def _again(self) -> None:
        if len(self.table.cache):
            self.table.reload()
        else:
            self.table.open()

    def on_row_table_wanted(self, message: RowTable.Wanted) -> None:
        work(self, partial(self._ask, message.number), "sources", exclusive=False)

    async def _ask(self, number_of_request: int) -> None:
        try:
            sources = await self.backend.sources(SourcesRequest(runs=RUNS))
        except BackendError as error:
            self.post_message(self.Refused(number_of_request, error))
        else:
            self.post_message(self.Known(number_of_request, sources))

    def on_sources_screen_known(self, message: Known) -> None:
        table, sources = self.table, message.sources
        self.feed.start(self.backend, 0)
        self.zone = ZoneInfo(sources.zone)
        lines = [Line(place, told) for place, told in enumerate(told_of(sources))]
        if not table.supply(message.number, lines, more_above=False, more_below=False):
            return
        if not lines:
            table.say(
                _("Nothing was imported or followed yet."), _("Bring in your own records:  pult import FILE"),
                _("Keep up with an exchange:  pult follow SOURCE"),
            )  # fmt: skip
        if table.opened is not None and table.row is not None and line_key(table.row) == table.opened:
            self._open_details(table.row)
        self.status.say(_summary(lines))

    def on_sources_screen_refused(self, message: Refused) -> None:
        self.table.failed(message.number)
        what, hint = error_text(message.error)
        self.table.say(what, hint)
        self.status.say(what, Role.BAD)
        self.feed.start(self.backend, 0)

    # Deeds

    def why_not(self, action: str) -> str:
        """Why an action is not possible."""
        return _("nothing is chosen") if action in ("open", "details") and self.table.row is None else ""

    def on_row_table_chosen(self, message: RowTable.Chosen) -> None:
        self.action_open()

    def action_open(self) -> None:
        """The calls behind a doubt, or the details."""
        line = self.table.row
        if line is None:
            return
        about = line.told.about
        if isinstance(about, Doubt) and about.filter is not None:
            from screens.calls.drill_down import DrillDownScreen

            self.app.push_screen(DrillDownScreen(about.filter, line.told.what))
        elif isinstance(about, Doubt) and about.calls:
            work(self, partial(self._show_calls, about.calls), "calls")
        else:
            self.action_details()

    async def _show_calls(self, ids: tuple[int, ...]) -> None:
        from datetime import date

        from screens.calls.details import DetailsScreen

        try:
            clock = await self.backend.clock()
        except BackendError as error:
            self.post_message(self.Refused(0, error))
            return
        look = Look(ZoneInfo(clock.zone), date.fromisoformat(clock.today), home=home_of(clock.home_country))
        self.app.push_screen(DetailsScreen(ids, look))

    def action_details(self) -> None:
        """Lines under the row, or away with them."""
        line = self.table.row
        if line is None:
            return
        if self.table.opened == line_key(line):
            self.table.close_row()
        else:
            self._open_details(line)

    def _open_details(self, line: Line) -> None:
        width = max(20, self.table.size.width - 4)
        self.table.open_row(line_key(line), details_of(line.told, self.zone, width))

    def action_reload(self) -> None:
        self._again()

    def action_back(self) -> None:
        self.table.close_row()


def _summary(lines: Sequence[Line]) -> str:
    wrong = sum(line.told.state is not State.FINE for line in lines)
    text = ngettext("{count} line wants to be looked at", "{count} lines want to be looked at", wrong)
    return text.format(count=number(wrong)) if wrong else ""
