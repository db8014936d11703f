"""How much one filter may ask: what is far beyond anything useful is refused before it costs anybody anything."""

from __future__ import annotations

from msgspec import Struct

from backend_client.errors import Invalid
from backend_client.model.text import N_

LONGEST_SEARCH = 200
"""Code points; no name, number or address is longer."""
MOST_VALUES = 10_000
"""Alternatives of one field: the Others of a report name what it lists."""
_MOST = {"deliveries": 200}
"""Fewer where each is a condition of its own: SQLite takes 1,000."""


def check_filter(filter: Struct) -> None:
    """Raises Invalid for a filter that asks too much."""
    for field in filter.__struct_fields__:
        value = getattr(filter, field)
        if isinstance(value, tuple) and len(value) > (most := _MOST.get(field, MOST_VALUES)):
            raise Invalid(
                N_("The filter names {count} values of one field; {most} are read."), N_("Name fewer."),
                count=len(value), most=most,
            )  # fmt: skip
    check_search(getattr(filter, "search", ""))


def check_search(text: str) -> None:
    """Raises Invalid for a text that is longer than anything that could be found."""
    if len(text) > LONGEST_SEARCH:
        raise Invalid(
            N_("The text to search for has {count} characters; {most} are read."), N_("Search for a part of it."),
            count=len(text), most=LONGEST_SEARCH,
        )  # fmt: skip
