"""Pairs of filter fields that no call can satisfy together, so that a screen can say so instead of "no calls"."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct

from backend_client.model.call_filter import CallFilter, Handling, LeadCategory
from backend_client.model.status import OUTGOING_ONLY, TALKED, Family, Status

_MISSED = frozenset({Status.MISSED, Status.CALLED_BACK, Status.MISSED_OFFLINE})
_RUNNING = frozenset({Status.RINGING, Status.CONNECTING, Status.TALKING})
_INCOMING = frozenset({"in"})
_ANY_WAY = frozenset({"in", "out", "internal"})
_YES = frozenset({"yes"})
_NO = frozenset({"no"})
_EITHER = _YES | _NO
_CARDS = {LeadCategory.REGISTERED: _YES, LeadCategory.UNREGISTERED: _NO}

Demand = tuple[str, str, frozenset[str]]
"""A field of the filter, an aspect of a call, and what of that aspect the field lets pass."""


class Contradiction(Struct, frozen=True):
    """Two fields (names of `filter_options`) that exclude each other."""

    first: str
    second: str


def contradiction(filter: CallFilter) -> Contradiction | None:
    """The first pair of fields that no call satisfies together; None where calls may be found."""
    demands = list(_demands(filter))
    for place, (second, aspect, wanted) in enumerate(demands):
        for first, other_aspect, other in demands[:place]:
            if aspect == other_aspect and first != second and not wanted & other:
                return Contradiction(first, second)
    return None


def _demands(filter: CallFilter) -> Iterator[Demand]:
    yield from _way(filter)
    yield from _talk(filter)
    yield from _people(filter)
    yield from _contact(filter)


def _way(filter: CallFilter) -> Iterator[Demand]:
    """Decision 4: which direction each status and family has; decision 8: internal calls have no marks."""
    if filter.directions:
        yield "directions", "way", frozenset(filter.directions)
    if filter.families:
        incoming = {Family.ACCEPTED, Family.MISSED}
        yield "families", "way", frozenset("in" if family in incoming else "out" for family in filter.families)
    if filter.statuses:
        yield "statuses", "way", frozenset[str]().union(*(_ways_of(status) for status in filter.statuses))
    for name in ("lost", "attention", "first_contact"):
        if getattr(filter, name):
            yield name, "way", _INCOMING
    if filter.leads:
        yield "leads", "way", _INCOMING
    if filter.handling:
        yield "handling", "way", _INCOMING
    if _asks_callback(filter):
        yield "callback", "way", _INCOMING


def _ways_of(status: Status) -> frozenset[str]:
    if status in _MISSED:
        return _INCOMING
    return _ANY_WAY - _INCOMING if status in OUTGOING_ONLY else _ANY_WAY


def _talk(filter: CallFilter) -> Iterator[Demand]:
    """Whether somebody talked."""
    if filter.families:
        talked = {Family.ACCEPTED, Family.SUCCESSFUL}
        yield "families", "talk", frozenset("yes" if family in talked else "no" for family in filter.families)
    if filter.statuses:
        yield (
            "statuses",
            "talk",
            frozenset[str]().union(
                *(_YES if s in TALKED else _EITHER if s in _RUNNING else _NO for s in filter.statuses)
            ),
        )
    for name in ("lost", "attention"):
        if getattr(filter, name):
            yield name, "talk", _NO
    if filter.handling:
        yield "handling", "talk", _NO
    if _asks_callback(filter):
        yield "callback", "talk", _NO
    if filter.settles:
        yield "settles", "talk", _YES
    if filter.talk_from:
        yield "talk", "talk", _YES


def _people(filter: CallFilter) -> Iterator[Demand]:
    """Whether an employee took part, and whether the number belongs to a client."""
    if filter.nobody:
        yield "nobody", "staff", _NO
    for name in ("mine", "employees", "departments", "not_employees"):
        if getattr(filter, name):
            yield name, "staff", _YES
    if filter.unregistered is not None:
        yield "unregistered", "card", _NO if filter.unregistered else _YES
    for name in ("responsible", "entities", "clients", "not_clients"):
        if getattr(filter, name):
            yield name, "card", _YES
    if filter.leads:
        yield "leads", "card", frozenset[str]().union(*(_CARDS.get(lead, _EITHER) for lead in filter.leads))


def _contact(filter: CallFilter) -> Iterator[Demand]:
    """Decisions 5 and 6: new numbers, and the later contact that settles a missed call."""
    if filter.new is not None:
        yield "new", "new", _YES if filter.new else _NO
    for name in ("lost", "first_contact", "leads"):
        if getattr(filter, name):
            yield name, "new", _YES
    if filter.handling:
        yield "handling", "contact", frozenset(filter.handling)
    open_call = frozenset({Handling.LATER, Handling.NEVER})
    for name in ("lost", "attention"):
        if getattr(filter, name):
            yield name, "contact", open_call
    if _asks_callback(filter):
        yield "callback", "contact", frozenset({Handling.IN_WINDOW, Handling.LATER})
    if filter.statuses and set(filter.statuses) <= {Status.CALLED_BACK}:
        yield "statuses", "contact", frozenset({Handling.IN_WINDOW, Handling.LATER})


def _asks_callback(filter: CallFilter) -> bool:
    return filter.callback_from is not None or filter.callback_to is not None
