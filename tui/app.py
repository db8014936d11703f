"""The application: it wires modes, keys, themes and failures together, and does nothing else."""

from __future__ import annotations

import asyncio
import os
import signal
from contextlib import suppress
from functools import cached_property, partial
from typing import TYPE_CHECKING, Any, ClassVar

from textual.app import App
from textual.binding import Binding, BindingType
from textual.css.query import NoMatches
from textual.notifications import Notify
from textual.worker import WorkerFailed, get_current_worker

from backend_client.errors import BackendError
from backend_client.model.permissions import Role
from backend_client.model.text import N_
from screens.language import _, show_numbers
from screens.widgets.status_line import StatusLine
from screens.words import error_text
from tui import failure, memory, places, themes
from tui.key_order import OrderlyApp
from tui.keymap import latin_key
from tui.settings import Settings
from tui.terminal import TerminalDriver
from tui.thin_line.display import ThinDisplay
from tui.thin_line.driver import LineMeasured, ThinDriver

if TYPE_CHECKING:
    from types import FrameType

    from textual.driver import Driver
    from textual.screen import Screen
    from textual.theme import Theme

    from backend_client.contract.backend import Backend
    from screens.palette import Found
    from screens.recordings.listening import Listening
    from screens.supervision.queue_watch import QueueWatch
    from tui.dialling import Dialling

SLOW_LINE = 0.15
"""Seconds from a question to the terminal's answer: beyond it a line is taken for slow."""


def _today() -> Screen[Any]:
    from screens.calls.today import TodayScreen

    return TodayScreen()


def _journal() -> Screen[Any]:
    from screens.calls.journal import JournalScreen

    return JournalScreen()


def _reports() -> Screen[Any]:
    from screens.reports.reports import ReportsScreen

    return ReportsScreen()


def _clients() -> Screen[Any]:
    from screens.clients.client_list import ClientsScreen

    return ClientsScreen()


def _sources() -> Screen[Any]:
    from screens.upkeep.sources import SourcesScreen

    return SourcesScreen()


def _dashboard() -> Screen[Any]:
    from screens.supervision.dashboard import DashboardScreen

    return DashboardScreen()


def _missed() -> Screen[Any]:
    from screens.supervision.missed_queue import MissedQueueScreen

    return MissedQueueScreen()


def _plan() -> Screen[Any]:
    from screens.plan.plan import PlanScreen

    return PlanScreen()


def _directories() -> Screen[Any]:
    from screens.directories.directories import DirectoriesScreen

    return DirectoriesScreen()


def _audit() -> Screen[Any]:
    from screens.upkeep.audit import AuditScreen

    return AuditScreen()


