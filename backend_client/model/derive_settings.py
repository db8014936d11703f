"""The settings that derivation reads, as one numbered set (architecture idea 4)."""

from __future__ import annotations

from msgspec import Struct

from backend_client.model.status import Status

DAY_WINDOW = 0
"""`callback_window` in minutes; 0 means the local calendar day of the missed call."""


class CauseRule(Struct, frozen=True, forbid_unknown_fields=True):
    """What a raw hang-up cause means on some trunks: carriers use 480 for "switched off", others for "no answer"."""

    line: str
    """Glob of the trunk's technical code, such as "PJSIP/kyivstar*"."""
    cause: str
    """As the source writes it: 18, 480, USER_BUSY."""
    status: Status
    """A status of an outgoing call that had no talk."""


class DeriveSettings(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Every default serves a small office in Ukraine (decision 14)."""

    version: int = 1
    zone: str = "Europe/Kyiv"
    """IANA name; local days, weeks and hours are those of this zone."""
    home_country: str = "UA"
    """ISO 3166 code against which dialled numbers are read (C5)."""
    callback_window: int = DAY_WINDOW
    internal_digits: tuple[int, int] = (2, 5)
    """A number of so many digits is internal (decision 8) …"""
    outside_numbers: tuple[str, ...] = ("101", "102", "103", "104", "112")
    """… but these."""
    internal_patterns: tuple[str, ...] = ()
    """Globs of numbers that are inside beside those, for sources whose numbers tell nothing (pseudonymised)."""
    inbound_contexts: tuple[str, ...] = (
        "from-trunk*",
        "from-pstn*",
        "from-did*",
        "ext-did*",
        "incoming*",
        "public",
        "public-direct-dial*",
    )
    """Globs of dialplan contexts in which calls arrive from outside."""
    withheld_names: tuple[str, ...] = (
        "anonymous",
        "unknown",
        "restricted",
        "private",
        "unavailable",
        "withheld",
        "blocked",
        "asterisk",
    )
    """Caller texts that mean that the number was not shown."""
    cause_rules: tuple[CauseRule, ...] = ()
    """Before the general table of causes; the first that fits decides."""
