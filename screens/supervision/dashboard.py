"""The supervisor's dashboard (L1): blocks of what goes on now and today, live for days, on a desk or on a wall."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from functools import partial
from time import monotonic
from typing import ClassVar
from zoneinfo import ZoneInfo

from msgspec import structs
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.widgets import Static

from backend_client.contract.changes import Clock
from backend_client.contract.now import Now, NowRequest
from backend_client.errors import BackendError
from backend_client.model.permissions import Permission
from backend_client.model.status import RUNNING
from backend_client.model.text import N_
from screens.asker import Asker
from screens.calls.drill_down import DrillDownScreen
from screens.feed import Changed, Unreached
from screens.language import _, clock_time, long_date, moment, ngettext
from screens.message import FieldMessage
from screens.pace import is_slow
from screens.supervision.dashboard_alarms import Alarms, alarms, more
from screens.supervision.dashboard_blocks import BLOCKS, BY_ID, Block, places
from screens.supervision.dashboard_view import Behind, BehindTasks, Place, Running, View
from screens.supervision.ticking import TickingScreen
from screens.widgets.board import Board, Frame
from screens.widgets.columns import Look
from screens.widgets.status_line import StatusLine
from screens.widgets.title_line import TitleLine
from screens.words import Role, error_text
from screens.work import work


class DashboardScreen(TickingScreen):
    """Asks once for each change, and draws the lines that differ."""

    TITLE = N_("Dashboard")
    AUTO_FOCUS = "#board"
    DEFAULT_CSS = """
    DashboardScreen { layout: vertical; background: $background; }
    DashboardScreen > #note { height: auto; padding: 1 2; display: none; }
    DashboardScreen.-empty > #note { display: block; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("w", "wall", N_("Wall"), id="dashboard.wall",
                tooltip=N_("Large digits that are read from across the room, and back")),
        Binding("b", "blocks", N_("Blocks"), id="dashboard.blocks", tooltip=N_("Choose the blocks and their order")),
        Binding("m", "queue", N_("Missed calls"), id="dashboard.queue", tooltip=N_("Open the missed-call queue")),
        Binding("f5,ctrl+r", "reload", N_("Again"), id="dashboard.reload", tooltip=N_("Ask again for what is shown")),
    ]  # fmt: skip
    HINTS = ("board.open", "dashboard.wall", "dashboard.blocks", "dashboard.queue", "app.help")

    class Answered(FieldMessage):
        """What goes on now."""

        answer: Now

    class Told(FieldMessage):
        """The backend's clock answered."""

        clock: Clock

    class Refused(FieldMessage):
        """There is no answer."""

        error: BackendError

    def __init__(self) -> None:
        super().__init__()
        self.answer: Now | None = None
        self._held = 0
        """`now` of the last answer with figures."""
        self._heard = 0.0
        self._silent: int | None = None
        self._drawn = 0
        """The instant as of which everything that runs on is drawn."""
        self._alarms: Alarms = {}
        self.asker = Asker(self, self._fetch, "now")

    @property
    def board(self) -> Board:
        return self.query_one(Board)

    @property
    def allowed(self) -> bool:
        """Whether the session may see the dashboard at all."""
        return self.backend.session.may(Permission.DASHBOARD)

    def compose(self) -> ComposeResult:
        yield TitleLine(self.TITLE, id="title")
        yield Static(id="note", markup=False)
        yield Board(id="board")
        yield StatusLine(self.HINTS, id="status")

    # Life

    def on_mount(self) -> None:
        self.board.focus()

    def on_screen_resume(self) -> None:
        self.status.forget_keys()
        if not self.allowed:
            own = self.backend.session.may(Permission.MISSED_QUEUE)
            elsewhere = _("Your missed calls are on their own screen: 7") if own else ""
            self._note(_("Your role may not see the dashboard."), elsewhere)
            return
        self.begin_looking()
        self._place()
        work(self, self._begin, "begin")

    async def _begin(self) -> None:
        try:
            self.post_message(self.Told(await self.backend.clock()))
        except BackendError as error:
            self.post_message(self.Refused(error))
            return
        self.asker.ask()

    def on_dashboard_screen_told(self, message: Told) -> None:
        self.clock = message.clock

    def look(self, slept: float) -> None:
        """Ask what the sources say; after a sleep, whether anything at all is still as it was."""
        if slept:
            self._silent = round(slept)
            self.feed.stop()
            self._draw()
        self.asker.ask()

    # Asking

    async def _fetch(self) -> None:
        change = 0 if self.answer is None else self.answer.change
        try:
            answer = await self.backend.now(NowRequest(etag=change, held=self._held))
        except BackendError as error:
            self.post_message(self.Refused(error))
        else:
            self.post_message(self.Answered(answer))

    def on_dashboard_screen_answered(self, message: Answered) -> None:
        answer = message.answer
        if answer.unchanged and self.answer is not None:
            answer = structs.replace(
                self.answer, change=answer.change, now=answer.now, pace=answer.pace,
                live_source=answer.live_source, record_source=answer.record_source,
            )  # fmt: skip
        else:
            self._held = answer.now
        self.answer, self._heard, self._silent = answer, monotonic(), None
        self.set_class(False, "-empty")
        self.feed.start(self.backend, answer.change)
        self._draw()
        self._tick_if_needed()

    def _tick_if_needed(self) -> None:
        """Tick while anything runs that can be believed."""
        view = self._view()
        if view is not None:
            self.tick_while(not view.live.dead and any(call.status in RUNNING for call in view.answer.calls))

    def on_dashboard_screen_refused(self, message: Refused) -> None:
        """What is shown stays, and says how old it is."""
        what, hint = error_text(message.error)
        if self.answer is None:
            self._note(what, hint)
        else:
            self._silent = round(monotonic() - self._heard)
            self._draw()
            self._tick_if_needed()
        self.status.say(what, Role.BAD)
        self.feed.start(self.backend, self.answer.change if self.answer else 0)

    def on_changed(self, message: Changed) -> None:
        self.asker.ask()

    def on_unreached(self, message: Unreached) -> None:
        self._silent = message.silent_for
        self._draw()
        self._tick_if_needed()

    def action_reload(self) -> None:
        """Ask for everything anew."""
        if not self._refused("reload"):
            self._held = 0
            self.asker.ask()

    # Drawing

    @property
    def _chosen(self) -> Sequence[Block]:
        """The person's blocks in their order, else all that the session may see."""
        chosen = [BY_ID[id] for id in self.console.settings.blocks if id in BY_ID]
        if chosen:
            return chosen
        return [b for b in BLOCKS if b.id != "plan" or self.backend.session.may(Permission.PLAN_REPORT)]

    @property
    def _wall(self) -> bool:
        return self.console.settings.wall

    def on_board_resized(self) -> None:
        self._place()

    def _place(self) -> None:
        size = self.board.size
        if size.width and size.height:
            self.board.place(places(self._chosen, size.width, size.height, wall=self._wall))
            self._draw()

    def _view(self) -> View | None:
        if self.answer is None:
            return None
        passed = 0 if self._silent is not None else (monotonic() - self._heard) * self.answer.pace
        now = self.answer.now + int(passed)
        return View(self.answer, now, self.home, self.board.ascii, self._silent, slow=is_slow(self))

    def tick(self) -> None:
        """A second passed: only what runs on is another now."""
        self._draw(running=True)

    def _draw(self, *, running: bool = False) -> None:
        view = self._view()
        if view is None or (running and view.now == self._drawn):
            # An answer in this second has told all that a tick would.
            return
        self._drawn = view.now
        board = self.board
        frames: dict[Hashable, Frame] = {}
        for place in board.placed:
            block = BY_ID[str(place.id)]
            if block.ticks or not running:
                frames[place.id] = block.frame(view, place.width, place.height, wall=self._wall)
        board.show(frames)
        self._ring(view)
        if not running:
            self._tell(view)

    def _tell(self, view: View) -> None:
        local = moment(view.answer.now, view.zone)
        # On a slow line a desk has a clock of its own.
        clock = f"  {clock_time(local)}" if self._wall or not view.slow else ""
        self.title_line.subject = long_date(local.date()) + clock
        self.title_line.stale_for = view.silent
        self.title_line.show()
        left_out = len(self._chosen) - len(self.board.placed)
        if view.silent is None:
            text = ngettext("{count} block has no room here", "{count} blocks have no room here", left_out)
            self.status.say(text.format(count=left_out) if left_out else "", Role.WARNING)

    def _ring(self, view: View) -> None:
        """The bell, once for each thing that went wrong, where the person wants one."""
        raised = alarms(view) if view.silent is None else self._alarms
        if more(raised, self._alarms) and self.console.settings.dashboard_bell:
            self.app.bell()
        self._alarms = raised

    def _note(self, *lines: str) -> None:
        self.query_one("#note", Static).update("\n".join(filter(None, lines)))
        self.add_class("-empty")

    # What the keys do

    def why_not(self, action: str) -> str:
        """Why an action is not possible."""
        if action in ("wall", "blocks", "reload") and not self.allowed:
            return _("your role may not see the dashboard")
        if action == "queue" and not self.backend.session.may(Permission.MISSED_QUEUE):
            return _("your role may not see the missed-call queue")
        return ""

    def action_wall(self) -> None:
        """Wall, and back to the desk."""
        if not self._refused("wall"):
            self.console.keep("wall", not self._wall)
            self._place()

    def action_blocks(self) -> None:
        """Choose the blocks."""
        if self._refused("blocks"):
            return
        from screens.supervision.blocks_dialog import BlocksDialog

        titles = [(block.id, _(block.title)) for block in BLOCKS]
        self.app.push_screen(BlocksDialog(titles, [block.id for block in self._chosen]), self._take_blocks)

    def _take_blocks(self, blocks: tuple[str, ...] | None) -> None:
        if blocks is not None:
            self.console.keep("blocks", blocks)
            self._place()

    async def action_queue(self) -> None:
        """The missed-call queue."""
        if not self._refused("queue"):
            await self._go(Place.QUEUE)

    async def on_board_chosen(self, message: Board.Chosen) -> None:
        """Open what stands behind a number."""
        match message.spot.opens:
            case Behind(filter, subject):
                self.app.push_screen(DrillDownScreen(filter, subject))
            case BehindTasks(filter, subject):
                from screens.plan.task_drill_down import TaskDrillDownScreen

                self.app.push_screen(TaskDrillDownScreen(filter, subject))
            case Running(ids):
                work(self, partial(self._open_running, ids), "details")
            case Place() as place:
                await self._go(place)

    async def _go(self, place: Place) -> None:
        if place in self.app.MODES:
            await self.app.run_action(f"app.mode('{place}')")

    async def _open_running(self, ids: tuple[int, ...]) -> None:
        """A running call is in the journal as soon as its source has told of it."""
        from screens.calls.details import DetailsScreen

        if self.answer is not None:
            zone = ZoneInfo(self.answer.zone or "UTC")
            look = Look(zone, moment(self.answer.now, zone).date(), home=self.home)
            self.app.push_screen(DetailsScreen(ids, look))