class PultApp(ThinDisplay[None], OrderlyApp[None], inherit_bindings=False):
    """The console over one backend. Screens find it as `app.backend`, and the person's wishes as `app.settings`."""

    TITLE = "Pult"
    MODES = {
        "today": _today, "journal": _journal, "clients": _clients, "reports": _reports, "plan": _plan,
        "directories": _directories,
        "audit": _audit, "sources": _sources, "dashboard": _dashboard, "missed": _missed,
    }  # fmt: skip
    DEFAULT_MODE = "today"
    # Own palette: Textual's draws itself over a translucent screen, at 80 KB an opening.
    ENABLE_COMMAND_PALETTE = False
    NOTIFICATION_TIMEOUT = 6
    CSS = """
    ToastRack { dock: top; align: right top; margin: 0; overflow-y: hidden; }
    Toast { background: $panel; width: auto; max-width: 60%; max-height: 25vh; padding: 0 1; margin: 0; }
    Tooltip { background: $panel; }
    """
    # Toasts stand over the title's right end, where no field, no key and no row's beginning is.
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("1", "mode('today')", N_("Today"), id="app.today", tooltip=N_("Today's calls")),
        Binding("2", "mode('journal')", N_("Journal"), id="app.journal", tooltip=N_("All calls")),
        Binding("3", "mode('clients')", N_("Clients"), id="app.clients", tooltip=N_("All clients")),
        Binding(
            "4", "mode('reports')", N_("Reports"), id="app.reports",
            tooltip=N_("Tables whose numbers open their calls"),
        ),
        Binding(
            "5", "mode('plan')", N_("Plan"), id="app.plan", tooltip=N_("The outbound plan: my calls for today"),
        ),
        Binding(
            "6", "mode('dashboard')", N_("Dashboard"), id="app.dashboard",
            tooltip=N_("What goes on now, and today so far: for supervisors"),
        ),
        Binding(
            "7", "mode('missed')", N_("Missed calls"), id="app.missed",
            tooltip=N_("Numbers that called in vain, and who calls them back"),
        ),
        Binding(
            "8", "mode('sources')", N_("Sources"), id="app.sources",
            tooltip=N_("What is followed, what was imported, and what in the data is doubtful"),
        ),
        Binding(
            "9", "mode('directories')", N_("Directories"), id="app.directories",
            tooltip=N_("Employees, lines, acquisition channels, call results"),
        ),
        Binding("0", "mode('audit')", N_("Audit log"), id="app.audit", tooltip=N_("Who did what, for the head")),
        Binding("f1,question_mark", "help", N_("Help"), id="app.help", tooltip=N_("Every key, and what it does")),
        Binding(
            "ctrl+p,colon", "palette", N_("Find"), id="app.palette",
            tooltip=N_("Find an action, a call by number, a client by name"),
        ),
        Binding(
            "backslash,f2", "me", N_("Who am I"), id="app.me", show=False,
            tooltip=N_("Your name here, your roles and what they permit"),
        ),
        Binding("comma", "settings", N_("Settings"), id="app.settings", tooltip=N_("Theme, language and more")),
        Binding(
            "ctrl+l", "repaint", N_("Draw again"), id="app.repaint", show=False,
            tooltip=N_("Draw the whole screen again, when something else has written on it"),
        ),
        Binding("ctrl+q,q", "quit", N_("Quit"), id="app.quit", tooltip=N_("Leave the console")),
        Binding("ctrl+c", "how_to_quit", "", show=False, system=True),
    ]  # fmt: skip

    def __init__(
        self,
        backend: Backend,
        own_settings: Settings | None = None,
        *,
        theme: str = "",
        keys: dict[str, str] | None = None,
        welcome: str = "",
        warning: str = "",
        choose_name: bool = True,
        low_bandwidth: bool = False,
        driver_class: type[Driver] | None = TerminalDriver,
    ) -> None:
        self._environment = dict(os.environ)
        # A theme answers NO_COLOR; Textual by itself would turn our colours into shades, black upon black.
        os.environ.pop("NO_COLOR", None)
        # Before Textual makes its style sheet: another theme afterwards reads all of it again, for 10 ms.
        chosen = theme or (own_settings.theme if own_settings else "")
        self.set_reactive(App.theme, themes.choose(chosen, self._environment))
        memory.bound_caches()
        super().__init__(driver_class=driver_class)
        self.backend = backend
        self.settings = own_settings or Settings()
        self._choose_numbers()
        self._low_bandwidth = low_bandwidth
        self._round_trip = 0.0
        self.slow_line = low_bandwidth or self.settings.line == "slow"
        """Whether screens draw little by themselves."""
        self._queue_watch: QueueWatch | None = None
        self._welcome = welcome
        self._warning = warning
        self._choose_name = choose_name
        """Whether somebody unknown may say who they are: on a server the token says so, or the system."""
        self.problem: BaseException | None = None
        """What ended the console, if it was not the person."""
        self.chosen_name: str | None = None
        """Set when the person said who they are: the console ends to be opened again in that name, or where it is
        blank, in their own."""
        self.animation_level = "none"
        if keys:
            self.set_keymap(keys)

    @property
    def available_themes(self) -> dict[str, Theme]:
        """Pult's own: Textual's know nothing of its colour roles."""
        return themes.THEMES

    def _load_screen_css(self, screen: Screen[Any]) -> None:
        super()._load_screen_css(screen)
        if screen._css_update_count < 0:
            # A new screen takes its styles from the sheet as it is. Textual takes them for outdated, and would read
            # the whole sheet again, for 15 ms.
            screen._css_update_count = self._css_update_count

    def on_ready(self) -> None:
        """The first screen is drawn."""
        memory.collect_garbage()

    def on_mount(self) -> None:
        for number in (signal.SIGHUP, signal.SIGTERM):
            # Only the main thread of a process may do so; tests run the console elsewhere, too.
            with suppress(ValueError):
                signal.signal(number, partial(self._told_to_end, asyncio.get_running_loop()))
        if self._welcome:
            self.notify(self._welcome, markup=False)
        if self._warning:
            self.notify(self._warning, severity="warning", markup=False)
        self._watch_queue()
        session = self.backend.session
        if self._choose_name and session.employee_id is None and Role.ADMINISTRATOR not in session.roles:
            self.run_worker(self._ask_who(session.name))

    def _told_to_end(self, loop: asyncio.AbstractEventLoop, number: int, frame: FrameType | None) -> None:
        """A handler of the process's: the loop's own would wait with the loop for a terminal that takes nothing."""
        if loop.is_closed():
            signal.signal(number, signal.SIG_DFL)
            signal.raise_signal(number)
            return
        loop.call_soon_threadsafe(self.exit)
        if isinstance(self._driver, TerminalDriver):
            self._driver.end_if_stuck(128 + number)

    def on_line_measured(self, message: LineMeasured) -> None:
        """The terminal has answered: now it is known how far away it is."""
        self._round_trip = message.round_trip
        self._choose_pace()

    def _choose_pace(self) -> None:
        """Save bytes where the person says so, or where the line is slow and nobody says anything."""
        slow = self._low_bandwidth or self.settings.line == "slow"
        slow = slow or (not self.settings.line and self._round_trip > SLOW_LINE)
        if slow != self.slow_line:
            self.slow_line = slow
            if isinstance(self._driver, ThinDriver):
                self._driver.save_colours(slow)
            for status in self.screen.query(StatusLine):
                status.show()

    def _watch_queue(self) -> None:
        """Tell of new missed calls as the person wants it, or not at all."""
        if self._queue_watch is None and self.settings.alert:
            from screens.supervision.queue_watch import QueueWatch

            self._queue_watch = QueueWatch(self, self.backend, self._alert)
        if self._queue_watch is not None:
            if self.settings.alert:
                self._queue_watch.start()
            else:
                self._queue_watch.stop()

    async def _alert(self, text: str) -> None:
        from screens.supervision.alerts import notify_desktop, ring

        match self.settings.alert:
            case "bell":
                ring(self)
            case "desktop":
                notify_desktop(self, "Pult", text, self._environment)
            case "command" if self.settings.alert_command:
                from tui.own_program import run

                try:
                    await run([text if part == "{text}" else part for part in self.settings.alert_command], stays=True)
                except BackendError as error:
                    self._tell(error)

    def ask_who(self) -> bool:
        """Ask somebody unknown who they are, for what is only one's own; False where that is not theirs to say."""
        if self._choose_name:
            login = self.backend.session.name
            nobody = _("No employee here is without a login: enter yourself in the directory, with the login {login}.")
            self.run_worker(self._ask_who(login, nobody.format(login=login)))
        return self._choose_name

    async def _ask_who(self, login: str, nobody: str = "") -> None:
        """Ask an unknown user who they are (A2), if there is anybody to be; else say `nobody`."""
        own = Role.ADMINISTRATOR in self.backend.session.roles
        employees = [e for e in (await self.backend.directories()).employees if e.active and not (own and e.login)]
        if not employees:
            if nobody:
                self.notify(nobody, severity="warning", markup=False)
            return
        from screens.who import WhoScreen, name_of

        chosen = await self.push_screen_wait(WhoScreen(employees, login))
        if chosen is None:
            return
        if own:
            # In an employee's name an administrator would have that one's rights only: the record gets the login.
            from msgspec.structs import replace

            from backend_client.contract.directories import EditEmployee

            await self.backend.change_directory(EditEmployee(employee=replace(chosen, login=login)))
        self.chosen_name = "" if own else name_of(chosen)
        self.exit()

    async def _check_bindings(self, key: str, priority: bool = False) -> bool:
        """Keys of Cyrillic layouts act as the Latin ones in their place, where they are not bound themselves."""
        if not self.screen.is_mounted:
            # It was meant for the screen before, and nothing of this one is there to act on.
            return False
        if await super()._check_bindings(key, priority):
            return True
        latin = latin_key(key)
        return latin is not None and await super()._check_bindings(latin, priority)

    def on_notify(self, message: Notify) -> None:
        """What is told replaces what was told of the same kind, and two toasts stand at most: they cover rows."""
        new = message.notification
        shown = list(self._notifications)
        others = [one for one in shown if one.severity != new.severity]
        for one in shown:
            if one not in others[-1:]:
                self._unnotify(one, refresh=False)

    async def action_mode(self, name: str) -> None:
        """Go to another main screen; dialogs that stand open close first."""
        while len(self.screen_stack) > 1:
            await self.pop_screen()
        await self.switch_mode(name)

    def action_help(self) -> None:
        """Every key that does something here; the one taken is run."""
        from screens.actions import actions_of
        from screens.help import HelpScreen

        self.push_screen(HelpScreen(actions_of(self.screen)), self._take)

    def action_palette(self) -> None:
        """Find an action, a call or a client."""
        from screens.actions import actions_of
        from screens.palette import PaletteScreen

        self.push_screen(PaletteScreen(self.backend, actions_of(self.screen)), self._take)

    async def _take(self, found: Found | None) -> None:
        """Do what was found: run an action, show a call, or a client's calls in the journal."""
        from backend_client.model.call import Call
        from backend_client.model.call_filter import CallFilter
        from screens.actions import Action, perform
        from screens.calls.calls import CallsScreen

        if isinstance(found, Action):
            await perform(self, found)
        elif found is not None:
            if not isinstance(found, Call):
                await self.action_mode("journal")
            if isinstance(self.screen, CallsScreen):
                if isinstance(found, Call):
                    self.screen.show_calls((found.id,))
                else:
                    self.screen.set_filter(CallFilter(clients=(found.id,)))

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Help and palette stand over a main screen, not over each other."""
        if action in ("help", "palette", "settings", "me"):
            return not self.screen.is_modal
        return True

    def action_me(self) -> None:
        """Name, roles and rights of the session."""
        from screens.me import MeDialog

        self.push_screen(MeDialog(self.backend.session))

    def action_settings(self) -> None:
        """Personal settings; each change is kept at once."""
        from screens.settings import SettingsScreen
        from tui.choices import choices

        self.push_screen(SettingsScreen(lambda: choices(self.settings), self.keep))

    def keep(self, name: str, value: object) -> None:
        """Remember another choice of the person's, in the file of settings; where that cannot be written, until
        the console is left."""
        from tui.choices import changed
        from tui.settings import save

        self.settings = changed(self.settings, name, value)
        try:
            save(self.settings)
        except BackendError as error:
            self.notify(error_text(error)[0], severity="warning", markup=False)
        if name == "line":
            self._choose_pace()
        if name == "numbers":
            self._choose_numbers()
        if name == "alert":
            self._watch_queue()
        if name == "theme":
            self.theme = themes.choose(self.settings.theme, self._environment)

    def _choose_numbers(self) -> None:
        show_numbers(national=self.settings.numbers == "national")

    def action_repaint(self) -> None:
        """Write every cell again, whatever the terminal is believed to show."""
        if isinstance(self._driver, ThinDriver):
            self._driver.forget()
        self.refresh()

    def action_how_to_quit(self) -> None:
        """Ctrl+C copies in a field and interrupts nothing: say how to leave."""
        self.notify(_("To leave, press q or Ctrl+Q."), markup=False)

    def _handle_exception(self, error: Exception) -> None:
        """A failed worker costs its own result only; any other failure ends the console, told after the screen.

        Under a test's pilot the failure goes up whole.
        """
        if self._was_closed(error):
            return
        if self.is_headless:
            super()._handle_exception(error)
        elif isinstance(error, WorkerFailed):
            self._tell(error.error)
        else:
            self.problem = self.problem or error
            self._return_code = 1
            self._close_messages_no_wait()

    def _was_closed(self, error: Exception) -> bool:
        """Whether parts of a screen were not found because it is not there: it was just opening when the console was
        left, or was closed before what it asked for came."""
        if isinstance(error, WorkerFailed) and isinstance(error.error, NoMatches):
            return not get_current_worker().node.is_attached
        return self._exit and isinstance(error, NoMatches)

    async def on_unmount(self) -> None:
        """Nothing plays on after the console."""
        if self.listening_so_far is not None:
            await self.listening_so_far.close()

    @cached_property
    def dialler(self) -> Dialling:
        """What makes calls; made when it is first asked for."""
        from tui.dialling import Dialling

        return Dialling(lambda: self.settings, self._environment)

    @cached_property
    def listening(self) -> Listening:
        """What is listened to, whatever screen is shown; made when it is first asked for."""
        from screens.recordings.listening import Listening

        # Not in /tmp, which may be memory.
        return Listening(self.backend, lambda: self.settings.sound, lambda: str(places.make(places.cache_folder())))

    @property
    def listening_so_far(self) -> Listening | None:
        """`listening`, once it was made."""
        made: Listening | None = vars(self).get("listening")
        return made

    def give_terminal_back(self) -> None:
        """Leave the terminal as it was found, where a failure kept Textual from doing so."""
        if self._driver is not None:
            self._driver.stop_application_mode()
            self._driver.close()

    def _tell(self, error: BaseException) -> None:
        what, *hint = failure.lines_about(error)
        if isinstance(error, BackendError):
            self.notify("\n".join((what, *hint)), severity="warning", markup=False)
            return
        from screens.failure import FailureScreen

        self.push_screen(FailureScreen(what, *hint))
