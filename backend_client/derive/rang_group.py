"""Whether a call was for whoever is free, or for one person."""

from __future__ import annotations

from backend_client.model.leg import CallFacts

_GROUPS = frozenset({"queue", "callcenter", "ringgroup", "followme"})
"""Applications that ring whoever is free, as sources write them."""


def rang_group(facts: CallFacts) -> bool:
    """Whether a queue or a group rang, though perhaps one telephone only."""
    return any(event.name == "ENTERQUEUE" for event in facts.events) or any(
        leg.app.casefold() in _GROUPS for leg in facts.legs
    )
