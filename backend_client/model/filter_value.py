"""Values of filter text: periods, spans of seconds, ranges of numbers, and names out of the directories."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import date, datetime

from backend_client.errors import Invalid
from backend_client.model.directory import Directories, Entry, entry_name, spellings
from backend_client.model.filter_field import WEEKDAYS, FilterField
from backend_client.model.filter_token import Value
from backend_client.model.period import Period, Preset
from backend_client.model.text import N_, fold

_RANGE = ".."
_ISO_EDGE = re.compile(r"\d{4}-\d\d-\d\d(T\d\d:\d\d)?")
_DOTTED_DAY = re.compile(r"(\d\d?)\.(\d\d?)\.(\d{4})(T\d\d:\d\d)?")
_CLOCK_SPAN = re.compile(r"(?:(\d+):)?(\d+):(\d\d)")
_CANDIDATES_SHOWN = 6
_LAST_PRESETS = tuple(preset.value for preset in Preset if preset is not Preset.UNKNOWN)


def value_error(key: str, value: Value, allowed: Iterable[str]) -> Invalid:
    """What to raise for a value that is not of a field's list."""
    return Invalid(
        N_("“{key}:” knows no “{value}” (character {at})."),
        N_("It takes: {allowed}."),
        key=key, value=value.text, at=value.at, allowed=", ".join(allowed),
    )  # fmt: skip


def period_text(period: Period) -> str:
    """A period as written: its name, a day, or from..to."""
    if period.preset is not None:
        return period.preset.value
    if period.start and period.start == period.end and "T" not in period.start:
        return period.start
    return f"{period.start}{_RANGE}{period.end}"


def period_of(value: Value) -> Period:
    """Read a period. Days may be written 2026-11-21 or 21.11.2026, with Thh:mm after them."""
    text = value.text
    if text.casefold() in _LAST_PRESETS:
        return Period(preset=Preset(text.casefold()))
    first, is_range, last = text.partition(_RANGE)
    start = _edge(first, value)
    if is_range:
        end = _edge(last, value)
    elif not start or "T" in start:
        raise _period_error(value)
    else:
        end = start
    if start and end and _instant(end, _AFTER_ALL) < _instant(start, ""):
        raise Invalid(N_("The period “{value}” ends before it begins (character {at})."), value=text, at=value.at)
    return Period(start=start, end=end)


def _edge(text: str, value: Value) -> str:
    """One end of a period as ISO; blank is open."""
    if dotted := _DOTTED_DAY.fullmatch(text):
        text = f"{dotted[3]}-{int(dotted[2]):02}-{int(dotted[1]):02}{dotted[4] or ''}"
    if not text:
        return ""
    if not _ISO_EDGE.fullmatch(text):
        raise _period_error(value)
    try:
        datetime.fromisoformat(text)
    except ValueError as error:
        raise _period_error(value) from error
    return text


_AFTER_ALL = "99"


def _instant(edge: str, of_a_day: str) -> tuple[date, str]:
    """Orders edges. A day is whole: as a start it stands before its minutes, as an end after them."""
    return date.fromisoformat(edge[:10]), edge[11:] or of_a_day


def _period_error(value: Value) -> Invalid:
    return Invalid(
        N_("“{value}” is no period (character {at})."),
        N_("Write a day (2026-11-21), from..to (2026-11-01..2026-11-21T18:00), or one of: {allowed}."),
        value=value.text, at=value.at, allowed=", ".join(_LAST_PRESETS),
    )  # fmt: skip


def span_text(low: int | None, high: int | None) -> str:
    """Seconds from–to as written; None is an open end."""
    if low is not None and low == high:
        return str(low)
    return f"{'' if low is None else low}{_RANGE}{'' if high is None else high}"


def span_of(value: Value, field: FilterField) -> tuple[int | None, int | None]:
    """Read from..to in seconds or as m:ss; one figure alone means exactly that."""
    first, is_range, last = value.text.partition(_RANGE)
    low = _seconds(first, value, field)
    high = _seconds(last, value, field) if is_range else low
    if low is not None and high is not None and high < low:
        raise Invalid(
            N_("“{key}:{value}” ends before it begins (character {at})."),
            key=field.key, value=value.text, at=value.at,
        )  # fmt: skip
    return low, high


