"""Whether records tell inside from outside (decision 8); pseudonymised files do not, and then a person is asked."""

from __future__ import annotations

import re
from collections.abc import Iterable
from fnmatch import fnmatchcase

from backend_client.ingest.source import Sides
from backend_client.model.derive_settings import DeriveSettings
from backend_client.model.leg import Leg

_ENDPOINT = re.compile(r"[A-Za-z][\w.+-]*/(.+?)(?:-[0-9A-Fa-f]+(?:;[12])?)?$", re.ASCII)
_TELEPHONE_DIGITS = 6


def is_inside(number: str, settings: DeriveSettings) -> bool:
    """Whether a number is internal by its digits or by a pattern of the settings."""
    if any(fnmatchcase(number, pattern) for pattern in settings.internal_patterns):
        return True
    fewest, most = settings.internal_digits
    return (
        number.isascii() and number.isdigit() and fewest <= len(number) <= most
        and number not in settings.outside_numbers
    )  # fmt: skip


def _is_telephone(number: str) -> bool:
    return sum(character.isdigit() for character in number) >= _TELEPHONE_DIGITS


def _tells(leg: Leg, settings: DeriveSettings) -> bool:
    if is_inside(leg.caller, settings) or is_inside(leg.callee, settings):
        return True
    if any(fnmatchcase(leg.context, pattern) for pattern in settings.inbound_contexts):
        return True
    for channel in (leg.channel, leg.dstchannel):
        endpoint = _ENDPOINT.match(channel)
        if endpoint and is_inside(endpoint[1], settings):
            return True
    return False


def sides_of(legs: Iterable[Leg], settings: DeriveSettings) -> Sides:
    """NOT_TOLD where telephone numbers call telephone numbers and no leg shows an internal number, an endpoint named
    by one, or a context in which calls come in."""
    between_telephones = False
    for leg in legs:
        if _tells(leg, settings):
            return Sides.TOLD
        between_telephones = between_telephones or (_is_telephone(leg.caller) and _is_telephone(leg.callee))
    return Sides.NOT_TOLD if between_telephones else Sides.UNKNOWN
