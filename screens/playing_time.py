"""A place in a recording as people write it."""

from __future__ import annotations

import re

_TIME = re.compile(r"^\s*(?:(?:(\d+)[:. ])?(\d{1,3})[:. ])?(\d{1,4})\s*$")


def seconds_of(text: str) -> int | None:
    """ "1:05", "1.05", "65" or "1:02:03" in seconds; None for anything else."""
    found = _TIME.match(text)
    if found is None:
        return None
    hours, minutes, seconds = (int(part or 0) for part in found.groups())
    return hours * 3600 + minutes * 60 + seconds
