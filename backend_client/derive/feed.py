"""Legs of several feeds of one system: one feed gives the legs, the others fill its gaps and add none."""

from __future__ import annotations

from collections import Counter
from typing import Any

from msgspec import structs

from backend_client.model.leg import Leg

BY_HAND = "by-hand"
"""The feed of calls that a person logged (J11)."""

_GAPS = (
    "answer", "end", "caller", "caller_name", "callee", "did", "cause", "hung_up_by", "recording", "price",
    "currency", "userfield", "note",
)  # fmt: skip


def leg_order(leg: Leg) -> tuple[float, int, str, str]:
    """The order of a call's legs, whatever the order in which they came."""
    return (leg.start, int(leg.sequence) if leg.sequence.isdecimal() else 0, leg.sequence, leg.key)


def one_feed(legs: tuple[Leg, ...]) -> list[Leg]:
    """The legs of the feed that knows most legs (of equals: the first by name) in order, their gaps filled.

    Two feeds' legs are the same where uniqueid, whole second of the start and called channel agree.
    """
    if len(legs) == 1:
        return list(legs)
    ordered = sorted(legs, key=leg_order)
    counted = Counter(leg.feed for leg in ordered)
    if len(counted) == 1:
        return ordered
    primary = min(counted, key=lambda feed: (-counted[feed], feed))
    others: dict[tuple[str, int, str], list[Leg]] = {}
    for leg in ordered:
        if leg.feed != primary:
            others.setdefault(_likeness(leg), []).append(leg)
    return [_filled(leg, others.get(_likeness(leg), [])) for leg in ordered if leg.feed == primary]


def _likeness(leg: Leg) -> tuple[str, int, str]:
    return (leg.uniqueid, int(leg.start), leg.dstchannel)


def _filled(leg: Leg, others: list[Leg]) -> Leg:
    gaps: dict[str, Any] = {}
    for other in others:
        for field in _GAPS:
            if getattr(leg, field) in ("", None) and field not in gaps:
                value = getattr(other, field)
                # A name goes with its number: of a transferred call the feeds may tell different sides.
                if field == "caller_name" and other.caller not in ("", gaps.get("caller", leg.caller)):
                    continue
                if value not in ("", None):
                    gaps[field] = value
    return structs.replace(leg, **gaps) if gaps else leg
