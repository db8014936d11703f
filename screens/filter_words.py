"""Words for a filter: what its fields and values are called on a chip, in the menu and in the status line."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from msgspec import Struct

from backend_client.model.call_filter import CallFilter, ClientKind, Handling, LeadCategory
from backend_client.model.directory import Channel, Directories, Entry, Line, Region, entry_name
from backend_client.model.filter_field import FieldKind, Filter, FilterField
from backend_client.model.filter_options import field_named, fields_of
from backend_client.model.period import Period, Preset
from backend_client.model.status import Direction, Family, Status, WireEnum
from backend_client.model.text import N_, clean
from screens.language import _, clock_time, duration, locale, short_date, weekday_short
from screens.words import DIRECTIONS, FAMILIES, STATUSES

PRESETS: dict[Preset, str] = {
    Preset.TODAY: N_("Today"),
    Preset.YESTERDAY: N_("Yesterday"),
    Preset.LAST_7_DAYS: N_("Last 7 days"),
    Preset.LAST_30_DAYS: N_("Last 30 days"),
    Preset.LAST_90_DAYS: N_("Last 90 days"),
    Preset.THIS_WEEK: N_("This week"),
    Preset.LAST_WEEK: N_("Last week"),
    Preset.THIS_MONTH: N_("This month"),
    Preset.LAST_MONTH: N_("Last month"),
    Preset.LAST_QUARTER: N_("Last quarter"),
    Preset.LAST_HALF_YEAR: N_("Last half-year"),
    Preset.LAST_YEAR: N_("Last year"),
}

CLIENT_KINDS = {ClientKind.PERSON: N_("Person"), ClientKind.COMPANY: N_("Company")}
_LEADS = {
    LeadCategory.LOST: N_("Lost"),
    LeadCategory.REGISTERED: N_("Registered"),
    LeadCategory.UNREGISTERED: N_("Unregistered"),
}
_HANDLINGS = {
    Handling.IN_WINDOW: N_("Handled in time"),
    Handling.LATER: N_("Handled later"),
    Handling.NEVER: N_("Not handled"),
    Handling.IMPOSSIBLE: N_("Cannot be called back"),
}
_WORDS: dict[type[WireEnum], Mapping[Any, str]] = {
    Preset: PRESETS,
    Direction: {value: sign.text for value, sign in DIRECTIONS.items()},
    Family: {value: sign.text for value, sign in FAMILIES.items()},
    Status: {value: sign.text for value, sign in STATUSES.items()},
    ClientKind: CLIENT_KINDS,
    LeadCategory: _LEADS,
    Handling: _HANDLINGS,
}

CLIENT_FIELDS = ("clients", "not_clients")
"""Fields of ids that no directory names: a store has too many clients for one."""
NOBODY: Mapping[int, str] = {}

_DENIED: dict[str, str] = {
    "lost": N_("Not lost"),
    "attention": N_("Needs no attention"),
    "first_contact": N_("Not a first contact"),
    "new": N_("Not a new number"),
    "unregistered": N_("With a card"),
    "comment": N_("Without comment"),
    "recording": N_("Without recording"),
    "by_hand": N_("Not by hand"),
    "settles": N_("Not a call-back"),
    "assigned": N_("Without a responsible"),
    "numbers": N_("Without a number"),
    "persons": N_("Without contact persons"),
    "note": N_("Without a note"),
}


def choice_word(value: WireEnum) -> str:
    """The word of one value of an enum."""
    return _(_WORDS[type(value)].get(value, value.value))


def entry_word(entry: Entry) -> str:
    """What an entry of a directory is called in this language; a line or channel without a name by its code."""
    if isinstance(entry, Region):
        return clean(entry.names.get(locale()) or entry.names.get("en") or entry.key)
    if isinstance(entry, Channel):
        return clean(entry.name or entry.did)
    if isinstance(entry, Line):
        return clean(entry.name or entry.code)
    return clean(entry_name(entry))


def entries_of(field: FilterField, directories: Directories) -> tuple[Entry, ...]:
    """The directory that a field's ids belong to; () for a field without one."""
    entries: tuple[Entry, ...] = getattr(directories, field.directory) if field.directory else ()
    return entries


