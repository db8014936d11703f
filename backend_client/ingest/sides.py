"""Whether records tell inside from outside (decision 8); pseudonymised files do not, and then a person is asked."""

from __future__ import annotations

from collections.abc import Iterable

from backend_client.derive.channel import endpoint_of, name_of
from backend_client.derive.numbering import Numbering, numbering
from backend_client.ingest.source import Sides
from backend_client.model.derive_settings import DeriveSettings
from backend_client.model.leg import Leg

_TELEPHONE_DIGITS = 6


def _is_telephone(number: str) -> bool:
    return sum(character.isdigit() for character in number) >= _TELEPHONE_DIGITS


def _tells(leg: Leg, tests: Numbering) -> bool:
    endpoints = (name_of(endpoint_of(channel)) for channel in (leg.channel, leg.dstchannel))
    return tests.is_inbound(leg.context) or any(map(tests.is_internal, (leg.caller, leg.callee, *endpoints)))


def sides_of(legs: Iterable[Leg], settings: DeriveSettings) -> Sides:
    """NOT_TOLD where telephone numbers call telephone numbers and no leg shows an internal number, an endpoint named
    by one, or a context in which calls come in. Whoever has named internal numbers is not asked again."""
    if settings.internal_patterns:
        return Sides.TOLD
    tests = numbering(settings)
    between_telephones = False
    for leg in legs:
        if _tells(leg, tests):
            return Sides.TOLD
        between_telephones = between_telephones or (_is_telephone(leg.caller) and _is_telephone(leg.callee))
    return Sides.NOT_TOLD if between_telephones else Sides.UNKNOWN
