"""What a minute costs, by prefix."""

from __future__ import annotations

from backend_client.contract.wire import Request, Result
from backend_client.model.tariff import Tariff

MOST_TARIFFS = 20_000


class ChangeTariffs(Request, frozen=True, omit_defaults=True, kw_only=True):
    """Put tariffs in the place of those of the same prefixes, and take others away; `replace`: take all others away.
    A table has at most MOST_TARIFFS. Needs the rights to edit directories and to see prices."""

    put: tuple[Tariff, ...] = ()
    remove: tuple[str, ...] = ()
    replace: bool = False


class Tariffs(Result, frozen=True, omit_defaults=True, kw_only=True):
    """By prefix."""

    change: int = 0
    tariffs: tuple[Tariff, ...] = ()
