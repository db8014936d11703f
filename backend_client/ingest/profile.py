"""A mapping profile: which column holds what, said by a person in a TOML file."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from zoneinfo import ZoneInfo

import msgspec
from msgspec import Struct

from backend_client.errors import Invalid
from backend_client.model.ordinary_file import check_source
from backend_client.model.text import N_, clean

FIELDS = (
    "accountcode", "src", "dst", "dcontext", "clid", "channel", "dstchannel", "lastapp", "lastdata", "start",
    "answer", "end", "duration", "billsec", "disposition", "amaflags", "uniqueid", "userfield", "peeraccount",
    "linkedid", "sequence", "did", "recordingfile", "cnum", "cnam", "direction", "cause", "hungup", "price", "currency",
    "note",
)  # fmt: skip
"""Names of the fields of a call record: Asterisk's own, and behind them what only other sources have."""

TIME = "time"
"""Field of a column that holds the time of day of the start, where that of the start holds its date alone."""

DATE_ORDERS = ("", "ymd", "dmy", "mdy", "epoch")


class Profile(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Columns by position, or by the titles of a header. What is not said is recognised."""

    name: str = ""
    columns: tuple[str, ...] = ()
    """Field of each column in order; "" is not read."""
    titles: dict[str, str] = {}
    """Field of each header title."""
    header: bool | None = None
    delimiter: str = ""
    encoding: str = ""
    dates: str = ""
    """Order of the parts of a date: ymd, dmy, mdy or epoch."""
    timezone: str = ""
    template: str = ""
    """The template of FreeSWITCH's mod_cdr_csv that wrote the file, as it stands in its configuration."""
    dispositions: dict[str, str] = {}
    """Asterisk's word (ANSWERED, NO ANSWER, BUSY, FAILED, CONGESTION, CANCEL) for each of the file's own."""
    directions: dict[str, str] = {}
    """"in", "out" or "internal" for each of the file's own words."""


LARGEST = 1_000_000
"""Bytes; a profile of every field and word has a few thousand."""


def load_profile(path: Path) -> Profile:
    """Read a profile. Raises Invalid where the file cannot be read, or says what no profile may say."""
    check_source(path)
    try:
        with path.open("rb") as file:
            raw = file.read(LARGEST + 1)
    except OSError as error:
        raise Invalid(N_("Cannot read the profile {path}: {why}."), path=str(path), why=error.strerror) from error
    if len(raw) > LARGEST:
        raise Invalid(N_("The file {path} is too large for a profile."), path=str(path))
    profile = _understood(raw, str(path))
    check_profile(profile, str(path))
    return profile


def _understood(raw: bytes, path: str) -> Profile:
    """The profile that a file says. Libraries tell what is wrong in English: only the place is taken from them."""
    try:
        said = tomllib.loads(raw.decode("utf-8"))
    except UnicodeDecodeError as error:
        raise _no_toml(path, raw.count(b"\n", 0, error.start) + 1) from error
    except tomllib.TOMLDecodeError as error:
        at = re.search(r"at line (\d+)", str(error))
        raise _no_toml(path, int(at[1]) if at else raw.rstrip().count(b"\n") + 1) from error
    known = Profile.__struct_fields__
    if unknown := [name for name in said if name not in known]:
        raise Invalid(
            N_("The profile {path} names fields that do not exist: {fields}."),
            N_("Fields are: {known}."),
            path=path, fields=clean(", ".join(unknown)), known=", ".join(known),
        )  # fmt: skip
    try:
        return msgspec.convert(said, Profile)
    except msgspec.ValidationError as error:
        at = re.search(r"\$\.(\w+)", str(error))
        raise Invalid(
            N_("The profile {path}: {field} has a value of the wrong kind."), path=path, field=at[1] if at else ""
        ) from error


def _no_toml(path: str, line: int) -> Invalid:
    return Invalid(N_("The profile {path} is not valid TOML: look at line {line}."), path=path, line=line)


def check_profile(profile: Profile, path: str) -> None:
    """Raises Invalid for a field, order of dates or zone that does not exist, or a field named twice."""
    named = [field for field in (*profile.columns, *profile.titles.values()) if field]
    known = (*FIELDS, TIME)
    wrong = sorted({field for field in named if field not in known})
    if wrong:
        raise Invalid(
            N_("The profile {path} names fields that do not exist: {fields}."),
            N_("Fields are: {known}."),
            path=path, fields=", ".join(wrong), known=", ".join(known),
        )  # fmt: skip
    twice = sorted({field for field in named if named.count(field) > 1})
    if twice:
        raise Invalid(N_("The profile {path} names a field twice: {fields}."), path=path, fields=", ".join(twice))
    if profile.dates not in DATE_ORDERS:
        raise Invalid(N_("The profile {path}: dates are ymd, dmy, mdy or epoch."), path=path)
    if set(profile.directions.values()) - {"in", "out", "internal"}:
        raise Invalid(N_("The profile {path}: directions are in, out or internal."), path=path)
    if len(profile.delimiter) > 1:
        raise Invalid(N_("The profile {path}: the delimiter is one character."), path=path)
    if profile.timezone:
        check_zone(profile.timezone)


def check_zone(name: str) -> ZoneInfo:
    """The zone of an IANA name. Raises Invalid where there is none."""
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError) as error:
        raise Invalid(
            N_("There is no time zone {zone}."), N_("Write it like Europe/Kyiv."), zone=clean(name)
        ) from error
