"""Where recordings lie, as the store's settings keep it."""

from __future__ import annotations

from msgspec import Struct

NAME = "recordings"
"""Of the setting."""


class RecordingSettings(Struct, frozen=True, omit_defaults=True):
    """`roots`: folders and http(s) addresses, asked in order."""

    roots: tuple[str, ...] = ()
