"""What a person does with a line of the missed-call queue."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, ClassVar
from zoneinfo import ZoneInfo

from textual.binding import Binding, BindingType

from backend_client.contract.missed_queue import ClaimMissed, FinishMissed, QueueDeed, ReleaseMissed, SnoozeMissed
from backend_client.errors import BackendError, Conflict
from backend_client.model.call_filter import CallFilter
from backend_client.model.missed_queue import LONGEST_REASON, MissedLine
from backend_client.model.permissions import Permission
from backend_client.model.phone import format_number
from backend_client.model.text import N_, clean
from screens.console_screen import ConsoleScreen
from screens.dialling import dial, why_not_dial
from screens.language import _
from screens.work import work

if TYPE_CHECKING:
    from screens.clients.registration import Registered

REASONS = (N_("Wrong number"), N_("Advertising"), N_("Spoke in another way"), N_("Calls by itself"), N_("No reply"))
"""Offered when a line is done without a call; the words are the person's own."""


class QueueDeedsScreen(ConsoleScreen):
    """The base of the screen of the queue: it says which line has the cursor."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("c", "claim", N_("Claim"), id="queue.claim",
                tooltip=N_("Say that you call this number, or that you do not any more")),
        Binding("t", "take", N_("Take over"), id="queue.take", tooltip=N_("Take a number over that another claimed")),
        Binding("H", "dial", N_("Dial"), id="queue.dial",
                tooltip=N_("Call the number, in the way that the settings say; else copy it")),
        Binding("y", "copy", N_("Copy number"), id="queue.copy", tooltip=N_("Copy the number")),
        Binding("s", "snooze", N_("Leave out"), id="queue.snooze",
                tooltip=N_("Leave the number out for a while, or put it back")),
        Binding("x", "done", N_("Done"), id="queue.done",
                tooltip=N_("Take the number off for a reason, or put it back")),
        Binding("f7,a", "client", N_("Client"), id="queue.client", tooltip=N_("Register the caller, or open the card")),
        Binding("enter", "calls", N_("Calls"), id="queue.calls", tooltip=N_("Open the calls of the number")),
    ]  # fmt: skip

    @property
    def line(self) -> MissedLine | None:
        """The line with the cursor."""
        raise NotImplementedError

    @property
    def now(self) -> int:
        """The backend's clock, UTC epoch seconds."""
        raise NotImplementedError

    def queue_changed(self) -> None:
        """A deed of this screen changed the queue, or the client of a number."""

    def why_not(self, action: str) -> str:
        line = self.line
        if action in ("claim", "take", "dial", "copy", "snooze", "done", "client", "calls") and line is None:
            return _("no number is chosen")
        if action == "take" and not self.backend.session.may(Permission.ALL_MISSED):
            return _("your role may not take over what another claimed")
        if line is None:
            return ""
        if action in ("snooze", "done") and self._claimed_by_another(line):
            return _("{claimer} has claimed this line").format(claimer=clean(line.claimer))
        if action == "claim" and self.backend.session.employee_id is None:
            return _("nobody is known by your name here: start with --as NAME to say who you are")
        if action == "calls" and line.call_id is None:
            return _("your role may see this line, not its calls")
        may_register = self.backend.session.may(Permission.REGISTER_CLIENT)
        if action == "client" and line.client_id is None and not may_register:
            return _("your role may not register clients")
        return ""

    def _claimed_by_another(self, line: MissedLine) -> bool:
        """Whether it is another's, and this session has no say in what another claimed."""
        session = self.backend.session
        return line.claimer_id not in (None, session.employee_id) and not session.may(Permission.ALL_MISSED)

    # Claims

    def action_claim(self) -> None:
        """Claim the line, or release it."""
        line = self.line
        if self._refused("claim") or line is None:
            return
        mine = line.claimer_id is not None and line.claimer_id == self.backend.session.employee_id
        self._do(ReleaseMissed(number=line.number) if mine else ClaimMissed(number=line.number))

    def action_take(self) -> None:
        """Claim the line, whoever has."""
        if not self._refused("take") and self.line is not None:
            self._do(ClaimMissed(number=self.line.number, take=True))

    # Calling

    def action_dial(self) -> None:
        """Call the number and claim it; where no way is set up, copy it."""
        line = self.line
        if self._refused("dial") or line is None:
            return
        if reason := why_not_dial(self, line.number):
            self.notify(reason, severity="warning", markup=False)
            self.action_copy()
        else:
            dial(self, line.number)
        if line.claimer_id is None and self.backend.session.employee_id is not None:
            self._do(ClaimMissed(number=line.number))

    def action_copy(self) -> None:
        """The number, to the clipboard."""
        if not self._refused("copy") and self.line is not None:
            from screens.clipboard import copy

            copy(self.app, self.line.number)

    # Off the list

    def action_snooze(self) -> None:
        """Leave the line out until a time; of one that is left out, put it back."""
        line = self.line
        if self._refused("snooze") or line is None:
            return
        if line.snoozed_until is not None and line.snoozed_until > self.now:
            self._do(SnoozeMissed(number=line.number))
            return
        from screens.supervision.snooze_dialog import SnoozeDialog

        def chosen(until: int | None) -> None:
            if until is not None:
                self._do(SnoozeMissed(number=line.number, until=until))

        zone = ZoneInfo(self.clock.zone if self.clock else "UTC")
        self.app.push_screen(SnoozeDialog(self.now, zone), chosen)

    def action_done(self) -> None:
        """Take the line off for a reason; one that is off comes back."""
        line = self.line
        if self._refused("done") or line is None:
            return
        if line.done_at is not None:
            self._do(FinishMissed(number=line.number))
            return
        from screens.dialogs.reason_dialog import ReasonDialog, Why

        names = {place: _(reason) for place, reason in enumerate(REASONS, 1)}

        def chosen(why: Why | None) -> None:
            if why is not None:
                parts = (names.get(why.reason_id or 0, ""), why.words)
                self._do(FinishMissed(number=line.number, reason="; ".join(filter(None, parts))[:LONGEST_REASON]))

        title = _("Done: {who}").format(who=clean(line.client) or format_number(line.number, self.home))
        self.app.push_screen(ReasonDialog(title, list(names.items())), chosen)

    def _do(self, deed: QueueDeed) -> None:
        work(self, partial(self._send, deed), "deed", exclusive=False)

    async def _send(self, deed: QueueDeed) -> None:
        try:
            await self.backend.change_queue(deed)
        except Conflict as error:
            self._complain(error)
            if isinstance(deed, ClaimMissed) and self.backend.session.may(Permission.ALL_MISSED):
                self.notify(_("t takes it over."), markup=False)
        except BackendError as error:
            self._complain(error)
        self.queue_changed()

    # What is behind a line

    def action_calls(self) -> None:
        """The calls of the number, for those who may see them."""
        line = self.line
        if self._refused("calls") or line is None:
            return
        from screens.calls.drill_down import DrillDownScreen

        subject = clean(line.client) or format_number(line.number, self.home)
        self.app.push_screen(DrillDownScreen(CallFilter(numbers=(line.number,)), subject))

    def on_row_table_chosen(self) -> None:
        self.action_calls()

    def action_client(self) -> None:
        """The client's card, or the form for a new one."""
        line = self.line
        if self._refused("client") or line is None:
            return
        work(
            self, partial(self.open_card, line.client_id) if line.client_id else partial(self._register, line), "client"
        )

    async def _register(self, line: MissedLine) -> None:
        directories = await self._directories()
        if directories is None:
            return
        from screens.clients.registration import RegistrationForm

        full = self.console.settings.registration == "card"
        form = RegistrationForm(self.backend, line.number, directories.employees, home=self.home, full=full)
        self.app.push_screen(form, self._registered)

    def _registered(self, answer: Registered | None) -> None:
        if answer is not None:
            if answer.change is not None:
                self.notify(_("Saved."), markup=False)
            if answer.card is not None:
                work(self, partial(self.open_card, answer.card), "client")
            self.queue_changed()
