"""The methods of the contract, read off the `Backend` Protocol itself: server, client and OpenAPI follow it."""

from __future__ import annotations

import inspect
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType, UnionType
from typing import Any, get_args, get_type_hints

from backend_client.contract import Backend

VERSION = "v1"
"""Every address begins with it. Within a version methods, optional fields and results are only added."""
SMALLEST_STEP = 0.5
"""Seconds between two answers that tell of changes, whatever happens meanwhile."""
LONGEST_WAIT = 30.0
"""Seconds for which a server keeps a question about changes open."""


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
    def plain(self) -> bool:
        """Whether the request is nothing or one Struct, so that it can stand in the query of an address."""
        return self.request is None or not isinstance(self.request, UnionType)


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


def structs_of(annotation: Any) -> tuple[Any, ...]:
    """The Structs of a request: itself, or the members of a union."""
    return get_args(annotation) if isinstance(annotation, UnionType) else (annotation,)
