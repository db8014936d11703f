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


def playing_time(seconds: float) -> str:
    """ "0:42" or "1:02:03", as players show it; whole seconds that have passed."""
    minutes, second = divmod(int(seconds), 60)
    hours, minute = divmod(minutes, 60)
    return f"{hours}:{minute:02}:{second:02}" if hours else f"{minute}:{second:02}"
