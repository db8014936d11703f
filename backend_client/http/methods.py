"""The methods of the contract, read off the `Backend` Protocol itself: server, client and OpenAPI follow it."""

from __future__ import annotations

import inspect
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType, UnionType
from typing import Any, get_type_hints

from backend_client.contract.backend import Backend

VERSION = "v1"
"""Every address begins with it. Within a version methods, optional fields and results are only added."""
SMALLEST_STEP = 0.5
"""Seconds between two answers that tell of changes, whatever happens meanwhile."""
LONGEST_WAIT = 30.0
"""Seconds for which a server keeps a question about changes open."""

READS = frozenset(
    {
        "audit", "call", "changes", "client", "clients", "clock", "count", "directories", "find_clients",
        "live", "missed_queue", "now", "plan_report", "report", "sources", "states", "tariffs", "task", "tasks",
        "unsorted", "views", "window",
    }
)  # fmt: skip
"""Methods known to change nothing: asked again without a thought, and stopped when nobody waits for the answer.
Any other one may write: it carries a key under which it is done once, and is finished once begun."""


@dataclass(frozen=True)
class Method:
    """One method: POST /v1/<name> with its request as the body gives its result."""

    name: str
    request: Any
    """A Struct, a union of tagged Structs, or None for a method that asks nothing."""
    result: Any

    @property
    def address(self) -> str:
        return f"/{VERSION}/{self.name}"

    @property
    def reads(self) -> bool:
        return self.name in READS

    @property
    def plain(self) -> bool:
        """Whether it only reads by one Struct, or nothing, so that the request can stand in the query of an address."""
        return self.reads and not isinstance(self.request, UnionType)


@cache
def methods() -> MappingProxyType[str, Method]:
    """Every method by name, but `close`, which ends the caller's side only."""
    found = {}
    for name, function in inspect.getmembers(Backend, inspect.iscoroutinefunction):
        if name.startswith("_") or name == "close":
            continue
        hints = get_type_hints(function)
        found[name] = Method(name, hints.get("request"), hints["return"])
    return MappingProxyType(found)
