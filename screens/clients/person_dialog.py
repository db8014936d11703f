"""Whose number at a client: a contact person that is there, or a new one."""

from __future__ import annotations

from dataclasses import dataclass

from textual.events import Key
from textual.widget import Widget
from textual.widgets import Input

from backend_client.model.client import ClientCard
from backend_client.model.text import clean, fold
from screens.dialogs.dialog import Dialog
from screens.language import _
from screens.widgets.match_list import Match, MatchList
from screens.widgets.text_field import text_field


@dataclass(frozen=True)
class ChosenPerson:
    """A contact person: known by id, or new by name."""

    id: int | None = None
    name: str = ""


class PersonDialog(Dialog[ChosenPerson]):
    """Enter takes the name that is typed as a new person; ↓ and Enter take one that is there."""

    def __init__(self, card: ClientCard, name: str = "") -> None:
        super().__init__(_("Contact person of {client}").format(client=clean(card.name)))
        self._card = card
        self._typed = text_field("name", name, _("name of a new contact person"))
        self._persons = MatchList(id="matches")

    def body(self) -> list[Widget]:
        return [self._typed, self._persons]

    def hints(self) -> list[tuple[str, str]]:
        if self._persons.chosen is not None:
            return [("Enter", _("this person")), ("Esc", _("back"))]
        keys = [("Enter", _("a new person"))]
        return [*keys, ("↓", _("choose")), ("Esc", _("back"))] if self._card.persons else [*keys, ("Esc", _("back"))]

    def on_mount(self) -> None:
        self._persons.display = bool(self._card.persons)
        self._typed.focus()
        self._narrow()

    def _narrow(self) -> None:
        typed = fold(self._typed.value)
        self._persons.supply([Match(one.id, clean(one.name)) for one in self._card.persons if typed in fold(one.name)])
        self.show_keys()

    def on_input_changed(self, event: Input.Changed) -> None:
        event.stop()
        self._narrow()

    def on_key(self, event: Key) -> None:
        if event.key in ("down", "up"):
            self._persons.move(1 if event.key == "down" else -1)
            self.show_keys()
            event.stop()
            event.prevent_default()

    def on_match_list_taken(self, event: MatchList.Taken) -> None:
        event.stop()
        self.dismiss(ChosenPerson(id=event.match.id))

    def on_input_submitted(self, event: Input.Submitted) -> None:
        event.stop()
        name = clean(self._typed.value)
        if self._persons.chosen is not None:
            self.dismiss(ChosenPerson(id=self._persons.chosen.id))
        elif name:
            self.dismiss(ChosenPerson(name=name))
        else:
            self.complain(_("A contact person needs a name."))
