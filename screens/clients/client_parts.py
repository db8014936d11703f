"""The numbers and contact persons of a client: add, take away, rename."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.widget import Widget
from textual.widgets import Input

from backend_client.contract.backend import Backend
from backend_client.contract.clients import ClientChange, ClientDeed, EditPerson, RegisterClient, UnlinkNumber
from backend_client.errors import BackendError
from backend_client.model.client import ClientCard
from backend_client.model.phone import format_number
from backend_client.model.text import N_, clean
from screens.dialogs.dialog import Dialog
from screens.language import _
from screens.widgets.choice_list import Choice, ChoiceList
from screens.widgets.text_field import text_field
from screens.words import error_text


@dataclass(frozen=True)
class Part:
    """A line: a number, or a person."""

    number: str = ""
    person: int | None = None


class ClientPartsDialog(Dialog[ClientChange]):
    """Answers the last change; every change is made at once."""

    DEFAULT_CSS = """
    ClientPartsDialog Input { display: none; }
    ClientPartsDialog.-typing Input { display: block; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("n,a", "add_number", N_("Add a number"), id="parts.number",
                tooltip=N_("Add a number; on a contact person's line, it is theirs")),
        Binding("p", "add_person", N_("Add a person"), id="parts.person", tooltip=N_("Add a contact person")),
        Binding("r", "rename", N_("Rename"), id="parts.rename", tooltip=N_("Give the contact person another name")),
        Binding("d,delete", "remove", N_("Take away"), id="parts.remove",
                tooltip=N_("Take the number or the person away")),
        Binding("escape", "back", N_("Back"), id="parts.back", tooltip=N_("One step back")),
    ]  # fmt: skip

    def __init__(self, backend: Backend, card: ClientCard, home: str) -> None:
        super().__init__(_("Numbers and people of {client}").format(client=clean(card.name)))
        self._backend = backend
        self._card = card
        self._home = home
        self._change: ClientChange | None = None
        self._typing = ""
        """What Enter does with what is typed: "number", "person" or "rename"."""
        self._parts = ChoiceList(self._lines(), typing=False)
        self._typed = text_field("text")

    def body(self) -> list[Widget]:
        return [self._parts, self._typed]

    def hints(self) -> list[tuple[str, str]]:
        if self._typing:
            return [("Enter", _("save")), ("Esc", _("back"))]
        keys = [("n", _("number")), ("p", _("person")), ("r", _("rename")), ("d", _("take away"))]
        return [*keys, ("Esc", _("back"))]

    def on_mount(self) -> None:
        self._parts.focus()

    def _lines(self) -> list[Choice]:
        card = self._card
        known = {one.id for one in card.persons}
        lines = [
            Choice(Part(number=one.key), format_number(one.key, self._home))
            for one in card.numbers
            if one.person_id not in known
        ]
        for person in card.persons:
            lines.append(Choice(Part(person=person.id), clean(person.name), _("contact person")))
            lines += [
                Choice(Part(one.key, person.id), "    " + format_number(one.key, self._home))
                for one in card.numbers
                if one.person_id == person.id
            ]
        return lines

    @property
    def _part(self) -> Part | None:
        line = self._parts.line
        return line.value if line is not None and isinstance(line.value, Part) else None

    def action_add_number(self) -> None:
        """Ask for a number."""
        part = self._part
        name = self._card.person(part.person) if part else ""
        self._ask("number", _("number of {name}").format(name=clean(name)) if name else _("number of the client"))

    def action_add_person(self) -> None:
        """Ask for a name."""
        self._ask("person", _("name of a new contact person"))

    def action_rename(self) -> None:
        """Ask for another name."""
        part = self._part
        if part is None or part.person is None:
            self.complain(_("Put the cursor on a contact person first."))
            return
        self._ask("rename", "", self._card.person(part.person))

    async def action_remove(self) -> None:
        """Take what has the cursor away; Ctrl+Z on the card undoes it."""
        part = self._part
        if part is None or self._typing:
            return
        if part.number:
            await self._do(UnlinkNumber(number=part.number))
        elif part.person is not None:
            await self._do(EditPerson(id=part.person))

    def action_back(self) -> None:
        if self._typing:
            self._end()
        else:
            self.dismiss(self._change)

    def _ask(self, typing: str, placeholder: str, value: str = "") -> None:
        self._typing = typing
        self._typed.placeholder, self._typed.value = placeholder, value
        self._typed.cursor_position = len(value)
        self.add_class("-typing")
        self._typed.focus()
        self.show_keys()

    def _end(self) -> None:
        self._typing = ""
        self.remove_class("-typing")
        self.complain()
        self._parts.focus()
        self.show_keys()

    async def on_input_submitted(self, event: Input.Submitted) -> None:
        event.stop()
        text, part = clean(event.value), self._part
        if not text:
            return
        if self._typing == "number":
            person = part.person if part else None
            await self._do(RegisterClient(numbers=(text,), client_id=self._card.id, person_id=person))
        elif self._typing == "person":
            await self._do(RegisterClient(client_id=self._card.id, person=text))
        elif part is not None and part.person is not None:
            await self._do(EditPerson(id=part.person, name=text))

    async def _do(self, deed: ClientDeed) -> None:
        try:
            change = await self._backend.change_client(deed)
        except BackendError as error:
            self.complain("\n".join(filter(None, error_text(error))))
            return
        self._change = change
        if change.client is not None:
            self._card = change.client
        self._end()
        self._parts.supply(self._lines())
