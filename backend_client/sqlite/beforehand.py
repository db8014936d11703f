"""What a call needs of the store's rules but not of the store, made where its records are read: another process, while
this one writes the calls before."""

from __future__ import annotations

from msgspec import Struct

from backend_client.derive.collapse import collapse
from backend_client.derive.collapsed import Basis, Collapsed
from backend_client.model.leg import CallFacts
from backend_client.model.phone import NumberKey, number_key
from backend_client.sqlite.body import pack


class Ready(Struct, frozen=True, array_like=True):
    """A call of which the store has no record yet."""

    collapsed: Collapsed | None
    """None where it has no leg."""
    number: NumberKey | None
    """Of the outside party; None where it has none."""
    body: bytes
    """The stored form of its facts."""


class Beforehand(Struct, frozen=True):
    """Calls by call key. Good for a store of the same basis."""

    basis: Basis
    calls: dict[str, Ready]


def make_ready(facts: CallFacts, basis: Basis) -> Ready:
    """What `FactWriter.put` would make of the facts itself."""
    call = collapse(facts, basis.settings, basis.internal)
    number = number_key(call.outside, basis.settings.home_country) if call is not None and call.outside else None
    return Ready(call, number, pack(facts))
