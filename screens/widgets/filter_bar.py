"""The filter bar: one line of search and chips over a list, and a second one only to say what is wrong."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Generic

from msgspec import structs
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.message import Message
from textual.widgets import Static

from backend_client.model.call_filter import CallFilter
from backend_client.model.contradiction import contradiction
from backend_client.model.directory import Directories
from backend_client.model.filter_field import Filter, FilterField
from backend_client.model.filter_options import field_named, joined, turned
from backend_client.model.status import Direction, Family
from screens.actions import shown_keys
from screens.filter_words import CLIENT_FIELDS, contradiction_text, filter_words
from screens.message import FieldMessage
from screens.widgets.chips import Chip, ChipLine, chip_hint
from screens.words import error_text

if TYPE_CHECKING:
    from screens.widgets.search_line import SearchLine

_DIRECTIONS = {"incoming": Direction.INCOMING, "outgoing": Direction.OUTGOING}


class FilterBar(Vertical, Generic[Filter]):
    """Shows one filter and changes it; whoever holds it sets `filter` and hears `FilterChanged`."""

    DEFAULT_CSS = """
    FilterBar { height: auto; background: $background; }
    FilterBar > Horizontal { height: 1; }
    FilterBar SearchLine { width: 34; display: none; margin-right: 1; }
    FilterBar.-searching SearchLine { display: block; }
    FilterBar ChipLine { width: 1fr; }
    FilterBar > #filter-trouble { height: auto; max-height: 3; color: $text-error; display: none; padding: 0 1; }
    FilterBar.-troubled > #filter-trouble { display: block; }
    """

    class FilterChanged(FieldMessage):
        """The person wants another filter."""

        filter: Any

        def can_replace(self, message: Message) -> bool:
            """Each holds the whole filter: only the newest counts."""
            return isinstance(message, FilterBar.FilterChanged)

    class FieldOpened(FieldMessage):
        """The values of a field (a name of filter_options) are to be chosen."""

        name: str

    class Unnamed(FieldMessage):
        """The filter asks for clients whose names are not known: `name_clients` tells them."""

        clients: tuple[int, ...]

    class Released(FieldMessage):
        """The keys belong to the list again."""

    def __init__(self, filter: Filter, home: Filter, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.home = home
        """What "clear" goes back to."""
        self.filter = filter
        self.directories = Directories()
        self.clients: dict[int, str] = {}
        """Names of clients in filters, by id."""
        self.before: Filter | None = None
        """The filter that was cleared last."""
        self._search: SearchLine | None = None
        self._trouble = ""
        self._trouble_line: Static | None = None
        """Made for the first trouble."""

    def compose(self) -> ComposeResult:
        with Horizontal():
            yield ChipLine(id="chips")

    async def _searched(self) -> SearchLine:
        """The search line, made when it is first needed: Input is no part of the first paint."""
        from screens.widgets.search_line import SearchLine

        if self._search is None:
            self._search = SearchLine(type(self.filter), id="search")
            self._search.directories = self.directories
            await self.query_one(Horizontal).mount(self._search, before=0)
        return self._search

    @property
    def chip_line(self) -> ChipLine:
        return self.query_one(ChipLine)

    def on_mount(self) -> None:
        self._show()

    def know(self, directories: Directories) -> None:
        """Names for the ids of a filter, and for what is typed."""
        self.directories = directories
        if self._search is not None:
            self._search.directories = directories
        self._show()

    def name_clients(self, names: Mapping[int, str]) -> None:
        """Names for clients of a filter; without one a chip shows the id."""
        self.clients.update(names)
        self._show()

    def put(self, filter: Filter) -> None:
        """Show another filter without telling anybody."""
        self.filter = filter
        self._show()

    def change(self, filter: Filter) -> None:
        """Show another filter, and tell it."""
        if filter != self.filter:
            self.put(filter)
            self.post_message(self.FilterChanged(filter))

    def toggle(self, word: str) -> None:
        """Ask for something, or no more: incoming, outgoing, missed, or the name of a flag or switch."""
        now: Any = self.filter
        if word in _DIRECTIONS:
            wanted = (_DIRECTIONS[word],)
            self.change(structs.replace(now, directions=() if now.directions == wanted else wanted))
        elif word == "missed":
            missed = (Family.MISSED,)
            self.change(structs.replace(now, families=() if now.families == missed else missed))
        else:
            field = field_named(type(now), word)
            asked = structs.replace(now, **{field.name: True})
            self.change(field.cleared(now) if getattr(now, field.name) else asked)

    def turn(self, field: FilterField) -> None:
        """A flag goes any → yes → no → any, a switch off → on → off."""
        self.change(turned(field, self.filter))

    def clear(self) -> None:
        """Back to what the screen shows by itself; `reopen` undoes it."""
        if self.filter != self.home:
            self.before = self.filter
            self.change(self.home)

    def reopen(self) -> bool:
        """The filter that was cleared last; False where there was none."""
        if self.before is None:
            return False
        self.change(self.before)
        return True

    async def begin_search(self) -> None:
        """Let the person type."""
        line = await self._searched()
        line.show(self._text)
        self.add_class("-searching")
        line.focus()

    def on_search_line_asked(self, event: SearchLine.Asked) -> None:
        event.stop()
        self.change(structs.replace(joined(self.filter, event.conditions), search=event.search))

    def on_search_line_mistaken(self, event: SearchLine.Mistaken) -> None:
        event.stop()
        self._tell(" ".join(part for part in error_text(event.error) if part) if event.error else "")

    def on_search_line_left(self, event: SearchLine.Left) -> None:
        event.stop()
        self._release()

    def on_chip_line_left(self, event: ChipLine.Left) -> None:
        event.stop()
        self._release()

    def on_chip_line_removed(self, event: ChipLine.Removed) -> None:
        event.stop()
        self.change(field_named(type(self.filter), event.name).cleared(self.filter, self.home))

    def on_chip_line_opened(self, event: ChipLine.Opened) -> None:
        event.stop()
        self.post_message(self.FieldOpened(event.name))

    def _release(self) -> None:
        self.post_message(self.Released())
        self.set_class(bool(self._text), "-searching")

    @property
    def _text(self) -> str:
        # Every kind of filter has one.
        wanted: Any = self.filter
        return str(wanted.search)

    def _show(self) -> None:
        if not self.is_mounted:
            return
        pair = contradiction(self.filter) if isinstance(self.filter, CallFilter) else None
        wrong = {pair.first, pair.second} if pair else set()
        chips = [
            Chip(field.name, words, field.name in wrong)
            for field, words in filter_words(self.filter, self.directories, self.home, self.clients)
        ]
        self.chip_line.show(chips, "" if self._text or chips else chip_hint(shown_keys(self.screen)))
        if self._text and self._search is None:
            self.call_later(self._show_search)
        elif self._search is not None:
            self._search.show(self._text)
        typing = self._search is not None and self._search.has_focus
        self.set_class(bool(self._text) or typing, "-searching")
        self.set_class(bool(chips), "-narrowed")
        if not chips and self.screen.focused is self.chip_line:
            self._release()
        told = ""
        if pair is not None and isinstance(self.filter, CallFilter):
            told = contradiction_text(pair.first, pair.second, self.filter, self.directories, self.clients)
        self._tell(told)
        asked = [client for name in CLIENT_FIELDS for client in getattr(self.filter, name, ())]
        if unnamed := tuple(client for client in asked if client not in self.clients):
            # Asked for once: one that cannot be told keeps its id.
            self.clients.update((client, f"#{client}") for client in unnamed)
            self.post_message(self.Unnamed(unnamed))

    async def _show_search(self) -> None:
        (await self._searched()).show(self._text)

    def _tell(self, trouble: str) -> None:
        if trouble == self._trouble:
            # An update lays the whole screen out again, even one with the same text.
            return
        self._trouble = trouble
        if self._trouble_line is None:
            self._trouble_line = Static(id="filter-trouble", markup=False)
            self.mount(self._trouble_line)
        self._trouble_line.update(trouble)
        self.set_class(bool(trouble), "-troubled")
