"""A line to type text in."""

from __future__ import annotations

from collections.abc import Sequence

from textual.suggester import SuggestFromList
from textual.widgets import Input


def text_field(id: str, value: str = "", placeholder: str = "", names: Sequence[str] = ()) -> Input:
    """A line of text; `names` complete what is typed."""
    suggester = SuggestFromList(names, case_sensitive=False) if names else None
    field = Input(value, placeholder=placeholder, id=id, select_on_focus=False, suggester=suggester)
    field.cursor_blink = False
    return field
