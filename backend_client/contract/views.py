"""What an employee keeps: saved views, and how things were left."""

from __future__ import annotations

from msgspec import Struct

from backend_client.contract.wire import Request, Result
from backend_client.model.call_filter import CallFilter
from backend_client.model.status import WireEnum


class View(Struct, frozen=True, omit_defaults=True, kw_only=True):
    """A saved view: a filter under a name of the employee's own."""

    name: str
    filter: CallFilter = CallFilter()


class Views(Result, frozen=True, omit_defaults=True, kw_only=True):
    views: tuple[View, ...] = ()


class ViewRequest(Request, frozen=True, omit_defaults=True, kw_only=True):
    """Save under a name (replaces), or delete."""

    name: str
    filter: CallFilter | None = None


class StateKind(WireEnum):
    """What an employee left as it was, to find it so in every console."""

    REPORT = "report"
    """How a report was asked, under its id; under the blank name the report that was open."""
    DRAFT = "draft"
    """An unfinished text, under what it is about."""
    UNKNOWN = "unknown"


class State(Struct, frozen=True, omit_defaults=True, kw_only=True):
    """A text that only its writer reads."""

    name: str
    text: str


class StatesRequest(Request, frozen=True, omit_defaults=True, kw_only=True):
    kind: StateKind


class States(Result, frozen=True, omit_defaults=True, kw_only=True):
    """By name; the session's own alone."""

    states: tuple[State, ...] = ()


class SaveState(Request, frozen=True, omit_defaults=True, kw_only=True):
    """Keep a text under a name, in place of the one that was there; a blank one forgets it."""

    kind: StateKind
    name: str
    text: str = ""
