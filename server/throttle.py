"""Guessing passwords made slow: per account and per address, whatever the other one is."""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Callable

from backend_client.errors import Busy
from backend_client.model.text import N_

FREE_GUESSES = 5
"""Wrong passwords in a row that cost nothing; people mistype."""
FIRST_WAIT = 2.0
LONGEST_WAIT = 900.0
"""Seconds; the wait doubles with each further wrong password."""
MOST_KNOWN = 10_000
"""Accounts and addresses remembered; beyond that the oldest are forgotten."""

LONGEST_LOGIN = 100
"""Characters of a login that are remembered; none is as long."""


class Throttle:
    """Counts wrong passwords in memory: a restart forgives, and whoever can restart needs no guessing."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._wrong: OrderedDict[tuple[str, str], tuple[int, float]] = OrderedDict()

    def check(self, login: str, address: str) -> None:
        """Raises Busy, with the `seconds` to wait, while either has to."""
        until = max(self._wrong.get(key, (0, 0.0))[1] for key in _keys(login, address))
        left = until - self._clock()
        if left > 0:
            raise Busy(N_("Too many wrong passwords."), N_("Try again in {seconds} seconds."), seconds=int(left) + 1)

    def failed(self, login: str, address: str) -> None:
        """A wrong password."""
        for key in _keys(login, address):
            wrong = self._wrong.pop(key, (0, 0.0))[0] + 1
            over = wrong - FREE_GUESSES
            wait = min(LONGEST_WAIT, FIRST_WAIT * 2 ** min(over, 20)) if over >= 0 else 0.0
            self._wrong[key] = (wrong, self._clock() + wait)
        while len(self._wrong) > MOST_KNOWN:
            self._wrong.popitem(last=False)

    def forget(self, login: str, address: str) -> None:
        """The right password came. The address stays counted: somebody may guess behind it."""
        self._wrong.pop(_keys(login, address)[0], None)


def _keys(login: str, address: str) -> tuple[tuple[str, str], tuple[str, str]]:
    return ("login", login.casefold()[:LONGEST_LOGIN]), ("address", address)
