"""Where this machine stands, for a store that is made new: its time zone and its country (decision 14)."""

from __future__ import annotations

import os
from importlib.resources import files
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from backend_client.model.derive_settings import DeriveSettings

LOCALTIME = Path("/etc/localtime")
_BY_LANGUAGE = {"ru": ("Europe/Moscow", "RU")}
"""What a server that keeps UTC is taken for, by its language; else the defaults hold."""


def machine_zone() -> str:
    """IANA name of the machine's zone; blank where it keeps UTC or does not say."""
    name = os.environ.get("TZ", "").removeprefix(":")
    if not name and LOCALTIME.is_symlink():
        name = os.path.realpath(LOCALTIME).partition("/zoneinfo/")[2]
    try:
        zone = ZoneInfo(name) if "/" in name and not name.startswith(("/", "Etc/")) else None
    except (OSError, ValueError, ZoneInfoNotFoundError):
        zone = None
    return zone.key if zone else ""


def country_of(zone: str) -> str:
    """ISO 3166 code of the country that a zone names first in the IANA table; blank for none."""
    table = files("tzdata").joinpath("zoneinfo", "zone.tab").read_text(encoding="utf-8")
    for line in table.splitlines():
        fields = line.split("\t")
        if len(fields) > 2 and fields[2] == zone:
            return fields[0]
    return ""


def home_settings() -> DeriveSettings:
    """The settings with which a new store begins: the machine's zone and its country, else those of its language."""
    defaults = DeriveSettings()
    zone = machine_zone()
    if zone:
        return DeriveSettings(zone=zone, home_country=country_of(zone) or defaults.home_country)
    language = next((os.environ[name] for name in ("LC_ALL", "LC_MESSAGES", "LANG") if os.environ.get(name)), "")
    zone, country = _BY_LANGUAGE.get(language[:2], (defaults.zone, defaults.home_country))
    return DeriveSettings(zone=zone, home_country=country)
