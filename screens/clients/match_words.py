"""What a found client is called, on one line."""

from __future__ import annotations

from backend_client.model.directory import ClientMatch
from backend_client.model.phone import format_number
from backend_client.model.text import clean


def match_word(match: ClientMatch) -> str:
    """What a found client is called: by the contact person, too, where that is who was found."""
    return " · ".join(filter(None, (clean(match.name), clean(match.person))))


def match_numbers(match: ClientMatch, home: str) -> str:
    """The numbers of a found client, as they are shown."""
    return ", ".join(format_number(number, home) for number in match.numbers[:3])
