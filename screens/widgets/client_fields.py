"""The fields of a client's card: kind, responsible employee, more numbers, note."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Label, Static, TextArea

from backend_client.errors import Invalid
from backend_client.model.call_filter import ClientKind
from backend_client.model.directory import Employee
from backend_client.model.text import N_, clean, fold
from screens.filter_words import CLIENT_KINDS
from screens.language import _
from screens.widgets.text_field import text_field


class KindField(Static, can_focus=True):
    """Person or company; the arrows and Space change it."""

    DEFAULT_CSS = """
    KindField { height: 1; padding: 0 1; background: $surface; }
    KindField:focus { text-style: bold; color: $text-accent; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("left,right,space", "change", N_("Change"), id="kind.change", tooltip=N_("Person or company")),
    ]
    KINDS = (ClientKind.PERSON, ClientKind.COMPANY)

    def __init__(self, kind: ClientKind) -> None:
        super().__init__(markup=False)
        self.kind = kind

    def on_mount(self) -> None:
        self.put(self.kind)

    def put(self, kind: ClientKind) -> None:
        """Show another kind."""
        self.kind = kind
        words = [f"({'•' if one is kind else ' '}) {_(CLIENT_KINDS[one])}" for one in self.KINDS]
        self.update(Content("   ".join(words)))

    def action_change(self) -> None:
        self.put(self.KINDS[1 - self.KINDS.index(self.kind)])


class ClientFields(Vertical):
    """Everything of a card but the name; also folded away, its fields keep what is in them."""

    DEFAULT_CSS = """
    ClientFields { height: auto; }
    ClientFields Horizontal { height: 1; }
    ClientFields Label { width: 14; color: $text-muted; }
    ClientFields Input, ClientFields KindField { width: 1fr; }
    ClientFields TextArea, ClientFields TextArea:focus { height: 3; border: none; padding: 0 1; background: $surface; }
    """

    def __init__(
        self,
        employees: Sequence[Employee],
        *,
        kind: ClientKind = ClientKind.PERSON,
        responsible: int | None = None,
        note: str = "",
        numbers: bool = True,
        id: str | None = None,
    ) -> None:
        super().__init__(id=id)
        self._employees = [one for one in employees if one.active or one.id == responsible]
        self._with_numbers = numbers
        names = [clean(one.name) for one in self._employees]
        mine = next((clean(one.name) for one in self._employees if one.id == responsible), "")
        self.kind_field = KindField(kind)
        self.responsible_field = text_field("responsible", mine, _("nobody"), names)
        self.numbers_field = text_field("numbers", "", _("parted by commas"))
        self.note_field = TextArea(note, id="note", show_line_numbers=False, highlight_cursor_line=False, compact=True)
        self.note_field.cursor_blink = False
        # Tab goes on to the next field here, as everywhere in the form.
        self.note_field.tab_behavior = "focus"

    def compose(self) -> ComposeResult:
        rows: list[tuple[str, Widget]] = [(_("Kind"), self.kind_field), (_("Responsible"), self.responsible_field)]
        if self._with_numbers:
            rows.append((_("More numbers"), self.numbers_field))
        for title, field in rows:
            with Horizontal():
                yield Label(title, markup=False)
                yield field
        yield Label(_("Note"), markup=False)
        yield self.note_field

    @property
    def kind(self) -> ClientKind:
        return self.kind_field.kind

    @property
    def note(self) -> str:
        return clean(self.note_field.text, multiline=True)

    @property
    def numbers(self) -> tuple[str, ...]:
        """The numbers that were typed."""
        parts = self.numbers_field.value.replace(";", ",").split(",")
        return tuple(filter(None, map(clean, parts)))

    @property
    def responsible(self) -> int | None:
        """Who is responsible. Raises Invalid for a text that means nobody, or several."""
        text = fold(self.responsible_field.value)
        if not text:
            return None
        exact = [one.id for one in self._employees if text in (fold(one.name), fold(one.login))]
        found = exact or [one.id for one in self._employees if text in fold(one.name)]
        if len(found) != 1:
            raise Invalid(N_("No one employee is called {name}."), name=self.responsible_field.value)
        return found[0]
