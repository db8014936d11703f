"""The filter menu: every field of a filter in one list, each with its picker."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from datetime import date
from typing import Any, ClassVar

from msgspec import Struct, structs
from textual.binding import Binding, BindingType
from textual.widget import Widget
from textual.widgets import Input, Label

from backend_client.errors import Invalid
from backend_client.model.call_filter import CallFilter
from backend_client.model.directory import Channel, Directories, Employee, Entry, Line
from backend_client.model.filter_field import FieldKind, FilterField
from backend_client.model.filter_options import NAMED_STATUSES, field_named, fields_of, joined, turned
from backend_client.model.filter_token import Value
from backend_client.model.filter_value import span_of, span_text
from backend_client.model.status import Name
from backend_client.model.text import N_, clean
from screens.dialogs.dialog import Dialog
from screens.filter_words import NOBODY, choice_word, entries_of, entry_word, field_word
from screens.language import _, pgettext, weekday_name
from screens.widgets.choice_list import Choice, ChoiceList
from screens.words import NAMES, error_text

_NAMES = "names"
"""Value of the menu's line that is no field: the names of S4."""
_ONLY_DRILL_DOWN = frozenset({"clients", "numbers", "not_clients"})
"""Not picked from a list: they come from a report's cell or a card, and are shown to be taken away."""


class FiltersDialog(Dialog[Any]):
    """Every field and what is asked of it. Closing it gives the filter as it stands."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "done", N_("Show the list"), id="filters.done", tooltip=N_("Close the menu, show the list")),
        Binding("delete", "clear", N_("Clear"), id="filters.clear", tooltip=N_("Ask nothing of this field")),
    ]

    def __init__(
        self, filter: Struct, directories: Directories, today: date, clients: Mapping[int, str] = NOBODY
    ) -> None:
        super().__init__(_("Filter"))
        self.filter = filter
        self.directories = directories
        self.clients = clients
        self.today = today

    def body(self) -> list[Widget]:
        return [ChoiceList(self._lines(), id="fields")]

    def hints(self) -> list[tuple[str, str]]:
        return [("Enter", _("change")), ("Del", _("clear")), ("Esc", _("show"))]

    def on_choice_list_taken(self, event: ChoiceList.Taken) -> None:
        if event.line is not None and event.line.value == _NAMES and isinstance(self.filter, CallFilter):
            self.app.push_screen(NameDialog(self.filter), self._put)
        elif event.line is not None:
            field = field_named(type(self.filter), str(event.line.value))
            if field.kind in (FieldKind.FLAG, FieldKind.SWITCH):
                self._put(turned(field, self.filter))
            elif dialog := picker(field, self.filter, self.directories, self.today):
                self.app.push_screen(dialog, self._put)
            else:
                self.complain(_("{field}: there is nothing to choose from yet.").format(field=_(field.title)))
                return
            self.complain()

    def action_clear(self) -> None:
        """Ask nothing of the highlighted field."""
        line = self.query_one(ChoiceList).line
        if line is not None and line.value != _NAMES:
            self._put(field_named(type(self.filter), str(line.value)).cleared(self.filter))

    def action_done(self) -> None:
        """Give the filter to whoever opened the menu."""
        self.dismiss(self.filter)

    def _put(self, filter: Struct | None) -> None:
        if filter is not None:
            self.filter = filter
            self.query_one(ChoiceList).supply(self._lines())

    def _lines(self) -> list[Choice]:
        lines = []
        for field in fields_of(type(self.filter)):
            is_set = field.is_set(self.filter)
            drill_down = isinstance(self.filter, CallFilter) and field.name in _ONLY_DRILL_DOWN
            if field.kind is FieldKind.SEARCH or (drill_down and not is_set):
                continue
            lines.append(Choice(field.name, _(field.title), self._value(field) if is_set else ""))
            if field.name == "statuses":
                lines.append(Choice(_NAMES, _("Status, by the names of 1C")))
        return lines

    def _value(self, field: FilterField) -> str:
        """What is asked of a field, beside its title."""
        if field.kind in (FieldKind.FLAG, FieldKind.SWITCH):
            return _("yes") if getattr(self.filter, field.name) else _("no")
        return field_word(field, self.filter, self.directories, self.clients).removeprefix(f"{_(field.title)}: ")


def picker(field: FilterField, filter: Struct, directories: Directories, today: date) -> Dialog[Any] | None:
    """The dialog in which a field's values are chosen; None for one that is only taken away."""
    if field.kind is FieldKind.PERIOD:
        from screens.calls.period_dialog import PeriodDialog

        return PeriodDialog(filter, today, _(field.title))
    if field.kind is FieldKind.SPAN:
        return SpanDialog(field, filter)
    if choices := choices_of(field, filter, directories):
        return ValuesDialog(field, filter, choices)
    return None


