"""Registering a caller (C1, C2): a name and Enter make a client, ↓ and Enter give the number to one that is there."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import ClassVar

import msgspec
from msgspec import Struct
from textual.binding import Binding, BindingType
from textual.widget import Widget
from textual.widgets import Input, Static

from backend_client.contract.backend import Backend
from backend_client.contract.clients import ClientChange, ClientRequest, EditClient, RegisterClient
from backend_client.errors import BackendError, Conflict
from backend_client.model.call_filter import ClientKind
from backend_client.model.client import ClientCard
from backend_client.model.directory import Employee
from backend_client.model.permissions import Permission
from backend_client.model.phone import format_number
from backend_client.model.text import N_, clean, fold
from screens.clients.client_matches import MatchingDialog
from screens.clients.person_dialog import ChosenPerson, PersonDialog
from screens.drafts import Draft
from screens.language import _
from screens.widgets.client_fields import ClientFields
from screens.words import error_text
from screens.work import work

_DRAFT_EVERY = 0.5
"""Seconds between looks at whether the draft must be written."""


@dataclass(frozen=True)
class Registered:
    """What the form did; `card`: the person asked to see the card."""

    change: ClientChange | None
    card: int | None = None


class _Unfinished(Struct):
    """What is kept of a form that was left half filled."""

    name: str = ""
    kind: ClientKind = ClientKind.PERSON
    responsible: str = ""
    numbers: str = ""
    note: str = ""


class RegistrationForm(MatchingDialog[Registered]):
    """Answers what was done; None where nothing was."""

    DEFAULT_CSS = """
    RegistrationForm #number { height: 1; color: $text-accent; }
    RegistrationForm ClientFields { display: none; }
    RegistrationForm.-full ClientFields { display: block; }
    RegistrationForm.-full MatchList { height: 5; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "leave", N_("Leave"), id="register.leave", priority=True,
                tooltip=N_("Leave; what is typed is kept as a draft")),
        Binding("ctrl+g,ctrl+s,f2", "save", N_("Save"), id="register.save", priority=True,
                tooltip=N_("Save, and stay in the form")),
        Binding("ctrl+n,f4", "full", N_("Full card"), id="register.full", priority=True,
                tooltip=N_("Show kind, responsible employee, more numbers and note")),
        Binding("ctrl+t,f3", "person", N_("To a contact person"), id="register.person", priority=True,
                tooltip=N_("Give the number to a contact person of the client under the cursor")),
        Binding("o", "open_owner", N_("Open the card"), id="register.owner", show=False,
                tooltip=N_("Open the card of the client that has the number")),
        Binding("p", "owner_person", N_("Their contact person"), id="register.owner-person", show=False,
                tooltip=N_("Enter who was typed as a contact person of the client that has the number")),
        Binding("m", "move", N_("Move the number"), id="register.move", show=False,
                tooltip=N_("Take the number from the client that has it")),
        Binding("y", "confirm", N_("Yes"), id="register.yes", show=False,
                tooltip=N_("Make another client of this name")),
    ]  # fmt: skip

    def __init__(
        self,
        backend: Backend,
        number: str,
        employees: tuple[Employee, ...],
        *,
        home: str = "",
        full: bool = False,
        suggested: str = "",
        about: str = "",
    ) -> None:
        """`suggested`: the caller's name as the exchange has it, which typing replaces; `about`: what else is known."""
        self._empty = _Unfinished(name=clean(suggested))
        self._about = about
        draft = Draft("|".join(("register", backend.session.name, number)), backend)
        kept = _read(draft.read())
        shown = kept or self._empty
        title = _("Register a caller") if number else _("New client")
        super().__init__(title, backend, shown.name, number=number, home=home)
        self._draft = draft
        self._kept = kept
        self._fields = ClientFields(employees, kind=shown.kind, note=shown.note)
        self._fields.responsible_field.value = shown.responsible
        self._fields.numbers_field.value = shown.numbers
        self._question = ""
        """What waits for an answer: "same" (a client of this very name), "taken" (the number is somebody's)."""
        self._owner: tuple[int, str] | None = None
        self._done: ClientChange | None = None
        """What "save" did already."""
        self._busy = self._finished = False
        self.set_class(full or shown != _Unfinished(name=shown.name), "-full")

    def body(self) -> list[Widget]:
        number = format_number(self._number, self._home) or _("without a number yet")
        known = " · ".join(filter(None, (number, self._about)))
        return [Static(known, id="number", markup=False), self._typed, self._matches, self._fields]

    def hints(self) -> list[tuple[str, str]]:
        if self._question == "same":
            return [("y", _("another client of this name")), ("Esc", _("back"))]
        if self._question == "taken":
            keys = [("o", _("open the card")), ("p", _("as their contact person"))]
            if self._backend.session.may(Permission.MANAGE_CLIENTS):
                keys.append(("m", _("move the number")))
            return [*keys, ("Esc", _("back"))]
        if self._matches.chosen is not None:
            return [("Enter", _("to the client")), ("Ctrl+T", _("to a contact person")), ("Esc", _("leave"))]
        keys = [("Enter", _("create")), ("↓", _("choose")), ("Tab", _("more")), ("Ctrl+G", _("save"))]
        return [*keys, ("Esc", _("leave"))]

    def on_mount(self) -> None:
        self._typed.focus()
        self._typed.cursor_position = len(self._typed.value)
        if self._kept is not None:
            self.complain(_("This is a draft that was left unfinished. Enter saves it."))
        else:
            self._typed.select_all()
            work(self, self._fetch_draft, "draft")
        self.search()
        self.set_interval(_DRAFT_EVERY, self._keep_draft)

    async def _fetch_draft(self) -> None:
        """A draft that was left in another console, unless something was typed meanwhile."""
        kept = _read(await self._draft.fetch())
        if kept is None or self._kept is not None or self._typed.value != self._empty.name:
            return
        self._kept = kept
        self._typed.value, self._typed.cursor_position = kept.name, len(kept.name)
        self._fields.kind_field.put(kept.kind)
        self._fields.responsible_field.value, self._fields.numbers_field.value = kept.responsible, kept.numbers
        self._fields.note_field.load_text(kept.note)
        self.set_class(kept != _Unfinished(name=kept.name), "-full")
        self.complain(_("This is a draft that was left unfinished. Enter saves it."))

    def on_unmount(self) -> None:
        self._keep_draft()

    def on_input_changed(self, event: Input.Changed) -> None:
        """What was complained about is being mended. Textual calls the base's own handler by itself."""
        # The field tells of the draft's own name, too, when it first shows it.
        shown = (self._kept or self._empty).name
        if event.input is self._typed and not self._question and event.value != shown:
            self.complain()

    # Saving

    async def on_input_submitted(self, event: Input.Submitted) -> None:
        event.stop()
        if self._question or self._busy:
            return
        chosen = self._matches.chosen
        if event.input is self._typed and chosen is not None:
            await self._assign(chosen.id)
        else:
            await self._create(close=True)

    async def action_save(self) -> None:
        """Save, and stay: what is typed after that changes the card that was made."""
        if not self._question and not self._busy:
            chosen = self._matches.chosen
            if chosen is not None and self._done is None:
                await self._assign(chosen.id, close=False)
            else:
                await self._create(close=False)

    async def action_confirm(self) -> None:
        """Another client of the same name, as wanted."""
        if self._question == "same":
            self._ask("")
            await self._create(close=True, same=True)

    def action_person(self) -> None:
        """Choose a contact person of the client under the cursor, or name a new one."""
        chosen = self._matches.chosen
        if chosen is None or self._question:
            self.complain(_("Choose the client first: ↓ goes into the list."))
            return
        self._choose_person(chosen.id)

    def _choose_person(self, client: int, name: str = "") -> None:
        work(self, partial(self._open_persons, client, name), "persons")

    async def _open_persons(self, client: int, name: str) -> None:
        try:
            card = await self._backend.client(ClientRequest(id=client))
        except BackendError as error:
            self._tell(error)
            return

        def chosen(person: ChosenPerson | None) -> None:
            if person is not None:
                work(self, partial(self._assign, client, person), "save")

        self.app.push_screen(PersonDialog(card, name), chosen)

    async def _assign(self, client: int, person: ChosenPerson | None = None, *, close: bool = True) -> None:
        numbers = tuple(filter(None, (self._number, *self._fields.numbers)))
        if not numbers:
            self._finish(Registered(None, card=client))
            return
        await self._send(
            RegisterClient(
                numbers=numbers, client_id=client, person_id=person.id if person else None,
                person=person.name if person else "",
            ),
            close=close,
        )  # fmt: skip

    async def _create(self, *, close: bool, same: bool = False, move: bool = False) -> None:
        name = clean(self._typed.value)
        if not name:
            self.complain(_("A client needs a name."))
            return
        try:
            responsible = self._fields.responsible
        except BackendError as error:
            self._tell(error)
            return
        if self._done is not None and self._done.client is not None:
            await self._edit(self._done.client, name, responsible, close)
            return
        twin = None if same else next((one for one in self._found if fold(one.name) == fold(name)), None)
        if twin is not None:
            told = _("There is a client {name} already ({numbers}). Make another one?")
            numbers = ", ".join(format_number(number, self._home) for number in twin.numbers) or "—"
            self._ask("same", told.format(name=clean(twin.name), numbers=numbers))
            return
        numbers_wanted = tuple(filter(None, (self._number, *self._fields.numbers)))
        await self._send(
            RegisterClient(
                numbers=numbers_wanted, name=name, kind=self._fields.kind, responsible_id=responsible,
                note=self._fields.note, move=move,
            ),
            close=close,
        )  # fmt: skip

    async def _edit(self, card: ClientCard, name: str, responsible: int | None, close: bool) -> None:
        """The card was saved already: change it, and add the numbers that came since."""
        wanted = EditClient(
            id=card.id, revision=card.revision, name=name, kind=self._fields.kind, responsible_id=responsible,
            note=self._fields.note,
        )  # fmt: skip
        shown = EditClient(
            id=card.id, revision=card.revision, name=card.name, kind=card.kind, responsible_id=card.responsible_id,
            note=card.note,
        )  # fmt: skip
        if self._fields.numbers:
            await self._send(RegisterClient(numbers=self._fields.numbers, client_id=card.id), close=False)
        if wanted != shown:
            await self._send(wanted, close=close)
        elif close and not self._question:
            self._finish(Registered(self._done))

    async def _send(self, deed: RegisterClient | EditClient, *, close: bool) -> None:
        self._busy = True
        try:
            change = await self._backend.change_client(deed)
        except Conflict as error:
            self._meet(error)
        except BackendError as error:
            self._keep_draft()
            self._tell(error, _("What you typed is kept as a draft."))
        else:
            self._done = change
            if close:
                self._finish(Registered(change))
            else:
                self._draft.forget()
                self._kept = None
                self.complain(_("Saved. Enter saves again and closes."))
        finally:
            self._busy = False

    # Questions

    def _meet(self, error: Conflict) -> None:
        """The number is somebody's already, perhaps since a moment ago: say whose, and ask."""
        client = error.fields.get("client_id")
        if not isinstance(client, int):
            self._tell(error)
            return
        self._owner = (client, clean(str(error.fields.get("client", ""))))
        self._ask("taken", "\n".join(filter(None, error_text(error))))

    def action_open_owner(self) -> None:
        """Leave the form for the card of the client that has the number."""
        if self._question == "taken" and self._owner is not None:
            self._finish(Registered(self._done, card=self._owner[0]))

    def action_owner_person(self) -> None:
        """The caller is somebody at the client that has the number."""
        if self._question == "taken" and self._owner is not None:
            self._ask("")
            self._choose_person(self._owner[0], clean(self._typed.value))

    async def action_move(self) -> None:
        """Take the number over, where the role may."""
        if self._question == "taken" and self._backend.session.may(Permission.MANAGE_CLIENTS):
            self._ask("")
            await self._create(close=True, same=True, move=True)

    def action_leave(self) -> None:
        """One step back: from a question, from the list of matches, from the form."""
        if self._question:
            self._ask("")
        elif self._matches.highlighted is not None:
            self._matches.supply(self._matches.matches, self._matches.title)
            self._matches.highlighted = None
            self.show_keys()
        else:
            self._keep_draft()
            self.dismiss(Registered(self._done) if self._done else None)

    def action_full(self) -> None:
        """Show the rest of the card."""
        self.add_class("-full")
        self._fields.kind_field.focus()

    def on_descendant_blur(self) -> None:
        self.show_keys()

    def key_tab(self) -> None:
        """Tab unfolds what is behind the name."""
        if not self.has_class("-full"):
            self.add_class("-full")

    def _ask(self, question: str, words: str = "") -> None:
        self._question = question
        # Without the keys of the fields, a plain letter answers.
        for field in (self._typed, self._fields):
            field.disabled = bool(question)
        if not question:
            self._typed.focus()
        self.complain(words)
        self.show_keys()

    def _tell(self, error: BackendError, more: str = "") -> None:
        self.complain("\n".join(filter(None, (*error_text(error), more))))

    def _finish(self, answer: Registered) -> None:
        self._finished = True
        self._draft.forget()
        self.dismiss(answer)

    # The draft

    def _keep_draft(self) -> None:
        if self._finished or self._done is not None:
            return
        now = _Unfinished(
            name=self._typed.value, kind=self._fields.kind, responsible=self._fields.responsible_field.value,
            numbers=self._fields.numbers_field.value, note=self._fields.note_field.text,
        )  # fmt: skip
        if now == (self._kept or self._empty):
            return
        if now in (self._empty, _Unfinished()):
            self._draft.forget()
            self._kept = None
        else:
            self._draft.write(msgspec.json.encode(now).decode())
            self._kept = now


def _read(text: str | None) -> _Unfinished | None:
    try:
        return None if text is None else msgspec.json.decode(text, type=_Unfinished)
    except msgspec.MsgspecError:
        return None
