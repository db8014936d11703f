"""The search line: searches as one types; `key:value` becomes a condition at the next space or Enter."""

from __future__ import annotations

from typing import Any, ClassVar

from msgspec import Struct
from textual.binding import Binding, BindingType
from textual.message import Message
from textual.widgets import Input

from backend_client.errors import Invalid
from backend_client.model.call_filter import CallFilter
from backend_client.model.client_filter import ClientFilter
from backend_client.model.directory import Directories
from backend_client.model.filter_text import read_filter, search_of
from backend_client.model.filter_token import KeyToken, WordToken, tokens
from backend_client.model.text import N_, clean
from screens.language import _
from screens.message import FieldMessage

_PLACEHOLDERS: dict[type[Struct], str] = {
    CallFilter: N_("name, number, SIP address, employee"),
    ClientFilter: N_("name, contact person, number"),
}


class SearchLine(Input):
    """What is typed is the search, at once; a finished `key:value` is taken out of the line and told."""

    DEFAULT_CSS = """
    SearchLine { height: 1; padding: 0 1; border: none; background: $panel; }
    SearchLine:focus { border: none; background: $panel; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "submit", N_("To the list"), id="search.keep", tooltip=N_("Keep the search, go to the list")),
        Binding("down", "submit", N_("To the list"), id="search.down", tooltip=N_("Go to the list"), show=False),
        Binding("escape", "give_up", N_("Clear"), id="search.clear", tooltip=N_("Clear the search, then go back")),
    ]

    class Asked(FieldMessage):
        """The search as it stands now, and conditions that were typed."""

        search: str
        conditions: Any
        """A filter of the line's kind."""

        def can_replace(self, message: Message) -> bool:
            """Only the newest search counts, but no condition may be lost."""
            return isinstance(message, SearchLine.Asked) and message.conditions == type(message.conditions)()

    class Mistaken(FieldMessage):
        """What is typed is no condition: why; None when it is mended."""

        error: Invalid | None

    class Left(FieldMessage):
        """The person goes back to the list."""

    def __init__(self, kind: type[Struct], *, id: str | None = None) -> None:
        """`kind` of filter that is asked for."""
        super().__init__(id=id, compact=True, select_on_focus=False, placeholder=_(_PLACEHOLDERS[kind]))
        self._kind = kind
        self.cursor_blink = False
        self.directories = Directories()
        self._told = ""
        self._mistaken = False

    def show(self, search: str) -> None:
        """Put in what the filter has, without telling it back; what a person is typing stays."""
        if search != self._told:
            self._told = search
            with self.prevent(Input.Changed):
                self.value = _as_typed(search)
                self.cursor_position = len(self.value)

    def insert_text_at_cursor(self, text: str) -> None:
        super().insert_text_at_cursor("".join(c if c.isprintable() else " " for c in text))

    def on_input_changed(self, event: Input.Changed) -> None:
        event.stop()
        self._read(finished=self.value.endswith(" "))

    def on_input_submitted(self, event: Input.Submitted) -> None:
        event.stop()
        if self._read(finished=True):
            self.post_message(self.Left())

    def action_give_up(self) -> None:
        """First clear the line, then leave it."""
        if self.value:
            self.value = ""
        else:
            self.post_message(self.Left())

    def _read(self, *, finished: bool) -> bool:
        """Tell what the line says; False where it says something wrong."""
        try:
            parts = tokens(self.value)
            done = [part for part in parts if isinstance(part, KeyToken) and (finished or part is not parts[-1])]
            conditions = read_filter(self._kind, " ".join(part.raw for part in done), self.directories)
        except Invalid as error:
            if finished:
                self._mistaken = True
                self.post_message(self.Mistaken(error))
            return not finished
        if self._mistaken:
            self._mistaken = False
            self.post_message(self.Mistaken(None))
        if done:
            self._take_out(done)
        search = clean(search_of([part for part in parts if isinstance(part, WordToken)]))
        if search != self._told or done:
            self._told = search
            self.post_message(self.Asked(search, conditions))
        return True

    def _take_out(self, done: list[KeyToken]) -> None:
        value = self.value
        for part in reversed(done):
            value = value[: part.at - 1].rstrip() + value[part.at - 1 + len(part.raw) :]
        with self.prevent(Input.Changed):
            self.value = value.lstrip()
            self.cursor_position = len(self.value)


def _as_typed(search: str) -> str:
    """A search as the line takes it: in quotes only where the plain words would mean something else."""
    from backend_client.model.filter_text import to_text

    return to_text(CallFilter(search=search))
