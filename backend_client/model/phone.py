"""Telephone numbers: one key a number (C5), its searchable forms, and how it is shown.

phonenumbers costs 28 ms to import, so only `number_key` loads it, which the start path never calls; showing a
number needs `format_number` alone.
"""

from __future__ import annotations

import re
from collections.abc import Container
from enum import StrEnum
from functools import lru_cache

from msgspec import Struct

from backend_client.model.numbering_plan import plan_of

_NOT_DIGITS = re.compile(r"[^0-9]+")
_TELEPHONE = re.compile(r"\+?[0-9\s().\-/\u2010-\u2015\u00a0]+")
"""What may be a telephone number: digits and the signs that people put between them."""
_SIP_SCHEME = re.compile(r"^(?:sips?|tel):", re.IGNORECASE)
_BARE_INTERNATIONAL = 11
"""From so many digits a number that is not of the home country is read as an international one without plus."""
SHORT = 6
"""Numbers of fewer digits are never looked up: internal, emergency and service numbers stay as they are."""


class NumberKind(StrEnum):
    """What a key is."""

    WITHHELD = "withheld"
    PHONE = "phone"
    """E.164 with its plus."""
    DIGITS = "digits"
    """Digits that are no telephone number that we know."""
    SIP = "sip"
    """A SIP address or another name, lower-case and whole."""


class NumberKey(Struct, frozen=True, gc=False):
    """A number's identity. `forms`: every way in which it may be typed, separated by spaces – E.164 digits,
    the national form's digits, the digits as dialled; for SIP the key itself."""

    kind: NumberKind
    key: str
    forms: str


class NumberStyle(StrEnum):
    """How a number is shown: as one dials it at home, or with its country."""

    NATIONAL = "national"
    INTERNATIONAL = "international"


_WITHHELD = NumberKey(NumberKind.WITHHELD, "", "")


def is_withheld(text: str, names: Container[str] = ()) -> bool:
    """Whether a caller text shows no number: blank, no letter or digit in it, or one of `names` (lower-case)."""
    if text.isdigit():
        return False
    if not any(character.isalnum() for character in text):
        return True
    user = _SIP_SCHEME.sub("", text.strip(" <>\"'")).partition("@")[0].strip()
    return user.casefold() in names


@lru_cache(maxsize=4096)
def number_key(text: str, home_country: str) -> NumberKey:
    """The key of a number as a source or a person wrote it (C5); pure in its two arguments.

    E.164 where the digits are a valid number – read from `home_country` (ISO 3166), else as an international
    number without its plus – else the digits; a SIP address or a name lower-case and whole; blank: withheld.
    """
    text = text.strip()
    bare = _SIP_SCHEME.sub("", text.strip("<>"))
    if _TELEPHONE.fullmatch(bare):
        digits = _NOT_DIGITS.sub("", bare)
        return _key_of_digits(digits, bare.lstrip()[:1] == "+", home_country) if digits else _WITHHELD
    if not any(character.isalnum() for character in bare):
        return _WITHHELD
    digits = _NOT_DIGITS.sub("", bare)
    if digits and "@" not in bare and not any(character.isalpha() for character in bare):
        return NumberKey(NumberKind.DIGITS, digits, digits)
    user = bare.partition(";")[0]
    # Parameters behind the address are none of it, but where nothing else is there.
    key = (user if any(character.isalnum() for character in user) else bare).casefold()
    return NumberKey(NumberKind.SIP, key, key)


def _key_of_digits(digits: str, international: bool, home_country: str) -> NumberKey:
    if len(digits) < SHORT:
        return NumberKey(NumberKind.DIGITS, digits, digits)
    attempts = [] if international else [""]
    if international or len(digits) >= _BARE_INTERNATIONAL:
        attempts.append("+")
    for plus in attempts:
        found = _valid_number(plus, digits, home_country)
        if found:
            e164, national = found
            forms = dict.fromkeys((e164, national, digits))
            return NumberKey(NumberKind.PHONE, f"+{e164}", " ".join(forms))
    return NumberKey(NumberKind.DIGITS, digits, digits)


def _valid_number(plus: str, digits: str, country: str) -> tuple[str, str] | None:
    """E.164 digits and national digits with the trunk prefix, of a valid number."""
    plan = plan_of(country)
    found = None
    if plan is not None:
        found = plan.international(digits) if plus else plan.national(digits)
    return found or valid_by_library(plus + digits, country)


def valid_by_library(dialled: str, country: str) -> tuple[str, str] | None:
    """The same of every number of every country, in ten times the time."""
    # 28 ms, so here and not at the top of a module that screens import.
    import phonenumbers

    try:
        number = phonenumbers.parse(dialled, country)
    except phonenumbers.NumberParseException:
        return None
    region = phonenumbers.region_code_for_number(number)
    # What is_valid_number asks, which would look for the region once more.
    if region is None or not phonenumbers.is_valid_number_for_region(number, region):
        return None
    significant = phonenumbers.national_significant_number(number)
    metadata = phonenumbers.PhoneMetadata.metadata_for_region(region)
    prefix = (metadata.national_prefix if metadata else None) or ""
    return f"{number.country_code}{significant}", f"{prefix}{significant}"


class _Plan(Struct, frozen=True):
    """How a country's national numbers are cut into groups, and dialled at home."""

    country: str
    groups: tuple[int, ...]
    separators: str
    """Between the groups."""
    trunk: str
    """Before the national number, when shown in the home country."""


_PLANS = {
    "380": _Plan("UA", (2, 3, 2, 2), "   ", "0"),
    "375": _Plan("BY", (2, 3, 2, 2), " --", "8 0"),
    "48": _Plan("PL", (3, 3, 3), "  ", ""),
    "7": _Plan("RU", (3, 3, 2, 2), " --", "8 "),
    "1": _Plan("US", (3, 3, 4), "--", ""),
}
"""By calling code; only countries whose numbers have one length. Others are shown as plain E.164."""


@lru_cache(maxsize=256)
def format_number(key: str, home_country: str, style: NumberStyle = NumberStyle.NATIONAL) -> str:
    """A number key as people read it; needs no library. National style shows numbers of the home country as
    they are dialled there ("050 111 22 33"), all others with their country ("+48 512 345 678")."""
    if not key.startswith("+"):
        return key
    for length in (1, 2, 3):
        code, national = key[1 : 1 + length], key[1 + length :]
        plan = _PLANS.get(code)
        if plan is None or len(national) != sum(plan.groups):
            continue
        grouped = _grouped(national, plan)
        if style is NumberStyle.NATIONAL and plan.country == home_country:
            return plan.trunk + grouped
        return f"+{code} {grouped}"
    return key


def _grouped(national: str, plan: _Plan) -> str:
    parts = [national[: plan.groups[0]]]
    place = plan.groups[0]
    for separator, size in zip(plan.separators, plan.groups[1:], strict=True):
        parts += separator, national[place : place + size]
        place += size
    return "".join(parts)
