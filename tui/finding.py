"""One line of the doctor's report."""

from __future__ import annotations

from enum import StrEnum

import msgspec


class Verdict(StrEnum):
    """How a check ended."""

    FINE = "fine"
    NOTE = "note"
    """Works, but less than it could."""
    WRONG = "wrong"


class Finding(msgspec.Struct, frozen=True):
    """One line of the doctor: what was looked at, what was found, and what to do."""

    part: str
    """store, sources, imports, data, terminal, sound, languages, settings, keys or versions."""
    verdict: Verdict
    text: str
    hint: str = ""