def period_word(period: Period) -> str:
    """A period in words: a preset's name, a day, or from – to."""
    if period.preset is not None:
        return choice_word(period.preset)
    if period.start == period.end and "T" not in period.start:
        return _edge(period.start)
    if not period.end:
        return _("from {start}").format(start=_edge(period.start))
    if not period.start:
        return _("until {end}").format(end=_edge(period.end))
    return f"{_edge(period.start)} – {_edge(period.end)}"


def _edge(text: str) -> str:
    if not text:
        return "…"
    at = datetime.fromisoformat(text)
    day = short_date(at.date())
    return f"{day} {clock_time(at)}" if "T" in text else day


def span_word(low: int | None, high: int | None) -> str:
    """Seconds from–to in words."""
    if low is None:
        return _("up to {end}").format(end=duration(high or 0))
    if high is None:
        return _("from {start}").format(start=duration(low))
    return duration(low) if low == high else f"{duration(low)} – {duration(high)}"


def field_word(
    field: FilterField, filter: Struct, directories: Directories, clients: Mapping[int, str] = NOBODY
) -> str:
    """What the filter asks of a field, in words: "Missed", "Employee: Olena, Petro". `clients` are names by id."""
    values = getattr(filter, field.attributes[0])
    title = _(field.title)
    match field.kind:
        case FieldKind.FLAG:
            return title if values else _(_DENIED[field.name])
        case FieldKind.SWITCH:
            return title
        case FieldKind.PERIOD:
            # The period of calls needs no title; of anything else it says what happened then.
            return period_word(values) if field.key == "period" else f"{title}: {period_word(values)}"
        case FieldKind.CHOICE:
            words = [choice_word(value) for value in values]
            if field.name in ("directions", "families", "statuses"):
                return ", ".join(words)
        case FieldKind.IDS if field.name in CLIENT_FIELDS:
            words = [clients.get(number, f"#{number}") for number in values]
        case FieldKind.IDS:
            names = {entry.id: entry_word(entry) for entry in entries_of(field, directories)}
            words = [names.get(number, f"#{number}") for number in values]
        case FieldKind.NUMBERS if field.name == "weekdays":
            words = [weekday_short(day) for day in values]
        case FieldKind.NUMBERS:
            words = [str(number) for number in values]
        case FieldKind.SPAN:
            words = [span_word(*(getattr(filter, name) for name in field.attributes))]
        case _:
            words = [values] if isinstance(values, str) else [text or "—" for text in values]
    return clean(f"{title}: {', '.join(words)}")


def filter_words(
    filter: Filter, directories: Directories, home: Filter | None = None, clients: Mapping[int, str] = NOBODY
) -> list[tuple[FilterField, str]]:
    """Every field but the search in which the filter differs from what a screen shows by itself, with its words."""
    usual = type(filter)() if home is None else home
    return [
        (field, field_word(field, filter, directories, clients) if field.is_set(filter) else _any_word(field))
        for field in fields_of(type(filter))
        if field.kind is not FieldKind.SEARCH and not field.same(filter, usual)
    ]


def _any_word(field: FilterField) -> str:
    """Words for a field that asks nothing where something is usual."""
    return _("All the time") if field.kind is FieldKind.PERIOD else _("{field}: any").format(field=_(field.title))


def contradiction_text(
    first: str, second: str, filter: CallFilter, directories: Directories, clients: Mapping[int, str] = NOBODY
) -> str:
    """Why no call can be found."""
    words = [field_word(field_named(CallFilter, name), filter, directories, clients) for name in (first, second)]
    return _("No call is both “{first}” and “{second}”.").format(first=words[0], second=words[1])
