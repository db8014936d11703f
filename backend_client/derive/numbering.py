"""Which numbers and contexts are inside and which outside (decision 8), compiled once a set of settings."""

from __future__ import annotations

import re
from collections.abc import Iterable
from fnmatch import translate
from functools import lru_cache

from backend_client.model.derive_settings import DeriveSettings
from backend_client.model.phone import is_withheld
from backend_client.model.status import Status

_SEPARATORS = str.maketrans("", "", " -().")


def _globs(patterns: Iterable[str]) -> re.Pattern[str] | None:
    joined = "|".join(translate(pattern.casefold()) for pattern in patterns)
    return re.compile(joined) if joined else None


class Numbering:
    """Tests of addresses and contexts under one set of settings; the list of employees' numbers comes beside."""

    def __init__(self, settings: DeriveSettings) -> None:
        self._least, self._most = settings.internal_digits
        self._outside_numbers = frozenset(settings.outside_numbers)
        self._patterns = _globs(settings.internal_patterns)
        self._inbound = _globs(settings.inbound_contexts)
        self._withheld = frozenset(name.casefold() for name in settings.withheld_names)
        self._causes = [(_globs([rule.line]), rule.cause.upper(), rule.status) for rule in settings.cause_rules]
        self._inbound_known: dict[str, bool] = {"": False}

    def is_internal(self, address: str) -> bool:
        """A number of 2–5 digits (setting) but for the outside ones, or one that a pattern names."""
        if address.isascii() and address.isdigit() and self._least <= len(address) <= self._most:
            return address not in self._outside_numbers
        return bool(self._patterns and address and self._patterns.match(address.casefold()))

    def is_outside(self, address: str) -> bool:
        """A text that is somebody's number or SIP address beyond the call centre, not an extension, a feature
        code or a dialplan label. Callers ask `is_internal` first."""
        if "@" in address:
            return True
        plain = address.translate(_SEPARATORS).removeprefix("+")
        return plain.isascii() and plain.isdigit() and (len(plain) > self._most or plain in self._outside_numbers)

    def is_inbound(self, context: str) -> bool:
        """Whether calls in this dialplan context arrive from outside."""
        known = self._inbound_known.get(context)
        if known is None:
            known = bool(self._inbound and self._inbound.match(context.casefold()))
            if len(self._inbound_known) < 4096:
                self._inbound_known[context] = known
        return known

    def status_of(self, cause: str, *endpoints: str) -> Status | None:
        """What the store's table makes of a raw cause on the trunk that is one of these; None where it is silent."""
        for line, raw, status in self._causes:
            if raw == cause.upper() and line and any(end and line.match(end.casefold()) for end in endpoints):
                return status
        return None

    def is_withheld(self, address: str) -> bool:
        """Whether a caller text shows no number."""
        return is_withheld(address, self._withheld)


@lru_cache(maxsize=8)
def numbering(settings: DeriveSettings) -> Numbering:
    """The tests of a set of settings."""
    return Numbering(settings)