def choices_of(field: FilterField, filter: Struct, directories: Directories) -> list[Choice]:
    """What may be chosen for a field of several values."""
    chosen: Sequence[Hashable] = getattr(filter, field.attributes[0])
    if field.kind is FieldKind.CHOICE and field.enum is not None:
        return [Choice(value, choice_word(value)) for value in field.enum if value.value != "unknown"]
    if field.kind is FieldKind.IDS:
        return [Choice(entry.id, entry_word(entry), _entry_note(entry)) for entry in entries_of(field, directories)]
    if field.kind is FieldKind.NUMBERS:
        numbers = range(field.low, field.high + 1)
        if field.name == "weekdays":
            return [Choice(number, weekday_name(number)) for number in numbers]
        return [Choice(number, f"{number:02}:00 – {number:02}:59") for number in numbers]
    if field.name == "departments":
        return [Choice(name, clean(name)) for name in directories.departments]
    return [Choice(value, clean(str(value))) for value in chosen] if isinstance(chosen, tuple) else []


def _entry_note(entry: Entry) -> str:
    """What tells entries of one name apart."""
    if isinstance(entry, Employee):
        return clean(", ".join(extension.number for extension in entry.extensions))
    if isinstance(entry, Line):
        return clean(entry.code) if entry.name else ""
    if isinstance(entry, Channel):
        return clean(entry.did) if entry.name else ""
    return ""


class ValuesDialog(Dialog[Any]):
    """Check the values of one field; they are alternatives."""

    def __init__(self, field: FilterField, filter: Struct, choices: Sequence[Choice]) -> None:
        super().__init__(_(field.title))
        self._field = field
        self._filter = filter
        self._choices = choices

    def body(self) -> list[Widget]:
        chosen: Sequence[Hashable] = getattr(self._filter, self._field.name)
        return [ChoiceList(self._choices, chosen, several=True)]

    def hints(self) -> list[tuple[str, str]]:
        return [(_("Space"), _("check")), ("Enter", _("take")), ("Esc", _("cancel"))]

    def on_choice_list_taken(self, event: ChoiceList.Taken) -> None:
        self.dismiss(structs.replace(self._filter, **{self._field.name: event.values}))


class NameDialog(Dialog[CallFilter]):
    """One of the names that a 1C panel gives a status; it takes the place of outcome, status and lost."""

    def __init__(self, filter: CallFilter) -> None:
        super().__init__(_("Status, by the names of 1C"))
        self._filter = filter

    def body(self) -> list[Widget]:
        return [ChoiceList([Choice(name, NAMES[name].word) for name in NAMED_STATUSES])]

    def hints(self) -> list[tuple[str, str]]:
        return [("Enter", _("take")), ("Esc", _("cancel"))]

    def on_choice_list_taken(self, event: ChoiceList.Taken) -> None:
        if event.line is not None and isinstance(event.line.value, Name):
            without = structs.replace(self._filter, families=(), statuses=(), lost=None)
            self.dismiss(joined(without, NAMED_STATUSES[event.line.value]))


class SpanDialog(Dialog[Any]):
    """Two spans of time, from and to; either may be left blank."""

    DEFAULT_CSS = """
    SpanDialog > #box { width: 44; }
    """

    def __init__(self, field: FilterField, filter: Struct) -> None:
        super().__init__(_(field.title))
        self._field = field
        self._filter = filter

    def body(self) -> list[Widget]:
        low, high = (getattr(self._filter, name) for name in self._field.attributes)
        fields = []
        for name, word, value in (("from", pgettext("period", "From"), low), ("to", pgettext("period", "To"), high)):
            field = Input(
                span_text(value, value) if value is not None else "", id=name, placeholder=_("seconds or m:ss")
            )
            field.cursor_blink = False
            fields += [Label(word, markup=False), field]
        return fields

    def hints(self) -> list[tuple[str, str]]:
        return [("Tab", _("next field")), ("Enter", _("take")), ("Esc", _("cancel"))]

    def on_input_submitted(self, event: Input.Submitted) -> None:
        low, high = (self.query_one(f"#{name}", Input).value.strip() for name in ("from", "to"))
        if not low and not high:
            self.dismiss(self._field.cleared(self._filter))
            return
        try:
            span = span_of(Value(f"{low}..{high}", False, 1), self._field)
        except Invalid as error:
            self.complain(" ".join(error_text(error)))
            return
        self.dismiss(structs.replace(self._filter, **dict(zip(self._field.attributes, span, strict=True))))
