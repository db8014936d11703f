"""Whose mobile numbers a range is, and where it is at home: Russia's open registry, and Ukraine's codes of operators.

Numbers may be carried to another operator; a code says who gave the number out, not who carries it now.
"""

from __future__ import annotations

from bisect import bisect_right
from functools import lru_cache
from pathlib import Path

import msgspec
from msgspec import Struct

_FILE = Path(__file__).with_name("ru_mobile.json")
"""Compiled from the state's registry: it names its source. Ranges are gap, length, region, operator, in a row."""
_FIRST = 9_000_000_000
_UKRAINE = {
    "39": "Київстар", "50": "Vodafone", "63": "lifecell", "66": "Vodafone", "67": "Київстар", "68": "Київстар",
    "73": "lifecell", "75": "Vodafone", "77": "Київстар", "91": "3Mob", "92": "PEOPLEnet", "93": "lifecell",
    "94": "Інтертелеком", "95": "Vodafone", "96": "Київстар", "97": "Київстар", "98": "Київстар", "99": "Vodafone",
}  # fmt: skip
"""By the two digits after +380, as Ukraine's numbering plan gives them out."""


class MobileRange(Struct, frozen=True):
    """A range's operator, and its region: a code of ISO 3166-2 and names by language; blank where the registry names
    no region."""

    operator: str
    region: str = ""
    names: dict[str, str] = {}


class _Registry(Struct, frozen=True):
    source: str
    regions: dict[str, dict[str, str]]
    operators: list[str]
    ranges: list[int]


@lru_cache(maxsize=1)
def _russia() -> tuple[list[int], list[int], _Registry]:
    """First numbers of the ranges, first numbers behind them, and the registry; 90 KB and 5 ms, never at the start."""
    registry = msgspec.json.decode(_FILE.read_bytes(), type=_Registry)
    starts, ends, at = [], [], _FIRST
    for gap, length in zip(registry.ranges[::4], registry.ranges[1::4], strict=True):
        starts.append(at + gap)
        at += gap + length
        ends.append(at)
    return starts, ends, registry


def mobile_range(key: str) -> MobileRange | None:
    """What is known of a mobile number's range; None for one that is no Russian or Ukrainian mobile number."""
    if key.startswith("+380") and len(key) == 13:
        operator = _UKRAINE.get(key[4:6])
        return None if operator is None else MobileRange(operator)
    if not (key.startswith("+79") and len(key) == 12 and key[1:].isascii() and key[1:].isdigit()):
        return None
    starts, ends, registry = _russia()
    number = int(key[2:])
    place = bisect_right(starts, number) - 1
    if place < 0 or number >= ends[place]:
        return None
    region, operator_id = registry.ranges[4 * place + 2 : 4 * place + 4]
    operator = registry.operators[operator_id]
    if region < 0:
        return MobileRange(operator)
    code = list(registry.regions)[region]
    return MobileRange(operator, f"RU-{code}" if code != "CRIMEA" else "UA-43", registry.regions[code])
