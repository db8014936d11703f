"""What calls cost by prefix of the number called: where a source gives no price, the longest prefix gives it."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation

from msgspec import Struct

from backend_client.model.text import clean

MILLION = 1_000_000


class Tariff(Struct, frozen=True, omit_defaults=True, kw_only=True):
    """What a minute to numbers of a prefix costs."""

    prefix: str
    """Digits of the international form, without the plus: 38067; of a short number, all of it: 101."""
    name: str = ""
    per_minute: int | None = 0
    """Millionths of the currency; None: the reader may not see prices."""
    step: int = 1
    """Seconds: each begun step is counted whole."""
    currency: str = ""
    """ISO 4217, such as UAH."""


def amount_of(text: str) -> int | None:
    """Millionths of an amount as people write it; None for what is none."""
    plain = clean(text).replace(" ", "").replace("\u00a0", "").replace(",", ".")
    try:
        amount = int((Decimal(plain) * MILLION).to_integral_value())
    except (InvalidOperation, ValueError, OverflowError):
        return None
    return amount if 0 <= amount < 2**53 else None


def amount_text(millionths: int) -> str:
    """An amount as a file holds it: 0.85."""
    whole, rest = divmod(millionths, MILLION)
    return f"{whole}.{f'{rest:06}'.rstrip('0')}" if rest else str(whole)


def price_of(tariff: Tariff, talk: int) -> int | None:
    """What a talk of so many seconds costs, in millionths: whole steps, the half millionth up. None where prices are
    hidden."""
    if tariff.per_minute is None:
        return None
    counted = -(-talk // tariff.step) * tariff.step
    return (2 * counted * tariff.per_minute + 60) // 120


def prefixes_of(number: str) -> tuple[str, ...]:
    """Every prefix under which the tariff of a number key may stand, the longest first; none for a SIP address."""
    digits = number.removeprefix("+")
    return tuple(digits[:length] for length in range(len(digits), 0, -1)) if digits.isdigit() else ()
