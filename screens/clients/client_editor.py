"""Changing a client's card; a change that somebody else made meanwhile is never overwritten unseen."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.widget import Widget
from textual.widgets import Input

from backend_client.contract.backend import Backend
from backend_client.contract.clients import ClientChange, EditClient
from backend_client.errors import BackendError
from backend_client.model.client import ClientCard
from backend_client.model.directory import Employee
from backend_client.model.text import N_
from screens.dialogs.dialog import Dialog
from screens.language import _
from screens.widgets.client_fields import ClientFields
from screens.widgets.text_field import text_field
from screens.words import error_text


class ClientEditor(Dialog[ClientChange]):
    """Answers what was changed; None where the card stays as it is."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+g,ctrl+s,f2", "save", N_("Save"), id="editor.save", priority=True, tooltip=N_("Save the card")),
    ]

    def __init__(self, backend: Backend, card: ClientCard, employees: Sequence[Employee]) -> None:
        super().__init__(_("Client"))
        self._backend = backend
        self._card = card
        self._typed = text_field("name", card.name)
        self._fields = ClientFields(
            employees, kind=card.kind, responsible=card.responsible_id, note=card.note, numbers=False
        )

    def body(self) -> list[Widget]:
        return [self._typed, self._fields]

    def hints(self) -> list[tuple[str, str]]:
        return [("Enter", _("save")), ("Ctrl+G", _("save")), ("Tab", _("next field")), ("Esc", _("leave"))]

    def on_mount(self) -> None:
        self._typed.focus()
        self._typed.cursor_position = len(self._typed.value)

    async def on_input_submitted(self, event: Input.Submitted) -> None:
        event.stop()
        await self.action_save()

    async def action_save(self) -> None:
        """Save what differs."""
        card = self._card
        try:
            wanted = EditClient(
                id=card.id, revision=card.revision, name=self._typed.value, kind=self._fields.kind,
                responsible_id=self._fields.responsible, note=self._fields.note,
            )  # fmt: skip
            shown = EditClient(
                id=card.id, revision=card.revision, name=card.name, kind=card.kind,
                responsible_id=card.responsible_id, note=card.note,
            )  # fmt: skip
            self.dismiss(None if wanted == shown else await self._backend.change_client(wanted))
        except BackendError as error:
            self.complain("\n".join(filter(None, error_text(error))))
