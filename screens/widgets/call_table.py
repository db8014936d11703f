"""The journal's table: calls, newest first, in columns chosen for its width."""

from __future__ import annotations

from collections.abc import Sequence

from backend_client.contract.calls import Position
from backend_client.model.call import Call
from screens.widgets.columns import Column, Look, call_columns, call_role, column_ids
from screens.widgets.page_cache import Key
from screens.widgets.row_table import RowTable


def call_key(call: Call) -> Key:
    """Newest first: the position in the journal, negated."""
    return (-call.start, -call.id)


def position_of(key: Key) -> Position:
    """The place in the journal that a row's key means."""
    start, call = key
    assert isinstance(start, int)
    return Position(-start, -call)


def key_of(position: Position) -> Key:
    """The key that a row at this place would have."""
    return (-position.start, -position.id)


class CallTable(RowTable[Call]):
    """Calls by a `Look`; which columns is chosen by width unless a set was given."""

    def __init__(self, look: Look, columns: tuple[str, ...] = (), *, id: str | None = None) -> None:
        super().__init__(call_key, call_role, id=id, ascii=look.ascii)
        self.look = look
        self.chosen = columns

    def choose_columns(self) -> Sequence[Column[Call]]:
        known = call_columns(self.look)
        chosen = [name for name in self.chosen if name in known] or column_ids(self.size.width)
        return [known[name] for name in chosen]

    def show_as(self, look: Look) -> None:
        """Draw by another look: a new day, other names, another language."""
        self.look = look
        self.lay_out()
