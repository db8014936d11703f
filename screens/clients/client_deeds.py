"""What a person does with the client behind a call: register, open the card, say the outcome, write a call down."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding, BindingType

from backend_client.contract.calls import CallRequest, LogCall, SetResult
from backend_client.errors import BackendError
from backend_client.model.call import Mark
from backend_client.model.permissions import Permission
from backend_client.model.status import Direction
from backend_client.model.text import N_, clean
from screens.calls.deeds import DeedsScreen
from screens.language import _, ngettext, number
from screens.widgets.painted import shortened
from screens.work import work

if TYPE_CHECKING:
    from backend_client.contract.clients import ClientChange
    from screens.clients.registration import Registered

NAME_IN_TOAST = 60
"""Cells of a name; what stands after it must be seen."""
CARD = "card"
"""The registration method that begins with the full card; any other begins with the quick form."""


class ClientDeedsScreen(DeedsScreen):
    """The base of screens with calls, as far as clients go."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("f7,a", "register", N_("Register"), id="client.register",
                tooltip=N_("Make the caller a client, or give the number to one")),
        Binding("A", "card", N_("Client"), id="client.card", tooltip=N_("Open the client's card with all calls")),
        Binding("T", "result", N_("Call result"), id="call.result", tooltip=N_("Say with what outcome the call ended")),
        Binding("Q", "same_result", N_("Same result"), id="call.same-result",
                tooltip=N_("Say the outcome that you said last of this call, too: one key a call")),
        Binding("W", "write_down", N_("Write a call down"), id="call.write-down",
                tooltip=N_("Enter a call that was made outside the telephony")),
        Binding("O", "into_plan", N_("Into the plan"), id="call.plan",
                tooltip=N_("Put a call to this client or number into the outbound plan")),
        Binding("ctrl+z", "undo", N_("Undo"), id="client.undo",
                tooltip=N_("Take back what you did last to a client on this screen")),
    ]  # fmt: skip
    _last_deed: int | None = None
    _last_result: ClassVar[int | None] = None
    """The outcome that was said last, on whatever screen."""

    @property
    def registration(self) -> str:
        """How the person wants to register: the quick form, or CARD."""
        return self.console.settings.registration

    def client_changed(self) -> None:
        """A deed of this screen changed a client."""

    def why_not(self, action: str) -> str:
        call = self.call
        if action == "into_plan" and (reason := self._why_not_into_plan()):
            return reason
        if action in ("register", "card", "result", "same_result", "write_down") and call is None:
            return _("no call is chosen")
        if call is not None:
            if action == "register" and call.client_id is None:
                return self._why_not_register()
            if action == "card" and call.client_id is None:
                return _("the number belongs to no client yet: F7 registers it")
        if action in ("result", "same_result", "write_down") and not self.backend.session.may(Permission.COMMENT):
            return _("your role may not do this")
        if action == "write_down" and call is not None and not call.number:
            return _("this call has no number")
        if action == "undo" and self._last_deed is None:
            return _("nothing was done to a client on this screen")
        return super().why_not(action)

    def _why_not_into_plan(self) -> str:
        if not self.backend.session.may(Permission.MANAGE_PLAN):
            return _("your role may not put tasks into the plan")
        if self.call is None:
            return _("no call is chosen")
        return "" if self.call.client_id is not None or self.call.number else _("this call has no number")

    def _why_not_register(self) -> str:
        call = self.call
        if not self.backend.session.may(Permission.REGISTER_CLIENT):
            return _("your role may not register clients")
        if call is not None and call.direction is Direction.INTERNAL:
            return _("an internal call has no client")
        if call is not None and call.marks & Mark.WITHHELD:
            return _("the number was withheld")
        return _("this call has no number") if call is not None and not call.number else ""

    async def action_register(self) -> None:
        """Register the caller; of a client's call, open the card."""
        if self._refused("register") or self.call is None:
            return
        if self.call.client_id is not None:
            await self.action_card()
            return
        call, directories = self.call, await self._directories()
        if directories is None:
            return
        try:
            known = await self.backend.call(CallRequest(id=call.id))
        except BackendError as error:
            self._complain(error)
            return
        from screens.clients.registration import RegistrationForm

        form = RegistrationForm(
            self.backend, call.number, directories.employees, home=self.home, full=self.registration == CARD,
            suggested=known.caller_name, about=dict(self.look.regions).get(known.region, known.region),
        )  # fmt: skip
        self.app.push_screen(form, self._registered)

    def _registered(self, answer: Registered | None) -> None:
        if answer is None:
            return
        if answer.change is not None:
            self.tell_change(answer.change)
        card = answer.card
        if card is None and answer.change and answer.change.client and self.registration == CARD:
            card = answer.change.client.id
        if card is not None:
            work(self, partial(self.open_card, card), "card")

    def tell_change(self, change: ClientChange) -> None:
        """Say what was done, and that it can be undone."""
        self._last_deed = change.deed
        name = shortened(clean(change.client.name), NAME_IN_TOAST) if change.client else ""
        linked = ngettext("{count} call is linked to {name}.", "{count} calls are linked to {name}.", change.calls)
        told = linked.format(count=number(change.calls), name=name)
        self.notify("\n".join((told, _("Ctrl+Z undoes it."))), markup=False)
        self.client_changed()

    async def action_undo(self) -> None:
        """Take the last deed back."""
        if self._refused("undo"):
            return
        from backend_client.contract.clients import UndoClientDeed

        try:
            await self.backend.change_client(UndoClientDeed(deed=self._last_deed))
        except BackendError as error:
            self._complain(error)
        else:
            self.notify(_("Undone."), markup=False)
            self.client_changed()
        self._last_deed = None

    async def action_card(self) -> None:
        """Open the card of the call's client."""
        if not self._refused("card") and self.call is not None and self.call.client_id is not None:
            await self.open_card(self.call.client_id)

    async def action_result(self) -> None:
        """Choose the outcome of the call."""
        directories = await self._directories()
        if self._refused("result") or self.call is None or directories is None:
            return
        from screens.calls.result_dialog import ResultDialog

        call = self.call

        def chosen(result: int | None) -> None:
            if result is not None:
                work(self, partial(self._set_result, call.id, result or None), "result")

        self.app.push_screen(ResultDialog(directories.results, call.result), chosen)

    async def action_same_result(self) -> None:
        """The outcome that was said last; where none was, choose one."""
        last = ClientDeedsScreen._last_result
        if self._refused("same_result") or self.call is None:
            return
        if last is None:
            await self.action_result()
        else:
            await self._set_result(self.call.id, last)

    async def _set_result(self, call: int, result: int | None) -> None:
        try:
            changed = await self.backend.set_result(SetResult(call_id=call, result_id=result))
        except BackendError as error:
            self._complain(error)
            return
        if result is not None:
            ClientDeedsScreen._last_result = result
        # A row shows no outcome unless its column is chosen.
        self.notify(_("Call result: {name}").format(name=clean(changed.result) or _("none")), markup=False)
        self.client_changed()

    async def action_into_plan(self) -> None:
        """A task of the outbound plan for whoever called, or was called."""
        if not self._refused("into_plan") and self.call is not None:
            from screens.plan.task_adding import add_task

            await add_task(self, self.backend, client_id=self.call.client_id, call=self.call)

    async def action_write_down(self) -> None:
        """Enter a call with the number of this one."""
        if not self._refused("write_down") and self.call is not None:
            await self.write_down((self.call.number,), clean(self.call.client))

    async def write_down(self, numbers: tuple[str, ...], name: str) -> None:
        """Enter a call with one of these numbers."""
        directories = await self._directories()
        if directories is None:
            return
        try:
            clock = await self.backend.clock()
        except BackendError as error:
            self._complain(error)
            return
        from screens.calls.log_call import LogCallDialog

        self.app.push_screen(LogCallDialog(numbers, name, directories.results, clock), self._log)

    def _log(self, request: LogCall | None) -> None:
        if request is not None:
            work(self, partial(self._send_call, request), "log")

    async def _send_call(self, request: LogCall) -> None:
        try:
            await self.backend.log_call(request)
        except BackendError as error:
            self._complain(error)
        else:
            self.notify(_("The call is written down."), markup=False)
            self.client_changed()