def _seconds(text: str, value: Value, field: FilterField) -> int | None:
    if not text and value.text:
        return None
    if text.isascii() and text.isdecimal():
        return int(text)
    if text.isascii() and (clock := _CLOCK_SPAN.fullmatch(text)):
        return int(clock[1] or 0) * 3600 + int(clock[2]) * 60 + int(clock[3])
    raise Invalid(
        N_("“{value}” after “{key}:” is no span of time (character {at})."),
        N_("Write seconds or m:ss, such as 10..60, 1:30.. or ..5."),
        key=field.key, value=value.text, at=value.at,
    )  # fmt: skip


def numbers_of(value: Value, field: FilterField) -> tuple[int, ...]:
    """Read a number or a range; a range that goes past the last one begins again (22..6)."""
    first, is_range, last = value.text.casefold().partition(_RANGE)
    low = _number(first, value, field)
    high = _number(last, value, field) if is_range else low
    if low <= high:
        return tuple(range(low, high + 1))
    return (*range(low, field.high + 1), *range(field.low, high + 1))


def _number(text: str, value: Value, field: FilterField) -> int:
    if field.name == "weekdays" and text in WEEKDAYS:
        return WEEKDAYS.index(text) + 1
    if text.isascii() and text.isdecimal() and len(text) <= 3 and field.low <= int(text) <= field.high:
        return int(text)
    allowed = field.values or (f"{field.low}{_RANGE}{field.high}",)
    raise value_error(field.key, value, allowed)


def ids_of(value: Value, field: FilterField, directories: Directories | None) -> tuple[int, ...]:
    """The id that a value names: `#3`, or a name, extension, code or dialled number in the directory.

    A bare number may be either. A part of a name will do; what fits several is an error that lists them.
    """
    text = value.text
    bare_id = text[1:] if text.startswith("#") else text
    is_id = not value.quoted and bare_id.isascii() and bare_id.isdecimal() and len(bare_id) < 19
    if is_id and (directories is None or not field.directory):
        return (int(bare_id),)
    if directories is None or not field.directory:
        raise Invalid(
            N_("“{key}:{value}” is no id (character {at})."),
            N_("Write the number after a #, such as {key}:#12."),
            key=field.key, value=text, at=value.at,
        )  # fmt: skip
    entries: Sequence[Entry] = getattr(directories, field.directory)
    if is_id and text.startswith("#"):
        matches = [entry for entry in entries if entry.id == int(bare_id)]
    elif is_id:
        matches = [entry for entry in entries if fold(text) in _forms(entry) or entry.id == int(text)]
    else:
        matches = _matches(entries, text)
    if len(matches) == 1:
        return (matches[0].id,)
    if not matches:
        raise _unknown(field, value, _listed(entries))
    raise Invalid(
        N_("“{key}:{value}” fits several (character {at})."),
        N_("Choose one: {allowed}."),
        key=field.key, value=text, at=value.at, allowed=_listed(matches),
    )  # fmt: skip


def text_of(value: Value, field: FilterField, directories: Directories | None) -> str:
    """The text that a value names: as it stands in the directory, where the field's texts have one."""
    if directories is None or not field.directory:
        return value.text
    known: Sequence[str] = getattr(directories, field.directory)
    matches = [text for text in known if fold(text) == fold(value.text)]
    if not matches:
        raise _unknown(field, value, _shortened(known))
    return value.text if value.text in matches else matches[0]


def _unknown(field: FilterField, value: Value, known: str) -> Invalid:
    return Invalid(
        N_("“{key}:” knows no “{value}” (character {at})."),
        N_("Known: {allowed}."),
        key=field.key, value=value.text, at=value.at, allowed=known or "—",
    )  # fmt: skip


def _matches(entries: Sequence[Entry], text: str) -> list[Entry]:
    """Entries one of whose forms is the text, else those that have it as a part."""
    wanted = fold(text)
    whole = [entry for entry in entries if wanted in _forms(entry)]
    if whole or not wanted:
        return whole
    return [entry for entry in entries if any(wanted in form for form in _forms(entry))]


def _forms(entry: Entry) -> tuple[str, ...]:
    return tuple(fold(form) for form in spellings(entry) if form)


def _listed(entries: Sequence[Entry]) -> str:
    return _shortened([f"{entry_name(entry)} (#{entry.id})" for entry in entries])


def _shortened(names: Sequence[str]) -> str:
    return ", ".join([*names[:_CANDIDATES_SHOWN], *(["…"] if len(names) > _CANDIDATES_SHOWN else [])])
