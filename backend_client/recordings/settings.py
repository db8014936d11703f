"""Where recordings lie, as the store's settings keep it."""

from __future__ import annotations

from msgspec import Struct

NAME = "recordings"
"""Of the setting."""


class RecordingSettings(Struct, frozen=True, omit_defaults=True):
    """`roots`: folders and http(s) addresses, asked in order. `first_channel`: who speaks on the first channel of two,
    "caller", "callee", "client" or "employee"; blank where nobody has said, for no file says it."""

    roots: tuple[str, ...] = ()
    first_channel: str = ""
