"""Where an outside number is at home: the rows of the region report (P2). Asked once a number, when it is stored."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

import msgspec
from msgspec import Struct

from backend_client.model.mobile import MobileRange, mobile_range

_NAMES_FILE = Path(__file__).with_name("regions.json")
"""Country names of the Unicode CLDR, and areas of Ukraine's numbering plan (the two digits after the trunk 0)."""
_LANGUAGES = ("en", "uk", "ru")


class HomeRegion(Struct, frozen=True):
    """A region under its stable key, with its names by language."""

    key: str
    names: dict[str, str]


class _NamesFile(Struct, frozen=True):
    countries: dict[str, dict[str, str]]
    areas: dict[str, dict[str, dict[str, str]]]


UNKNOWN = HomeRegion("unknown", {"en": "Unknown", "uk": "Невідомо", "ru": "Неизвестно"})
_MOBILE = {"en": "Mobile", "uk": "Мобільні", "ru": "Мобильные"}
_SERVICE = {"en": "Toll-free and service", "uk": "Безкоштовні та сервісні", "ru": "Бесплатные и сервисные"}


@lru_cache(maxsize=1)
def _known_names() -> _NamesFile:
    # 28 KB and 1 ms, never on the start path.
    return msgspec.json.decode(_NAMES_FILE.read_bytes(), type=_NamesFile)


@lru_cache(maxsize=4096)
def region_of(key: str, home_country: str) -> HomeRegion:
    """The region of a number key: of the home country "UA mobile", an area ("UA 44", "RU 495") or "UA service";
    of Russia the registry's region of a mobile number
    ("RU-SAM"); a foreign number its country ("PL"); SIP addresses and digits that are no number: "unknown"."""
    if not key.startswith("+"):
        return UNKNOWN
    if home_country == "UA" and key.startswith("+380"):
        # Its areas are known by their first digits: no parsing, and no geocoder for the commonest home.
        names = _known_names().areas["UA"].get(key[4:6])
        if names is not None and len(key) == 13:
            return HomeRegion(f"UA {key[4:6]}", names)
    if (home_country, key[:2]) in (("UA", "+3"), ("RU", "+7")):
        # Of these the ranges are known, too.
        known = mobile_range(key)
        if known is not None:
            return _mobile(home_country, known)
    return region_by_library(key, home_country)


def _mobile(country: str, known: MobileRange | None) -> HomeRegion:
    if known is not None and known.region:
        return HomeRegion(known.region, known.names)
    return HomeRegion(f"{country} mobile", _MOBILE)


def region_by_library(key: str, home_country: str) -> HomeRegion:
    """The same of every number key that begins with its plus, in ten times the time."""
    # 28 ms, in ingest only.
    import phonenumbers
    from phonenumbers import PhoneNumberType

    try:
        number = phonenumbers.parse(key)
    except phonenumbers.NumberParseException:
        return UNKNOWN
    country = phonenumbers.region_code_for_number(number)
    names = _known_names().countries.get(country or "")
    if country is None or names is None:
        return UNKNOWN
    if country != home_country:
        return HomeRegion(country, names)
    kind = phonenumbers.number_type(number)
    if kind == PhoneNumberType.MOBILE:
        return _mobile(country, mobile_range(key))
    if kind not in (PhoneNumberType.FIXED_LINE, PhoneNumberType.FIXED_LINE_OR_MOBILE):
        return HomeRegion(f"{country} service", _SERVICE)
    digits = phonenumbers.length_of_geographical_area_code(number)
    significant = phonenumbers.national_significant_number(number)
    if not digits:
        return HomeRegion(country, names)
    return _area(country, number.country_code or 0, significant[:digits], len(significant))


@lru_cache(maxsize=1024)
def _area(country: str, country_code: int, area: str, length: int) -> HomeRegion:
    """An area by its code; its names are those of the first of its numbers, so that they never depend on which
    number came first."""
    # 340 ms and 110 MB once a process: fixed lines at home outside Ukraine, in ingest only.
    from phonenumbers import PhoneNumber, geocoder

    first = PhoneNumber(country_code=country_code, national_number=int(area.ljust(length, "0")))
    fallback = _known_names().countries[country]
    return HomeRegion(
        f"{country} {area}",
        {
            language: f"{geocoder.description_for_valid_number(first, language) or fallback[language]} ({area})"
            for language in _LANGUAGES
        },
    )
