"""The texts of hang-up causes: Q.850 numbers and FreeSWITCH's names, in the English of their standard."""

from __future__ import annotations

import re
from functools import lru_cache
from pathlib import Path

import msgspec
from msgspec import Struct

_FILE = Path(__file__).with_name("hangup_cause.json")
"""Of the cdr-stats project, MPL 2.0: see hangup_cause.md."""
_REFERENCE = re.compile(r"\s*\[Q\.850.*?\]")


class _Fields(Struct):
    code: int
    cause: str
    enumeration: str


class _Entry(Struct):
    fields: _Fields


@lru_cache(maxsize=1)
def _texts() -> dict[str, str]:
    # 25 KB, for the details of a call only.
    found: dict[str, str] = {}
    for entry in msgspec.json.decode(_FILE.read_bytes(), type=list[_Entry]):
        text = _REFERENCE.sub("", entry.fields.cause).strip().rstrip(".")
        found[str(entry.fields.code)] = found[entry.fields.enumeration.strip().upper()] = text
    return found


def cause_text(cause: str) -> str:
    """What a cause means; blank for one that the list does not know."""
    return _texts().get(cause.strip().upper().replace(" ", "_"), "")
